"""What should be known of a loss before a run and in its record: that it falls back, or that a term of it is zero."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from core.sections import TrainConfig

WORTH_SAYING = 0.2
"""The share of rows without a partner from which on it is said."""


def loss_notes(train: TrainConfig, labels: Sequence[int] | Sequence[float], regression: bool) -> list[str]:
    """Sentences on how `train.loss` goes with these training labels; none where there is nothing to say."""
    if train.loss == "ce":
        return []
    if regression:
        return [f"the labels are numbers, not classes: {train.loss!r} falls back to squared error alone"]
    alone = share_without_partner([int(label) for label in labels], train.batch_size)
    if alone < WORTH_SAYING:
        return []
    classes, size = len(set(labels)), min(train.batch_size, len(labels))
    if alone > 1 - 1e-9:
        return [
            f"the contrastive term of {train.loss!r} is always zero: no batch of {size} holds two rows of one class"
        ]
    return [
        f"{100 * alone:.0f} % of the rows find no other of their class in a batch of {size} out of {classes} classes: "
        f"the contrastive term of {train.loss!r} is zero for them; a larger train.batch_size gives them partners"
    ]


def share_without_partner(labels: Sequence[int], batch_size: int) -> float:
    """The expected share of rows that meet no other row of their class in a batch drawn at random.

    For a class of n among N rows that is C(N - n, B - 1) / C(N - 1, B - 1): the B - 1 others are all of other classes.
    Batches are those of `core.train.batches`, of N / ceil(N / B) rows on average.
    """
    total = len(labels)
    if not total:
        return 1.0
    others = round(total / math.ceil(total / batch_size)) - 1
    shares = (
        count / total * math.prod((total - count - i) / (total - 1 - i) for i in range(others))
        for count in Counter(labels).values()
    )
    return math.fsum(shares)
