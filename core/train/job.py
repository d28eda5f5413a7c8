"""Everything a training run works on, ready made, and how long it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedTokenizerBase

from core.config import RunConfig
from core.runs.folder.run import Run
from core.tasks import Task
from core.train.batches import AugmentedRows, EncodedRows
from core.train.history import History
from core.train.team import Team


@dataclass(frozen=True)
class Job:
    """Everything a training run works on, ready made."""

    config: RunConfig
    task: Task
    model: torch.nn.Module
    tokenizer: PreTrainedTokenizerBase
    train: AugmentedRows
    evals: dict[str, EncodedRows]
    run: Run
    should_stop: Callable[[], bool]
    origins: dict[str, str]  # digests of what a checkpoint leaves out
    history: History
    lr: float
    team: Team = field(default_factory=Team)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.train) / self.config.train.batch_size)

    @property
    def total_steps(self) -> int:
        return self.config.train.max_steps or max(1, math.ceil(self.config.train.epochs * self.steps_per_epoch))

    @property
    def eval_every(self) -> int:
        return self.config.train.eval_every or max(1, self.steps_per_epoch // 2)
