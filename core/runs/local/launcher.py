"""Runs in, processes out: submit, stop, resume, and the queue in between. No page or script signals by itself."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from typing import Protocol

from core.runs import processes
from core.runs.folder.files import RunError
from core.runs.folder.liveness import LAST_MOMENT, is_here
from core.runs.folder.run import Run
from core.runs.folder.status import RESUMABLE, Status
from core.runs.folder.store import Store
from core.runs.local import dispatcher
from core.runs.local.environment import note_own_code, own_environment
from core.runs.local.waitlist import Waitlist

STOP_LIMIT = 3.0  # seconds until nothing of a stopped run is left
FORCE_TIME = 0.5  # of these, for ending it by force; what goes before is for a step and a checkpoint of a large model


class Launcher(Protocol):
    """What every place that runs can run on offers."""

    def submit(self, run: Run) -> None:
        """Put a new run into the queue."""

    def submit_all(self, runs: Sequence[Run]) -> None:
        """Put several new runs into the queue, in their order."""

    def resume(self, run: Run) -> None:
        """Put a stopped, failed or interrupted run into the queue, to go on from its newest checkpoint."""

    def stop(self, run: Run) -> Status:
        """End a run, waiting or running; returns what became of it."""

    def status(self, run: Run) -> Status:
        """What the run is doing."""


class LocalLauncher:
    """Runs as detached processes of this machine, as many at once as there are slots."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.waitlist = Waitlist(store.root)

    def submit(self, run: Run) -> None:
        """Queue a run that has not begun. Raises RunError when it has, or when the root cannot be written."""
        self.submit_all([run])

    def submit_all(self, runs: Sequence[Run]) -> None:
        """Queue several new runs in their order, such as those of a sweep."""
        self._enqueue(runs, ("queued",), resume=False)

    def resume(self, run: Run) -> None:
        """Queue a stopped, failed or interrupted run again. Raises RunError for any other."""
        self._enqueue([run], RESUMABLE, resume=True)

    def stop(self, run: Run) -> Status:
        """A waiting run leaves the queue; a running one ends at its next step, or by force. Within 3 s."""
        begin, forced = time.monotonic(), False
        self.waitlist.remove(run.id)
        while time.monotonic() - begin < STOP_LIMIT:
            status = run.status()
            if status.state == "running":
                if status.boot != processes.boot_id():
                    raise RunError(f"run {run.id} is running on {status.host}; stop it there")
                if status.pid and status.pid_started and is_here(status, run.dir):
                    limit = STOP_LIMIT - 0.1 - (time.monotonic() - begin)
                    processes.end(status.pid, status.pid_started, str(run.dir), max(0.0, limit - FORCE_TIME), limit)
                    forced = True
            elif status.state != "queued" and not (forced and status.state == "interrupted"):
                break
            if close(run):
                break
            time.sleep(0.02)
        processes.end_family(str(run.dir), STOP_LIMIT - 0.1 - (time.monotonic() - begin))
        dispatcher.wake(self.store.root)
        status = run.status()
        if status.state == "running":
            raise RunError(f"run {run.id} could not be ended: process {status.pid} on {status.host} remains")
        return status

    def status(self, run: Run) -> Status:
        """What the run is doing; `interrupted` when its worker is gone."""
        return run.status()

    def position(self, run: Run) -> int | None:
        """Place in the queue, counted from 1; None when it does not wait."""
        order = self.queue()
        return order.index(run.id) + 1 if run.id in order else None

    def move(self, run: Run, position: int) -> int:
        """Give a waiting run another place; returns the place it got. Raises RunError when it does not wait."""
        return self.waitlist.move(run.id, position)

    def queue(self) -> list[str]:
        """Ids of waiting runs, next one first. Whoever looks makes sure that somebody works on them."""
        with contextlib.suppress(RunError):  # a root that cannot be written can still be looked at
            self.wake()
        return list(self.waitlist.read().order)

    @property
    def slots(self) -> int:
        """How many runs may run at once."""
        return self.waitlist.read().slots

    @slots.setter
    def slots(self, count: int) -> None:
        self.store.root.mkdir(parents=True, exist_ok=True)
        self.waitlist.set_slots(count)

    def wake(self) -> None:
        """Go on with what waits, such as after a reboot; a server calls it when it starts."""
        if os.path.isdir(self.store.root):
            dispatcher.wake(self.store.root)

    def _enqueue(self, runs: Sequence[Run], allowed: tuple[str, ...], resume: bool) -> None:
        marked: list[Run] = []
        try:
            for run in runs:
                mark(run, allowed, resume)
                marked.append(run)
            self.waitlist.add(*[run.id for run in runs])
        except RunError:
            for run in marked:  # none of them waits: say so
                close(run)
            raise
        dispatcher.wake(self.store.root)


def mark(run: Run, allowed: tuple[str, ...], resume: bool, job: str | None = None) -> None:
    """Say that a run waits, for a slot of this machine or for a job of a cluster. RunError when it may not."""
    with run.claim(LAST_MOMENT if run.status().state in allowed else 0) as mine:
        status = run.status()
        if not mine and status.state in allowed:
            raise RunError(f"run {run.id} is being changed just now; look again")
        if not mine or status.state not in allowed:
            verb = "resumed" if resume else "submitted"
            raise RunError(f"run {run.id} is {status.state}; only {' or '.join(allowed)} runs can be {verb}")
        again = resume or status.resume
        if job is None:  # a cluster's job is given it as it is sent
            note_own_code(run.dir)
        run.set_status(
            state="queued",
            phase="",
            submitted=time.time(),
            resume=again,
            error=None,
            ended=status.ended,  # of an interrupted run, as it was derived: what follows is a pause
            pid=None,
            job=job,
            environment=own_environment(),
        )


def close(run: Run, patience: float = 0.0) -> bool:
    """Write `stopped` for a worker that is gone or never came; False where someone else may still write after so many
    seconds."""
    with run.claim(patience) as mine:
        if not mine:
            return False
        if run.status().state in ("queued", "running", "interrupted"):
            run.set_status(state="stopped", phase="", eta_s=None, error=None, ended=time.time())
        return True
