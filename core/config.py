"""What a run is, in one frozen value: checked on construction, and the same as JSON, `--set` and the form.

Keys are dotted (`lora.r`, `train.lr`). The JSON document is flat, one dotted key a line, because `model` is
a key of its own (which weights) and also a section (`model.rank`: what is cut off them).
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("synonym", "swap", "typo", "context")
MODES = ("dynamic", "static", "none")
STYLES = ("careful", "paper")
VARIANTS = ("base", "light")
KEEPS = ("bottom", "theseus")
LOSSES = ("ce", "joint", "supcon_textbook")
FEATURES = ("logits", "pooled")
OPTIMIZERS = ("lmbert_adam", "bert_adam", "adamw")
SCHEDULES = ("third", "linear", "constant")
PRECISIONS = ("auto", "fp32", "bf16")
EXECUTORS = ("local",)


def _one_of(key: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        raise ValueError(f"unknown {key} {value!r}; choose from {list(choices)}")


def _in_range(key: str, value: float | None, low: float, high: float, what: str = "") -> None:
    if value is not None and not (low <= value <= high):
        raise ValueError(f"{key} is {value}; it must lie between {low:g} and {high:g}{what}")


@dataclass(frozen=True)
class DataConfig:
    max_train_rows: int | None = None
    """Take at most this many training rows: a seeded draw. None takes all."""
    max_eval_rows: int | None = None
    """Take at most this many evaluation rows (seeded). None takes all."""
    max_length: int = 128
    """Word pieces per example, both texts and the special pieces included; longer input is cut."""
    file: str | None = None
    """Own training file (CSV, TSV or JSONL), for the task `file`."""
    eval_file: str | None = None
    """Own evaluation file; None holds out a seeded tenth of `file`."""
    text_column: str | None = None
    """Column with the text; None guesses from its name."""
    pair_column: str | None = None
    """Column with the second text of a pair; None means single texts."""
    label_column: str | None = None
    """Column with the label; None guesses from its name."""

    def __post_init__(self) -> None:
        _in_range("data.max_train_rows", self.max_train_rows, 2, 10**9)
        _in_range("data.max_eval_rows", self.max_eval_rows, 2, 10**9)
        _in_range("data.max_length", self.max_length, 8, 512, " (MobileBERT has 512 positions)")


@dataclass(frozen=True)
class AugmentConfig:
    mode: str = "dynamic"
    """`dynamic` draws anew each epoch (paper A), `static` once before training (its notebook), or `none`."""
    fraction: float = 0.1
    """Share of the training rows that an epoch changes."""
    methods: tuple[str, ...] = ("synonym", "swap", "typo")
    """Each chosen row gets one of these, drawn by weight."""
    weights: tuple[float, ...] = ()
    """One weight a method; empty means equal weights."""
    style: str = "careful"
    """`careful` keeps English and label where it can; `paper` is what paper A's authors ran."""
    strength: float | None = None
    """Share of the words (typo: of the characters) that a method touches; None is the method's own default."""

    def __post_init__(self) -> None:
        _one_of("augment.mode", self.mode, MODES)
        _one_of("augment.style", self.style, STYLES)
        _in_range("augment.fraction", self.fraction, 0, 1)
        _in_range("augment.strength", self.strength, 0, 1)
        if not self.methods:
            raise ValueError(f"augment.methods is empty; name at least one of {list(METHODS)}")
        for method in self.methods:
            _one_of("augment method", method, METHODS)
        if len(set(self.methods)) != len(self.methods):
            raise ValueError(f"augment.methods names a method twice: {list(self.methods)}")
        if self.weights and len(self.weights) != len(self.methods):
            raise ValueError(
                f"augment.weights has {len(self.weights)} numbers for {len(self.methods)} methods; give one each"
            )
        if self.weights and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ValueError("augment.weights must be zero or more, and not all zero")


@dataclass(frozen=True)
class ModelConfig:
    variant: str = "base"
    """`base` is MobileBERT as it is; `light` is LightMobileBERT (paper B)."""
    layers: int = 12
    """Layers kept in the light variant."""
    keep: str = "bottom"
    """Which layers: the `bottom` ones, or one at random of every two consecutive (`theseus`)."""
    rank: int = 64
    """CP rank of the light attention; 128 is lossless on the real size, 0 leaves attention as it is."""

    def __post_init__(self) -> None:
        _one_of("model.variant", self.variant, VARIANTS)
        _one_of("model.keep", self.keep, KEEPS)
        _in_range("model.layers", self.layers, 1, 1000)
        _in_range("model.rank", self.rank, 0, 4096)


@dataclass(frozen=True)
class LoraConfig:
    enabled: bool = True
    """Train low-rank adapters and the head only; false trains every weight."""
    r: int = 8
    """Rank of each adapter."""
    alpha: float = 32
    """Scale: the update is multiplied by alpha / r."""
    dropout: float = 0.1
    """Dropout before the adapter."""
    targets: tuple[str, ...] = ("query", "value")
    """Which linear layers get an adapter."""

    def __post_init__(self) -> None:
        _in_range("lora.r", self.r, 1, 1024)
        _in_range("lora.alpha", self.alpha, 0, 1e6)
        _in_range("lora.dropout", self.dropout, 0, 0.99)
        if self.enabled and not self.targets:
            raise ValueError("lora.targets is empty; name layers such as query,value")


@dataclass(frozen=True)
class TrainConfig:
    loss: str = "ce"
    """`ce`; `joint` adds paper B's contrastive term; `supcon_textbook` adds Khosla et al.'s instead."""
    features: str = "logits"
    """What the contrastive term compares: `logits` (as published) or the `pooled` embedding."""
    optimizer: str = "lmbert_adam"
    """`lmbert_adam`, `bert_adam` (both paper B) or `adamw`."""
    schedule: str = "third"
    """`third`: constant for a third of the steps, then linear down to a third; or `linear`, `constant`."""
    epochs: float = 3
    """Passes over the training rows."""
    max_steps: int | None = None
    """Stop after this many steps, whatever `epochs` says."""
    batch_size: int = 32
    """Examples a step, in training and in evaluation."""
    lr: float | None = None
    """Peak learning rate; None takes the task's own."""
    weight_decay: float = 0.01
    """Decoupled weight decay, none on biases."""
    eval_every: int | None = None
    """Steps between evaluations; None is half an epoch."""
    precision: str = "auto"
    """`auto` takes bf16 where the processor computes in it, else fp32."""

    def __post_init__(self) -> None:
        _one_of("train.loss", self.loss, LOSSES)
        _one_of("train.features", self.features, FEATURES)
        _one_of("train.optimizer", self.optimizer, OPTIMIZERS)
        _one_of("train.schedule", self.schedule, SCHEDULES)
        _one_of("train.precision", self.precision, PRECISIONS)
        _in_range("train.epochs", self.epochs, 0.01, 1000)
        _in_range("train.max_steps", self.max_steps, 1, 10**9)
        _in_range("train.batch_size", self.batch_size, 1, 4096)
        _in_range("train.lr", self.lr, 1e-8, 1)
        _in_range("train.weight_decay", self.weight_decay, 0, 1)
        _in_range("train.eval_every", self.eval_every, 1, 10**9)


@dataclass(frozen=True)
class RunSection:
    name: str = ""
    """A name for people; the run's id is made from it."""
    executor: str = "local"
    """Where the run is executed."""

    def __post_init__(self) -> None:
        _one_of("run.executor", self.executor, EXECUTORS)
        if len(self.name) > 120:
            raise ValueError(f"run.name has {len(self.name)} characters; 120 are allowed")


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run's numbers. Two equal values give equal runs on the same machine."""

    task: str = "demo-intents"
    """A name from the task table (`python -m core tasks`)."""
    model: str = "demo"
    """`demo`, a hub id, or a folder; a folder without weights is used with random ones, and says so."""
    seed: int = 13
    """Seeds data order, augmentation, initialisation and dropout."""
    data: DataConfig = field(default_factory=DataConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    shape: ModelConfig = field(default_factory=ModelConfig, metadata={"section": "model"})
    lora: LoraConfig = field(default_factory=LoraConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    run: RunSection = field(default_factory=RunSection)

    def __post_init__(self) -> None:
        if not self.task.strip():
            raise ValueError("task is empty; `python -m core tasks` lists the choices")
        if not self.model.strip():
            raise ValueError("model is empty; use `demo`, a hub id or a folder")
        _in_range("seed", self.seed, 0, 2**32 - 1)

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
            if key not in _FIELDS:
                raise ValueError(f"unknown key {key!r}; choose from {list(_FIELDS)}")
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
    hint = _HINTS[key]
    if isinstance(hint, types.UnionType):
        if value is None or (isinstance(value, str) and value.strip().lower() in ("", "none", "null")):
            return None
        hint = next(arm for arm in typing.get_args(hint) if arm is not type(None))
    try:
        if typing.get_origin(hint) is tuple:
            parts = value.split(",") if isinstance(value, str) else list(value)
            item = typing.get_args(hint)[0]
            return tuple(item(part.strip() if isinstance(part, str) else part) for part in parts if part != "")
        return _SCALARS[hint](value)
    except (TypeError, ValueError, OverflowError):
        kind = "list" if typing.get_origin(hint) is tuple else hint.__name__
        raise ValueError(f"{key} is {value!r}; it must be of type {kind}") from None


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
_FIELDS: dict[str, tuple[str, str]] = {}
_HINTS: dict[str, Any] = {}
_DOCS: dict[str, str] = {}


def _register() -> None:
    """Read the dotted keys, their types and the text beneath each field off the classes themselves."""
    import ast
    import inspect

    tree = ast.parse(inspect.getsource(inspect.getmodule(RunConfig)))  # type: ignore[arg-type]
    docs: dict[tuple[str, str], str] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for line, after in zip(node.body, node.body[1:], strict=False):
                if isinstance(line, ast.AnnAssign) and isinstance(after, ast.Expr):
                    docs[node.name, line.target.id] = ast.literal_eval(after.value)  # type: ignore[union-attr]

    def visit(cls: type, section: str, prefix: str) -> None:
        hints = typing.get_type_hints(cls)
        for entry in dataclasses.fields(cls):
            hint = hints[entry.name]
            if dataclasses.is_dataclass(hint):
                visit(hint, entry.name, entry.metadata.get("section", entry.name) + ".")  # type: ignore[arg-type]
            else:
                key = prefix + entry.name
                _FIELDS[key], _HINTS[key] = (section, entry.name), hint
                _DOCS[key] = docs.get((cls.__name__, entry.name), "")

    visit(RunConfig, "", "")


_register()
