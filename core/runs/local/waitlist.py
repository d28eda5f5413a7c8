"""The queue of a run root: which runs wait, in which order, and how many may run at once.

queue.json holds it for everyone; a lock file makes each change whole. Standard library only, because the
dispatcher that waits on it should cost next to nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.runs.folder.files import RunError, dump, explain, read_json, write
from core.runs.folder.status import Status, build

MOST_SLOTS = 64
_RUN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True)
class QueueState:
    """The queue at one moment."""

    order: tuple[str, ...]
    """Ids of waiting runs, next one first."""
    slots: int
    """How many runs may run at once."""


def default_slots() -> int:
    """Half the cores this process may use, at least one: one run keeps two cores busy."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


class Waitlist:
    """Read and change the queue of a run root. Every change is made under the lock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "queue.json"

    def read(self) -> QueueState:
        """The queue now. A damaged queue.json is made good from the runs that say they were submitted."""
        if not os.path.lexists(self.path):
            return QueueState((), default_slots())
        try:
            values = read_json(self.path)
        except RunError:
            return QueueState(tuple(self._submitted()), default_slots())
        order, slots = values.get("order"), values.get("slots")
        names = [name for name in order if _is_id(name)] if isinstance(order, list) else self._submitted()
        if not isinstance(slots, int) or isinstance(slots, bool) or not 1 <= slots <= MOST_SLOTS:
            slots = default_slots()
        return QueueState(tuple(dict.fromkeys(names)), slots)

    def add(self, *run_ids: str) -> None:
        """Put runs at the end, in their order; each once only."""
        with self.lock():
            line = self.read()
            fresh = [run_id for run_id in run_ids if run_id not in line.order]
            if fresh:
                self._write(QueueState((*line.order, *fresh), line.slots))

    def remove(self, run_id: str) -> bool:
        """Take a run out; False when it was not waiting."""
        with self.lock():
            line = self.read()
            if run_id not in line.order:
                return False
            self._write(QueueState(tuple(name for name in line.order if name != run_id), line.slots))
            return True

    def move(self, run_id: str, position: int) -> int:
        """Put a waiting run at a position, counted from 1; returns where it now stands."""
        with self.lock():
            line = self.read()
            if run_id not in line.order:
                raise RunError(f"run {run_id} is not waiting in the queue")
            others = [name for name in line.order if name != run_id]
            place = min(max(position, 1), len(others) + 1)
            others.insert(place - 1, run_id)
            self._write(QueueState(tuple(others), line.slots))
            return place

    def set_slots(self, slots: int) -> None:
        """How many runs may run at once, 1 to 64."""
        if not 1 <= slots <= MOST_SLOTS:
            raise RunError(f"slots is {slots}; it must lie between 1 and {MOST_SLOTS}")
        with self.lock():
            self._write(QueueState(self.read().order, slots))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Exclusive among all processes and threads; held for milliseconds."""
        with held(self.root / ".queue.lock", wait=True):
            yield

    def status_of(self, run_id: str) -> Status | None:
        """status.json of a run as written; None when it cannot be read."""
        folder = self.root / run_id
        try:
            return None if folder.is_symlink() else build(Status, read_json(folder / "status.json"))
        except RunError:
            return None

    def _submitted(self) -> list[str]:
        waiting = []
        for name in os.listdir(self.root):
            status = self.status_of(name) if _is_id(name) else None
            if status and status.state == "queued" and status.submitted is not None and status.job is None:
                waiting.append((status.submitted, name))
        return [name for _, name in sorted(waiting)]

    def _write(self, line: QueueState) -> None:
        data = dump({"slots": line.slots, "order": list(line.order)}, indent=1)
        write(self.path, data, durable=True, in_place=True)


@contextmanager
def held(path: Path, wait: bool) -> Iterator[bool]:
    """Hold a lock file; yields False when it is taken and `wait` is not wanted. Raises RunError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(explain(error, path)) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            mine = True
        except BlockingIOError:
            mine = False
        yield mine
    finally:
        os.close(descriptor)


def _is_id(name: object) -> bool:
    return isinstance(name, str) and _RUN_ID.fullmatch(name) is not None


def default_threads(root: Path) -> int:
    """OMP_NUM_THREADS where given, else the cores shared out over the slots."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    return max(1, len(os.sched_getaffinity(0)) // Waitlist(root).read().slots)
