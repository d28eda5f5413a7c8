"""One run, start to end, in a process of its own: `python -m core.worker RUN_DIR`.

Claims the run, trains it, and writes how it ended: one line in status.json, the traceback in worker.log. SIGTERM
asks it to end at the next step.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from core.augment.guard import end_process_when_stuck
from core.loading import loaded_for_good
from core.runs import processes
from core.runs.folder.files import RunError
from core.runs.folder.jobs import question_of
from core.runs.folder.run import Run
from core.runs.folder.status import LostError, Status
from core.runs.folder.store import Store
from core.runs.local import dispatcher
from core.runs.local.failures import describe, out_of_memory
from core.runs.local.threads import threads_for

RESERVE = 64 * 2**20
"""Bytes given back when a run has failed, so that there is room to say why."""

Fit = Callable[[Run, Callable[[], bool]], object]


class StopBeforeTraining(BaseException):
    """Asked to stop while there was nothing yet to save."""


class StopFlag:
    """Set by SIGTERM or SIGINT; read by the training loop at each step."""

    def __init__(self) -> None:
        self.is_set = False
        self.is_training = False

    def __call__(self) -> bool:
        return self.is_set

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        first = not self.is_set
        self.is_set = True
        if first and not self.is_training:
            raise StopBeforeTraining


def main(run_dir: Path | str, fit: Fit | None = None) -> int:
    """Work on one run; `fit` is for tests, the real one is `core.train.fit.fit`. Returns the exit code."""
    born_with = dict(os.environ)
    folder = Path(run_dir).resolve()
    run = Store(folder.parent).get(folder.name)
    with claimed(run) as mine:
        if not mine:
            return 0
        end_process_when_stuck()
        flag = StopFlag()
        signal.signal(signal.SIGTERM, flag.on_signal)
        signal.signal(signal.SIGINT, flag.on_signal)
        code = work(run, flag, fit)
    with contextlib.suppress(RunError, OSError):
        if run.recorded_status().job is None:  # the queue is not this node's, but its own machine's
            dispatcher.wake(folder.parent, born_with)
    return code


@contextlib.contextmanager
def claimed(run: Run) -> Iterator[bool]:
    """Take the run if it waits: of any number of workers started for it, one gets True."""
    with run.claim(patience=1.0) as mine:  # a page may hold the claim for a moment
        yield mine and run.recorded_status().state == "queued"


def work(run: Run, flag: StopFlag, fit: Fit | None) -> int:
    """Say that it runs, run it, say how it ended."""
    reserve = [bytearray(RESERVE)]  # never touched: it costs addresses, not memory
    try:
        begin(run)
        import core.model.memory  # noqa: F401 - what says how much was needed comes in while there is memory for it

        fit = fit or work_of(run)
        flag.is_training = True
        outcome = fit(run, flag)
        # Asked to stop in its last step, a run may have finished all the same.
        end(run, run.recorded_status(), "finished" if outcome == "finished" or not flag.is_set else "stopped")
        return 0
    except StopBeforeTraining:
        end(run, run.recorded_status(), "stopped")
        return 0
    except BaseException as error:
        if flag.is_set and not flag.is_training:  # libraries give what interrupts their import other names
            end(run, run.recorded_status(), "stopped")
            return 0
        reserve.clear()
        fail(run, error)
        return 1


def fail(run: Run, error: BaseException) -> None:
    """Say why it ended: the traceback in the log, one line in status.json. Memory may be what there is least of."""
    with contextlib.suppress(MemoryError):
        traceback.print_exc()
    traceback.clear_frames(error.__traceback__)  # the model and its batch
    try:
        why = describe(error, run)
    except MemoryError:
        why = out_of_memory()
    with contextlib.suppress(RunError):
        state = "interrupted" if isinstance(error, LostError) else "failed"
        run.set_status(state=state, phase="", eta_s=None, error=why, ended=time.time())


def work_of(run: Run) -> Fit:
    """What is to be done: a job's question, or the real training, in this process or in as many as `run.workers` says,
    which this one then waits for."""
    if question_of(run) is not None:
        from core.analysis.robustness.job import perform

        return perform
    if run.config().run.workers > 1:
        from core.train.ray_workers import fit_together

        return fit_together
    with loaded_for_good():
        from core.train.fit import fit
    return fit


def begin(run: Run) -> None:
    """Record this process, and make room for the pages: threads that suit the model, lower priority."""
    faulthandler.enable()
    run.tidy()
    status = run.recorded_status()
    threads = status.threads or threads_for(run.config().model, run.dir.parent)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)  # before NumPy and torch come in
    if "torch" in sys.modules:  # they came in before the run did
        sys.modules["torch"].set_num_threads(threads)
    processes.give_way()
    pid, now = os.getpid(), time.time()
    pause = max(0.0, now - status.ended) if status.started and status.ended else 0.0
    run.set_status(
        state="running",
        phase="starting",
        pid=pid,
        pid_started=processes.started_at(pid),
        boot=processes.boot_id(),
        host=socket.gethostname(),
        threads=threads,
        started=status.started or now,
        ended=None,
        paused_s=status.paused_s + pause,
        error=None,
    )


def end(run: Run, status: Status, state: str) -> None:
    """Write the end, unless the training loop has written one itself."""
    final = status.state if status.is_over else state
    run.set_status(state=final, phase="", eta_s=None, ended=time.time())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
