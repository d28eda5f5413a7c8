"""What a run is, in one frozen value: checked on construction, and the same as JSON, `--set` and the form.

Keys are dotted (`lora.r`, `train.lr`). The JSON document is flat, one dotted key a line, because `model` is
a key of its own (which weights) and also a section (`model.rank`: what is cut off them).
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import json
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from core.fields import ConfigError, FieldType, Range, check_fields, read_hint, unknown
from core.sections import AugmentConfig, DataConfig, LoraConfig, ModelConfig, RunSection, TrainConfig
from core.tasks import own_name

RENAMED = {"data.text_column": "data.text", "data.pair_column": "data.pair", "data.label_column": "data.label"}
"""Keys as older configurations and commands have them, by what they are called now."""


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run's numbers. Two equal values give equal runs on the same machine."""

    task: str = "demo-intents"
    """A name from the task table (`python -m core tasks`)."""
    model: str = "demo"
    """`demo`, a hub id, or a folder; a folder without weights is used with random ones, and says so."""
    seed: Annotated[int, Range(0, 2**32 - 1)] = 13
    """Seeds data order, augmentation, initialisation and dropout."""
    data: DataConfig = field(default_factory=DataConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    surgery: ModelConfig = field(default_factory=ModelConfig)
    lora: LoraConfig = field(default_factory=LoraConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    run: RunSection = field(default_factory=RunSection)

    def __post_init__(self) -> None:
        if not self.task.strip():
            raise ConfigError("task", "task is empty; `python -m core tasks` lists the choices")
        if not self.model.strip():
            raise ConfigError("model", "model is empty; use `demo`, a hub id or a folder")
        # However it was typed, it is one task: runs are grouped, compared and held against print by its name.
        object.__setattr__(self, "task", own_name(self.task))
        check_fields(self, "")

    @property
    def subject(self) -> str:
        """What it is about, for names: the task, or one's own file without folder and ending."""
        path = self.data.file or self.task
        return Path(path).stem if self.data.file or Path(path).suffix else self.task

    @property
    def task_name(self) -> str:
        """The task, or of one's own file its name with the ending."""
        return (self.data.file or self.task).rpartition("/")[2]

    def to_dict(self) -> dict[str, Any]:
        """Flat mapping from dotted key to a JSON value; tuples become lists."""
        flat = {}
        for key, (section, name) in _FIELDS.items():
            value = getattr(getattr(self, section) if section else self, name)
            flat[key] = list(value) if isinstance(value, tuple) else value
        return flat

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunConfig:
        """From dotted keys, or from nested sections. Unknown keys and wrong types raise ValueError."""
        return cls().replace(dict(_flatten(values)))

    @classmethod
    def from_json(cls, text: str) -> RunConfig:
        """The inverse of `to_json`. ValueError for what is no JSON object, ConfigError for a key or value."""
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"the configuration is not JSON: {error}") from None
        if not isinstance(values, dict):
            raise ValueError("the configuration must be a JSON object with keys such as 'task' and 'lora.r'")
        return cls.from_dict(values)

    def replace(self, changes: Mapping[str, Any]) -> RunConfig:
        """A copy with dotted keys changed; text is read as the key's type (`"1e-4"`, `"query,value"`)."""
        by_section: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            key = RENAMED.get(key, key)
            if key not in _FIELDS:
                raise ConfigError(key, unknown("key", key, _FIELDS, _DOCS))
            section, name = _FIELDS[key]
            by_section.setdefault(section, {})[name] = _coerce(key, value)
        top = by_section.pop("", {})
        for section, fields_ in by_section.items():
            top[section] = dataclasses.replace(getattr(self, section), **fields_)
        return dataclasses.replace(self, **top)

    def differences(self, other: RunConfig) -> dict[str, tuple[Any, Any]]:
        """Dotted keys whose values differ: {key: (mine, other's)}."""
        mine, theirs = self.to_dict(), other.to_dict()
        return {key: (mine[key], theirs[key]) for key in mine if mine[key] != theirs[key]}


def keys() -> dict[str, str]:
    """Every dotted key with its one-line documentation, in the order of the form."""
    return dict(_DOCS)


def types() -> dict[str, FieldType]:
    """Every dotted key with what it may hold."""
    return dict(_TYPES)


def parse_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """`["lora.r=16", "train.lr=1e-4"]` to a mapping; an entry without `=` raises ValueError."""
    pairs = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise ValueError(f"{assignment!r} is not KEY=VALUE")
        pairs[key.strip()] = value.strip()
    return pairs


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _coerce(key: str, value: Any) -> Any:
    kind = _TYPES[key]
    if kind.optional and (value is None or (isinstance(value, str) and value.strip().lower() in ("", "none", "null"))):
        return None
    read = _SCALARS[kind.base]
    try:
        if kind.many:
            parts = value.split(",") if isinstance(value, str) else list(value)
            return tuple(read(part.strip() if isinstance(part, str) else part) for part in parts if part != "")
        return read(value)
    except (TypeError, ValueError, OverflowError):
        expected = _TYPE_NAMES[kind.base]
        if kind.many:
            expected = f"a list{' of numbers' if kind.base is float else ''}, with commas between"
        raise ConfigError(key, f"{key} is {value!r}; it must be {expected}") from None


def _as_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise ValueError


def _as_int(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    return int(value)


def _as_float(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError
    number = float(value)
    if number != number:
        raise ValueError
    return number


def _as_str(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


_SCALARS: dict[type, Any] = {bool: _as_bool, int: _as_int, float: _as_float, str: _as_str}
_TYPE_NAMES: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_FIELDS: dict[str, tuple[str, str]] = {}
_TYPES: dict[str, FieldType] = {}
_DOCS: dict[str, str] = {}


def _documentation(cls: type) -> dict[str, str]:
    """Field -> the text right beneath it in the class's source."""
    body = ast.parse(inspect.getsource(cls)).body[0].body  # type: ignore[attr-defined]
    return {
        line.target.id: ast.literal_eval(after.value)
        for line, after in itertools.pairwise(body)
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(after, ast.Expr)
    }


def _register(cls: type, section: str = "", prefix: str = "") -> None:
    """Read the dotted keys, their types and documentation off the classes themselves."""
    hints, docs = typing.get_type_hints(cls, include_extras=True), _documentation(cls)
    for entry in dataclasses.fields(cls):
        hint = hints[entry.name]
        if dataclasses.is_dataclass(hint):
            _register(hint, entry.name, f"{hint.name_of_section}.")  # type: ignore[arg-type, union-attr]
        else:
            key = prefix + entry.name
            _FIELDS[key], _TYPES[key], _DOCS[key] = (section, entry.name), read_hint(hint), docs.get(entry.name, "")


_register(RunConfig)
