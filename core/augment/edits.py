"""What an augmentation returns: the new text, and the edits that make it out of the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Edit:
    """One replaced span. `start` and `end` are `str` offsets in the original, `end` exclusive."""

    start: int
    end: int
    before: str
    """`original[start:end]`."""
    after: str
    rule: str
    """Why, for people: `synonym, sense really.r.03`."""


@dataclass(slots=True)
class Augmented:
    """`apply_edits(original, edits) == text`, always; no edits means the text is the original."""

    text: str
    edits: tuple[Edit, ...]
    method: str

    @property
    def changed(self) -> bool:
        return bool(self.edits)


@dataclass(slots=True)
class AugmentedRow:
    """What an epoch makes of one row."""

    row: int
    epoch: int
    method: str
    """The one that it was dealt; where it found nothing that it may change, the row comes back as it was."""
    text: Augmented
    pair: Augmented | None

    @property
    def changed(self) -> bool:
        return self.text.changed or (self.pair is not None and self.pair.changed)


def _start(edit: Edit) -> int:
    return edit.start


def assembled(text: str, edits: list[Edit], method: str) -> Augmented:
    """What a method returns: `edits` in any order, true of `text` and disjoint, as the method made them."""
    if len(edits) == 1:
        edit = edits[0]
        return Augmented(text[: edit.start] + edit.after + text[edit.end :], (edit,), method)
    if not edits:
        return Augmented(text, (), method)
    if len(edits) == 2:
        first, second = edits if edits[0].start < edits[1].start else reversed(edits)
        middle = text[first.end : second.start]
        return Augmented(
            f"{text[: first.start]}{first.after}{middle}{second.after}{text[second.end :]}", (first, second), method
        )
    edits.sort(key=_start)
    parts = []
    position = 0
    for edit in edits:
        parts.append(text[position : edit.start])
        parts.append(edit.after)
        position = edit.end
    parts.append(text[position:])
    return Augmented("".join(parts), tuple(edits), method)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The augmented text. Edits must be sorted, disjoint and true of `text`, or ValueError says which is not."""
    parts: list[str] = []
    position = 0
    for edit in edits:
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"{edit} overlaps the edit before it or lies outside the text")
        if text[edit.start : edit.end] != edit.before:
            raise ValueError(f"{edit} expects {edit.before!r}, the text has {text[edit.start : edit.end]!r}")
        parts += (text[position : edit.start], edit.after)
        position = edit.end
    parts.append(text[position:])
    return "".join(parts)
