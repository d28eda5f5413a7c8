"""A configuration in; what it will do, what stands in its way, and the runs it starts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from core.config import RunConfig
from core.data.rows import Corpus, DataError
from core.model import memory
from core.model.limits import model_problems
from core.plan import forecast
from core.plan.check import step_count
from core.plan.recipes import half_of
from core.tasks import Task
from core.train.tracking import check_tracker
from dashboard.launch import forecasts, forms
from dashboard.launch.form_layout import LABELS
from dashboard.shared import formatting, readers
from dashboard.shared.background import Answer

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
    model = readers.model_source(config.model)
    if not model.ready:
        waiting = True
    elif model.error:
        errors["model"] = model.error
    elif model.value.note:
        notes.append(model.value.note[0].upper() + model.value.note[1:] + ".")
    if model.value is not None and not model.value.needs_download:
        errors.update(model_problems(config))
    corpus, problem = _corpus(config, task)
    if problem:
        errors.update(problem)
    if corpus is None and not problem:
        hub = readers.hub_reachable()
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


def fit_cut() -> None:
    """A model that has not the layers entered, such as the demo, is cut as the paper cuts: by half."""
    config, _ = forms.check(forms.values(st.session_state))
    source = readers.model_source(config.model).value if config else None
    if config and source and not source.needs_download and "model.layers" in model_problems(config):
        for key, value in half_of(config.model).items():
            st.session_state[forms.widget_key(key)] = value


def plan_all(configs: Sequence[RunConfig]) -> tuple[Plan, Answer]:
    """The first run's plan with every run's obstacles and notes; all their forecast once nothing is in the way."""
    if not configs:
        return Plan(), Answer(True)
    unlike = {(forecast.data_key(config), config.model): config for config in reversed(configs)}
    first, *others = (plan(config) for config in reversed(unlike.values()))
    for other in others:
        notes = tuple(dict.fromkeys((*first.notes, *other.notes)))
        first = replace(first, errors=first.errors | other.errors, notes=notes, waiting=first.waiting or other.waiting)
    if first.waiting:
        return first, Answer(False)
    rows_are_here = first.possible and first.train_rows is not None
    return first, forecasts.ask(configs) if rows_are_here else Answer(True)


def _corpus(config: RunConfig, task: Task) -> tuple[Corpus | None, dict[str, str]]:
    if task.origin == "file" and not config.data.file:
        return None, {"data.file": "Choose a file: CSV, TSV or JSONL, with a text and a label in each row."}
    try:
        if task.origin != "file" and task.name not in readers.local_tasks():
            return None, {}
        return readers.corpus(config), {}
    except DataError as error:
        return None, {"data.file" if task.origin == "file" else "task": str(error)}


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


def plan_figures(known: Plan, configs: Sequence[RunConfig], ahead: Answer) -> list[tuple[str, str, str]]:
    """The figures of the summary: rows, steps, trainable parameters, time and memory."""
    several = f"in each of {len(configs)} runs" if len(configs) > 1 else ""
    splits = "" if len(known.eval_rows) < 2 else " + ".join(known.eval_rows)
    return [
        ("training rows", formatting.number(known.train_rows), known.source),
        ("evaluation rows", formatting.number(sum(known.eval_rows.values()) or None), splits),
        ("steps", formatting.number(known.steps), several),
        ("trainable parameters", *_trainable(known, configs)),
        *forecasts.figures(ahead, len(configs)),
    ]


def _trainable(known: Plan, configs: Sequence[RunConfig]) -> tuple[str, str]:
    if known.task is None or not known.possible:
        return "–", ""
    source = readers.model_source(configs[0].model).value
    if source is None or source.needs_download:
        return "–", "counted when the run starts"
    total, trainable = memory.count(configs[0], known.task.num_labels)
    return formatting.number(trainable), f"{100 * trainable / total:.3g} % of {formatting.short_count(total)}"


def problems(entered: Mapping[str, str], known: Plan, ahead: Answer) -> list[str]:
    """What stands in the way, each with the field it belongs to; `entered` is what the form itself found wrong."""
    said = [
        f"{LABELS[key]}: {text}" if key in LABELS else text for key, text in (*entered.items(), *known.errors.items())
    ]
    return list(dict.fromkeys([*said, ahead.error] if ahead.error else said))


def remarks(known: Plan, ahead: Answer) -> list[str]:
    """What is known of the model, the rows and the memory that should be said."""
    warned = ahead.value.notes if ahead.value is not None else ()
    return [text[:1].upper() + text[1:] for text in dict.fromkeys((*known.notes, *warned))]


def plan_remarks(known: Plan, configs: Sequence[RunConfig], ahead: Answer) -> list[str]:
    """What should be known before the click, in sentences."""
    said = remarks(known, ahead)
    varied = varied_keys(configs)
    if len(configs) > 1:
        said.append(
            f"{len(configs)} runs that differ in {', '.join(varied) or 'their names'} only; all else is shared."
        )
    return said
