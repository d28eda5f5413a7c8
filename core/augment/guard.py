"""Somebody's function, called with care: within a time limit, its mistakes told with their line, its answer checked."""

from __future__ import annotations

import ast
import difflib
import faulthandler
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout, suppress
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from types import FrameType
from typing import IO, Any

from core.augment.edits import Edit, apply_edits
from core.fields import ConfigError

SECONDS = 2.0
"""For one text, of a processor's time: a machine that others keep busy is no fault of the function."""
LATEST_SECONDS = 10.0
"""For one text by the clock, whoever has the processor."""
STUCK_SECONDS = 60.0
"""For one text, where not even the clock is looked at any more: within a regular expression, say."""
_STUCK = re.compile(
    r'^Timeout \(.*\n(?:.*\n)*? +File "(.+)", line (\d+) in .*\n +File ".*guard\.py", line \d+ in called', re.MULTILINE
)
MOST_CHARACTERS = 100_000
"""Of an answer, beyond twice its text."""
_HALF = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_MOST_TOKENS = 20_000  # beyond, the difference of two texts is one edit, and so many edits are none


class OwnMethodError(ConfigError):
    """What is wrong with a method of one's own: file, line, reason."""

    def __init__(self, message: str) -> None:
        super().__init__("augment.methods", " ".join(message.split())[:500])


class _Overtime(BaseException):
    """No Exception, so that a function that catches those does not catch this."""


_ends_process_after: float | None = None
_last_words: IO[str] | None = None


def end_process_when_stuck(seconds: float | None = None, said: IO[str] | None = None) -> None:
    """Of a process in which nothing else is lost: a call that no check of the clock ends, ends the process, after
    `STUCK_SECONDS` where nothing else is said.

    Its stack goes to `said`, else to stderr, where `stuck_at` finds the line.
    """
    global _ends_process_after, _last_words
    _last_words = said
    _ends_process_after = STUCK_SECONDS if seconds is None else seconds


def stuck_at(said: str, seconds: float) -> str:
    """Of a process that was ended for it, from what it printed: `FILE:LINE: why`; empty for one that was not."""
    found = _STUCK.search(said)
    return f"{found[1]}:{found[2]}: still within one call of it after {seconds:g} s" if found else ""


def leave_stdout_alone() -> None:
    """From now on prints go where stdout went, and what is written to its descriptor goes to stderr.

    No redirection in Python reaches `os.write`, or a program that a function starts; and stdout is a document.
    """
    if sys.stdout is sys.__stdout__ and sys.stdout is not None and sys.stdout.fileno() == 1:
        sys.stdout.flush()
        encoding, errors = sys.stdout.encoding, sys.stdout.errors
        sys.stdout = os.fdopen(os.dup(1), "w", encoding=encoding, errors=errors)
        os.dup2(2, 1)


def called(function: Callable[[str, Random], Any], path: Path, text: str, seed: int) -> Any:
    """What the function answers. Every instruction that it runs looks at the clock: that works in any thread, and lines
    would not do, as `while True: pass` never begins another one. What it prints goes to stderr: stdout is a document.
    """
    began, used = time.monotonic(), time.thread_time()
    deadline, latest = began + SECONDS, began + LATEST_SECONDS

    def watch(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal deadline
        frame.f_trace_opcodes = True
        if (now := time.monotonic()) > deadline:
            left = SECONDS - (time.thread_time() - used)
            if left <= 0 or now > latest:
                raise _Overtime
            deadline = min(now + left, latest)
        return watch

    before = sys.gettrace()
    if _ends_process_after is not None:
        faulthandler.dump_traceback_later(_ends_process_after, exit=True, file=_last_words or sys.stderr or 2)
    try:
        with redirect_stdout(sys.stderr):
            sys.settrace(watch)
            try:
                return _whole(function(text, Random(seed)))
            finally:
                sys.settrace(before)  # before stdout comes back: the clock ends nothing there
    except _Overtime as error:
        raise OwnMethodError(
            f"{path}:{_line(error, path, function)}: still at work after {SECONDS:g} s of a processor, or "
            f"{LATEST_SECONDS:g} s, on {text[:40]!r}"
        ) from None
    except SystemExit as error:
        raise OwnMethodError(f"{path}:{_line(error, path, function)}: it ends the program") from None
    except Exception as error:
        raise OwnMethodError(
            f"{path}:{_line(error, path, function)}: {type(error).__name__}: {error} (on {text[:40]!r})"
        ) from None
    finally:
        if _ends_process_after is not None:
            faulthandler.cancel_dump_traceback_later()


def _whole(answer: Any) -> Any:
    """With all that it gives one by one, so far as that is taken: it may hang or raise on the way to it."""
    return list(islice(answer, _MOST_TOKENS + 1)) if _holds_edits(answer) else answer


def _holds_edits(answer: Any) -> bool:
    return isinstance(answer, Iterable) and not isinstance(answer, str | bytes | Mapping)


def begin(path: Path, function: str) -> str:
    """`FILE:LINE` where the function begins, for what no single line of it did wrong."""
    with suppress(OSError, SyntaxError, ValueError):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
                return f"{path}:{node.lineno}"
    return str(path)


def _line(error: BaseException, path: Path, function: Callable[..., Any]) -> int:
    """The last line of the file that the error passed through; the function's first for one that never entered it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    code = getattr(function, "__code__", None)
    first = code.co_firstlineno if code and code.co_filename == str(path) else 1
    return (lines[-1] if lines else None) or first


def edits_of(text: str, answer: Any, path: Path, function: str) -> list[Edit]:
    """The edits of an answer: a text's are found by comparison; others must be true of the text and disjoint."""
    if isinstance(answer, str):
        return difference(text, _fit(text, answer, path, function), function)
    if not _holds_edits(answer):
        raise OwnMethodError(
            f"{begin(path, function)}: {function} returned {type(answer).__name__}; return the text, or a list of edits"
        )
    parts = _whole(answer)
    if len(parts) > _MOST_TOKENS:
        raise OwnMethodError(
            f"{begin(path, function)}: {function} returned more than {_MOST_TOKENS:,} edits of {text[:40]!r}"
        )
    edits = sorted((_edit(text, part, path, function) for part in parts), key=lambda edit: edit.start)
    try:
        _fit(text, apply_edits(text, edits), path, function)
    except OwnMethodError:
        raise
    except ValueError as error:
        raise OwnMethodError(f"{begin(path, function)}: {function}: {error}") from None
    return [edit for edit in edits if edit.before != edit.after]


def _fit(text: str, answer: str, path: Path, function: str) -> str:
    """The answer, where a run can train on it: some text, not too much of it, all of whole characters."""
    wrong = ""
    if text.strip() and not answer.strip():
        wrong = f"left nothing of {text[:40]!r}; a row needs a text"
    elif len(answer) > MOST_CHARACTERS + 2 * len(text):
        wrong = f"made {len(answer):,} characters of {text[:40]!r}; at most {MOST_CHARACTERS:,} are taken"
    elif _HALF.search(answer):
        wrong = f"returned half a character (a surrogate) for {text[:40]!r}"
    if wrong:
        raise OwnMethodError(f"{begin(path, function)}: {function} {wrong}")
    return answer


def _edit(text: str, part: Any, path: Path, function: str) -> Edit:
    if isinstance(part, Edit):
        return part
    match part:
        case (int(start), int(end), str(after), *rule) if 0 <= start <= end <= len(text):
            return Edit(int(start), int(end), text[start:end], after, str(rule[0]) if rule else function)
    raise OwnMethodError(
        f"{begin(path, function)}: {function} returned the edit {str(part)[:80]!r}; write (start, end, new text), with "
        f"0 <= start <= end <= {len(text)} in this text"
    )


def difference(before: str, after: str, rule: str) -> list[Edit]:
    """The edits between two texts, word by word, those of as many words as before one a word.

    Spaces belong to the word after them: matched by themselves they took half a minute where all words differ.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MOST_TOKENS:
        return [Edit(0, len(before), before, after, rule)] if before != after else []
    starts = [0, *accumulate(map(len, old))]
    edits = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if kind != "equal":
            parts = zip(range(a, b), range(c, d), strict=True) if b - a == d - c else ()
            spans = [(i, i + 1, j, j + 1) for i, j in parts] or [(a, b, c, d)]
            edits += [_bare(starts[i], "".join(old[i:m]), "".join(new[j:n]), rule) for i, m, j, n in spans]
    return [edit for edit in edits if edit.before != edit.after]


def _bare(start: int, before: str, after: str, rule: str) -> Edit:
    """An edit without the spaces that both sides begin with."""
    space = 0
    while space < min(len(before), len(after)) and before[space] == after[space] and before[space].isspace():
        space += 1
    return Edit(start + space, start + len(before), before[space:], after[space:], rule)
