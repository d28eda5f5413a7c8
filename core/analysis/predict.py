"""A finished run and texts in; labels and probabilities out."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.analysis.recorded import WEIGHTS, task_of_run
from core.data import own_file
from core.data.rows import DataError, Rows
from core.digests import damage
from core.fields import one_of
from core.model.adapted import BASE, has_model
from core.model.head import own_classes
from core.model.limits import SMALL
from core.runs.folder.contents import of_step
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.tasks import Task
from core.train.batches import EncodedRows
from core.train.evaluate import evaluate_rows

_UNRECORDED = (
    "run {run} has no record, as of before there were records: what its answers mean is read from {source} as it is now"
)
_THREADS = torch.get_num_threads()


@dataclass(frozen=True)
class TrainedModel:
    """A run's model with what it takes to use it."""

    model: torch.nn.Module
    tokenizer: Any
    task: Task
    max_length: int
    batch_size: int
    note: str = ""
    """What must be said of its answers; empty for a run that owns all they mean."""


@dataclass(frozen=True)
class Prediction:
    """One answer."""

    label: str
    """The likeliest class; for regression the score, as text."""
    probabilities: dict[str, float]
    """By class name; for regression the one entry `score`."""


def load_trained(run: Run, weights: str = "last") -> TrainedModel:
    """The model a run saved, in evaluation mode: its `last` weights, or those of its `best` evaluation.

    Class names, kind and columns are those of the run's record; of a run of before there were records, those of its
    configuration and file as they are now. RunError when there is no model yet, ModelError for a damaged one.
    """
    from core.model.saved import has_base, load_saved
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer
    from core.train import checkpoint

    one_of("weights", weights, WEIGHTS)
    config, folder = run.config(), run.model_dir
    if not has_model(folder):
        raise RunError(f"run {run.id} has no saved model; it is {run.status().state}")
    task = task_of_run(run)
    if has_base(folder):
        model = load_saved(folder)
        tokenizer = load_tokenizer(resolve_model(str(folder / BASE if (folder / BASE).is_dir() else folder)))
    else:
        model, tokenizer = _on_named_base(run, task)
    step = _best_step(run) if weights == "best" else None
    if step is not None:
        path = of_step(run.best_dir, step)
        if wrong := damage(path):
            raise RunError(f"the best weights of run {run.id} are damaged: {wrong}; its last ones are there")
        checkpoint.load_weights(path, model)
    torch.set_num_threads(threads_for(model))
    note = ""
    if not run.record():
        task, note = _named_by(model, task), _UNRECORDED.format(run=run.id, source=config.data.file or config.task)
    return TrainedModel(model.eval(), tokenizer, task, config.data.max_length, config.train.batch_size, note)


def _named_by(model: Any, task: Task) -> Task:
    """With the class names that the saved model has, where it has as many of its own."""
    names = tuple(own_classes(model.config.to_dict()))
    return replace(task, labels=names) if task.labels and len(names) == len(task.labels) else task


def threads_for(model: Any) -> int:
    """One thread for a small model, as in training (`core.runs.local.threads`), all cores' for others.

    Two threads beside a browser wait for each other at every barrier: 2,000 requests on the demo took 108 s instead
    of 3. OMP_NUM_THREADS decides where it is given.
    """
    return 1 if "OMP_NUM_THREADS" not in os.environ and model.config.hidden_size <= SMALL else _THREADS


def _best_step(run: Run) -> int | None:
    """The step whose weights are kept as the best; None where they are the last ones. RunError where there are none."""
    if run.status().best.get("step") is None:
        raise RunError(f"run {run.id} has no best evaluation: its metric was defined in none; use its last weights")
    step = run.best_before_end()
    if step is not None and not of_step(run.best_dir, step).is_dir():
        raise RunError(f"run {run.id} kept no weights of its best evaluation (train.keep_best); use its last ones")
    return step


def _on_named_base(run: Run, task: Task) -> tuple[Any, Any]:
    """An adapter that an earlier version saved without its base: on the model that the configuration names."""
    from peft import PeftModel

    from core.model.build import build_model
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer

    config = run.config().replace({"lora.enabled": False})
    base = build_model(config, task.num_labels, task.is_regression, task.labels or None)
    return PeftModel.from_pretrained(base, str(run.model_dir)), load_tokenizer(resolve_model(config.model))


def predict(
    trained: TrainedModel, texts: Sequence[str], pairs: Sequence[str] | None = None
) -> tuple[list[Prediction], float]:
    """Answers in order, and the milliseconds that took, tokenising included."""
    task = trained.task
    if task.is_pair and pairs is None:
        raise ValueError(f"{task.name} takes two texts: {task.columns[0]!r} and {task.columns[1]!r}")
    if not task.is_pair and pairs is not None:
        raise ValueError(f"{task.name} takes one text, not a pair")
    started = time.perf_counter()
    rows = Rows(list(texts), list(pairs) if pairs is not None else None, [0] * len(texts))
    encoded = EncodedRows(trained.tokenizer, rows, trained.max_length)
    if not len(rows):
        return [], 0.0
    outputs = evaluate_rows(trained.model, encoded, trained.tokenizer.pad_token_id, trained.batch_size)
    answers = [_prediction(task, logits) for logits in outputs.logits]
    return answers, 1_000 * (time.perf_counter() - started)


def _prediction(task: Task, logits: np.ndarray) -> Prediction:
    if task.is_regression:
        return Prediction(f"{logits[0]:.3f}", {"score": float(logits[0])})
    odds = np.exp(logits - logits.max())
    odds /= odds.sum()
    return Prediction(task.labels[int(odds.argmax())], dict(zip(task.labels, map(float, odds), strict=True)))


def read_texts(path: Path, task: Task) -> tuple[list[str], list[str] | None]:
    """Texts, and for pairs second texts, of a file that has the task's text columns. DataError otherwise."""
    columns = task.columns
    table = own_file.read_table(path, labelled=False, expected=columns)
    frame = table.frame
    if not task.is_pair and columns[0] not in frame.columns and frame.shape[1] == 1:
        columns = (str(frame.columns[0]),)
    for column in columns:
        if column not in frame.columns:
            names = [str(c) for c in frame.columns]
            raise DataError(
                f"{path.name} has no column {column!r}; it has {names}: the header line must name the texts so"
            )
        if column in table.nested:
            raise DataError(f"{path.name}: line {table.nested[column]} has a list or an object in {column!r}")
    return frame[columns[0]].tolist(), frame[columns[1]].tolist() if task.is_pair else None
