"""What a configuration's field may hold: its type, choices and range stand on the field and are checked by one rule."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

FEW = 8
"""As many choices are listed beside the nearest one."""
MANY = 40
"""More choices than so many are listed by their sections."""
LONGEST_PATTERN = 1000


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
        raise ConfigError(key, f"{key} is {value}; it must lie between {_bound(low)} and {_bound(high)}{because}")


def _bound(value: float) -> str:
    """An end of a range, as people write it: seeds end at 4294967295, not at 4.29497e+09."""
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def unknown(kind: str, name: str, choices: Iterable[str], purposes: Mapping[str, str] | None = None) -> str:
    """What to say of a name that is none of the choices: the nearest one, and all where they are few or none is near.

    `kind` is what it should have been, such as `task`; for `purposes` see `nearest`. Of dotted choices, only those of
    the section that was asked for are listed, where it is one.
    """
    known = list(choices)
    near, said = nearest(name, known, purposes), f"unknown {kind} {name[:120]!r}"
    if not near:
        section = name.partition(".")[0] + "."
        own = [choice for choice in known if choice.startswith(section)]
        return f"{said}; choose from {own or (known if len(known) <= MANY else _by_section(known))}"
    return f"{said}; did you mean {near!r}?" + (f" Choose from {known}" if len(known) <= FEW else "")


def _by_section(known: Sequence[str]) -> list[str]:
    """`train.*` in place of all keys that begin so."""
    return list(dict.fromkeys(f"{name.partition('.')[0]}.*" if "." in name else name for name in known))


def nearest(name: str, choices: Iterable[str], purposes: Mapping[str, str] | None = None) -> str | None:
    """The choice that is most like a name, as people mistype it; None where none is like it.

    Case does not matter. Of dotted choices the last part decides, first among those of the section that was asked for:
    `epochs` and `run.epochs` are like `train.epochs`. So is a choice that the name holds (`num_train_epochs`), or
    whose purpose, a sentence a choice, begins with words that hold the name: `learning_rate` is like `train.lr`,
    "Peak learning rate; ...".
    """
    known = list(choices)
    section, dot, asked = name.strip().lower()[:200].rpartition(".")
    siblings = [choice for choice in known if choice.lower().startswith(section + ".")] if dot else []
    return _nearest(asked, siblings, purposes or {}) or _nearest(asked, known, purposes or {})


def _nearest(asked: str, choices: Sequence[str], purposes: Mapping[str, str]) -> str | None:
    spellings: dict[str, str] = {}
    for choice in choices:
        spellings.setdefault(choice.lower(), choice)
        spellings.setdefault(choice.lower().rpartition(".")[2], choice)
    found = difflib.get_close_matches(asked, spellings, n=1, cutoff=0.6)
    if not found:
        found = sorted((own for own in spellings if f"_{own}_" in f"_{asked}_"), key=len)[-1:]
    if found:
        return spellings[found[0]]
    begins = {choice: re.split("[:;.,]", purposes.get(choice, ""))[0] for choice in choices}
    hits = [choice for choice in choices if len(asked) > 3 and _letters(asked) in _letters(begins[choice])]
    if hits or len(asked) < 3:
        return min(hits, key=lambda choice: len(begins[choice]), default=None)
    phrases = {phrase: choice for choice in reversed(choices) for phrase in _phrases(begins[choice])}
    alike = difflib.get_close_matches(_letters(asked), phrases, n=1, cutoff=0.8)  # those words, mistyped
    return phrases[alike[0]] if alike else None


def _phrases(text: str) -> list[str]:
    """Words of a text that follow one another, up to four, as one."""
    words = re.findall(r"[^\W_]+", text.lower())
    return ["".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + 5, len(words) + 1))]


def _letters(words: str) -> str:
    return re.sub(r"\W|_", "", words.lower())


def check_address(key: str, value: str) -> None:
    """ConfigError for what is no http address of a host."""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise ConfigError(key, f"{key} is {value!r}; it must be like http://head:8265")


def check_pattern(key: str, pattern: str) -> None:
    """ConfigError where a regular expression cannot be read, or is longer than any that a person writes."""
    import regex

    if len(pattern) > LONGEST_PATTERN:
        raise ConfigError(key, f"{key} has {len(pattern):,} characters; at most {LONGEST_PATTERN:,} are taken")
    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise ConfigError(key, f"{key} is no regular expression: {error}") from None


class Section:
    """A part of a configuration: what its fields say of themselves is checked, then what they say of one another."""

    name_of_section: ClassVar[str]
    """What its keys begin with."""

    def __post_init__(self) -> None:
        check_fields(self, f"{self.name_of_section}.")
        self.check()

    def check(self) -> None:
        """ConfigError for fields that do not go together."""
