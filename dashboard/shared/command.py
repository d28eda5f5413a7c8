"""The one way for a page to call the lab in another process: a command in, its JSON document out.

Timing a model inside the server would time the pages as well: every operation waits for Python's lock.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.runs.processes import helper_environment

ROOT = Path(__file__).resolve().parents[2]
_HOW_FAR = re.compile(r"(\d+) of (\d+)")


class Command:
    """`python -m core WORDS --json`: a call runs it and returns the document; it can be cancelled any time."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.done, self.total = 0, 0
        """How far it is, where the command says so."""
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False

    def __call__(self) -> Any:
        """Raises ValueError with the command's last line where it failed, or was cancelled."""
        if self._cancelled:
            raise ValueError("cancelled")
        with tempfile.TemporaryFile() as out:
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "core", *self.words, "--json"],
                cwd=ROOT, env=helper_environment(), stdout=out, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            if self._cancelled:  # just now
                process.terminate()
            last = "it could not be worked out"
            with process:
                for line in process.stderr or ():
                    last = line.strip() or last
                    how_far = _HOW_FAR.fullmatch(last)
                    if how_far:
                        self.done, self.total = int(how_far[1]), int(how_far[2])
            if process.returncode:
                raise ValueError("cancelled" if self._cancelled else last.removeprefix("error: "))
            out.seek(0)
            return json.load(out)

    def cancel(self) -> None:
        """End it, or see that it never begins."""
        self._cancelled = True
        if self._process is not None:
            self._process.terminate()
