"""Training on accepted edits alone: what a majority accepted is what is trained on, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.augment.english.synonym_table import SynonymTable
from core.augment.policy import AugmentPolicy
from core.augment.votes import read_accepted
from core.data.rows import Rows
from core.fields import ConfigError
from core.sections import AugmentConfig
from core.tasks import TASKS

ROWS = Rows(["a film", "a show", "a play"], None, [0, 1, 0])


def ballot(voter: str, text: str, after: str, verdict: str, method: str = "synonym") -> str:
    return json.dumps({"voter": voter, "method": method, "label": "x", "original": [text], "augmented": [after],
                       "verdict": verdict})  # fmt: skip


@pytest.fixture
def cast(tmp_path: Path) -> Path:
    lines = [
        ballot("a", "a film", "a movie", "keeps"), ballot("b", "a film", "a movie", "keeps"),
        ballot("c", "a film", "a movie", "flips"), ballot("a", "a film", "a flick", "unclear"),
        ballot("a", "a show", "a sho", "keeps", "typo"), ballot("b", "a show", "a sho", "flips", "typo"),
        ballot("a", "a play", "a drama", "keeps"), ballot("a", "a play", "a drama", "flips"),  # thought better of it
    ]  # fmt: skip
    (tmp_path / "votes.jsonl").write_text("\n".join(lines))
    return tmp_path / "votes.jsonl"


def test_a_majority_decides_and_the_last_vote_of_each_counts(cast: Path) -> None:
    assert read_accepted(cast) == {("a film",): [("synonym", ("a movie",))]}


def test_only_accepted_edits_are_trained_on(cast: Path, table: SynonymTable) -> None:
    config = AugmentConfig(fraction=1.0, votes=str(cast))
    rows, done = AugmentPolicy(config, ("text",), 13, table, task=TASKS["SST-2"]).epoch(ROWS, 3)
    assert rows.texts == ["a movie", "a show", "a play"]
    assert [(row.row, row.method, row.changed) for row in done] == [(0, "synonym", True)]


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '"x"', ballot("a", "x", "y", "keeps").replace('["y"]', "[]"), "[" * 9999]
)
def test_a_line_that_is_no_ballot_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "v").write_text(ballot("a", "x", "y", "keeps") + "\n" + line)
    with pytest.raises(ConfigError, match="line 2: no ballot"):
        read_accepted(tmp_path / "v")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_accepted(tmp_path / "none")
