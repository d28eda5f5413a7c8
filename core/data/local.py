"""A folder in the classic layout of GLUE's and BoolQ's downloads in, rows out; each task says how its files lie."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.data.delimited import parse
from core.data.grid import to_table
from core.data.json_lines import read_json
from core.data.rows import DataError, Rows
from core.tasks import FileLayout, Task

if TYPE_CHECKING:
    import pandas as pd


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
    """Where `split` of `task` lies under `root`. DataError for a task that has no files of its own."""
    layout = _layout(task)
    return root / layout.path.format(split=layout.splits.get(split, split))


def read_split(root: Path, task: Task, split: str) -> Rows:
    """All rows of one split. DataError names the file, and the line where there is one."""
    path = split_path(root, task, split)
    if not path.is_file():
        raise DataError(f"{path} does not exist; put {task.name}'s {split} split there, or unset LAB_DATA")
    frame, nested = _read(path, _layout(task))
    wanted = [*task.columns, task.label_column]
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise DataError(f"{path} has no column {missing[0]!r}; it has {list(frame.columns)}")
    for column in wanted:
        lacking = frame.index[frame[column].str.strip() == ""]
        if column in nested or len(lacking):
            line = nested.get(column) or lacking[0]
            raise DataError(f"{path}: line {line} has {'a list' if column in nested else 'nothing'} in {column!r}")
    texts = [_unquoted(frame[column], task) for column in task.columns]
    labels = [label_id(task, value, path, line) for line, value in frame[task.label_column].items()]
    return Rows(texts[0], texts[1] if task.is_pair else None, labels)


def label_id(task: Task, value: object, where: object, line: object) -> int | float:
    """A class id from what a file has (`1`, `entailment`, `true`), or a finite number for regression."""
    text = str(value).strip()
    if task.is_regression:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise DataError(f"{where}: line {line} has the label {text!r}; {task.name} wants a number")
        low, high = task.score_range or (number, number)
        if not low <= number <= high:
            raise DataError(
                f"{where}: line {line} has the label {text!r}; {task.name}'s scores lie between {low:g} and {high:g}"
            )
        return number
    if text in task.labels:
        return task.labels.index(text)
    known = {str(i): i for i in range(task.num_labels)} | dict(task.label_words)
    try:
        return known[text.lower()]
    except KeyError:
        raise DataError(f"{where}: line {line} has the label {text!r}; {task.name} knows {list(task.labels)}") from None


def _layout(task: Task) -> FileLayout:
    if task.files is None:
        raise DataError(f"{task.name} has no files below LAB_DATA")
    return task.files


def _read(path: Path, layout: FileLayout) -> tuple[pd.DataFrame, dict[str, int]]:
    """Strings by line, and the columns that hold a list or an object, with its line."""
    try:
        # MRPC's files begin with a byte-order mark.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8: {error}") from None
    if path.suffix == ".jsonl":
        return read_json(text, str(path))
    # GLUE's files are not CSV: a quotation mark is a character like any other.
    grid = parse(text, "\t", str(path), quoted=False)
    first_line = [cell.strip() for cell in grid.cells[0]] if grid.cells else []
    return to_table(grid, str(path), layout.header, expected=first_line)[0], {}


def _unquoted(column: pd.Series, task: Task) -> list[str]:
    values = column.tolist()
    if not _layout(task).quoted_cells:
        return values
    return [text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text for text in values]
