"""What was asked for beside what was done: the mix of methods over augmented rows, for pages, records and the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.augment.policy import AugmentedRow
from core.data.rows import Rows

FEW_WORDS = 4
"""Rows of fewer words leave a method little to do; the mix is judged without them."""


@dataclass(frozen=True)
class MethodShare:
    """One method among the augmented rows; shares of all of them, so that they and `unchanged` add up to 1."""

    asked: float
    """Its weight, as a share."""
    drawn: float
    applied: float
    unchanged: float
    """Drawn, and found nothing that it may change."""


@dataclass(frozen=True)
class Shares:
    rows: int
    unchanged: float
    methods: dict[str, MethodShare]
    long_rows: int
    """Rows of which a side that is augmented has at least four words."""
    long_methods: dict[str, MethodShare]
    """The same among these alone."""


def shares(weights: Mapping[str, float], rows: Rows, done: Sequence[AugmentedRow], sides: Sequence[str]) -> Shares:
    """`weights`: as resolved (`AugmentPolicy.weights`); `rows`: the originals that `done` indexes."""
    long = [row for row in done if _words(rows, row.row, sides) >= FEW_WORDS]
    everything = _methods(weights, done)
    unchanged = sum(method.unchanged for method in everything.values())
    return Shares(len(done), unchanged, everything, len(long), _methods(weights, long))


def _methods(weights: Mapping[str, float], done: Sequence[AugmentedRow]) -> dict[str, MethodShare]:
    total, n = sum(weights.values()), max(len(done), 1)
    found = {}
    for name, weight in weights.items():
        mine = [row.changed for row in done if row.method == name]
        applied = sum(mine)
        found[name] = MethodShare(weight / total, len(mine) / n, applied / n, (len(mine) - applied) / n)
    return found


def _words(rows: Rows, index: int, sides: Sequence[str]) -> int:
    texts = [rows.texts[index]] if "text" in sides else []
    if rows.pairs is not None and "pair" in sides:
        texts.append(rows.pairs[index])
    return max((len(text.split()) for text in texts), default=0)
