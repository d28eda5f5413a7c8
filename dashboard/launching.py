"""A configuration in; what it will do, what stands in its way, and the runs it starts out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core import forecast
from core.config import RunConfig
from core.data.rows import Corpus, DataError
from core.tasks import Task
from core.train.tracking import check_tracker
from dashboard import cache, components, forecasting

MODELS = ("demo", "google/mobilebert-uncased")
"""Offered beside any hub id or folder that is typed."""


@dataclass(frozen=True)
class Plan:
    """What is known before the click. `None` is not known yet, or not before the run."""

    task: Task | None = None
    train_rows: int | None = None
    eval_rows: dict[str, int] = field(default_factory=dict)
    steps: int | None = None
    source: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    """Configuration key -> what is wrong and what to do."""
    notes: tuple[str, ...] = ()
    waiting: bool = False
    """A question is still open; ask again in a moment."""

    @property
    def possible(self) -> bool:
        return not self.errors and not self.waiting


def plan(config: RunConfig) -> Plan:
    """Rows, steps and obstacles of a run. Asks the hub in the background only."""
    from core.data.sources import task_of

    try:
        task = task_of(config)
    except ValueError as error:
        return Plan(errors={"task": str(error)})
    errors, notes, waiting = {}, [], False
    try:
        check_tracker(config.train.report_to)
    except ValueError as error:
        errors["train.report_to"] = str(error)
    model = cache.model_source(config.model)
    if not model.ready:
        waiting = True
    elif model.error:
        errors["model"] = model.error
    elif model.value.note:
        notes.append(model.value.note[0].upper() + model.value.note[1:] + ".")
    corpus, problem = _corpus(config, task)
    if problem:
        errors.update(problem)
    if corpus is None and not problem:
        hub = cache.hub_reachable()
        waiting = waiting or not hub.ready
        if hub.ready and not hub.value:
            errors["task"] = (
                f"{task.name} comes from the model hub, which does not answer. Choose a demo task or your own file, "
                "or set LAB_DATA to a folder with its files before the lab is started."
            )
        notes.append("Rows are fetched from the model hub when the run starts.")
    if corpus is None:
        return Plan(task, errors=errors, notes=tuple(notes), waiting=waiting)
    rows = len(corpus.train)
    evals = {name: len(split) for name, split in corpus.evals.items()}
    return Plan(corpus.task, rows, evals, step_count(config, rows), corpus.source, errors, tuple(notes), waiting)


def plan_all(configs: Sequence[RunConfig]) -> tuple[Plan, cache.Answer]:
    """The first run's plan with every run's obstacles and notes; all their forecast once nothing is in the way."""
    if not configs:
        return Plan(), cache.Answer(True)
    unlike = {(forecast.data_key(config), config.model): config for config in reversed(configs)}
    first, *others = (plan(config) for config in reversed(unlike.values()))
    for other in others:
        notes = tuple(dict.fromkeys((*first.notes, *other.notes)))
        first = replace(first, errors=first.errors | other.errors, notes=notes, waiting=first.waiting or other.waiting)
    if first.waiting:
        return first, cache.Answer(False)
    rows_are_here = first.possible and first.train_rows is not None
    return first, forecasting.ask(configs) if rows_are_here else cache.Answer(True)


def _corpus(config: RunConfig, task: Task) -> tuple[Corpus | None, dict[str, str]]:
    if task.origin == "file" and not config.data.file:
        return None, {"data.file": "Choose a file: CSV, TSV or JSONL, with a text and a label in each row."}
    try:
        if task.origin != "file" and task.name not in cache.local_tasks():
            return None, {}
        return cache.corpus(config), {}
    except DataError as error:
        return None, {"data.file" if task.origin == "file" else "task": str(error)}


def step_count(config: RunConfig, rows: int) -> int:
    """Optimizer steps of a run over `rows` training rows."""
    if config.train.max_steps is not None:
        return config.train.max_steps
    return max(1, math.ceil(math.ceil(rows / config.train.batch_size) * config.train.epochs))


def variants(base: RunConfig, recipe: Sequence[RunConfig]) -> list[RunConfig]:
    """The runs a recipe means, with what the visitor changed: what tells its runs apart is kept, the rest is `base`."""
    if len(recipe) < 2:
        return [base]
    first = recipe[0]
    varied = {key for other in recipe[1:] for key in first.differences(other)}
    runs = []
    for config in recipe:
        flat = config.to_dict()
        runs.append(base.replace({key: flat[key] for key in varied}))
    return runs


def varied_keys(configs: Sequence[RunConfig]) -> list[str]:
    """What tells these configurations apart, names left out."""
    if not configs:
        return []
    keys = {key for other in configs[1:] for key in configs[0].differences(other)}
    return [key for key in configs[0].to_dict() if key in keys and key != "run.name"]


def parameters(config: RunConfig, known: Plan) -> cache.Answer:
    """Parameter counts for the plan; an empty answer where the model or the task is not usable yet."""
    if known.task is None or known.waiting or "model" in known.errors:
        return cache.Answer(True)
    return cache.parameter_figures(config, known.task.num_labels)


def plan_figures(known: Plan, count: cache.Answer, runs: int) -> list[tuple[str, str, str]]:
    """The four figures of the summary: rows, steps, trainable parameters."""
    several = f"in each of {runs} runs" if runs > 1 else ""
    splits = "" if len(known.eval_rows) < 2 else " + ".join(known.eval_rows)
    return [
        ("training rows", components.number(known.train_rows), known.source),
        ("evaluation rows", components.number(sum(known.eval_rows.values()) or None), splits),
        ("steps", components.number(known.steps), several),
        ("trainable parameters", *_trainable(count)),
    ]


def _trainable(count: cache.Answer) -> tuple[str, str]:
    if not count.ready:
        return "…", "counting"
    if not isinstance(count.value, dict):
        return "–", "counted when the run starts" if count.error else ""
    trainable, total = int(count.value["trainable"]), int(count.value["unique"])
    return components.number(trainable), f"{100 * trainable / total:.3g} % of {components.short_count(total)}"


def plan_remarks(known: Plan, configs: Sequence[RunConfig]) -> list[str]:
    """What should be known before the click, in sentences."""
    remarks = list(known.notes)
    varied = varied_keys(configs)
    if len(configs) > 1:
        remarks.append(
            f"{len(configs)} runs that differ in {', '.join(varied) or 'their names'} only; all else is shared."
        )
    return remarks
