"""An own file's table in, its task and rows out: columns chosen, labels read, rows without either left out and said."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.data.columns import FileColumns, choose_columns, parts_of, unread_split
from core.data.grid import Table
from core.data.labels import MAX_CLASSES, LabelRules, Labels, find_class, folds_of, read_labels, scores_like
from core.data.notation import Notation, as_number
from core.data.reviewed import accepted
from core.data.rows import DataError, Finding, Rows
from core.data.totals import is_total
from core.sections import DataConfig
from core.tasks import Task, get_task

FEWEST = 4
"""Rows that a file needs."""


@dataclass(frozen=True)
class OwnTask:
    """What a training file means; an evaluation file is read under the same."""

    task: Task
    columns: FileColumns
    labels: Labels
    rules: LabelRules


@dataclass(frozen=True)
class TrainingFile:
    """A training file, read."""

    own: OwnTask
    rows: Rows
    findings: list[Finding]
    parts: list[str] | None
    """`train`, `dev` or `test` by row, where a column of the file says so and the configuration goes by it."""


def read_training(table: Table, data: DataConfig) -> TrainingFile:
    """The task a file makes, its usable rows, and what is to be said. DataError where no run is possible."""
    columns = choose_columns(table, data.text, data.label, data.pair)
    table = accepted(table, columns.review)
    rules = LabelRules(columns.label, data.label_kind, data.spellings, folds_of(data.fold), data.decimal)
    frame = table.frame
    labels = read_labels(frame[columns.label].tolist(), frame.index.tolist(), rules, table.name)
    own = OwnTask(_task(table.name, columns, labels), columns, labels, rules)
    rows, left_out, kept = _rows(table, own, labels.values)
    _check(own, rows, labels, table.name)
    parts, said = _parts(table, columns, kept, data)
    known = {name for name in rules.folds if name not in set(frame[columns.label].str.strip())}
    if known:
        raise DataError(f"{table.name}: data.fold names {min(known)!r}, which is no label in the file", "data.fold")
    return TrainingFile(own, rows, [*table.findings, columns.finding(), *said, *labels.findings, *left_out], parts)


def read_evaluation(table: Table, own: OwnTask) -> tuple[Rows, list[Finding]]:
    """Rows of an evaluation file. DataError names the line of a label that the training file does not have."""
    columns = own.columns
    for name in (*columns.texts, columns.label):
        if name not in table.frame.columns:
            names = list(map(str, table.frame.columns))
            raise DataError(f"{table.name} has no column {name!r}, as the training file; it has {names}")
        if name in table.nested:
            raise DataError(f"{table.name}: line {table.nested[name]} has a list or an object in {name!r}")
    table = accepted(table, columns.review)
    cells, lines = table.frame[columns.label].tolist(), table.frame.index.tolist()
    if own.task.is_regression:
        notation = scores_like(cells, lines, own.labels, own.rules, table.name)
        values: list = [_scored(*each, table.name, own, notation) for each in zip(cells, lines, strict=True)]
    else:
        values = [_classed(*each, table.name, own) for each in zip(cells, lines, strict=True)]
    rows, left_out, _kept = _rows(table, own, values)
    if not len(rows):
        raise DataError(f"{table.name} has no usable row: each lacks {columns.text!r} or {columns.label!r}")
    return rows, [*table.findings, *left_out]


def _task(name: str, columns: FileColumns, labels: Labels) -> Task:
    # With its ending, so that `rte.csv` is never taken for RTE.
    score = not labels.names
    return replace(
        get_task("file"),
        name=name,
        columns=columns.texts,
        label_column=columns.label,
        labels=labels.names,
        metrics=("pearson", "spearman") if score else ("accuracy", "macro_f1"),
        # Nobody has said what the labels hang on: opinions and negations are spared, and between texts the meaning.
        rests_on=("sentiment", "meaning") if columns.pair else ("sentiment",),
    )


def _scored(cell: str, line: int, where: str, own: OwnTask, notation: Notation) -> float | None:
    """One score of an evaluation file; only an empty cell is a row without one."""
    text = own.rules.trimmed(cell)
    score = notation.read(text)
    if text and (score is None or not math.isfinite(score)):
        raise DataError(
            f"{where}: line {line} has {text[:60]!r} in {own.columns.label!r}, where a score is a finite number"
        )
    return score


def _classed(cell: str, line: int, where: str, own: OwnTask) -> str | None:
    """One class of an evaluation file; only an empty cell is a row without one."""
    text = own.rules.trimmed(cell)
    if not text:
        return None
    name = find_class(text, own.labels, own.rules)
    if name is None:
        raise DataError(
            f"{where}: line {line} has the label {text[:60]!r}, which the training file does not have; "
            f"it has {list(own.task.labels[:8])}"
        )
    return name


def _parts(
    table: Table, columns: FileColumns, kept: list[int], data: DataConfig
) -> tuple[list[str] | None, list[Finding]]:
    """Which side each usable row is on, by the file's own column, and what is said of that."""
    unread = unread_split(table, columns)
    if columns.split is None:
        return None, [unread] if unread else []
    every = parts_of(table, columns.split) or []
    parts = [every[i] for i in kept]
    count = {part: parts.count(part) for part in ("train", "dev", "test")}
    shown = f"{columns.split}: " + ", ".join(f"{part} {rows}" for part, rows in count.items() if rows)
    if data.eval_file or data.split == "drawn":
        by = "data.eval_file" if data.eval_file else "data.split=drawn"
        why = f"{columns.split!r} plays no part, as {by} says: all rows of the file count alike"
        return None, [Finding("split column", len(parts), shown, why, {"data.split": "column", "data.eval_file": None})]
    if count["train"] < 2 or count["train"] == len(parts):
        raise DataError(
            f"{table.name}: of the rows with a text and a label {columns.split!r} leaves {count['train']} to train on "
            f"and {len(parts) - count['train']} to evaluate; data.split=drawn holds rows out instead",
            "data.split",
        )
    why = f"{columns.split!r} says which rows are trained on and which are evaluated"
    if count["dev"] and count["test"]:
        why += "; those of test are left out, as a run is tuned by what it is evaluated on"
    return parts, [Finding("split column", len(parts), shown, why, {"data.split": "drawn"})]


def _rows(table: Table, own: OwnTask, values: list[str | float | None]) -> tuple[Rows, list[Finding], list[int]]:
    """Rows with both a text and a label, and their places in the table; the others are counted."""
    texts = [table.frame[name].tolist() for name in own.columns.texts]
    places = range(len(table.frame))
    empty = [i for i in places if any(not column[i].strip() for column in texts)]
    bare = [i for i in places if values[i] is None]
    kept = sorted(set(places) - set(empty) - set(bare))
    if kept and is_total(texts[0][kept[-1]], values[kept[-1]], [values[i] for i in kept[:-1]]):  # type: ignore[arg-type, misc]
        raise DataError(
            f"{table.name}: line {table.frame.index[kept[-1]]} looks like the sum of the lines above it "
            f"({texts[0][kept[-1]].strip()}, {values[kept[-1]]}); remove it"
        )
    ids = {name: i for i, name in enumerate(own.task.labels)}
    labels: list = [values[i] if own.task.is_regression else ids[values[i]] for i in kept]  # type: ignore[index]
    columns = [[column[i] for i in kept] for column in texts]
    rows = Rows(columns[0], columns[1] if len(columns) > 1 else None, labels)
    return rows, list(_left_out(table, own, empty, bare)), kept


def _left_out(table: Table, own: OwnTask, empty: Sequence[int], bare: Sequence[int]) -> Iterator[Finding]:
    """What is said of rows without a text, and of those without a label."""
    lines = table.frame.index
    if empty:
        why = "rows that lack a text of the two are left out"
        if own.columns.pair is None:
            why = f"rows with an empty {own.columns.text!r} are left out"
        yield Finding("empty texts", len(empty), f"line {lines[empty[0]]} of {table.name}", why)
    if bare:
        shown = table.frame[own.columns.label].iloc[bare[0]].strip()
        example = f"line {lines[bare[0]]} of {table.name}" + (f" has {shown!r}" if shown else "")
        why = f"rows without a label in {own.columns.label!r} are left out"
        if shown and not own.task.is_regression:
            why += f"; data.fold={shown}=NAME makes a class of what stands there"
        yield Finding("missing labels", len(bare), example, why)


def _check(own: OwnTask, rows: Rows, labels: Labels, where: str) -> None:
    """DataError where a run would learn nothing: one class, hundreds, or hardly a row."""
    column, seen = own.columns.label, set(rows.labels)
    if not any(value is not None for value in labels.values):
        raise DataError(f"{where}: {column!r} has no label in any row; data.label names another column", "data.label")
    if labels.names and len(labels.names) > MAX_CLASSES:
        raise DataError(
            f"{where}: {column!r} has {len(labels.names)} different labels; at most {MAX_CLASSES} make classes. "
            "Is it the label column? data.label names another, data.label_kind=score takes numbers for a score",
            "data.label",
        )
    if len(seen) == 1:
        only = own.task.labels[int(rows.labels[0])] if own.task.labels else f"{rows.labels[0]:g}"
        needs = "a classifier needs at least two classes" if own.task.labels else "a score needs different values"
        hint = f"; data.label={own.columns.review} takes the answers for classes" if own.columns.review else ""
        raise DataError(f"{where}: every row has the label {only[:60]!r}; {needs} in {column!r}{hint}", "data.label")
    once = list(Counter(rows.labels).values()).count(1) if own.task.labels else 0
    scattered = len(rows) < 1.5 * len(own.task.labels) or 2 * once > max(20, len(own.task.labels))
    if len(own.task.labels) > 10 and scattered and own.rules.kind is None:
        numbers = all(as_number(name) is not None for name in own.task.labels)
        raise DataError(
            f"{where}: {column!r} has {len(own.task.labels)} different labels in {len(rows)} rows, {once} of them "
            "once. Is it the label column? data.label names another, data.label_kind=classes takes them all the same"
            + (", and data.label_kind=score as amounts" if numbers else ""),
            "data.label",
        )
    if len(rows) < FEWEST:
        raise DataError(f"{where} has {len(rows)} usable rows; at least {FEWEST} are needed")
