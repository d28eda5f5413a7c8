"""The transformers Trainer, made exact: batches, augmentation and dropout follow from seed, epoch and step."""

from __future__ import annotations

import functools
import math
import warnings
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import PrinterCallback

from core.model.encoder_parts import layers_of
from core.model.score_head import head_parameters, scale_gradients
from core.train import checkpoint
from core.train.anomalies import AnomalyDetector, look_every
from core.train.arguments import arguments_of
from core.train.batches import make_batches, pad
from core.train.best_weights import BestWeights
from core.train.bf16_check import settle_bf16
from core.train.divergence import DivergedError, diverged
from core.train.evaluate import Outputs, Seen, evaluate_splits, pooled_output, score_splits
from core.train.fast_path import choose_path
from core.train.flow_control import FlowControl
from core.train.interrupt import interruptible
from core.train.lean_trainer import LeanTrainer
from core.train.losses import compute_loss
from core.train.optimizer import build_optimizer
from core.train.recorder import Recorder
from core.train.schedule import build_scheduler
from core.train.setup import TrainingSetup


class LabTrainer(LeanTrainer):
    """Trains what it was set up with, and tells the recorder what happens."""

    def __init__(self, setup: TrainingSetup, recorder: Recorder, callbacks: list[Any] | None = None) -> None:
        train = setup.config.train
        self.setup = setup
        self.recorder = recorder
        self.eval_pending = False
        self.ended_early = False
        self.outputs: Outputs | None = None  # of the first split, at the last evaluation
        self.saved_step = 0  # of the newest checkpoint
        self.best_weights = BestWeights(setup.run.best_dir)
        self._layers = layers_of(setup.model)
        self._spread = setup.score_scale.spread if setup.score_scale else None
        self._head = head_parameters(setup.model) if self._spread else []
        self.unit = (self._spread or 1.0) ** 2
        self.anomalies = AnomalyDetector(look_every(), self.unit)
        self.rows: list[int] = []  # of the batch at work
        self.loss_parts: dict[str, torch.Tensor] = {}
        self.batches = make_batches(train, setup.train.lengths(), setup.config.seed)
        self._collate = functools.partial(pad, pad_id=setup.tokenizer.pad_token_id, regression=setup.task.is_regression)
        self.bf16, self.bf16_deviation = settle_bf16(setup, self.batches, self._collate)
        super().__init__(
            model=setup.model,
            args=arguments_of(setup, self.bf16),
            train_dataset=setup.train,
            eval_dataset=next(iter(setup.evals.values())),
            callbacks=[FlowControl(setup, self._begin_epoch, self._owe_evaluation), recorder, *(callbacks or [])],
        )
        self.path = choose_path(train.fast, setup.model, self.bf16)
        weights = setup.class_weights
        self.class_weights = None if weights is None else weights.to(self.args.device)
        self.remove_callback(PrinterCallback)  # a line a step: the curve holds them, the log need not

    def _begin_epoch(self, epoch: int) -> None:
        """Order and augmentation of `epoch`, from 0."""
        self.batches.set_epoch(epoch)
        self.recorder.augmented(epoch, self.setup.train.set_epoch(epoch))

    def _owe_evaluation(self, owed: bool) -> None:
        self.eval_pending = owed

    def get_train_dataloader(self) -> DataLoader:
        pinned = torch.cuda.is_available()  # copied while the GPU computes
        return DataLoader(self.setup.train, batch_sampler=self.batches, collate_fn=self._collate, pin_memory=pinned)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            setup, train = self.setup, self.setup.config.train
            self.optimizer = build_optimizer(train.optimizer, setup.model, setup.lr, train.weight_decay, self._spread)
        return self.optimizer

    @property
    def _made_optimizer(self) -> torch.optim.Optimizer:
        return self.create_optimizer()

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        if self.lr_scheduler is None:
            name, optimizer = self.setup.config.train.schedule, optimizer or self._made_optimizer
            self.lr_scheduler = build_scheduler(name, optimizer, num_training_steps)
        return self.lr_scheduler

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        group = self.setup.group
        # Dropout's draws follow from seed and step, so that nothing random has to be kept in a checkpoint.
        drawn_from = [self.setup.config.seed, self.state.global_step, *([] if group.is_main else [group.rank])]
        draw = np.random.SeedSequence(drawn_from).generate_state(1)[0]
        torch.manual_seed(int(draw))
        self.rows = inputs["row"].tolist()
        self.recorder.examples += len(self.rows)
        # Members of a group stop together, at the end of a step.
        with interruptible(self._layers, self.setup.should_stop) if group.size == 1 else nullcontext():
            loss = super().training_step(model, inputs)
        group.sum_gradients(model)
        scale_gradients(self._head, self._spread or 1.0)
        self._examine(loss, is_loss=True)
        return loss

    def _clip_grad_norm(self, model: Any) -> Any:
        norm = super()._clip_grad_norm(model)
        self._examine(norm, is_loss=False)
        return norm

    def _examine(self, figure: torch.Tensor, is_loss: bool) -> None:
        step = self.state.global_step + 1
        self.anomalies.add(figure, is_loss, step, self.rows)
        if self.anomalies.due(step, self.setup.total_steps):
            self._look()

    def _look(self) -> None:
        """DivergedError where a figure since the last look is no number."""
        if found := self.anomalies.look():
            raise self._diverged(found.what, f"at step {found.step} on training rows", found.rows)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        setup, train = self.setup, self.setup.config.train
        inputs = {name: tensor for name, tensor in inputs.items() if name != "row"}
        labels = inputs.pop("labels")
        wants_pooled = train.loss != "ce" and train.features == "pooled" and not setup.task.is_regression
        with pooled_output(setup.model) if wants_pooled else nullcontext(Seen()) as seen:
            outputs = model(**setup.group.scatter(inputs))
        logits = setup.group.gather(outputs.logits)
        features = setup.group.gather(seen.pooled) if wants_pooled else None
        regression, weights = setup.task.is_regression, self.class_weights
        loss, self.loss_parts = compute_loss(train.loss, logits, labels, features, regression, weights)
        return (loss, outputs) if return_outputs else loss

    def log(self, logs: dict[str, Any], start_time: float | None = None) -> None:
        """As the Trainer has it, with this step's own loss, not the mean since the last line, and the loss's parts."""
        if "loss" in logs:
            parts = {name: float(part) for name, part in self.loss_parts.items()} if len(self.loss_parts) > 1 else {}
            logs = {**logs, "loss": self.anomalies.loss, **parts}
        super().log({name: value for name, value in logs.items() if value is not None}, start_time)

    def evaluate(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        """Score every evaluation split with the task's own metrics; `eval_loss` is plain cross-entropy (or MSE).

        A request to stop ends it early: it is then owed, and made up for when the run is resumed.
        """
        self._look()
        self.setup.run.set_status(phase="evaluating")
        outputs = self._outputs()
        self.control.should_evaluate = False
        self.eval_pending = self.setup.group.on_any(outputs is None)
        if self.eval_pending:
            self.control.should_training_stop = True
            self.control.should_save = True
            return {}
        metrics = self._record_evaluation(outputs) if outputs else {}
        patience = self.setup.config.train.patience
        if patience and self.setup.group.on_any(self.setup.history.without_better >= patience):
            self.ended_early = self.state.global_step < self.setup.total_steps
            self.control.should_training_stop = True
        return metrics

    def _record_evaluation(self, outputs: dict[str, Outputs]) -> dict[str, Any]:
        """An evaluation's metrics, recorded; its weights are kept where it is the best so far."""
        step, metrics = self.state.global_step, score_splits(outputs, self.setup.task)
        self.outputs = next(iter(outputs.values()))
        self.setup.history.add({"step": step, **metrics})
        if self.setup.config.train.keep_best and self.setup.history.best_step == step:
            self.best_weights.save(step, self.setup.model)
        self.recorder.outputs(step, outputs)
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _outputs(self) -> dict[str, Outputs] | None:
        """Of every evaluation split, on the member that leads; None where it was asked to stop. DivergedError."""
        setup = self.setup
        if not setup.group.is_main:
            return {}
        pad_id, batch_size = setup.tokenizer.pad_token_id, setup.config.train.batch_size
        found = evaluate_splits(setup.model, setup.evals, pad_id, batch_size, setup.should_stop)
        for name, outputs in (found or {}).items():
            if rows := outputs.rows_not_finite:
                where = f"at the evaluation of step {self.state.global_step} on rows of {name}"
                raise self._diverged("the model's outputs are not numbers", where, rows)
        return found

    def restore_history(self, rows: list[dict[str, Any]]) -> None:
        """The evaluations before the step that training goes on from; whether the run had ended at one of them."""
        history, patience = self.setup.history, self.setup.config.train.patience
        history.restore(rows)
        self.best_weights.checkpointed = history.best_step
        if self.setup.group.is_main:
            self.recorder.standing()
        over = patience is not None and history.without_better >= patience
        self.ended_early = self.setup.group.on_any(over) and self.state.global_step < self.setup.total_steps

    def stop_within_step(self) -> None:
        """Asked to stop within a step: keep what was reached before it."""
        if self.state.global_step > self.saved_step:
            self._save_checkpoint(self.setup.model)
            self.control = self.callback_handler.on_save(self.args, self.state, self.control)
        self.control = self.callback_handler.on_train_end(self.args, self.state, self.control)

    def _diverged(self, what: str, where: str, rows: list[int]) -> DivergedError:
        rate = self._get_learning_rate() if self.lr_scheduler else math.nan
        return diverged(what, where, rows, self.setup.model, self.state.global_step, rate, self.bf16)

    def _save_checkpoint(self, model: Any, trial: Any = None) -> None:
        self._look()
        if not self.setup.group.is_main:
            return
        self.setup.run.sync_metrics()  # a checkpoint must not outlive the records of the steps before it
        self.state.log_history.clear()
        setup, step = self.setup, self.state.global_step
        state = {"eval_pending": self.eval_pending, "epoch": self.state.epoch, "fingerprints": setup.all_fingerprints}
        train, folder = setup.config.train, setup.run.checkpoint_dir
        checkpoint.save_checkpoint(folder, step, setup.model, self._made_optimizer, state, asdict(self.state))
        self.saved_step = step
        self.best_weights.checkpoint(setup.history.best_step)
        checkpoint.prune(folder, train.keep_checkpoints, train.checkpoint_mb * 1_000_000)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        checkpoint.load_weights(Path(resume_from_checkpoint), self.setup.model)

    def _load_optimizer_and_scheduler(self, checkpoint_path: str | None) -> None:
        if checkpoint_path is None:
            return
        checkpoint.load_optimizer(Path(checkpoint_path), self._made_optimizer)
        # The rate is a function of the step; stepping there is exact and needs no file.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
            for _ in range(self.state.global_step):
                self.lr_scheduler.step()  # type: ignore[union-attr]

    def _load_rng_state(self, checkpoint_path: str | None) -> None:
        """Nothing to load: each step seeds its own draws."""
