"""Starts waiting runs when a slot is free: `python -m core.runs.local.dispatcher ROOT`.

One small process a run root, standard library only. It belongs to nobody: browsers and servers may go. It ends
when nothing waits and nothing runs; whoever submits, and every worker that ends, makes sure that one is there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.runs import processes
from core.runs.folder.files import RunError, dump, write
from core.runs.folder.liveness import CLAIM, is_here
from core.runs.folder.status import Status
from core.runs.local.environment import environment_for, with_core, worker_command
from core.runs.local.standby import Taken, hand_over
from core.runs.local.waitlist import QueueState, Waitlist, held

TICK = 0.1  # seconds between looks at the queue
CLAIM_WAIT = 30.0  # seconds that a worker has to say that it has begun
LOCK = ".dispatcher.lock"
LOG = ".dispatcher.log"


def wake(root: Path, environment: Mapping[str, str] | None = None) -> None:
    """Make sure that a dispatcher is at work if anything waits. Raises RunError when the root is unwritable.

    A worker hands over the environment it was born with: the threads it set are not for the runs after it.
    """
    if not Waitlist(root).read().order:
        return
    with held(root / LOCK, wait=False) as free:
        pass
    if free:
        command = [sys.executable, "-P", "-m", "core.runs.local.dispatcher", str(root)]
        with open(os.devnull, "r+b") as null:
            child = subprocess.Popen(
                command, env=with_core(environment or os.environ), cwd="/", stdin=null, stdout=null, stderr=null
            )
        with contextlib.suppress(subprocess.TimeoutExpired):  # it detaches at once; a busy machine may take longer
            child.wait(timeout=10)


def start_worker(run_dir: Path, status: Status) -> subprocess.Popen[bytes] | Taken:
    """A worker in its own session, with worker.log as its output; one that stands by if it can be. Raises OSError."""
    cwd = status.cwd if status.cwd and os.path.isdir(status.cwd) else "/"
    environment = environment_for(run_dir, status.environment)
    if "LAB_WORKER" not in os.environ and (taken := hand_over(run_dir, environment, cwd)):
        return taken
    log = os.open(run_dir / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
    try:
        return subprocess.Popen(
            worker_command(run_dir),
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)


@dataclass(frozen=True)
class Started:
    """A worker of this dispatcher's own."""

    child: subprocess.Popen[bytes] | Taken
    submitted: float | None
    """What its run had as `submitted`: one that was resumed meanwhile is not this worker's any more."""
    kills_before: int
    """`processes.memory_kills` when it was started."""


class Dispatcher:
    """The loop: end what has ended, start what may start."""

    def __init__(self, root: Path) -> None:
        self.waitlist = Waitlist(root)
        self.root = root
        self.running: dict[str, Started | None] = {}  # None: a worker of a dispatcher before this one
        self._adopt()

    def tick(self) -> QueueState:
        """One look at the queue."""
        self._settle()
        line = self.waitlist.read()
        for run_id in line.order:
            if len(self.running) >= line.slots:
                break
            self._start(run_id)
        return line

    def is_done(self) -> bool:
        return not self.running and not self.waitlist.read().order

    def _adopt(self) -> None:
        for name in os.listdir(self.root):
            if self._works(name):
                self.running[name] = None

    def _works(self, run_id: str) -> bool:
        status = None if run_id.startswith(".") else self.waitlist.status_of(run_id)
        mine = status and status.state == "running" and status.job is None
        return bool(status and mine and is_here(status, self.root / run_id))

    def _settle(self) -> None:
        for run_id, started in list(self.running.items()):
            if started is None and not self._works(run_id):
                del self.running[run_id]
            elif started is not None and (code := started.child.poll()) is not None:
                self._bury(run_id, started, code)
                del self.running[run_id]

    def _start(self, run_id: str) -> None:
        if run_id in self.running:  # resumed before its end was noticed
            return
        status = self.waitlist.status_of(run_id)
        if status is not None and status.state == "queued":
            kills = processes.memory_kills()
            try:
                child = start_worker(self.root / run_id, status)
            except (OSError, ValueError) as error:
                self._close(run_id, status.submitted, "queued", "failed", f"the worker could not be started: {error}")
            else:
                self.running[run_id] = Started(child, status.submitted, kills)
                self._wait_for_claim(run_id, child)
        with contextlib.suppress(RunError):  # a full disk: what is no longer `queued` is passed over next time
            self.waitlist.remove(run_id)

    def _wait_for_claim(self, run_id: str, child: subprocess.Popen[bytes] | Taken) -> None:
        begin = time.monotonic()
        while child.poll() is None and time.monotonic() - begin < CLAIM_WAIT:
            status = self.waitlist.status_of(run_id)
            if status is None or status.state != "queued":
                return
            time.sleep(0.02)

    def _bury(self, run_id: str, started: Started, code: int) -> None:
        """What a worker could not say itself: that it never began, or what ended it."""
        status = self.waitlist.status_of(run_id)
        if status is not None and status.state == "queued":
            why = f"the worker ended with code {code} before it began; see worker.log"
            self._close(run_id, started.submitted, "queued", "failed", why)
        elif status is not None and status.state == "running":
            from core.runs.folder.run import Run
            from core.runs.local.failures import of_exit  # only now: whoever waits for runs needs none of it

            with contextlib.suppress(ValueError):  # a damaged folder: `interrupted` is all that can be said
                for_memory = processes.memory_kills() > started.kills_before
                self._close(run_id, started.submitted, "running", *of_exit(code, Run(self.root / run_id), for_memory))

    def _close(self, run_id: str, submitted: float | None, before: str, state: str, why: str) -> None:
        """Write the end of a run that nobody works on, unless someone has it, or it has been resumed since."""
        folder = self.root / run_id
        with processes.record_lock(folder / CLAIM) as mine:
            status = self.waitlist.status_of(run_id)
            if mine and status is not None and (status.state, status.submitted) == (before, submitted):
                ended = {"state": state, "phase": "", "eta_s": None, "error": why, "ended": time.time()}
                with contextlib.suppress(RunError):
                    write(folder / "status.json", dump(status.replace(ended).to_dict(), indent=1), in_place=True)


def serve(root: Path) -> None:
    """Work until nothing waits and nothing runs; return at once when another dispatcher is there."""
    with contextlib.ExitStack() as lock:
        for _ in range(20):  # a `wake` elsewhere may be looking at the lock just now
            if lock.enter_context(held(root / LOCK, wait=False)):
                break
            time.sleep(0.02)
        else:
            return
        dispatcher = Dispatcher(root)
        while True:
            dispatcher.tick()
            if dispatcher.is_done():
                with dispatcher.waitlist.lock():  # nobody can add between the last look and the release
                    if dispatcher.is_done():
                        lock.close()
                        return
            time.sleep(TICK)


def detach(root: Path) -> None:
    """Leave the parent for good: a child of nobody, in its own session; what it has to say goes to a log."""
    if os.fork():
        os._exit(0)
    os.setsid()
    with contextlib.suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        os.dup2(os.open(root / LOG, flags, 0o644), 2)


if __name__ == "__main__":
    detach(Path(sys.argv[1]))
    serve(Path(sys.argv[1]))
