"""A run's setup in, its record out: what its figures mean and what they were computed with.

Whoever draws or predicts reads the record, never the file that a visitor may have renamed, changed or removed since.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from core.data.doctor import examine
from core.data.rows import Corpus
from core.lab import lab
from core.model.source import ModelSource
from core.sections import TrainConfig
from core.tasks import Task
from core.train import metrics
from core.train.loss_notes import size_key
from core.train.setup import TrainingSetup

VERSION = 1
LIBRARIES = ("torch", "transformers", "peft", "numpy")


def describe(
    setup: TrainingSetup, corpus: Corpus, source: ModelSource, computes: Mapping[str, Any], resolved: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that is known before the first step, `notes` and `end` aside."""
    return {
        "version": VERSION,
        "task": task_of(corpus.task, corpus.source),
        "rows": _rows(corpus),
        "findings": [dataclasses.asdict(finding) for finding in examine(corpus, setup.config, setup.tokenizer)],
        "model": {"name": source.name, "kind": source.kind, "files": setup.fingerprints["model"], **_cut(setup.model)},
        "resolved": dict(resolved),
        "computed": computed(setup, **computes),
    }


def task_of(task: Task, source: str) -> dict[str, Any]:
    """The task's meaning: class names in the order of the model's outputs, kind, columns, metrics, splits."""
    return {
        "name": task.name,
        "title": task.title,
        "kind": "score" if task.is_regression else "classes",
        "labels": list(task.labels),
        "columns": list(task.columns),
        "label_column": task.label_column,
        "metrics": list(task.metrics),
        "evals": list(task.evals),
        "source": source,
    }


def computed(setup: TrainingSetup, bf16: bool, path: str) -> dict[str, Any]:
    """What decides the last bits of a run's numbers besides its configuration and rows."""
    found: dict[str, Any] = {
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        "threads": torch.get_num_threads(),
        "instruction_set": torch.backends.cpu.get_cpu_capability(),
        "precision": "bf16 in training, fp32 in evaluation" if bf16 else "fp32",
        "path": path,
        "deterministic": torch.are_deterministic_algorithms_enabled() or not torch.cuda.is_available(),
        "processes": setup.group.size,
        "lab": lab(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }
    if "words" in setup.fingerprints:
        found["dictionary"] = setup.fingerprints["words"]
    return found


def majority(setup: TrainingSetup) -> dict[str, float | None]:
    """The commonest class's score on each evaluation split, by the names of status.json."""
    found: dict[str, float | None] = {}
    for index, (name, rows) in enumerate(setup.evals.items()):
        scores = metrics.majority(setup.task.metrics, rows.rows.labels, setup.task.is_regression)  # type: ignore[arg-type]
        found |= {metric if index == 0 else f"{name}_{metric}": value for metric, value in scores.items()}
    return found


def undefined(setup: TrainingSetup) -> list[str]:
    """One line for each evaluation split on which no metric means anything."""
    task = setup.task
    said = (
        metrics.undefined_note(task.metrics, rows.rows.labels, name, task.is_regression, task.labels)  # type: ignore[arg-type]
        for name, rows in setup.evals.items()
    )
    return [note for note in said if note]


def silent_term(rows: Sequence[Mapping[str, Any]], train: TrainConfig) -> str:
    """A line where the contrastive term was zero in every step of the curve, so that it did nothing; else ''."""
    values = [row["contrastive"] for row in rows if row.get("contrastive") is not None]
    if not values or any(values):
        return ""
    return (
        f"the contrastive term was zero in all {len(values)} steps: no batch held two rows of one class; "
        f"a larger {size_key(train)} gives it something to compare"
    )


def _rows(corpus: Corpus) -> dict[str, Any]:
    found: dict[str, Any] = {"train": len(corpus.train)}
    found["evals"] = {name: len(rows) for name, rows in corpus.evals.items()}
    if corpus.task.labels:
        by_class = {}
        for name, rows in {"train": corpus.train, **corpus.evals}.items():
            counts = Counter(rows.labels)
            by_class[name] = {label: counts[index] for index, label in enumerate(corpus.task.labels)}
        found["by_class"] = by_class
    return found


def _cut(model: Any) -> dict[str, Any]:
    config = model.config
    kept = getattr(config, "kept_layers", None)
    return {
        "layers": getattr(config, "num_hidden_layers", None),
        "attention_rank": getattr(config, "attention_rank", None),
        **({"kept_layers": list(kept)} if kept else {}),
    }
