"""How many optimizer steps a run takes, and after how many it is evaluated."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.sections import TrainConfig


@dataclass(frozen=True)
class Steps:
    per_epoch: int
    total: int
    eval_every: int

    @property
    def evaluations(self) -> int:
        """Without the one before the first step."""
        return math.ceil(self.total / self.eval_every)


def count_steps(train: TrainConfig, rows: int) -> Steps:
    """The steps of a run over `rows` training rows; an unfinished epoch or interval counts as one."""
    per_epoch = math.ceil(rows / train.batch_size)
    total = train.max_steps or max(1, math.ceil(train.epochs * per_epoch))
    return Steps(per_epoch, total, train.eval_every or max(1, per_epoch // 2))
