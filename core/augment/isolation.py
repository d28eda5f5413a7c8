"""A method of one's own in a process of its own: whatever a text makes it hang in, the process that asks goes on."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from core.augment import guard
from core.augment.edits import Edit
from core.augment.guard import OwnMethodError, begin

STUCK_SECONDS = 5.0
"""For one text, where a visitor waits for it."""
PROGRAM = "core.augment.own_method"
Answer = Callable[[str, int], list[Edit]]
"""Text and seed in, edits out."""
_ROOT = Path(__file__).resolve().parents[2]


class IsolatedMethod:
    """The function in a process that is started at the first text, and anew after one that it did not survive."""

    def __init__(self, path: Path, function: str) -> None:
        self._path, self._function = path, function
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._said: IO[str] | None = None

    def __call__(self, text: str, seed: int) -> list[Edit]:
        with self._lock:
            process = self._process if self._process and self._process.poll() is None else self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps([text, seed]) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = ""
            if not line.endswith("\n"):
                raise OwnMethodError(self._last_words(process, text))
        found = json.loads(line)
        if isinstance(found, str):
            raise OwnMethodError(found)
        return [Edit(**edit) for edit in found]

    def _start(self) -> subprocess.Popen[str]:
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  a full pipe would hold it up
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(self._path), self._function, str(STUCK_SECONDS)], cwd=_ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, encoding="utf-8",
        )  # fmt: skip
        return self._process

    def _last_words(self, process: subprocess.Popen[str], text: str) -> str:
        process.wait()
        assert self._said is not None
        self._said.seek(0)
        if stuck := guard.stuck_at(self._said.read(), STUCK_SECONDS):
            return f"{stuck} on {text[:40]!r}"
        return f"{begin(self._path, self._function)}: {self._function} ends the process on {text[:40]!r}"

    def __del__(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()  # it ends with the next line that it waits for


def serve(load: Callable[[], Answer], stuck_seconds: float) -> None:
    """In that process: answer each line `[text, seed]` with a line, edits or what is wrong. What the function prints
    goes elsewhere."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    guard.end_process_when_stuck(stuck_seconds)
    answer = load()
    for line in sys.stdin:
        text, seed = json.loads(line)
        found: object
        try:
            found = [dataclasses.asdict(edit) for edit in answer(text, seed)]
        except OwnMethodError as error:
            found = str(error)
        out.write(json.dumps(found) + "\n")
        out.flush()
