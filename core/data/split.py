"""Which rows of an own file are held out: a share of every class, the copies of a text on one side."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence

SHARE, SMALL_SHARE = 0.1, 0.2
"""Of the rows, held out where nobody says how many; of a small file more."""
SMALL = 500
"""A file with fewer rows is small. Of 170 a tenth are 16: three right of four could be chance among them (p = 0.17 by
a binomial test against a half), among 34 they could not (p = 0.002)."""


def share_of(rows: int) -> float:
    """The share of a file's rows that is held out where nobody says how many."""
    return SMALL_SHARE if rows < SMALL else SHARE


def held_out(
    labels: Sequence[int] | Sequence[float], texts: Sequence[Hashable], classes: bool, seed: int, share: float
) -> list[int]:
    """Row numbers of the evaluation split, ascending: of each class that share, one row at least where it has two.

    Rows with the same text go to the same side, unless that would keep a class out of the split. Of scores, one row
    in so many consecutive ones is taken, so that the split has low and high ones.
    """
    rng = random.Random(f"held out {seed}")
    one_in = 1 / share
    strata = _by_class(labels) if classes else _by_rank(labels, round(one_in))
    copies: dict[Hashable, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        copies[text].append(row)
    taken: set[int] = set()
    for stratum in strata:
        wanted = max(1, round(len(stratum) / one_in)) if len(stratum) > 1 else 0
        members, order = set(stratum), stratum[:]
        wanted -= len(taken & members)
        rng.shuffle(order)
        for row in order:
            group = copies[texts[row]]
            size = len(members.intersection(group))
            if row not in taken and size <= wanted:
                taken.update(group)
                wanted -= size
        if len(stratum) > 1 and not taken & members:
            taken.add(order[0])
    if not taken:  # no class has two rows
        taken.add(rng.randrange(len(labels)))
    return sorted(taken)


def _by_class(labels: Sequence[int] | Sequence[float]) -> list[list[int]]:
    found: dict[float, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        found[label].append(row)
    return [found[label] for label in sorted(found)]


def _by_rank(labels: Sequence[int] | Sequence[float], size: int) -> list[list[int]]:
    order = sorted(range(len(labels)), key=lambda row: (labels[row], row))
    return [order[start : start + size] for start in range(0, len(order), size)]
