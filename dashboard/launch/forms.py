"""The configuration's own keys in, form fields out: what `core.config` says is what the page asks.

The widgets' session state is the form's only memory: one entry a key, named by `widget_key`.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
import types
import typing
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import config as core_config
from core import sections
from core.config import RunConfig
from core.plan.check import assignments
from dashboard.launch.form_layout import LABELS, PLACEHOLDERS
from dashboard.shared import markup

CHOICES: dict[str, tuple[str, ...]] = {
    "augment.mode": sections.MODES,
    "augment.methods": sections.METHODS,
    "augment.style": sections.STYLES,
    "data.label_kind": sections.LABEL_KINDS,
    "data.spellings": sections.SPELLINGS,
    "data.duplicates": sections.REPEATS,
    "data.leaks": sections.REPEATS,
    "model.variant": sections.VARIANTS,
    "model.keep": sections.KEEPS,
    "train.loss": sections.LOSSES,
    "train.features": sections.FEATURES,
    "train.optimizer": sections.OPTIMIZERS,
    "train.schedule": sections.SCHEDULES,
    "train.class_weights": sections.CLASS_WEIGHTS,
    "train.precision": sections.PRECISIONS,
    "train.report_to": sections.TRACKERS,
    "run.executor": sections.EXECUTORS,
}


@dataclass(frozen=True)
class Field:
    """One key as the form needs it."""

    key: str
    label: str
    help: str
    kind: str
    """`bool`, `int`, `float`, `str` or `list`."""
    optional: bool
    choices: tuple[str, ...]


def fields() -> dict[str, Field]:
    """Every configuration key as a field, in the configuration's order."""
    hints = dict(_hints(RunConfig, ""))
    out = {}
    for key, doc in core_config.keys().items():
        hint, optional = hints[key], False
        if isinstance(hint, types.UnionType):
            hint, optional = next(arm for arm in typing.get_args(hint) if arm is not type(None)), True
        kind = "list" if typing.get_origin(hint) is tuple else hint.__name__
        label = LABELS.get(key, key)
        out[key] = Field(key, label, f"{doc}  \n`{key}`", kind, optional, CHOICES.get(key, ()))
    return out


def _hints(cls: type, prefix: str) -> typing.Iterator[tuple[str, Any]]:
    resolved = typing.get_type_hints(cls)
    for entry in dataclasses.fields(cls):
        if dataclasses.is_dataclass(resolved[entry.name]):
            section = entry.metadata.get("section", entry.name)
            yield from _hints(resolved[entry.name], f"{prefix}{section}.")
        else:
            yield prefix + entry.name, resolved[entry.name]


def widget_key(key: str) -> str:
    return f"launch:{key}"


def fill(session: MutableMapping[Any, Any], config: RunConfig) -> None:
    """Put a configuration into the form's memory; to be called before the widgets are drawn."""
    flat = config.to_dict()
    for key, field in fields().items():
        session[widget_key(key)] = _to_widget(field, flat[key])


def started(session: Mapping[Any, Any]) -> bool:
    """Whether the form has been filled before."""
    return all(widget_key(key) in session for key in fields())


def values(session: Mapping[Any, Any]) -> dict[str, Any]:
    """What stands in the form, as `RunConfig.replace` takes it."""
    out = {}
    for key, field in fields().items():
        value = session.get(widget_key(key))
        if field.kind == "list" and isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if value is None and not field.optional:
            value = [] if field.kind == "list" else ""
        out[key] = value
    return out


def check(entered: Mapping[str, Any]) -> tuple[RunConfig | None, dict[str, str]]:
    """The configuration that was entered, or None and what is wrong, by key; the key "" holds what fits no field."""
    errors: dict[str, str] = {}
    for key, value in entered.items():
        if key in ("augment.weights", "augment.methods", "lora.targets"):
            continue  # these are checked against one another below
        try:
            RunConfig().replace({key: value})
        except ValueError as error:
            errors[key] = str(error)
    if errors:
        return None, errors
    try:
        return RunConfig().replace(dict(entered)), {}
    except ValueError as error:
        mentioned = [key for key in entered if key in str(error)]
        fallback = "augment.methods" if "augment method" in str(error) else ""
        return None, {max(mentioned, key=len) if mentioned else fallback: str(error)}


def command_line(config: RunConfig) -> str:
    """The same run from a shell, an option a line: only what differs from the defaults is set."""
    options = [("--task", config.task), ("--model", config.model)]
    return shell("train", [*options, *(("--set", text) for text in assignments(config, RunConfig()))])


def shell(verb: str, options: Iterable[tuple[str, str]]) -> str:
    """A command for a shell, an option a line, on the run root of this lab."""
    root = [("--runs", os.environ["LAB_RUNS"])] if os.environ.get("LAB_RUNS") else []
    return " \\\n  ".join([f"python -m core {verb}", *(shlex.join(option) for option in (*options, *root))])


def command_lines(configs: Iterable[RunConfig]) -> str:
    return "\n\n".join(command_line(config) for config in configs)


def _to_widget(field: Field, value: Any) -> Any:
    if field.kind == "list":
        return list(value) if field.choices else ", ".join(str(item) for item in value)
    if field.kind == "float" and value is not None:
        return float(value)
    return value if value is not None or field.kind != "str" else ""


def draw(
    field: Field,
    error: str | None,
    options: tuple[str, ...] = (),
    titles: Mapping[str, str] | None = None,
    on_change: Callable[[], None] | None = None,
) -> None:
    """One field, with what is wrong with it right beneath. `options` offers names for a text that may also be typed."""
    key, hint = widget_key(field.key), PLACEHOLDERS.get(field.key, "")
    common: dict[str, Any] = {"key": key, "help": field.help, "persist_state": "session", "on_change": on_change}
    if field.kind == "bool":
        st.toggle(field.label, **common)
    elif options:
        current = st.session_state.get(key)
        listed = options if current in options or not current else (*options, current)
        st.selectbox(
            field.label,
            listed,
            format_func=lambda name: _titled(name, titles),
            accept_new_options=titles is None,
            **common,
        )
    elif field.kind == "list" and field.choices:
        st.pills(field.label, field.choices, selection_mode="multi", wrap=True, **common)
    elif len(field.choices) > 1:
        st.segmented_control(field.label, field.choices, required=True, **common)
    elif field.choices:
        st.selectbox(field.label, field.choices, disabled=True, **common)
    elif field.kind in ("int", "float"):
        _number(field, hint, common)
    else:
        st.text_input(field.label, placeholder=hint, **common)
    if error:
        st.markdown(f":red[{markup.escape_markdown(error)}]")


def _titled(name: str, titles: Mapping[str, str] | None) -> str:
    return f"{name}: {titles[name]}" if titles and name in titles else name


def _number(field: Field, hint: str, common: dict[str, Any]) -> None:
    if field.kind == "int":
        st.number_input(field.label, value=None, step=1, placeholder=hint, **common)
        return
    small = field.key in ("train.lr",)
    step = {"train.lr": 1e-5, "train.epochs": 1.0, "augment.fraction": 0.05, "lora.alpha": 1.0}.get(field.key, 0.01)
    shape = "%.2g" if small else "%g"
    st.number_input(field.label, value=None, step=step, format=shape, placeholder=hint, **common)
