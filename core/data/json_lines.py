"""JSONL, or a JSON list of objects, in; one record of strings an object out, each with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.data.column_names import HEADINGS, TEXTS, plain
from core.data.rows import DataError

if TYPE_CHECKING:
    import pandas as pd


def read_json(text: str, where: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Strings by line, and the columns that hold a list or an object, with the first line that does."""
    import pandas as pd  # here, as the demo needs no table and starts without

    lines: list[int] = []
    records: list[dict[str, str]] = []
    nested: dict[str, int] = {}
    for line, record in objects(text, where):
        for key, value in record.items():
            if isinstance(value, list | dict):
                nested.setdefault(key, line)
        values = {key: _text(value) for key, value in record.items()}
        try:
            "".join((*values, *values.values())).encode()
        except UnicodeEncodeError:
            raise DataError(
                f"{where}: line {line} holds half a character (a \\ud... escape without its second half); "
                "write the text as UTF-8"
            ) from None
        lines.append(line)
        records.append(values)
    frame = pd.DataFrame.from_records(records, index=pd.Index(lines, name="line", dtype=int))
    return frame.fillna("").astype(str), nested


def looks_like_json(text: str) -> bool:
    """Whether a file, whatever its ending says, begins with an object, or a list of them."""
    return re.match(r'\s*(\[\s*)?\{\s*"(?:[^"\\\n]|\\.)*"\s*:', text) is not None


def objects(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object with the line it begins in. DataError names the line of what is none."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    if re.match(r"\s*\[\s*[{\]]", text):
        yield from _list_items(text, decoder, where)
        return
    if re.match(r"\s*\{", text):
        _refuse_columns(text.strip(), decoder, where)
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line.strip():
            try:
                value = decoder.decode(line)
            except (ValueError, RecursionError) as error:
                raise _refusal(where, number, str(error)) from None
            yield number, _object(value, where, number)


def _list_items(text: str, decoder: json.JSONDecoder, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    at, line = _past(text, text.index("[") + 1), 1
    counted = 0
    while at < len(text) and text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _refusal(where, line, str(error)) from None
        yield line, _object(value, where, line)
        at = _past(text, end)
    if at >= len(text) or text[at + 1 :].strip():
        raise DataError(f"{where}: the list that begins the file does not end with it; is it whole?")


def _refuse_columns(text: str, decoder: json.JSONDecoder, where: str) -> None:
    """DataError where the whole file is one object of lists or objects: columns, or rows under a key."""
    try:
        value, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return  # line by line it will be told where
    if end < len(text) or not value:
        return
    rows = next(
        (key for key, part in value.items() if isinstance(part, list) and part and isinstance(part[0], dict)), None
    )
    beside = [key for key, part in value.items() if not isinstance(part, list | dict)]
    if beside and (rows is None or any(plain(key) in TEXTS - HEADINGS for key in beside)):
        return  # one row in one line, with what was marked in its text
    if rows is not None:
        how = f"keeps its rows under the key {rows[:60]!r}; write that list alone"
    else:
        split = {"columns", "data"} <= value.keys()
        how = ("keeps names and rows apart" if split else "holds columns, not rows") + "; write a list of objects"
    raise DataError(
        f"{where}: the object that begins in line 1 {how}, one a row: "
        '[{"text": ..., "label": ...}, ...] (pandas: orient="records")'
    )


def _past(text: str, at: int) -> int:
    """Where the next item begins: past spaces and commas."""
    return re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]


def _object(value: Any, where: str, line: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refusal(where, line, "one object a line is expected")
    return value


def _refusal(where: str, line: int, why: str) -> DataError:
    return DataError(f"{where}: line {line} is not a JSON object ({why})")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets an object name a key twice, and readers take the last without a word."""
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return record


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
