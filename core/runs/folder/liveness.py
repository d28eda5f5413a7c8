"""Whether somebody works on a run: what its status says, held against the processes there are."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
from pathlib import Path

from core.runs import processes
from core.runs.folder.files import RunError, read_json
from core.runs.folder.status import Status, build

CLAIM = ".claim"
"""The file in a run folder whose record lock is the right to write its status.json."""
LAST_MOMENT = 1.0
"""Seconds that a worker may hold the claim after it has written how its run ended."""
INTERRUPTED = "the worker ended without a word (killed, or out of memory); resume it"
UNWRITABLE = "its folder cannot be written, so that the worker could not say how it ended; make it writable, and resume"
SHUT = "waits: its folder cannot be written; make it writable"
FROZEN = "frozen from outside (SIGSTOP)"
REBOOTED = "the machine went down or was started anew while it ran; resume it"


def is_live(status: Status, folder: Path) -> bool:
    """Whether the recorded worker still runs: the very process, or another machine's that holds the claim."""
    if is_here(status, folder):
        return True
    return processes.lock_holder(folder / CLAIM) not in (None, os.getpid())  # held here: to delete or resume it


def is_here(status: Status, folder: Path) -> bool:
    """Whether the recorded pid is, on this machine and in this boot, a worker of this very folder.

    status.json may come from anywhere; a process that does not hold the claim is never taken for the worker.
    """
    if status.pid is None or not processes.is_alive(status.pid, status.pid_started, status.boot):
        return False
    return processes.lock_holder(folder / CLAIM) == status.pid or processes.carries(status.pid, str(folder))


def derive(status: Status, folder: Path) -> Status:
    """`interrupted` in place of `running` when nobody is at work; the file stays as it is.

    A run that waits and that no worker could begin says so.
    """
    if status.state == "queued" and status.submitted is not None and not os.access(folder, os.W_OK):
        return dataclasses.replace(status, phase=SHUT)
    if status.state != "running":
        return status
    if is_live(status, folder):
        frozen = is_here(status, folder) and processes.is_frozen(status.pid)
        return dataclasses.replace(status, phase=FROZEN, eta_s=None) if frozen else status
    with contextlib.suppress(RunError):
        newest = build(Status, read_json(folder / "status.json"))
        if newest != status:  # it ended, or was resumed, between the two looks
            return derive(newest, folder)
    here = status.host in (None, socket.gethostname())
    if here and status.boot not in (None, processes.boot_id()):
        why = REBOOTED
    else:
        why = INTERRUPTED if os.access(folder, os.W_OK) else UNWRITABLE
    return dataclasses.replace(status, state="interrupted", phase="", eta_s=None, error=why, ended=_last_sign(folder))


def _last_sign(folder: Path) -> float | None:
    """When a worker that is gone wrote last: it writes at each step, and nobody else does."""
    with contextlib.suppress(OSError):
        return (folder / "status.json").stat().st_mtime
    return None
