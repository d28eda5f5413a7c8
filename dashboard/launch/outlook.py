"""A configuration in; what it will do, what stands in its way, and the runs it starts out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core import wording
from core.config import RunConfig
from core.data.rows import Corpus, DataError
from core.data.sources import task_of
from core.model.limits import model_problems
from core.model.source import ModelError, ModelSource
from core.plan.check import Plan, check
from core.plan.recipes import half_of
from core.runs.folder.store import Store
from dashboard.launch import forms
from dashboard.launch.form_layout import for_people, label_of
from dashboard.shared import formatting, readers
from dashboard.shared.background import Answer, lane

PATIENCE_S = 15.0


@dataclass(frozen=True)
class Outlook:
    """What is known so far."""

    plan: Plan = field(default_factory=Plan)
    waiting: bool = False
    """Whether something stands in the way is not known yet; ask again in a moment."""
    timing: bool = False
    """The time is still worked out."""

    @property
    def possible(self) -> bool:
        return self.plan.ok and not self.waiting

    @property
    def open(self) -> bool:
        return self.waiting or self.timing


def look(configs: Sequence[RunConfig]) -> Outlook:
    """What `core.plan.check` says of these runs: at once what needs no more than a moment, and then the time.

    One set of runs is timed at a time: meanwhile others are not begun, so that a form may change freely. It is timed
    anew when another run has finished, which there is to learn from.
    """
    if not configs:
        return Outlook()
    store = Store()
    named = [{key: value for key, value in config.to_dict().items() if key != "run.name"} for config in configs]
    files = sorted({readers.data_key(config) for config in configs})
    key = json.dumps([named, files, str(store.root)])
    first = lane("plans").ask(key, lambda: check(configs, store, False, _rows, _model), keep_s=30, wait_s=1.0)
    if not first.ready:
        return Outlook(waiting=True)
    if first.value is None:
        return Outlook(Plan(errors={"": first.error}))
    plan: Plan = first.value
    if not plan.ok or plan.memory is None:
        return Outlook(plan)
    finished = sum(info.state == "finished" for info in store.list())
    timed = _ask_one(json.dumps([key, finished]), configs, store)
    return Outlook(timed.value or plan, timing=not timed.ready)


def _ask_one(key: str, configs: Sequence[RunConfig], store: Store) -> Answer:
    forecasts = lane("forecasts")
    if forecasts.find(key) is None and forecasts.is_busy():
        return Answer(False)
    return forecasts.ask(key, lambda: check(configs, store, True, _rows, _model))


def _rows(config: RunConfig) -> Corpus | None:
    """Rows that are on this machine; None where the hub has them. Waits for the hub's answer."""
    task = task_of(config)
    if task.origin == "file" and not config.data.file and config.task.lower() == "file":
        raise DataError("choose a file: CSV, TSV or JSONL, with a text and a label in each row")
    if task.origin == "file" or task.name in readers.local_tasks():
        return readers.corpus(config)
    if not _answered(readers.hub_reachable):
        raise DataError(
            f"{task.name} comes from the model hub, which does not answer. Choose a demo task or your own file, "
            "or set LAB_DATA to a folder with its files before the lab is started."
        )
    return None


def _model(name: str) -> ModelSource:
    return _answered(lambda: readers.model_source(name))


def _answered(ask: Callable[[], Answer]) -> Any:
    """Wait, in the background, for what another thread finds out. ModelError with its reason where it fails."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := ask()).ready and time.monotonic() < deadline:
        time.sleep(0.02)
    if answer.error or not answer.ready:
        raise ModelError(answer.error or "the model hub takes too long to answer")
    return answer.value


def fit_cut() -> None:
    """A model that has not the layers entered, such as the demo, is cut as the paper cuts: by half."""
    config, _ = forms.check(forms.values(st.session_state))
    source = readers.model_source(config.model).value if config else None
    if config and source and not source.needs_download and "model.layers" in model_problems(config):
        for key, value in half_of(config.model).items():
            st.session_state[forms.widget_key(key)] = value


def on_demo(base: RunConfig) -> RunConfig:
    """The same settings on the data and the model that are shipped; a light model is cut by half, as the paper cuts."""
    cut = half_of("demo") if base.surgery.variant == "light" else {}
    return base.replace({"task": "demo-intents", "model": "demo", "train.lr": None, **cut})


def needs_hub(known: Outlook, config: RunConfig) -> bool:
    """Whether all that stands in the way is that the hub, from which data or model come, is out of reach."""
    found = known.plan.errors
    if not found or not set(found) <= {"task", "model"} or known.plan.task is None or config.model[0] in "/.~":
        return False
    return not _answered(readers.hub_reachable)


def said_on_fields(known: Outlook) -> dict[str, str]:
    """What is wrong, by field; a file that was not yet chosen is no fault, only missing."""
    errors = dict(known.plan.errors)
    task, path = (st.session_state.get(forms.widget_key(key)) for key in ("task", "data.file"))
    if task == "file" and not path:
        errors.pop("data.file", None)
    return errors


def shared(recipe: Sequence[RunConfig]) -> RunConfig:
    """What the form starts from: the first run, without the name that tells it from the others."""
    return recipe[0].replace({"run.name": ""}) if len(recipe) > 1 else recipe[0]


def variants(base: RunConfig, recipe: Sequence[RunConfig]) -> list[RunConfig]:
    """The runs a recipe means, with what the visitor changed: what tells its runs apart is kept, the rest is `base`.

    The name that was typed holds for all of them, each with its own ending: `mine / joint`.
    """
    if len(recipe) < 2:
        return [base]
    first = recipe[0]
    varied = {key for other in recipe[1:] for key in first.differences(other)} - {"run.name"}
    runs = []
    for config in recipe:
        flat = config.to_dict()
        ending = config.run.name.rpartition(" / ")[2]
        name = f"{(base.run.name or base.subject)[:100]} / {ending}"
        runs.append(base.replace({key: flat[key] for key in varied} | {"run.name": name}))
    return runs


def varied_keys(configs: Sequence[RunConfig]) -> list[str]:
    """What tells these configurations apart, names left out."""
    if not configs:
        return []
    keys = {key for other in configs[1:] for key in configs[0].differences(other)}
    return [key for key in configs[0].to_dict() if key in keys and key != "run.name"]


def plan_figures(known: Outlook, configs: Sequence[RunConfig]) -> list[tuple[str, str, str]]:
    """The figures of the summary: rows, steps, trainable parameters, time and memory."""
    plan = known.plan
    several = f"in each of {len(configs)} runs" if len(configs) > 1 else ""
    splits = "" if len(plan.eval_rows) < 2 else " + ".join(plan.eval_rows)
    return [
        ("training rows", formatting.number(plan.train_rows), plan.source),
        ("evaluation rows", formatting.number(sum(plan.eval_rows.values()) or None), splits),
        ("steps", formatting.number(plan.steps.total if plan.steps else None), several),
        ("trainable parameters", *_trainable(plan)),
        *costs(known, len(configs)),
    ]


def costs(known: Outlook, runs: int) -> list[tuple[str, str, str]]:
    """Time and memory as figures: (label, value, remark); dashes where nothing could be worked out."""
    time, memory = known.plan.time, known.plan.memory
    each = "for each run" if runs > 1 else "at its peak"
    waits = ("time", "…", "timing a few steps") if known.timing else ("time", "…" if known.waiting else "–", "")
    return [
        ("estimated time", formatting.duration(time.seconds), time.source) if time else waits,
        ("estimated memory", formatting.byte_size(memory.total), each) if memory else ("memory", "–", ""),
    ]


def _trainable(plan: Plan) -> tuple[str, str]:
    size = plan.parameters
    if size is None:
        return "–", "counted when the run starts" if plan.task and plan.ok else ""
    share = f"{100 * size.trainable / size.total:.3g} % of {formatting.short_count(size.total)}"
    return formatting.number(size.trainable), share


def problems(entered: Mapping[str, str], known: Outlook) -> list[str]:
    """What stands in the way, each with the field it belongs to; `entered` is what the form itself found wrong."""
    found = {**known.plan.errors, **entered}
    return [_problem(key, text) for key, text in found.items()]


def _problem(key: str, text: str) -> str:
    if not key:
        return text  # of no field: what is typed as a key is answered with keys
    return for_people(text) if text.startswith(key) else f"{label_of(key)}: {for_people(text)}"


def remarks(known: Outlook) -> list[str]:
    """What should be known of the data, the loss, the model and the memory, in sentences."""
    return [f"{wording.capital(text).rstrip('.')}." for text in map(for_people, known.plan.notes)]


def plan_remarks(known: Outlook, configs: Sequence[RunConfig]) -> list[str]:
    """What should be known before the click, in sentences."""
    said = remarks(known)
    varied = [label_of(key).lower() for key in varied_keys(configs)]
    if len(configs) > 1:
        said.append(
            f"{len(configs)} runs that differ in {', '.join(varied) or 'their names'} only; all else is shared."
        )
    return said


def finding_told(finding: Mapping[str, Any]) -> str:
    """A finding of the plan's in one line: what it is, and the figures or the example."""
    return ": ".join(filter(None, (wording.capital(finding["why"]), finding["example"])))
