"""A command of the lab in, its JSON document out: heavy work in a process of its own, watched and ended at will.

Timing a model inside the server would time the pages as well: every operation waits for Python's lock.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.runs.processes import helper_environment

ROOT = Path(__file__).resolve().parents[2]
_HOW_FAR = re.compile(r"(\d+) of (\d+)")


class Command:
    """`python -m core WORDS --json`, begun at once."""

    def __init__(self, words: list[str]) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `result`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core", *words, "--json"],
            cwd=ROOT,
            env=helper_environment(),
            stdout=self._out,
            stderr=subprocess.PIPE,
            text=True,
        )

    def result(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Any:
        """Wait for the document. `progress` is called with (done, total) where the command says how far it is.

        Raises ValueError with the command's last line where it failed, or was ended.
        """
        assert self._process.stderr is not None
        last = "it could not be worked out"
        with self._out, self._process:
            for line in self._process.stderr:
                last = line.strip() or last
                how_far = _HOW_FAR.fullmatch(last)
                if how_far:
                    progress(int(how_far[1]), int(how_far[2]))
            if self._process.wait():
                raise ValueError(last.removeprefix("error: "))
            self._out.seek(0)
            return json.load(self._out)

    def end(self) -> None:
        self._process.terminate()
