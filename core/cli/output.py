"""What every verb prints: one JSON document, or plain lines for people; problems as one line on stderr."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
RunsOption = Annotated[str | None, typer.Option("--runs", help="Folder of run folders; else LAB_RUNS, else ./runs.")]
_NOTHING = 1e-12
"""A number of a table below this is what rounding left of none."""
_STEERING = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))
"""What steers a terminal, and may stand in a row, a name or a damaged record: dropped but for tabs and line breaks."""
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, as `runs list` prints it.")]


def emit(document: Any) -> None:
    """The one JSON document of a verb; numbers that JSON cannot hold become null."""
    text = json.dumps(_strict(document), ensure_ascii=False, indent=2)
    print(re.sub("[\x7f-\x9f]", lambda match: f"\\u{ord(match[0]):04x}", text))


def say(text: str = "") -> None:
    """A line for people, on stdout."""
    print(text.translate(_STEERING))


def note(text: str) -> None:
    """Progress and remarks, on stderr: stdout stays what was asked for."""
    print(text.translate(_STEERING), file=sys.stderr, flush=True)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Left-aligned columns as wide as their longest cell."""
    lines = [[str(cell) for cell in header], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3g}" if not abs(value) < _NOTHING else "0"


def _strict(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(item) for item in value]
    return value


def check_text(*texts: str | None) -> None:
    """ValueError for bytes from the shell that are no UTF-8: they arrive as surrogates."""
    for text in texts:
        if text is not None and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValueError("the text is not UTF-8; write it as UTF-8")
