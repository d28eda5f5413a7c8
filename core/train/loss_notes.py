"""What should be known of a loss before a run and in its record: that it falls back, or that a term of it is zero."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.sections import TrainConfig
from core.train.token_budget import windows

WORTH_SAYING = 0.2
"""The share of rows without a partner from which on it is said."""


def loss_notes(
    train: TrainConfig,
    labels: Sequence[int] | Sequence[float],
    regression: bool,
    lengths: Sequence[int] | None = None,
) -> list[str]:
    """Sentences on how `train.loss` goes with these training labels; none where there is nothing to say.

    `lengths`: of the rows in word pieces, by which `train.token_budget` makes its batches.
    """
    if train.loss == "ce":
        return []
    if regression:
        return [f"the labels are numbers, not classes: {train.loss!r} falls back to squared error alone"]
    whole, budget = [int(label) for label in labels], train.token_budget
    if budget is None:
        alone, size = share_without_partner(whole, train.batch_size), f"{min(train.batch_size, len(labels))}"
    else:
        alone, size = share_within_budget(whole, lengths or (), budget), f"{budget:,} word pieces"
    if alone < WORTH_SAYING:
        return []
    if alone > 1 - 1e-9:
        return [
            f"the contrastive term of {train.loss!r} is always zero: no batch of {size} holds two rows of one class"
        ]
    return [
        f"{100 * alone:.0f} % of the rows find no other of their class in a batch of {size} out of "
        f"{len(set(labels))} classes: the contrastive term of {train.loss!r} is zero for them; "
        f"a larger {size_key(train)} gives them partners"
    ]


def size_key(train: TrainConfig) -> str:
    """The key that says how large the batches are."""
    return "train.batch_size" if train.token_budget is None else "train.token_budget"


def share_without_partner(labels: Sequence[int], batch_size: int) -> float:
    """The expected share of rows that meet no other row of their class in a batch of `core.train.batches`."""
    return _alone(labels, math.ceil(len(labels) / batch_size)) if labels else 1.0


def share_within_budget(labels: Sequence[int], lengths: Sequence[int], budget: int) -> float:
    """The same of a batch of `core.train.token_budget`: each window of rows of like lengths is drawn from by itself."""
    by_length = [labels[row] for row in np.argsort(-np.asarray(lengths), kind="stable")]
    first, shares = 0, []
    for window in windows(lengths, budget):
        shares.append(window.rows * _alone(by_length[first : first + window.rows], window.batches))
        first += window.rows
    return math.fsum(shares) / len(labels)


def _alone(labels: Sequence[int], batches: int) -> float:
    """The share of rows without a partner where all are dealt to so many batches, of one size or one row apart.

    For a class of n among N rows, in a batch of B, that is C(N - n, B - 1) / C(N - 1, B - 1): the B - 1 others are all
    of other classes.
    """
    total = len(labels)
    even, larger = divmod(total, batches)
    found = 0.0
    sizes = {even: batches - larger, **({even + 1: larger} if larger else {})}
    for size, of_this_size in sizes.items():
        for count in Counter(labels).values():
            others = math.prod((total - count - i) / (total - 1 - i) for i in range(size - 1))
            found += size * of_this_size / total * count / total * others
    return found
