"""metrics.jsonl: rows in, one line each, appended; out come the rows that are new since a byte offset."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from core.files import write_all
from core.runs.folder.files import RunError, dump, explain, open_regular, parse

LINE_LIMIT = 1_000_000
"""Bytes; a longer line is passed over without being held in memory."""
READ_LIMIT = 64_000_000
"""Bytes that one call reads at most; the next call goes on from the offset."""
MOST_ROWS = 500_000
"""Rows that a tail holds; a longer file is shown up to there."""
_CHUNK = 1_000_000
_NEWLINE = 10

MOST_NAMES = 200
"""Different quantities that a tail holds; a run of ours has some twenty."""
TEXTS = ("split",)
"""The fields of a row that are no numbers."""

Row = dict[str, Any]


class Fresh(NamedTuple):
    """What one look at the file has found."""

    rows: list[Row]
    offset: int
    """Where the next look begins."""
    unread: int
    """Lines passed over, since they are no rows."""


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Write one row as one line, in the kernel's hands on return. NaN and infinities become null.

    A torn line, left by a kill, is closed first; a line that does not fit is taken back. Raises RunError.
    """
    line = dump({**row, "time": row.get("time", time.time())})
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(explain(error, path)) from None
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1)[0] != _NEWLINE:
            line = b"\n" + line
        try:
            write_all(descriptor, line)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            raise RunError(explain(error, path)) from None
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Put what was appended on the disk itself. Raises RunError."""
    descriptor = open_regular(path)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, since: int = 0) -> Fresh:
    """Rows from byte `since` on.

    A torn last line is left for the next call; a broken, over-long or foreign line is passed over. A file that
    has become shorter is read from its start. Missing file: no rows. Raises RunError for a link or no file.
    """
    rows: list[Row] = []
    unread = 0
    if not os.path.lexists(path):
        return Fresh(rows, 0, 0)
    with os.fdopen(open_regular(path), "rb", buffering=0) as file:
        offset = since if 0 <= since <= os.fstat(file.fileno()).st_size else 0
        file.seek(offset)
        pending, too_long = b"", False
        end = offset + READ_LIMIT
        while offset + len(pending) < end and (chunk := file.read(_CHUNK)):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                offset += len(line) + 1
                if too_long:  # the rest of a line that was given up
                    too_long = False
                elif (row := _row(line)) is not None:
                    rows.append(row)
                elif line.strip(b" \r"):
                    unread += 1
            if len(pending) > LINE_LIMIT:
                unread += not too_long
                offset, pending, too_long = offset + len(pending), b"", True
    return Fresh(rows, offset, unread)


def _row(line: bytes) -> Row | None:
    if len(line) > LINE_LIMIT or not line.startswith(b"{"):
        return None
    try:
        row = parse(line)
    except ValueError:
        return None
    step = row.get("step", row.get("rewind"))
    if not isinstance(step, int) or isinstance(step, bool):
        return None
    return {name: value for name, value in row.items() if _fits(name, value)}


def _fits(name: str, value: Any) -> bool:
    """Whether a field is what readers compute with; one that is not is left out as if it had not been measured."""
    if isinstance(value, bool) or (value is None and name == "time"):
        return False
    return value is None or isinstance(value, int | float) or (name in TEXTS and isinstance(value, str))


def rewind(path: Path, step: int) -> None:
    """From here on, rows of later steps no longer count: a resumed run will write them again."""
    append(path, {"rewind": step})


class MetricsTail:
    """The rows of a growing file, read once each.

    `tail.update()` reads what is new and returns how many rows there are; `tail.rows` is the current story,
    without what a resume has rewound. `tail.unread` counts the lines that are no rows.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.offset = 0
        self._inode: int | None = None
        self._names: set[str] = set()
        self.rows: list[Row] = []
        self.unread = 0

    def update(self) -> int:
        try:
            found = os.lstat(self._path)
        except OSError:
            return len(self.rows)
        if found.st_ino != self._inode or found.st_size < self.offset:
            self._inode, self.offset, self.rows, self.unread = found.st_ino, 0, [], 0
        while len(self.rows) < MOST_ROWS:
            fresh = read(self._path, self.offset)
            if fresh.offset == self.offset:
                break
            self.offset = fresh.offset
            self.unread += fresh.unread
            for row in fresh.rows:
                if "rewind" in row:
                    self.rows = [kept for kept in self.rows if kept["step"] <= row["rewind"]]
                else:
                    self.rows.append(self._bounded(row))
        return len(self.rows)

    def _bounded(self, row: Row) -> Row:
        """The row, without quantities beyond the first MOST_NAMES: each would be a column of every reader's table."""
        if not row.keys() <= self._names:
            self._names |= set(list(row.keys() - self._names)[: MOST_NAMES - len(self._names)])
            return {name: value for name, value in row.items() if name in self._names or name == "step"}
        return row
