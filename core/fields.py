"""What a configuration's field may hold: its type, choices and range stand on the field and are checked by one rule."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

FEW = 8
"""As many choices are listed beside the nearest one."""


class ConfigError(ValueError):
    """A setting that cannot be; `key` says which, as in `train.lr`, or is empty."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Range:
    """The smallest and the largest value of a number: `Annotated[int, Range(1, 512)]`."""

    low: float
    high: float
    reason: str = ""
    """Said after the range, such as what sets its end."""


@dataclass(frozen=True)
class FieldType:
    """What the annotation of a field says."""

    base: type
    """`bool`, `int`, `float` or `str`; of each item where there are `many`."""
    many: bool = False
    optional: bool = False
    choices: tuple[str, ...] = ()
    """Those of a `Literal`; empty where any value may stand."""
    range: Range | None = None


def read_hint(hint: Any) -> FieldType:
    """The parts of an annotation: `Annotated[int | None, Range(1, 9)]`, `Literal["a", "b"]`, `tuple[str, ...]`."""
    limits = next((part for part in getattr(hint, "__metadata__", ()) if isinstance(part, Range)), None)
    hint, optional = getattr(hint, "__origin__", hint) if limits else hint, False
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint, optional = next(arm for arm in typing.get_args(hint) if arm is not type(None)), True
    many = typing.get_origin(hint) is tuple
    hint = typing.get_args(hint)[0] if many else hint
    choices = typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()
    return FieldType(str if choices else hint, many, optional, choices, limits)


@functools.cache
def field_types(section: type) -> dict[str, FieldType]:
    """Field -> what it may hold, of a dataclass whose fields are all plain values."""
    hints = typing.get_type_hints(section, include_extras=True)
    return {field.name: read_hint(hints[field.name]) for field in dataclasses.fields(section)}


def choices(section: type, name: str) -> tuple[str, ...]:
    """The values that one field of a section may have."""
    return field_types(section)[name].choices


def check_fields(section: object, prefix: str) -> None:
    """ConfigError for the first field of a dataclass that has none of its choices, or lies outside its range."""
    for name, kind in field_types(section.__class__).items():  # type: ignore[arg-type]
        value = getattr(section, name)
        for item in value if kind.many else () if value is None else (value,):
            if kind.choices:
                one_of(prefix + name, item, kind.choices)
            if kind.range:
                in_range(prefix + name, item, kind.range.low, kind.range.high, kind.range.reason)


def one_of(key: str, value: str, choices: Iterable[str]) -> None:
    """ConfigError where `value` is none of the choices; the message names the nearest."""
    if value not in (known := list(choices)):
        raise ConfigError(key, unknown(key, value, known))


def in_range(key: str, value: float | None, low: float, high: float, reason: str = "") -> None:
    """ConfigError where a number lies outside; None lies nowhere."""
    if value is not None and not (low <= value <= high):
        because = f" ({reason})" if reason else ""
        raise ConfigError(key, f"{key} is {value}; it must lie between {low:g} and {high:g}{because}")


def unknown(kind: str, name: str, choices: Iterable[str]) -> str:
    """What to say of a name that is none of the choices: the nearest one, and all where they are few or none is near.

    `kind` is what it should have been, such as `task`.
    """
    known = list(choices)
    near, said = nearest(name, known), f"unknown {kind} {name[:120]!r}"
    if not near:
        return f"{said}; choose from {known}"
    return f"{said}; did you mean {near!r}?" + (f" Choose from {known}" if len(known) <= FEW else "")


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is most like a name, as people mistype it; None where none is like it.

    Case does not matter, and the last part of a dotted choice may stand alone: `epochs` for `train.epochs`.
    """
    asked = name.strip().lower()[:200]
    spellings: dict[str, str] = {}
    for choice in choices:
        spellings.setdefault(choice.lower(), choice)
        spellings.setdefault(choice.lower().rpartition(".")[2], choice)
    found = difflib.get_close_matches(asked, spellings, n=1, cutoff=0.6)
    return spellings[found[0]] if found else None


def is_address(key: str, value: str) -> None:
    """ConfigError for what is no http address of a host."""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise ConfigError(key, f"{key} is {value!r}; it must be like http://head:8265")
