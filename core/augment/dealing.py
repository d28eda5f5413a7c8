"""Which method each row of an epoch gets: dealt so that the mix that is asked for is the mix that is done.

Drawn one by one, 600 rows miss a weight by three points now and then; and where a method finds nothing in a short row,
its share falls by all such rows. So methods are dealt by quota, and rows that their methods can do nothing with trade
them for others' as far as that goes. A row's chance of a method is still that method's weight, where any would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from core.augment.edits import AugmentedRow

FEW_WORDS = 4
"""Rows of fewer words leave a method little to do; the mix holds among the others by themselves."""
_PARTNERS = 20
"""Rows that one row looks at in search of one to trade with."""


def has_words(text: str) -> bool:
    """Whether a text has at least `FEW_WORDS` words."""
    return len(text.split(None, FEW_WORDS - 1)) == FEW_WORDS


def dealt(weights: Sequence[float], draws: np.ndarray, long: np.ndarray, offset: float) -> np.ndarray:
    """(rows,) each row's method by its place: systematic sampling (Madow 1949) in the order of `draws` (rows,).

    Among the `long` rows, (rows,) bool, and among the others each method gets its share to a row. `offset`, drawn from
    0 to 1, is what one row alone is dealt by.
    """
    bounds = np.cumsum(weights)
    picked = np.empty(len(draws), np.int64)
    for group in (long, ~long):
        places = np.flatnonzero(group)
        spots = (np.arange(len(places)) + offset) * (bounds[-1] / max(1, len(places)))
        picked[places[np.argsort(draws[places])]] = np.searchsorted(bounds[:-1], spots, side="right")
    return picked


def trade(
    done: list[AugmentedRow],
    picked: np.ndarray,
    draws: np.ndarray,
    long: np.ndarray,
    show: Callable[[int, int], AugmentedRow],
) -> None:
    """Long rows that their methods left as they were trade methods with others, where both are changed by it.

    `show(row, method)` is the row as that method changes it. `done` and `picked`, (rows,) each, are brought up to date.
    """
    methods = np.unique(picked).tolist()
    partners: dict[tuple[int, int], Iterator[int]] = {}  # a row says once whether it can take a method
    left = [row for row, one in enumerate(done) if not one.text.edits and not one.changed]
    stuck = [row for row in left if long[row]] if len(methods) > 1 else []
    for row in stuck:
        mine = int(picked[row])
        for other in methods:
            if done[row].changed:
                break
            if other == mine or not (new := show(row, other)).changed:
                continue
            if (mine, other) not in partners:
                places = np.flatnonzero(long & (picked == other))
                partners[mine, other] = iter(np.roll(places, int(draws[row] * len(places))).tolist())
            for partner in islice(partners[mine, other], _PARTNERS):
                if picked[partner] == other and (theirs := show(partner, mine)).changed:
                    done[row], done[partner], picked[row], picked[partner] = new, theirs, other, mine
                    break
