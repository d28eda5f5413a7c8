"""A visitor's CSV, TSV or JSONL file in; columns, statistics, problems and rows out, before any run starts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from core.data.delimited import read_delimited
from core.data.rows import DataError, Rows
from core.tasks import Task, get_task

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".txt")
MAX_BYTES = 200 * 2**20
MAX_CLASSES = 100
TEXT_NAMES = (
    "text",
    "sentence",
    "sentence1",
    "question",
    "question1",
    "premise",
    "review",
    "content",
    "utterance",
)
PAIR_NAMES = ("pair", "text_pair", "text2", "sentence2", "question2", "hypothesis", "passage", "context")
LABEL_NAMES = (
    "label",
    "labels",
    "class",
    "category",
    "target",
    "intent",
    "sentiment",
    "score",
    "answer",
    "y",
)


@dataclass(frozen=True)
class FileColumns:
    """Which column is what. `pair` is None for single texts."""

    text: str
    label: str
    pair: str | None = None


@dataclass(frozen=True)
class FileReport:
    """What a file holds under a choice of columns, said before a run."""

    rows: int
    columns: FileColumns
    regression: bool
    label_counts: dict[str, int]
    """Rows by class, most frequent first; for regression, empty."""
    problems: list[str] = field(default_factory=list)
    """Things that spoil a run but do not forbid it, in plain words."""


def read_table(path: Path, labelled: bool = True) -> pd.DataFrame:
    """The file as a table of strings; `labelled` asks for two columns at least.

    DataError says what is wrong, in which line, and what to do.
    """
    if not path.is_file():
        raise DataError(f"{path} does not exist")
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{path.name} is empty; it needs a header line and rows with a text and a label")
    if size > MAX_BYTES:
        raise DataError(f"{path.name} has {size / 2**20:.0f} MiB; at most {MAX_BYTES // 2**20} MiB are read")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path.name} is neither CSV, TSV nor JSONL (by its ending {path.suffix!r})")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is not UTF-8 (byte {error.start} is 0x{error.object[error.start]:02x}); save it as UTF-8"
        ) from None
    if "\x00" in text:
        raise DataError(f"{path.name} holds zero bytes; it is not a text file, or it is UTF-16: save it as UTF-8")
    frame = _parse_json(text, path) if path.suffix.lower() in (".jsonl", ".json") else _parse_delimited(text, path)
    if frame.shape[1] < 1 + labelled:
        raise DataError(
            f"{path.name} has one column, {str(frame.columns[0])[:60]!r}; a text and a label column are needed"
            if frame.shape[1]
            else f"{path.name} has no columns"
        )
    if frame.empty:
        raise DataError(f"{path.name} has a header line but no rows")
    return frame


def guess_columns(frame: pd.DataFrame) -> FileColumns:
    """Columns by their names, else the longest texts are the text and the fewest values the label."""
    by_lower = {str(name).strip().lower(): str(name) for name in frame.columns}

    def named(names: tuple[str, ...]) -> str | None:
        return next((by_lower[name] for name in names if name in by_lower), None)

    label = named(LABEL_NAMES) or str(frame.nunique().idxmin())
    others = frame.drop(columns=[label])
    text = named(TEXT_NAMES)
    if text is None or text == label:
        text = str(others.map(len).mean().idxmax())
    pair = named(PAIR_NAMES)
    return FileColumns(text, label, pair if pair not in (text, label) else None)


def choose_columns(
    frame: pd.DataFrame, text: str | None, label: str | None, pair: str | None, where: str
) -> FileColumns:
    """The columns asked for, guessed where nothing was asked. DataError lists what the file has."""
    guess = guess_columns(frame)
    if text or label or pair:
        # A pair column is guessed only as long as nobody has said what the file holds.
        guess = replace(guess, pair=None)
    columns = FileColumns(text or guess.text, label or guess.label, pair or guess.pair)
    chosen = [columns.text, columns.label, *([columns.pair] if columns.pair else [])]
    for name in chosen:
        if name not in frame.columns:
            raise DataError(f"{where} has no column {name!r}; it has {[str(c) for c in frame.columns]}")
    if len(set(chosen)) != len(chosen):
        raise DataError(f"{where}: one column cannot serve twice ({', '.join(chosen)})")
    return columns


def inspect(frame: pd.DataFrame, columns: FileColumns, where: str) -> FileReport:
    """Statistics and problems. DataError where no run is possible (one class only, no usable row)."""
    labels = frame[columns.label].str.strip()
    regression = is_regression(labels)
    counts = {} if regression else {str(k): int(v) for k, v in labels[labels != ""].value_counts().items()}
    if not regression and len(counts) < 2:
        only = next(iter(counts), "")
        raise DataError(
            f"{where}: every row has the label {only[:60]!r}; a classifier needs at least two classes "
            f"in {columns.label!r}"
        )
    if len(counts) > MAX_CLASSES:
        raise DataError(
            f"{where}: {columns.label!r} has {len(counts)} different labels; at most {MAX_CLASSES} make classes. "
            "Is it the label column?"
        )
    problems = []
    empty = int((frame[columns.text].str.strip() == "").sum())
    unlabelled = int((labels == "").sum())
    if empty:
        problems.append(f"{empty} rows have an empty {columns.text!r} and are left out")
    if unlabelled:
        problems.append(f"{unlabelled} rows have no {columns.label!r} and are left out")
    subset = [columns.text, *([columns.pair] if columns.pair else [])]
    duplicates = int(frame.duplicated(subset=subset).sum())
    if duplicates:
        problems.append(f"{duplicates} rows repeat an earlier text; copies may end up in both splits")
    problems += [f"class {name[:60]!r} has {n} rows; it will hardly be learnt" for name, n in counts.items() if n < 10]
    if counts and max(counts.values()) > 0.8 * sum(counts.values()):
        problems.append(
            f"{max(counts.values()) / sum(counts.values()):.0%} of the rows share one label; look at macro F1"
        )
    usable = len(frame) - int(((frame[columns.text].str.strip() == "") | (labels == "")).sum())
    if usable < 4:
        raise DataError(f"{where} has {usable} usable rows; at least 4 are needed")
    return FileReport(usable, columns, regression, counts, problems)


def is_regression(labels: pd.Series) -> bool:
    """Numbers that are not all whole, or more than twenty different ones, are a score and not a class."""
    numbers = pd.to_numeric(labels[labels != ""], errors="coerce")
    if numbers.empty or numbers.isna().any():
        return False
    return bool((numbers % 1 != 0).any() or numbers.nunique() > 20)


def file_task(frame: pd.DataFrame, columns: FileColumns, report: FileReport) -> Task:
    """The `file` task with this file's columns and labels."""
    names = [columns.text, *([columns.pair] if columns.pair else [])]
    return replace(
        get_task("file"),
        columns=tuple(names),
        label_column=columns.label,
        labels=() if report.regression else tuple(sorted(report.label_counts, key=_label_order)),
        metrics=("pearson", "spearman") if report.regression else ("accuracy", "macro_f1"),
    )


def to_rows(frame: pd.DataFrame, task: Task, where: str) -> Rows:
    """Usable rows under `task`. DataError for a label that the training file does not have."""
    labels = frame[task.label_column].str.strip()
    frame = frame[(frame[task.columns[0]].str.strip() != "") & (labels != "")]
    labels = labels[frame.index]
    if task.is_regression:
        ids: list = [float(value) for value in labels]
    else:
        index = {name: i for i, name in enumerate(task.labels)}
        unknown = sorted(set(labels) - set(index))
        if unknown:
            raise DataError(f"{where} has the label {unknown[0]!r}, which the training file does not have")
        ids = [index[value] for value in labels]
    pairs = frame[task.columns[1]].tolist() if task.is_pair else None
    return Rows(frame[task.columns[0]].tolist(), pairs, ids)


def _label_order(name: str) -> tuple:
    return (0, float(name), name) if name.lstrip("-").isdecimal() else (1, 0.0, name)


def _parse_json(text: str, path: Path) -> pd.DataFrame:
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise DataError(f"{path.name}: line {number} is not a JSON object ({error})") from None
        if not isinstance(record, dict):
            raise DataError(f"{path.name}: line {number} is not a JSON object; one object a line is expected")
        values = {key: "" if value is None else str(value) for key, value in record.items()}
        try:
            "".join((*values, *values.values())).encode()
        except UnicodeEncodeError:
            raise DataError(
                f"{path.name}: line {number} holds half a character (a \\ud... escape without its second half); "
                "write the text as UTF-8"
            ) from None
        records.append(values)
    return pd.DataFrame.from_records(records).fillna("").astype(str)


def _parse_delimited(text: str, path: Path) -> pd.DataFrame:
    header = text.split("\n", 1)[0]
    tabs = path.suffix.lower() == ".tsv" or ("\t" in header and "," not in header)
    separator = "\t" if tabs else ";" if header.count(";") > header.count(",") else ","
    return read_delimited(text, separator, path.name, quoted=not tabs or '"' in header)
