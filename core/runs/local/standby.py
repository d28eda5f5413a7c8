"""A process that has its libraries loaded already takes a run over: what the dispatcher says to it.

The process itself is `core.standby`. It answers on a socket in the run root, with the pid of the worker that it has
forked and, when that has ended, with its exit code. Standard library only, as the dispatcher.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.runs import processes

SOCKET = ".standby.sock"
PATIENCE_S = 1.0
"""Whoever does not answer by then is not waited for: of two workers for one run, one gets it."""


class Taken:
    """A worker that another process has forked; as much of `subprocess.Popen` as the dispatcher needs."""

    def __init__(self, line: socket.socket, pid: int) -> None:
        line.setblocking(False)  # with a timeout, a look would wait for it and mistake its end for the worker's
        self.pid = pid
        self._line = line
        self._started = processes.started_at(pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """Its exit code once it has ended; 1 where nobody can tell any more."""
        if self._code is None:
            self._code = self._look()
        return self._code

    def _look(self) -> int | None:
        try:
            said = self._line.recv(64)
        except BlockingIOError:
            return None
        except OSError:
            said = b""
        if said.strip():
            return int(said)
        return None if self._started is not None and processes.started_at(self.pid) == self._started else 1


def hand_over(run_dir: Path, environment: Mapping[str, str], cwd: str) -> Taken | None:
    """The worker of a run that a waiting process has become; None where none waits, or where it does not suit."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE_S)
    try:
        with at(run_dir.parent) as path:
            line.connect(path)
        asked = {"run": str(run_dir), "environment": dict(environment), "cwd": cwd}
        line.sendall(json.dumps(asked).encode() + b"\n")
        pid = int(line.recv(64) or b"0")
    except (OSError, ValueError):
        pid = 0
    if pid:
        return Taken(line, pid)
    line.close()
    return None


@contextlib.contextmanager
def at(root: Path) -> Iterator[str]:
    """The socket's path by way of its folder's descriptor: the name of a socket has 107 characters at most."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)
