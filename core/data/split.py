"""Which rows of an own file are held out: a tenth or fifth of every class, the copies of a text on one side."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence

SHARE, SMALL_SHARE = 10, 5
"""One row in so many is held out, of a small file more."""
SMALL = 500
"""A file with fewer rows is small. Of 170 a tenth are 16: three right of four could be chance among them (p = 0.17 by
a binomial test against a half), among 34 they could not (p = 0.002)."""


def share_of(rows: int) -> int:
    """One in how many rows of a file is held out."""
    return SMALL_SHARE if rows < SMALL else SHARE


def share_name(rows: int) -> str:
    return {SMALL_SHARE: "fifth", SHARE: "tenth"}[share_of(rows)]


def held_out(labels: Sequence[int] | Sequence[float], texts: Sequence[Hashable], classes: bool, seed: int) -> list[int]:
    """Row numbers of the evaluation split, ascending: of each class a tenth, one at least where it has two.

    In a small file it is a fifth. Rows with the same text go to the same side, unless that would keep a class out of
    the split. Of scores, one row in ten (five) consecutive ones is taken, so that the split has low and
    high ones.
    """
    rng = random.Random(f"held out {seed}")
    share = share_of(len(labels))
    strata = _by_class(labels) if classes else _by_rank(labels, share)
    copies: dict[Hashable, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        copies[text].append(row)
    taken: set[int] = set()
    for stratum in strata:
        wanted = max(1, round(len(stratum) / share)) if len(stratum) > 1 else 0
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


def _by_rank(labels: Sequence[int] | Sequence[float], share: int) -> list[list[int]]:
    order = sorted(range(len(labels)), key=lambda row: (labels[row], row))
    return [order[start : start + share] for start in range(0, len(order), share)]
