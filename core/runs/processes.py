"""A pid in; out comes whether it is still the same process, and the means to end its whole family.

A process is known by its pid, its start in clock ticks since boot, and the boot: neither a recycled pid nor
a reboot nor a jump of the wall clock can make a stranger look like a worker. Standard library only (Linux).
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FAMILY_VARIABLE = "LAB_WORKER_OF"
"""Set in a worker's environment to its run folder: children carry it wherever they hide. In a helper's, to whom it
helps."""
_FLOCK = "hhqqi4x"  # struct flock: type, whence, start, length, pid
_HELD: set[str] = set()  # closing any descriptor of a file drops this process's record lock on it: open once
_HELD_GUARD = threading.Lock()

VMSTAT = Path("/proc/vmstat")


@lru_cache(maxsize=1)
def boot_id() -> str:
    """The kernel's name for this boot; empty where it has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def memory_kills() -> int:
    """Processes that the kernel has ended since boot because memory ran out."""
    try:
        counts = dict(line.split() for line in VMSTAT.read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(counts.get("oom_kill", 0))


@dataclass(frozen=True)
class Stat:
    """What /proc/PID/stat says of a process."""

    state: str
    parent: int
    session: int
    started: int  # clock ticks since boot


def stat_of(pid: int) -> Stat | None:
    """None for a pid that nobody has, and for a zombie: it runs no more."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return None
    return Stat(fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[19]))


def started_at(pid: int) -> int | None:
    """Clock ticks from boot to the start of `pid`."""
    found = stat_of(pid)
    return found.started if found else None


def is_frozen(pid: int | None) -> bool:
    """Whether a process has been halted, by SIGSTOP or a debugger."""
    found = stat_of(pid) if pid else None
    return found is not None and found.state in ("T", "t")


def is_alive(pid: int | None, started: int | None, boot: str | None) -> bool:
    """Whether this very process still runs, here and in this boot."""
    if pid is None or pid <= 1 or started is None or boot != boot_id():
        return False
    return started_at(pid) == started


def lock_holder(path: Path | str) -> int | None:
    """Pid of the process that holds the record lock on a file; -1 or 0 for one out of sight; else None."""
    if str(path) in _HELD:
        return os.getpid()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
        return None if kind == fcntl.F_UNLCK else pid
    except OSError:
        return None
    finally:
        os.close(descriptor)


@contextmanager
def record_lock(path: Path) -> Iterator[bool]:
    """Hold the record lock on a file; yields False when someone else does. A kill or a crash releases it.

    Unlike flock it is not inherited by children, so that an orphan cannot keep a dead worker's claim.
    """
    with _HELD_GUARD:
        taken = str(path) in _HELD
        if not taken:
            _HELD.add(str(path))
    if taken:
        yield False
        return
    try:
        yield from _locked(path)
    finally:
        with _HELD_GUARD:
            _HELD.discard(str(path))


def _locked(path: Path) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError:  # a full disk or a read-only root: the recorded process has to do
        yield True
        return
    try:
        mine = True
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            mine = False
        except OSError:  # a file system without locks
            mine = True
        yield mine
    finally:
        os.close(descriptor)


def family(pid: int, started: int, marker: str) -> set[tuple[int, int]]:
    """(pid, start) of a process, its descendants, its session, and whoever carries `marker`.

    Only the living are named, and never the caller.
    """
    everyone = {int(name): found for name in os.listdir("/proc") if name.isdigit() and (found := stat_of(int(name)))}
    inside = {pid} if pid in everyone and everyone[pid].started == started else set()
    leader = bool(inside) and pid > 1
    for other, found in everyone.items():
        if (leader and found.session == pid) or carries(other, marker):
            inside.add(other)
    grown = True
    while grown:
        children = {other for other, found in everyone.items() if found.parent in inside} - inside
        inside |= children
        grown = bool(children)
    inside -= {0, 1, os.getpid()}
    return {(member, everyone[member].started) for member in inside}


def carries(pid: int, marker: str) -> bool:
    """Whether a process was started, however indirectly, for the run folder `marker`."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"{FAMILY_VARIABLE}={marker}".encode() in file.read().split(b"\0")
    except OSError:
        return False


def send(pid: int, started: int, number: signal.Signals) -> None:
    """Signal exactly that process; nothing when it is gone or its pid has a new owner."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return
    try:
        if started_at(pid) == started:
            signal.pidfd_send_signal(handle, number)
    except OSError:
        return
    finally:
        os.close(handle)


def end(pid: int, started: int, marker: str, grace: float = 2.0, limit: float = 2.9) -> bool:
    """Ask a process to end, then force whatever is left of its family; True when nobody remains.

    Within `grace` seconds it may end by itself; after `limit` seconds the answer is given either way.
    """
    begin = time.monotonic()
    members = family(pid, started, marker)
    send(pid, started, signal.SIGTERM)
    while time.monotonic() - begin < grace and started_at(pid) == started:
        time.sleep(0.02)
        members |= family(pid, started, marker)
    return _force(members, pid, started, marker, begin + limit)


def end_family(marker: str, limit: float) -> bool:
    """Force whoever was started for a run that is over, such as a worker that came too late to claim it."""
    return _force(set(), 0, 0, marker, time.monotonic() + max(limit, 0.1))


def give_way() -> None:
    """To the page: this process takes what others leave. Not by os.nice, which would add up from worker to worker."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, max(5, os.getpriority(os.PRIO_PROCESS, 0)))


def helper_environment() -> dict[str, str]:
    """For a process that works something out for this one: it shares the cores, and `end_helpers` knows it."""
    return {**os.environ, FAMILY_VARIABLE: _helpers_of_mine()}


def end_helpers(limit: float = 1.0) -> bool:
    """Force whatever still works something out for this process; True when nobody remains."""
    return end_family(_helpers_of_mine(), limit)


def _helpers_of_mine() -> str:
    return f"process {os.getpid()}"


def _force(members: set[tuple[int, int]], pid: int, started: int, marker: str, deadline: float) -> bool:
    while members := _living(members | family(pid, started, marker)):
        if time.monotonic() > deadline:
            return False
        for member, member_started in members:
            send(member, member_started, signal.SIGKILL)
        time.sleep(0.01)
    return True


def _living(members: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    return {(pid, started) for pid, started in members if started_at(pid) == started}
