"""What every verb prints: one JSON document, or plain lines for people; problems as one line on stderr."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
RunsOption = Annotated[str | None, typer.Option("--runs", help="Folder of run folders; else LAB_RUNS, else ./runs.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, as `runs list` prints it.")]


def emit(document: Any) -> None:
    """The one JSON document of a verb; numbers that JSON cannot hold become null."""
    print(json.dumps(_strict(document), ensure_ascii=False, indent=2))


def say(text: str = "") -> None:
    """A line for people, on stdout."""
    print(text)


def note(text: str) -> None:
    """Progress and remarks, on stderr: stdout stays what was asked for."""
    print(text, file=sys.stderr, flush=True)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Left-aligned columns as wide as their longest cell."""
    lines = [[str(cell) for cell in header], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


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
