"""A finished run and texts in; labels and probabilities out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.data import own_file
from core.data.rows import DataError, Rows
from core.data.sources import load_corpus, task_of
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.tasks import Task
from core.train.batches import EncodedRows
from core.train.evaluate import evaluate_rows


@dataclass(frozen=True)
class TrainedModel:
    """A run's model with what it takes to use it."""

    model: torch.nn.Module
    tokenizer: Any
    task: Task
    max_length: int
    batch_size: int


@dataclass(frozen=True)
class Prediction:
    """One answer."""

    label: str
    """The likeliest class; for regression the score, as text."""
    probabilities: dict[str, float]
    """By class name; for regression the one entry `score`."""


def load_trained(run: Run) -> TrainedModel:
    """The model a run saved, in evaluation mode. RunError when there is none yet."""
    from peft import PeftModel
    from transformers import AutoModelForSequenceClassification

    from core.model.build import build_model, load_tokenizer
    from core.model.source import resolve_model

    config = run.config()
    if not (run.model_dir / "adapter_config.json").is_file() and not (run.model_dir / "config.json").is_file():
        raise RunError(f"run {run.id} has no saved model; it is {run.status().state}")
    task = task_of(config)
    if task.origin == "file":
        task = load_corpus(config).task
    if config.lora.enabled:
        base = build_model(
            config.replace({"lora.enabled": False}), task.num_labels, task.is_regression, task.labels or None
        )
        model = PeftModel.from_pretrained(base, str(run.model_dir))
    else:
        import core.model.light_mobilebert  # noqa: F401 - registers the light classes

        model = AutoModelForSequenceClassification.from_pretrained(str(run.model_dir), use_safetensors=True)
    tokenizer = load_tokenizer(resolve_model(config.model))
    return TrainedModel(model.eval(), tokenizer, task, config.data.max_length, config.train.batch_size)


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
            raise DataError(f"{path.name} has no column {column!r}; it has {[str(c) for c in frame.columns]}")
        if column in table.nested:
            raise DataError(f"{path.name}: line {table.nested[column]} has a list or an object in {column!r}")
    return frame[columns[0]].tolist(), frame[columns[1]].tolist() if task.is_pair else None
