"""What a training run is set up with before its first step: model, rows, tokenizer, and how many steps it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import torch
from transformers import PreTrainedTokenizerBase

from core.config import RunConfig
from core.model.score_head import ScoreScale
from core.runs.folder.run import Run
from core.tasks import Task
from core.train.batches import AugmentedRows, EncodedRows
from core.train.fingerprints import draws_of
from core.train.history import History
from core.train.losses import balanced_weights
from core.train.process_group import ProcessGroup
from core.train.steps import Steps, count_steps


@dataclass(frozen=True)
class TrainingSetup:
    """Everything a training run works on, ready made."""

    config: RunConfig
    task: Task
    model: torch.nn.Module
    tokenizer: PreTrainedTokenizerBase
    train: AugmentedRows
    evals: dict[str, EncodedRows]
    run: Run
    should_stop: Callable[[], bool]
    fingerprints: dict[str, str]
    """Digests of what a checkpoint leaves out (`core.train.fingerprints`)."""
    history: History
    lr: float
    score_scale: ScoreScale | None = None
    """Of the training rows' scores; None for classes."""
    group: ProcessGroup = field(default_factory=ProcessGroup)

    @cached_property
    def steps(self) -> Steps:
        return count_steps(self.config.train, len(self.train), self.train.lengths(), own=self.task.origin == "file")

    @property
    def steps_per_epoch(self) -> int:
        return self.steps.per_epoch

    @property
    def total_steps(self) -> int:
        return self.steps.total

    @property
    def eval_every(self) -> int:
        return self.steps.eval_every

    @cached_property
    def all_fingerprints(self) -> dict[str, str]:
        """With what augmentation draws, for which the dictionary is loaded: no first evaluation waits for that."""
        return {**self.fingerprints, **draws_of(self.train.policy, self.train.rows)}

    @cached_property
    def class_weights(self) -> torch.Tensor | None:
        """What the configuration weighs the classes by, if anything: by all training rows, not by the batch."""
        if self.config.train.class_weights == "none" or self.task.is_regression:
            return None
        return balanced_weights([int(label) for label in self.train.rows.labels], self.task.num_labels)
