"""How many optimizer steps a run takes, and after how many it is evaluated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.sections import TrainConfig
from core.train.token_budget import windows

EPOCHS = 3
EXAMPLES, MOST_EPOCHS = 1920, 16
"""Of an own file so many examples are seen at least: 60 batches of 32, unless that takes more passes than this.

Pearson's r on 200 other rows after training on own rows of two kinds (scores of reviews; of how urgent requests are),
demo model with LoRA at 4e-3, seed 13, scores standardised, batches of 32:

    rows      3 epochs      60 steps      100 steps
    120     0.40   0.92   0.60   0.98   0.61   0.98
    220     0.52   0.97   0.72   0.99   0.74   0.99
    500     0.73   0.99                 0.79   0.99
    1000    0.80   0.99                 0.81   0.99

By rows, not by steps: a sweep of batch sizes sees the same examples in each run.
"""


@dataclass(frozen=True)
class Steps:
    """Optimizer steps of an epoch, of the run, and between two evaluations."""

    per_epoch: int
    total: int
    eval_every: int

    @property
    def epochs(self) -> int:
        """Those that are begun."""
        return math.ceil(self.total / self.per_epoch)

    @property
    def evaluations(self) -> int:
        """Without the one before the first step."""
        return math.ceil(self.total / self.eval_every)


def default_epochs(rows: int, own: bool) -> float:
    """Passes over so many training rows where the configuration names none; `own`: of an own file."""
    return min(MOST_EPOCHS, max(EPOCHS, round(EXAMPLES / max(rows, 1)))) if own else EPOCHS


def count_steps(train: TrainConfig, rows: int, lengths: Sequence[int] | None = None, own: bool = False) -> Steps:
    """The steps of a run over `rows` training rows, of an `own` file or not; an unfinished epoch counts as one.

    With `train.token_budget` they hang on the rows' `lengths` in word pieces; ValueError without them.
    """
    if train.token_budget is None:
        per_epoch = math.ceil(rows / train.batch_size)
    elif lengths is None:
        raise ValueError("how many steps train.token_budget makes hangs on the lengths of the rows")
    else:
        per_epoch = sum(window.batches for window in windows(lengths, train.token_budget))
    total = train.max_steps or max(1, math.ceil((train.epochs or default_epochs(rows, own)) * per_epoch))
    return Steps(per_epoch, total, train.eval_every or max(1, per_epoch // 2))
