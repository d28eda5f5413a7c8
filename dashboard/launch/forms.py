"""The configuration's own keys in, form fields out: what `core.config` says is what the page asks.

The widgets' session state is the form's only memory: one entry a key, named by `widget_key`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import config as core_config
from core import wording
from core.augment.methods import method_names
from core.config import RunConfig
from core.fields import ConfigError, FieldType
from dashboard.launch.form_layout import PLACEHOLDERS, for_people, label_of
from dashboard.shared import markup

WIDTH = 16
"""Characters of buttons that stand side by side."""
STEPS = {
    "train.lr": 1e-5, "train.epochs": 1.0, "augment.fraction": 5.0, "augment.strength": 1.0, "data.hold_out": 5.0,
    "lora.alpha": 1.0,
}  # fmt: skip
"""By how much a click on plus or minus changes a number with a fraction."""


@dataclass(frozen=True)
class Field:
    """One key as the form needs it."""

    key: str
    label: str
    help: str
    type: FieldType
    choices: tuple[str, ...]


def fields() -> dict[str, Field]:
    """Every configuration key as a field, in the configuration's order."""
    types = core_config.types()
    return {
        key: Field(key, label_of(key), f"{doc}  \n`{key}`", types[key], choices_of(key))
        for key, doc in core_config.keys().items()
    }


def choices_of(key: str) -> tuple[str, ...]:
    return tuple(method_names()) if key == "augment.methods" else core_config.types()[key].choices


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
        if field.type.many and isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if value is None and not field.type.optional:
            value = [] if field.type.many else ""
        out[key] = round(value / 100, 10) if key in wording.PERCENT and value is not None else value
    return out


def check(entered: Mapping[str, Any]) -> tuple[RunConfig | None, dict[str, str]]:
    """The configuration that was entered, or None and what is wrong, by key; the key "" holds what fits no field."""
    try:
        return RunConfig().replace(dict(entered)), {}
    except ValueError as error:
        whole = {error.key if isinstance(error, ConfigError) else "": str(error)}
    errors: dict[str, str] = {}
    for key, value in entered.items():  # each by itself, for there may be several
        if key in ("augment.weights", "augment.methods", "lora.targets"):
            continue  # these are checked against one another below
        try:
            RunConfig().replace({key: value})
        except ValueError as error:
            errors[key] = wording.in_percent(str(error)) if key in wording.PERCENT else str(error)
    return None, errors or whole


def _to_widget(field: Field, value: Any) -> Any:
    if field.type.many:
        return list(value) if field.choices else ", ".join(str(item) for item in value)
    if field.type.base is float and value is not None:
        return round(100 * value, 8) if field.key in wording.PERCENT else float(value)
    return value if value is not None or field.type.base is not str else ""


def _told(key: str, resolved: Any) -> str:
    """A number, or one a method, as it would be entered; empty for what is none."""
    if isinstance(resolved, Mapping):
        return ", ".join(f"{name} {_told(key, one)}" for name, one in resolved.items() if one is not None)
    if isinstance(resolved, int) and key not in wording.PERCENT:
        return f"{resolved:,}"
    return wording.as_entered(key, f"{resolved:g}") if isinstance(resolved, (int, float)) else ""


def draw(
    field: Field,
    error: str | None,
    options: tuple[str, ...] = (),
    titles: Mapping[str, str] | None = None,
    on_change: Callable[[], None] | None = None,
    resolved: Any = None,
) -> None:
    """One field, with what is wrong with it right beneath.

    Args:
        options: names offered for a text that may also be typed.
        titles: what the options are called.
        resolved: what the field stands for while it is empty.
    """
    key, hint = widget_key(field.key), PLACEHOLDERS.get(field.key, wording.NOTHING.get(field.key, ""))
    if resolved is not None:
        told = _told(field.key, resolved)
        hint = f"{hint}: {told}".removeprefix(": ") if told else str(resolved)
    common: dict[str, Any] = {"key": key, "help": field.help, "persist_state": "session", "on_change": on_change}
    if field.type.base is bool:
        st.toggle(field.label, **common)
    elif options:
        current = st.session_state.get(key)
        listed = options if current in options or not current else (*options, current)
        st.selectbox(
            field.label,
            listed,
            format_func=lambda name: (titles or {}).get(name, name),
            accept_new_options=titles is None,
            **common,
        )
    elif field.choices:
        _choice(field, hint, common)
    elif field.type.base in (int, float) and not field.type.many:
        _number(field, hint, common)
    else:
        st.text_input(field.label, placeholder=hint, **common)
    if error:
        st.markdown(f":red[{markup.escape_markdown(for_people(error))}]")


def _choice(field: Field, hint: str, common: dict[str, Any]) -> None:
    """Buttons where they fit into half a card on a projector, else a list to open."""
    titles = {choice: wording.value(field.key, choice) for choice in field.choices}
    if field.type.many:
        st.pills(
            field.label, field.choices, selection_mode="multi", wrap=True, format_func=titles.__getitem__, **common
        )
    elif sum(map(len, titles.values())) > WIDTH:
        index = None if field.type.optional else 0
        st.selectbox(
            field.label,
            field.choices,
            index=index,
            placeholder=hint or "none",
            format_func=titles.__getitem__,
            **common,
        )
    else:
        st.segmented_control(
            field.label, field.choices, required=not field.type.optional, format_func=titles.__getitem__, **common
        )


def _number(field: Field, hint: str, common: dict[str, Any]) -> None:
    if field.type.base is int:
        st.number_input(field.label, value=None, step=1, placeholder=hint, **common)
        return
    step = STEPS.get(field.key, 0.01)
    shape = "%.2g" if field.key == "train.lr" else "%g"
    st.number_input(field.label, value=None, step=step, format=shape, placeholder=hint, **common)
