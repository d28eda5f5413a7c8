"""Which rows of an own file are held out: a tenth of every class, the copies of a text on one side."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence

SHARE = 10
"""One row in so many is held out."""


def held_out(labels: Sequence[int] | Sequence[float], texts: Sequence[Hashable], classes: bool, seed: int) -> list[int]:
    """Row numbers of the evaluation split, ascending: of each class a tenth, one at least where it has two.

    Rows with the same text go to the same side, unless that would keep a class out of the split. Of scores, one row in
    ten consecutive ones is taken, so that the split has low, middle and high ones.
    """
    rng = random.Random(f"held out {seed}")
    strata = _by_class(labels) if classes else _by_rank(labels)
    copies: dict[Hashable, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        copies[text].append(row)
    taken: set[int] = set()
    for stratum in strata:
        wanted = max(1, round(len(stratum) / SHARE)) if len(stratum) > 1 else 0
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


def _by_rank(labels: Sequence[int] | Sequence[float]) -> list[list[int]]:
    order = sorted(range(len(labels)), key=lambda row: (labels[row], row))
    return [order[start : start + SHARE] for start in range(0, len(order), SHARE)]
