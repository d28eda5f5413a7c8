"""A folder in the classic GLUE layout in, rows out: `glue/<TASK>/{train,dev}.tsv`, `boolq/{train,dev}.jsonl`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

from core.data.delimited import read_delimited
from core.data.rows import DataError, Rows
from core.tasks import Task

# CoLA's files have no header; these are its four columns.
COLA_COLUMNS = ["source", "label", "mark", "sentence"]


def data_root() -> Path | None:
    """The folder that `LAB_DATA` names, or None. DataError when it names something that is no folder."""
    value = os.environ.get("LAB_DATA", "").strip()
    if not value:
        return None
    root = Path(value).expanduser()
    if not root.is_dir():
        raise DataError(f"LAB_DATA names {value!r}, which is not a folder; correct it or unset it")
    return root


def split_path(root: Path, task: Task, split: str) -> Path:
    """Where `split` of `task` lies under `root`; MNLI's evaluation splits are `dev_matched` and so on."""
    if task.origin == "boolq":
        return root / "boolq" / f"{split}.jsonl"
    stem = f"dev_{split}" if split in ("matched", "mismatched") else split
    return root / "glue" / task.name / f"{stem}.tsv"


def read_split(root: Path, task: Task, split: str) -> Rows:
    """All rows of one split. DataError names the file, and the line where there is one."""
    path = split_path(root, task, split)
    if not path.is_file():
        raise DataError(f"{path} does not exist; put {task.name}'s {split} split there, or unset LAB_DATA")
    frame = _read_jsonl(path) if task.origin == "boolq" else _read_tsv(path, task)
    wanted = [*task.columns, task.label_column]
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise DataError(f"{path} has no column {missing[0]!r}; it has {list(frame.columns)}")
    if frame[wanted].isna().any(axis=None):
        row = int(frame[wanted].isna().any(axis=1).to_numpy().argmax())
        raise DataError(f"{path}: row {row + 1} lacks one of {wanted}")
    texts = [_unquoted(frame[column], task) for column in task.columns]
    labels = [label_id(task, value, path, row) for row, value in enumerate(frame[task.label_column], start=1)]
    return Rows(texts[0], texts[1] if task.is_pair else None, labels)


def label_id(task: Task, value: object, where: object, row: int) -> int | float:
    """A class id from what a file has (`1`, `entailment`, `True`), or a float for regression."""
    text = str(value).strip()
    if task.is_regression:
        try:
            return float(text)
        except ValueError:
            raise DataError(f"{where}: row {row} has the label {text!r}; {task.name} wants a number") from None
    if text in task.labels:
        return task.labels.index(text)
    known = {str(i): i for i in range(task.num_labels)}
    if task.origin == "boolq":
        known |= {"false": 0, "true": 1}
    try:
        return known[text.lower()]
    except KeyError:
        raise DataError(f"{where}: row {row} has the label {text!r}; {task.name} knows {list(task.labels)}") from None


def _read_tsv(path: Path, task: Task) -> pd.DataFrame:
    try:
        # MRPC's files begin with a byte-order mark.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8: {error}") from None
    header = COLA_COLUMNS if task.name == "CoLA" else None
    # GLUE's files are not CSV: a quotation mark is a character like any other.
    return read_delimited(text, "\t", str(path), quoted=False, header=header)


def _read_jsonl(path: Path) -> pd.DataFrame:
    records = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise DataError(f"{path}: line {number} is not JSON: {error.msg}") from None
    return pd.DataFrame.from_records(records)


def _unquoted(column: pd.Series, task: Task) -> list[str]:
    values = column.tolist()
    if task.name != "QQP":
        return values
    # QQP alone quotes the cells that hold a quotation mark, CSV fashion.
    return [text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text for text in values]
