"""Texts and an augmentation in; each changed text with its edits and word pieces out, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.augment.edits import Augmented, Edit
from core.augment.run_policy import run_policy
from core.config import RunConfig
from core.data.rows import Rows
from core.tasks import Task


@dataclass(frozen=True)
class PreviewRow:
    """One side of one row in one epoch."""

    row: int
    epoch: int
    side: str
    original: str
    augmented: str
    method: str
    edits: tuple[Edit, ...] = ()
    pieces_before: list[str] = field(default_factory=list)
    pieces_after: list[str] = field(default_factory=list)


def preview_text(
    config: RunConfig, text: str, pair: str | None, epochs: Sequence[int], tokenizer: Any
) -> list[PreviewRow]:
    """A typed text (and its pair) as row 0, changed in every epoch whatever the fraction."""
    sides = ("text", "pair") if pair is not None else ("text",)
    policy = run_policy(config, sides=sides)
    shown = []
    for epoch in epochs:
        changed = policy.row(0, text, pair, epoch)
        shown += _sides(0, epoch, text, changed.text, pair, changed.pair, tokenizer)
    return shown


def preview_rows(config: RunConfig, task: Task, rows: Rows, epochs: Sequence[int], tokenizer: Any) -> list[PreviewRow]:
    """The rows that a run of this configuration would change in these epochs, as it would change them."""
    policy = run_policy(config, task)
    shown = []
    for epoch in epochs:
        for changed in policy.epoch(rows, epoch)[1]:
            pair = rows.pairs[changed.row] if rows.pairs is not None else None
            shown += _sides(changed.row, epoch, rows.texts[changed.row], changed.text, pair, changed.pair, tokenizer)
    return shown


def statistics(shown: Sequence[PreviewRow]) -> dict[str, float]:
    """How much was changed: shares, and how the number of word pieces grew."""
    if not shown:
        return {"texts": 0, "changed": 0, "edits": 0, "words_changed": 0.0, "piece_inflation": 1.0}
    words = sum(len(row.original.split()) for row in shown)
    before = sum(len(row.pieces_before) for row in shown)
    return {
        "texts": len(shown),
        "changed": sum(row.original != row.augmented for row in shown),
        "edits": sum(len(row.edits) for row in shown),
        "words_changed": sum(len(edit.before.split()) or 1 for row in shown for edit in row.edits) / max(words, 1),
        "piece_inflation": sum(len(row.pieces_after) for row in shown) / max(before, 1),
    }


def _sides(
    row: int,
    epoch: int,
    text: str,
    changed_text: Augmented,
    pair: str | None,
    changed_pair: Augmented | None,
    tokenizer: Any,
) -> list[PreviewRow]:
    sides = [("text", text, changed_text)]
    if pair is not None and changed_pair is not None:
        sides.append(("pair", pair, changed_pair))
    return [
        PreviewRow(
            row,
            epoch,
            side,
            original,
            changed.text,
            changed.method,
            changed.edits,
            tokenizer.tokenize(original),
            tokenizer.tokenize(changed.text),
        )
        for side, original, changed in sides
    ]
