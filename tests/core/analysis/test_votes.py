"""Blind votes: what is asked, what is kept, how often labels flipped, and training on accepted edits alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binomtest

from core.analysis.votes import ballots, flip_rates, wilson
from core.augment import votes as files
from core.augment.edits import Edit
from core.augment.english.dictionary import load_synonyms
from core.augment.policy import AugmentPolicy, changed_rows, run_policy
from core.augment.votes import Vote, accepted, append, dumped, parsed, read
from core.config import RunConfig
from core.data.rows import Rows
from core.fields import ConfigError
from core.sections import AugmentConfig
from core.tasks import TASKS

TASK = TASKS["SST-2"]
TEXTS = [f"the film that number {i} saw there was a huge surprise to them" for i in range(40)]
ROWS = Rows(TEXTS, None, [i % 2 for i in range(40)])


def vote(
    voter: str, text: str = "a film", after: str = "movie", holds: bool | None = True, method: str = "synonym"
) -> Vote:
    return Vote(voter, "SST-2", method, text, None, (Edit(2, 6, "film", after, "by hand"),), (), holds)


def drawn(voter: str, count: int = 12, seed: int = 7) -> list:
    done = run_policy(RunConfig(task="SST-2").replace({"augment.fraction": 1.0}), TASK).epoch(ROWS, 0)[1]
    return ballots(TASK, ROWS, done, voter, count, seed)


def test_every_voter_is_asked_about_the_same_rows_in_an_order_of_their_own() -> None:
    anna, ben = drawn("anna"), drawn("ben")
    assert {ballot.vote.ballot for ballot in anna} == {ballot.vote.ballot for ballot in ben}
    assert [ballot.vote.ballot for ballot in anna] != [ballot.vote.ballot for ballot in ben]
    assert [ballot.vote for ballot in drawn("anna")] == [ballot.vote for ballot in anna]
    assert {method: sum(b.vote.method == method for b in anna) for method in ("synonym", "swap", "typo")} == {
        "synonym": 4, "swap": 4, "typo": 4
    }  # fmt: skip


def test_which_is_the_original_is_not_to_be_seen_and_comes_first_as_often_as_not() -> None:
    first = [ballot.original_first for seed in range(40) for ballot in drawn("anna", seed=seed)]
    assert 0.4 < sum(first) / len(first) < 0.6
    for ballot in drawn("anna"):
        assert set(ballot.shown) == {ballot.vote.original, ballot.vote.augmented}
        assert (ballot.shown[0] == ballot.vote.original) is ballot.original_first
        assert ballot.label == TASK.labels[int(ROWS.labels[TEXTS.index(ballot.vote.text)])]


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 200), (1, 1)])
def test_the_interval_is_wilsons(hits: int, of: int) -> None:
    theirs = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    assert wilson(hits, of) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_flip_rates_are_counted_by_method_and_who_cannot_tell_does_not_count() -> None:
    said = [vote("a", holds=True), vote("b", holds=False), vote("c", holds=None), vote("a", method="typo", holds=True)]
    rates = flip_rates(said, {"synonym": 0.25})
    assert (rates["synonym"].votes, rates["synonym"].flips, rates["synonym"].rate) == (2, 1, 0.5)
    assert rates["synonym"].expected == 0.25
    assert (rates["typo"].votes, rates["typo"].flips, rates["typo"].expected) == (1, 0, None)
    assert rates["typo"].low == 0.0 < rates["typo"].high < 1


def test_votes_survive_a_file_and_the_last_of_each_voter_counts(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "votes.jsonl"
    for one in (vote("a", holds=True), vote("b", after="flick"), vote("a", holds=False)):
        append(path, one)
    assert read(path) == [vote("a", holds=False), vote("b", after="flick")]
    assert parsed(dumped(read(path))) == read(path)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "{}", '"x"', dumped([vote("a")]).replace('"holds": true', '"holds": "yes"'),
     dumped([vote("a")]).replace('"start": 2', '"start": 3'), dumped([vote("a")]).replace('"voter": "a"', '"voter": 1'),
     "[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_vote_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(ConfigError, match="line 2: no vote") as told:
        parsed(dumped([vote("b")]) + line.strip() + "\n")
    assert told.value.key == "augment.votes"


def test_a_majority_decides_and_a_tie_does_not() -> None:
    said = [vote("a"), vote("b"), vote("c", holds=False), vote("a", after="show", holds=None)]
    said += [vote("a", after="flick"), vote("b", after="flick", holds=False)]
    assert [one.augmented for one in accepted(said)["a film", None]] == [("a movie", None)]


def test_only_accepted_edits_are_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "votes.jsonl"
    cast = [ballot.vote for ballot in drawn("anna", 30)]
    yes = {one.ballot for one in cast[::2]}
    path.write_text(dumped(Vote(**{**vars(one), "holds": one.ballot in yes}) for one in cast))
    config = AugmentConfig(fraction=1.0, votes=str(path))
    policy = AugmentPolicy(config, ("text",), 13, load_synonyms("careful"), task=TASK)
    allowed = {one.original: one.augmented[0] for one in cast if one.ballot in yes}
    assert len(allowed) == 15
    rows, done = policy.epoch(ROWS, 3)
    assert {TEXTS[row.row] for row in done} == {text for text, _ in allowed}
    for row in done:
        assert rows.texts[row.row] == allowed[TEXTS[row.row], None]
        assert row.changed
    assert changed_rows(config, TASK, ROWS) == 15


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        files.read(tmp_path / "binary")
