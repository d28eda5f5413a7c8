"""A run in; what its answers mean out, as its worker wrote down, or for a run without a record as its task is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import wording
from core.config import RunConfig
from core.data.sources import load_corpus, task_of
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.tasks import Task, get_task

WEIGHTS = ("last", "best")
"""A run's trained weights: of its end, or of its best evaluation."""


def record_of(run: Run) -> Mapping[str, Any]:
    """What the run's worker recorded about it; empty for a run of before there were records, and a damaged one."""
    try:
        return run.record()
    except RunError:
        return {}


def task_of_run(run: Run) -> Task:
    """The task as a run's record has it; of a run of before there were records, as its configuration names it now.

    RunError for a damaged record, DataError where the task or the file is not there any more.
    """
    record = run.record()
    return recorded_task(record) if record else _task_now(run.config())


def recorded_task(record: Mapping[str, Any]) -> Task:
    """The task as a run's record has it."""
    kept = record["task"]
    tuples: dict[str, Any] = {name: tuple(kept[name]) for name in ("columns", "labels", "metrics", "evals")}
    try:
        known = get_task(kept["name"])
    except ValueError:
        known = get_task("file")
    return replace(known, name=kept["name"], title=kept["title"], label_column=kept["label_column"], **tuples)


def rows_told(kept: int, evaluated: int) -> str:
    """`872 rows`, or where a run was evaluated on more than it kept for the pages, `1,000 of 10,000 rows`."""
    return f"{kept:,} of {evaluated:,} rows" if evaluated > kept else wording.rows(kept)


def evaluated_rows(run: Run, kept: int) -> int:
    """How many rows the split has of which the run kept so many for the pages: its own metrics are over all of them."""
    splits = record_of(run).get("rows", {}).get("evals", {})
    return max(kept, next(iter(splits.values()), 0))  # rows are kept of the first split


def class_names(run: Run, classes: int) -> tuple[str, ...]:
    """The names of so many classes by id; numbers where neither the record nor the task tells them."""
    try:
        labels = task_of_run(run).labels
    except ValueError:
        labels = ()
    return labels if len(labels) == classes else tuple(f"class {i}" for i in range(classes))


def _task_now(config: RunConfig) -> Task:
    task = task_of(config)
    return load_corpus(config).task if task.origin == "file" else task
