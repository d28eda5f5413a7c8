"""A configuration and its rows in; the values that stand where it says None out. Imports no torch."""

from __future__ import annotations

import math
from typing import Any

from core.config import RunConfig
from core.data.rows import Corpus


def resolved(config: RunConfig, corpus: Corpus) -> dict[str, Any]:
    """Configuration key -> the value a run takes, for each key whose None means something else."""
    train = config.train
    per_epoch = math.ceil(len(corpus.train) / train.batch_size)
    steps = train.max_steps or max(1, math.ceil(train.epochs * per_epoch))
    return {
        "train.lr": train.lr if train.lr is not None else default_lr(config, corpus),
        "train.max_steps": steps,
        "train.epochs": round(steps / per_epoch, 4),
        "train.eval_every": train.eval_every or max(1, per_epoch // 2),
    }


def default_lr(config: RunConfig, corpus: Corpus) -> float:
    """The peak learning rate of a run that names none."""
    return corpus.task.lr
