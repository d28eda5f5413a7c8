"""Previews: both sides of a row with their edits and pieces, and the figures counted from them."""

from __future__ import annotations

import pytest

from core.analysis.preview import PreviewRow, preview_row, shown_rows, statistics
from core.augment.edits import Edit, apply_edits
from core.augment.policy import run_policy
from core.config import RunConfig
from core.data.rows import Rows
from core.tasks import get_task


class Letters:
    """Every letter a piece; z is unknown."""

    def tokenize(self, text: str) -> list[str]:
        return ["[UNK]" if letter == "z" else letter for letter in text.replace(" ", "")]


PAIRS = Rows([f"a really wonderful film number {i}" for i in range(20)], ["a wonderful breakfast"] * 20, [0, 1] * 10)


def test_a_typed_text_is_changed_in_every_epoch() -> None:
    config = RunConfig().replace({"augment.methods": "typo", "augment.fraction": 0.0})
    shown = preview_row(config, None, 0, "wonderful breakfast", None, range(5), Letters())
    assert [row.epoch for row in shown] == [0, 1, 2, 3, 4]
    assert all(row.original != row.augmented == apply_edits(row.original, row.edits) for row in shown)


def test_a_row_is_shown_as_a_run_changes_it() -> None:
    task = get_task("demo-paraphrase")
    config = RunConfig(task=task.name).replace({"augment.fraction": 0.25})
    run = shown_rows(PAIRS, run_policy(config, task).epoch(PAIRS, 2)[1], Letters())
    assert len({row.row for row in run}) == 5  # a quarter of twenty
    number = run[0].row
    alone = preview_row(config, task, number, PAIRS.texts[number], PAIRS.pairs[number], [2], Letters())
    assert alone == [side for side in run if side.row == number]
    assert [side.side for side in alone] == ["text", "pair"]


def test_statistics_count_rows_words_pieces_and_unknown_ones() -> None:
    edit = Edit(0, 3, "one", "zzzz", "typo")
    shown = [
        PreviewRow(0, 0, "text", "one two", "zzzz two", "typo", (edit,), [*"onetwo"], [*["[UNK]"] * 4, *"two"]),
        PreviewRow(0, 0, "pair", "six six", "six six", "typo", (), [*"sixsix"], [*"sixsix"]),
        PreviewRow(1, 0, "text", "z", "z", "typo", (), ["[UNK]"], ["[UNK]"]),
    ]
    assert statistics(shown) == {
        "texts": 3, "changed": 1, "rows": 2, "rows_changed": 1, "edits": 1,
        "words_changed": 1 / 5, "piece_inflation": 14 / 13,
        "unknown_before": 1 / 13, "unknown_after": 5 / 14,
    }  # fmt: skip


def test_statistics_of_nothing_are_plain() -> None:
    assert statistics([])["piece_inflation"] == 1.0
    assert statistics([])["words_changed"] == pytest.approx(0)
