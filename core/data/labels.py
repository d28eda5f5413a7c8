"""What the labels of an own file mean: classes or a score, which spellings are one class, and which are missing."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.data import spellings
from core.data.column_names import CLASSES, SCORES, plain
from core.data.doubtful import doubtful
from core.data.notation import (
    Notation,
    UnclearNumberError,
    as_number,
    has_thousands,
    is_booked,
    notation_of,
    split_unit,
)
from core.data.rows import DataError, Finding
from core.data.stand_ins import stand_ins

MAX_CLASSES = 100
DECIMALS = {"point": ".", "comma": ","}
MISSING = frozenset((
    "nan", "null", "(null)", "\\n", "(blank)", "n/a", "#n/a", "#na", "n.a.", "<na>", "nat", "#nv", "#n/d",
    "#getting_data",
))  # fmt: skip
"""What programs write where there is no label; never taken for a class unless data.fold gives it a name."""
_ERROR = re.compile(r"#[^\W_]+(/0)?[!?]|err:\d{3}")
"""A spreadsheet's error, in whatever language: `#DIV/0!`, `#NAME?`, `#WERT!`, `Err:502`."""
NO_NUMBER = MISSING | frozenset(("none", "na", "-", "--", "?", "."))
"""And what people write where there is no number."""


@dataclass(frozen=True)
class Labels:
    """The labels of one file, read: `values` by row, None where a row has none."""

    values: list[str | float | None]
    names: tuple[str, ...]
    """Class names in their order; empty for a score."""
    by_form: dict[str, str] = field(default_factory=dict)
    """Spelling without what does not count -> class name."""
    findings: list[Finding] = field(default_factory=list)
    written: tuple[str, ...] = ()
    """Of a score, how its numbers stand in the file."""


@dataclass(frozen=True)
class LabelRules:
    """How the labels of a file are read: what a configuration says about it."""

    column: str
    kind: str | None = None
    spellings: str = "fold"
    folds: Mapping[str, str] = field(default_factory=dict)
    decimal: str | None = None

    def trimmed(self, text: str) -> str:
        """Without what nobody sees at either end, and under the name that data.fold gives it."""
        seen = (spellings.visible(text) if self.spellings == "fold" else text).strip()
        return self.folds.get(seen, seen)

    def lacks(self, text: str, numbers: bool) -> bool:
        """Whether a trimmed cell holds no label; `numbers`: nor does what people write where there is no number."""
        form = text.casefold()
        none = form in (NO_NUMBER if numbers else MISSING) or _ERROR.fullmatch(form) is not None
        return not text or (none and text not in self.folds.values())


def folds_of(entries: Sequence[str]) -> dict[str, str]:
    """`old=new` entries of data.fold as a mapping."""
    return {old.strip(): new.strip() for old, _, new in (entry.partition("=") for entry in entries)}


def read_labels(cells: Sequence[str], lines: Sequence[int], rules: LabelRules, where: str) -> Labels:
    """Classes or scores of a training file. DataError names the line of what is neither, or the key that settles it."""
    texts = [rules.trimmed(cell) for cell in cells]
    notation = _notation(texts, lines, rules, where)
    numbers = [notation.read(text) for text in texts]
    present = [i for i, text in enumerate(texts) if not rules.lacks(text, numbers=True)]
    odd = [i for i in present if numbers[i] is None]

    def refused(row: int, why: str) -> DataError:
        said = f"{where}: line {lines[row]} has {texts[row][:60]!r} in {rules.column!r}, {why}"
        return DataError(f"{said}, or set data.label_kind=classes", "data.label_kind")

    if rules.kind != "classes" and len(odd) < len(present):
        for row in odd:
            if is_booked(texts[row]):
                raise refused(row, "where bookkeepers mean an amount below zero; write it with a minus sign in front")
    if rules.kind == "classes" or (rules.kind is None and not _are_numbers(numbers, present, odd)):
        classes = _classes(texts, cells, rules, numeric=not odd)
        if rules.kind is None and odd and 2 * len(odd) < len(present) and plain(rules.column) in SCORES:
            classes.findings.append(_no_measure(rules.column, lines[odd[0]], texts[odd[0]][:60], len(odd)))
        return classes
    if odd:
        raise refused(odd[0], "where a score is a number; correct it")
    kind, findings = rules.kind, list[Finding]()
    if kind is None:
        kind, why = kind_of([numbers[i] or 0.0 for i in present], rules.column)
        findings.append(_kind_finding(kind, why, [texts[i] for i in present]))
    if kind == "score":
        return _scores(texts, numbers, lines, rules, where, findings, notation)
    classes = _classes(texts, cells, rules, numeric=True)
    return replace(classes, findings=[*findings, *classes.findings])


def _are_numbers(numbers: Sequence[float | None], present: Sequence[int], odd: Sequence[int]) -> bool:
    """Whether all labels that are `present` are numbers, or so many and different ones that the `odd` are slips."""
    few = len(present) > 10 and len(odd) <= 0.1 * len(present)
    return bool(present) and (not odd or (few and len({numbers[i] for i in present}) > 10))


def _no_measure(column: str, line: int, text: str, count: int) -> Finding:
    why = f"{column!r} names a measure, but line {line} has {text!r}, which is no number"
    return Finding("label kind", count, text, f"the labels are taken for classes: {why}")


def kind_of(numbers: Sequence[float], column: str) -> tuple[str, str]:
    """`classes` or `score`, and why: names first, then whether the numbers look like names or like amounts."""
    values = sorted(set(numbers))
    count, each = len(values), len(numbers) / max(1, len(values))
    name = plain(column)
    whole = all(math.isfinite(value) and value == int(value) for value in values)
    few = count <= MAX_CLASSES
    if name in CLASSES and few:
        return "classes", f"{column!r} names classes"
    if name in SCORES and not (whole and count <= 20 and each >= 2):
        return "score", f"{column!r} names a measure"
    if whole:
        close = values[-1] - values[0] < 1.5 * count
        if count <= 20 and (each >= 1.5 or count <= 5):
            return "classes", f"they are {count} different whole numbers"
        if few and each >= 2 and close:
            return "classes", f"they are {count} whole numbers next to each other, {each:.0f} rows each"
        return "score", f"they are {count} different whole numbers, {each:.1f} rows each"
    if count <= 10 and each >= 2 and not (count >= 4 and _evenly_spaced(values)):
        return "classes", f"they are {count} different numbers only, {each:.0f} rows each"
    return "score", f"they are {count} different numbers, with decimals"


def _evenly_spaced(values: Sequence[float]) -> bool:
    steps = [b - a for a, b in itertools.pairwise(values)]
    return max(steps) - min(steps) < 1e-6 * max(1.0, abs(values[-1]))


def _kind_finding(kind: str, why: str, texts: Sequence[str]) -> Finding:
    other = "score" if kind == "classes" else "classes"
    shown = ", ".join(list(dict.fromkeys(texts))[:5])
    said = "a score" if kind == "score" else "classes"
    forms, values = len(set(texts)), len({as_number(text) for text in texts})
    written = f", written in {forms} ways" if forms > values and kind == "classes" else ""  # 01 beside 1
    why = f"the labels are taken for {said}, as {why}{written}; data.label_kind={other} takes them for the other"
    return Finding("label kind", len(set(texts)), shown, why, {"data.label_kind": other})


def _scores(
    texts: Sequence[str],
    numbers: Sequence[float | None],
    lines: Sequence[int],
    rules: LabelRules,
    where: str,
    findings: list[Finding],
    notation: Notation,
) -> Labels:
    for text, number, line in zip(texts, numbers, lines, strict=True):
        if number is not None and not math.isfinite(number):
            raise DataError(f"{where}: line {line} has the score {text!r} in {rules.column!r}; a score is finite")
    findings += [*_marks(texts, notation), *stand_ins(Counter(number for number in numbers if number is not None))]
    return Labels(list(numbers), (), {}, findings, tuple(texts))


def scores_like(cells: Sequence[str], lines: Sequence[int], own: Labels, rules: LabelRules, where: str) -> Notation:
    """How the scores of an evaluation file are written: what is open in it, the training file's settle."""
    texts = [rules.trimmed(cell) for cell in cells]
    return _notation([*texts, *own.written], lines, replace(rules, kind="score"), where)


def _notation(texts: Sequence[str], lines: Sequence[int], rules: LabelRules, where: str) -> Notation:
    if rules.kind == "classes":
        return Notation()
    try:
        return notation_of(texts, DECIMALS[rules.decimal] if rules.decimal else "")
    except UnclearNumberError as error:
        line = next((line for text, line in zip(texts, lines, strict=False) if text == error.text), None)
        raise DataError(
            f"{where}: {f'line {line}' if line else 'a row'} has {error.text[:60]!r} in {rules.column!r}, and {error}; "
            f"{error.advice}, or set data.label_kind=classes",
            error.key,
        ) from None


def _marks(texts: Sequence[str], notation: Notation) -> list[Finding]:
    """What is said of the marks inside numbers."""
    read = [(text, notation.read(text)) for text in texts]
    grouped = [(text, value) for text, value in read if value is not None and has_thousands(text, notation)]
    comma = [(text, value) for text, value in read if value is not None and "," in text and notation.thousands != ","]
    signs = [(text, value) for text, value in read if value is not None and split_unit(text).unit not in ("", "%")]
    measured = [(text, value) for text, value in read if value is not None and notation.measure]
    return [
        Finding(kind, len(of), f"{text} is {value:.10g}", why)
        for kind, of, why in (
            ("currency", signs, "a currency sign is no part of the number"),
            ("measure", measured, f"{notation.measure!r} after each number is no part of it"),
            ("thousands", grouped, "marks between thousands are no decimal marks"),
            ("decimal commas", comma, "a comma is read as the decimal point"),
        )
        for text, value in of[:1]
    ]


def _classes(texts: Sequence[str], cells: Sequence[str], rules: LabelRules, numeric: bool) -> Labels:
    present = [text for text in texts if not rules.lacks(text, numbers=False)]
    # Where every other label is a number, `none` and `?` are no class either.
    numbers = numeric and any(as_number(text) is not None for text in present)
    counts = Counter(text for text in present if not rules.lacks(text, numbers))
    forms = spellings.forms_of(counts) if rules.spellings == "fold" else {text: text for text in counts}
    name_of = spellings.names_of(forms, counts)
    values: list[str | float | None] = [name_of[forms[text]] if text in forms else None for text in texts]
    named = [(cell, str(value)) for cell, value in zip(cells, values, strict=True) if value is not None]
    findings = [*spellings.folded(named, rules.folds), *spellings.alike(Counter(name for _, name in named))]
    if rules.spellings == "keep":
        findings = [*spellings.kept_apart(counts), *spellings.alike(Counter(name for _, name in named))]
    findings += doubtful(Counter(name for _, name in named))
    names = tuple(sorted(set(name_of.values()), key=_order))
    return Labels(values, names, {**name_of, **{text: name_of[form] for text, form in forms.items()}}, findings)


def find_class(text: str, labels: Labels, rules: LabelRules) -> str | None:
    """The class that another file's label means under the training file's names; None where there is none."""
    if text in labels.by_form or rules.spellings != "fold":
        return labels.by_form.get(text)
    form = spellings.form_of(text)
    return labels.by_form.get(form) or labels.by_form.get(spellings.truth(form))


def _order(name: str) -> tuple:
    number = as_number(name)
    return (0, number, name) if number is not None and math.isfinite(number) else (1, 0.0, name)
