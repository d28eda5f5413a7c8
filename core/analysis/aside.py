"""Work on arrays in a process of its own, asked for and answered message by message.

There it neither holds Python's lock nor ends the server when compiled code crashes. The process is
`python -m MODULE WORDS...`, which calls `answer` and ends with its input. A message is its length and the bytes of a
safetensors file: arrays, and in its metadata what JSON holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from core.runs.processes import helper_environment

Arrays = Mapping[str, np.ndarray]
Words = Mapping[str, Any]
Message = tuple[Arrays, Words]
_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = 8  # bytes before a message that say how long it is


class AsideError(RuntimeError):
    """The process ended instead of answering: why, in its own last line, or by which signal."""


class Aside:
    """The other process, for as long as it is needed: `with Aside("core.analysis.measuring", "pooled") as aside: ...`.

    `patience_s`: seconds after which it is ended, whatever it does.
    """

    def __init__(self, module: str, *words: str, patience_s: float | None = None, **environment: str) -> None:
        self._command = [sys.executable, "-m", module, *words]
        self._environment = helper_environment() | environment
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, cwd=_ROOT, env=self._environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
        )  # fmt: skip
        self._timer = threading.Timer(self._patience_s or threading.TIMEOUT_MAX, self._process.kill)
        self._timer.daemon = True
        if self._patience_s:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def ask(self, arrays: Arrays, words: Words | None = None) -> Message:
        """The answer to one message. Raises AsideError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            _send(self._process.stdin, arrays, words or {})
            answer = _receive(self._process.stdout)
        except OSError:  # it has ended
            answer = None
        if answer is None:
            raise AsideError(self._why())
        return answer

    def _why(self) -> str:
        code = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines and code >= 0 else f"its process was ended by signal {-code}"


def answer(work: Callable[[Arrays, Words], Message]) -> None:
    """What such a process's main does: answers each message that comes in, until there is none."""
    while (message := _receive(sys.stdin.buffer)) is not None:
        _send(sys.stdout.buffer, *work(*message))


def _send(stream: IO[bytes], arrays: Arrays, words: Words) -> None:
    from safetensors.numpy import save

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    data = save(whole, metadata={"words": json.dumps(words)})
    stream.write(len(data).to_bytes(_LENGTH, "little") + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> Message | None:
    """The next message; None where there is none, or only a part of one."""
    from safetensors.numpy import load

    length = int.from_bytes(stream.read(_LENGTH), "little")
    data = stream.read(length)
    if not length or len(data) < length:
        return None
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return load(data), json.loads(head["__metadata__"]["words"])
