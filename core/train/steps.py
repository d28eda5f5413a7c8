"""How many optimizer steps a run takes, and after how many it is evaluated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.sections import TrainConfig
from core.train.token_budget import windows


@dataclass(frozen=True)
class Steps:
    """Optimizer steps of an epoch, of the run, and between two evaluations."""

    per_epoch: int
    total: int
    eval_every: int

    @property
    def evaluations(self) -> int:
        """Without the one before the first step."""
        return math.ceil(self.total / self.eval_every)


def count_steps(train: TrainConfig, rows: int, lengths: Sequence[int] | None = None) -> Steps:
    """The steps of a run over `rows` training rows; an unfinished epoch or interval counts as one.

    With `train.token_budget` they hang on the rows' `lengths` in word pieces; ValueError without them.
    """
    if train.token_budget is None:
        per_epoch = math.ceil(rows / train.batch_size)
    elif lengths is None:
        raise ValueError("how many steps train.token_budget makes hangs on the lengths of the rows")
    else:
        per_epoch = sum(window.batches for window in windows(lengths, train.token_budget))
    total = train.max_steps or max(1, math.ceil(train.epochs * per_epoch))
    return Steps(per_epoch, total, train.eval_every or max(1, per_epoch // 2))
