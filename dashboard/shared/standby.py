"""The process that stands by for the next run while somebody is on the site; LAB_STANDBY=0 does without."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

import psutil

from core.runs.folder.store import RunError, Store
from core.runs.local.environment import standby_environment
from core.runs.local.standby import SOCKET


class StandbyProcess:
    """Started and ended by `dashboard.visitors`; it also ends by itself with this server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()
        self._failed = False

    def start(self) -> None:
        """See that it is there; one that has ended by itself is not tried again."""
        with self._guard:
            if self._process is not None and self._process.poll() is not None:
                self._process, self._failed = None, True
            if self._process is None and not self._failed and os.environ.get("LAB_STANDBY", "1") != "0":
                with contextlib.suppress(OSError, RunError):
                    self._process = subprocess.Popen(
                        [sys.executable, "-P", "-m", "core.standby", str(Store().root)],
                        env=standby_environment(), cwd="/", stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                    )  # fmt: skip

    def stop(self) -> None:
        """Let it end as soon as no run of its own is at work."""
        with self._guard:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None

    def memory(self) -> int:
        """Bytes that it holds; 0 while there is none."""
        process = self._process
        try:
            return int(psutil.Process(process.pid).memory_info().rss) if process else 0
        except psutil.Error:
            return 0

    def is_ready(self) -> bool:
        """Whether it has loaded its libraries: it opens its socket when it has."""
        process = self._process
        try:
            born = psutil.Process(process.pid).create_time() if process else 0.0
            return process is not None and (Store().root / SOCKET).stat().st_mtime >= born
        except (psutil.Error, OSError, RunError):
            return False


STANDBY = StandbyProcess()
