"""Classes that may be none: what stands for no label, dates, and several classes in one cell. Told, not changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from core.data.dates import is_date, is_time
from core.data.notation import as_number
from core.data.rows import Finding
from core.data.stand_ins import stand_ins

_NOTHING = frozenset((
    "none", "na", "-", "--", "–", "—", "?", ".", "...", "…", "unknown", "missing", "empty", "undefined", "nil", "n.a",
    "k.a.", "tbd", "todo", "to do", "not available", "not applicable", "no label", "unlabeled", "unlabelled",
    "no answer", "skip", "skipped", "ignore", "ignored",
))  # fmt: skip
_PRINTED = re.compile(r"\[.*\]|\{.*\}|\(\s*['\"].*\)", re.DOTALL)
_ALONE = re.compile(r"[\[({]\s*(['\"]?)([^,:'\"=\[\](){}]+)\1\s*,?\s*[\])}]")
_AMOUNT = re.compile(r"\d+\s*/\s*\d+|[★☆⭐✩✪]+")
_BETWEEN = re.compile(r"\s*[;,|/+&]\s*")

Sizes = Counter[str]
"""Class name to its rows."""


def doubtful(sizes: Sizes) -> list[Finding]:
    """What is to be asked about the classes of a file."""
    rules = (_nothing, _dates, _printed, _codes, _numbers_beside_words, _amounts, _several)
    return [finding for rule in rules for finding in rule(sizes)]


def is_printed(text: str) -> bool:
    """Whether a cell is a list or an object as programs print it: `['good']`, `{'label': 'good'}`."""
    return _PRINTED.fullmatch(text.strip()) is not None


def _nothing(sizes: Sizes) -> Iterator[Finding]:
    names = [name for name in sizes if name.casefold() in _NOTHING]
    if names:
        why = "this is a class like the others; if it stands for rows without a label, empty these cells"
        yield Finding("class that may be none", _rows(sizes, names), ", ".join(names), why)


def _dates(sizes: Sizes) -> Iterator[Finding]:
    names = [name for name in sizes if is_date(name) or is_time(name)]
    if 2 * len(names) > len(sizes):
        why = "the classes are dates or times; data.label names another column, if these are no labels"
        yield Finding("dates as classes", len(names), ", ".join(names[:3]), why)


def _printed(sizes: Sizes) -> Iterator[Finding]:
    alone = {name: _ALONE.fullmatch(name) for name in sizes if is_printed(name)}
    if alone:
        folds = [f"{name}={inner[2].strip()}" for name, inner in alone.items() if inner and inner[2].strip()]
        remedy = {"data.fold": folds} if len(folds) == len(alone) else {}
        why = "a program printed lists or objects into these cells; each is the name of a class as it stands"
        yield Finding("printed lists as classes", _rows(sizes, alone), next(iter(alone)), why, remedy)


def _codes(sizes: Sizes) -> Iterator[Finding]:
    yield from stand_ins(Counter({number: sizes[name] for name, number in _numbers(sizes).items()}))


def _numbers_beside_words(sizes: Sizes) -> Iterator[Finding]:
    numbers = _numbers(sizes)
    if 2 <= len(numbers) < len(sizes):
        word = next(name for name in sizes if name not in numbers)
        why = "some classes are numbers and others words; data.fold makes one of two that mean the same"
        yield Finding("numbers beside words", _rows(sizes, numbers), f"{next(iter(numbers))} beside {word}", why)


def _amounts(sizes: Sizes) -> Iterator[Finding]:
    names = [name for name in sizes if _AMOUNT.fullmatch(name)]
    if 2 * len(names) > len(sizes):
        why = "these may be amounts of a score, and are classes here; write one number a row to have a score"
        yield Finding("amounts as classes", len(names), ", ".join(names[:3]), why)


def _several(sizes: Sizes) -> Iterator[Finding]:
    whole = {name.casefold() for name in sizes}
    parts = {name: _BETWEEN.split(name.casefold()) for name in sizes}
    names = [name for name in sizes if len(parts[name]) > 1 and whole.issuperset(parts[name])]
    if names:
        why = "a row belongs to one class; cells with several make a class of their own"
        yield Finding("several classes in a cell", _rows(sizes, names), ", ".join(names[:3]), why)


def _numbers(sizes: Sizes) -> dict[str, float]:
    return {name: number for name in sizes if (number := as_number(name)) is not None}


def _rows(sizes: Sizes, names: Iterable[str]) -> int:
    return sum(sizes[name] for name in names)
