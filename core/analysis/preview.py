"""Texts and an augmentation in; each changed text with its edits and word pieces out, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.augment.edits import AugmentedRow, Edit
from core.augment.methods import METHODS
from core.augment.policy import run_policy
from core.config import RunConfig
from core.data.rows import Rows
from core.model.masked_head import lacks_masked_head
from core.model.pieces import UNKNOWN
from core.model.source import ModelSource
from core.tasks import Task


class Tokenizer(Protocol):
    """What cuts a text into word pieces: `core.model.pieces`, or a tokenizer of transformers."""

    def tokenize(self, text: str) -> list[str]: ...


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


def guesser_lack(config: RunConfig, source: ModelSource) -> str:
    """Why a run's model has no guesses for the methods that ask it for some, in one line; '' where it has."""
    asks = config.augment.mode != "none" and any(
        METHODS[name].load is not None for name in config.augment.methods if name in METHODS
    )
    return lacks_masked_head(source) if asks else ""


def preview_row(
    config: RunConfig,
    task: Task | None,
    row: int,
    text: str,
    pair: str | None,
    epochs: Sequence[int],
    tokenizer: Tokenizer,
) -> list[PreviewRow]:
    """One row in each of `epochs`, as a run changes it if it draws it then. A typed text has no task: all of it is
    augmented."""
    sides = None if task else ("text", "pair") if pair is not None else ("text",)
    policy = run_policy(config, task, sides)
    return [side for epoch in epochs for side in _sides(policy.row(row, text, pair, epoch), text, pair, tokenizer)]


def shown_rows(rows: Rows, changed: Sequence[AugmentedRow], tokenizer: Tokenizer) -> list[PreviewRow]:
    """Both sides of each changed row. `rows` are the originals that `changed` indexes."""
    shown = []
    for one in changed:
        shown += _sides(one, rows.texts[one.row], rows.pairs[one.row] if rows.pairs is not None else None, tokenizer)
    return shown


def statistics(shown: Sequence[PreviewRow]) -> dict[str, Any]:
    """How much was changed: counts, shares, how the number of word pieces grew, the share of unknown pieces."""
    words = sum(len(row.original.split()) for row in shown)
    before = [piece for row in shown for piece in row.pieces_before]
    after = [piece for row in shown for piece in row.pieces_after]
    return {
        "texts": len(shown),
        "changed": sum(row.original != row.augmented for row in shown),
        "rows": len({row.row for row in shown}),
        "rows_changed": len({row.row for row in shown if row.original != row.augmented}),
        "edits": sum(len(row.edits) for row in shown),
        "words_changed": sum(len(edit.before.split()) or 1 for row in shown for edit in row.edits) / max(words, 1),
        "piece_inflation": len(after) / len(before) if before else 1.0,
        "unknown_before": before.count(UNKNOWN) / max(len(before), 1),
        "unknown_after": after.count(UNKNOWN) / max(len(after), 1),
    }


def _sides(changed: AugmentedRow, text: str, pair: str | None, tokenizer: Tokenizer) -> list[PreviewRow]:
    sides = [("text", text, changed.text)]
    if pair is not None and changed.pair is not None:
        sides.append(("pair", pair, changed.pair))
    return [
        PreviewRow(
            changed.row,
            changed.epoch,
            side,
            before,
            after.text,
            after.method,
            after.edits,
            tokenizer.tokenize(before),
            tokenizer.tokenize(after.text),
        )
        for side, before, after in sides
    ]
