"""The callback that controls the Trainer's flow: when an epoch begins, a checkpoint is due, or the run stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback

from core.train.setup import TrainingSetup

CHECKPOINT_EVERY_S = 30


class FlowControl(TrainerCallback):
    """Begins epochs, asks for checkpoints and evaluations, and stops the Trainer when asked to."""

    def __init__(
        self, setup: TrainingSetup, begin_epoch: Callable[[int], None], owe_evaluation: Callable[[bool], None]
    ) -> None:
        self._setup = setup
        self._begin_epoch, self._owe_evaluation = begin_epoch, owe_evaluation
        self._last_save = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._last_save = time.monotonic()

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._begin_epoch(state.global_step // self._setup.steps_per_epoch)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        last = state.global_step >= state.max_steps
        if last:
            control.should_evaluate = control.should_log = True
        if self._setup.group.on_any(self._setup.should_stop()) and not last:
            # An evaluation may take longer than a stop may; it is owed until the run goes on.
            self._owe_evaluation(control.should_evaluate)
            control.should_evaluate = False
            control.should_save = control.should_training_stop = True
        elif not last and self._is_due(state.global_step):
            control.should_save = True

    def _is_due(self, step: int) -> bool:
        every = self._setup.config.train.checkpoint_every
        return step % every == 0 if every else time.monotonic() - self._last_save > CHECKPOINT_EVERY_S

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._last_save = time.monotonic()
