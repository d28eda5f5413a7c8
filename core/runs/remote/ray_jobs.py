"""Runs in, jobs of a Ray cluster out: the launcher for `run.executor=ray`, behind the same interface as the local one.

A job is the local worker's own command line on another machine. All that a run says goes into its folder, which
lies on a path that every node shares; the cluster is asked only where a run is and whether its job still lives.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import secrets
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.augment.opened import VARIABLE as OPENED
from core.runs.folder.files import RunError
from core.runs.folder.group import clear
from core.runs.folder.liveness import INTERRUPTED
from core.runs.folder.run import Run
from core.runs.folder.status import RESUMABLE, Status
from core.runs.folder.store import Store
from core.runs.local.environment import CODE, own_variables, worker_command
from core.runs.local.failures import of_stuck
from core.runs.local.launcher import STOP_LIMIT, close, mark
from core.runs.remote.ray_api import SUBMIT_S, Cluster, ClusterError, Node, RayJob, default_address, last_line

FORCE_S = "2"  # seconds that Ray gives a job to end by itself
PATIENCE_S = 10  # seconds beyond the local limit: what is asked goes through a head and a node that may be busy
_FAILED = re.compile(r"exit code 1\b")  # what a worker that a hanging method ends leaves with
ACTIVE = ("queued", "running", "interrupted")


class RayLauncher:
    """Runs as jobs of the cluster that their configuration names; the cluster is their queue."""

    def submit(self, run: Run) -> None:
        """Hand a run that has not begun to the cluster. RunError when it has, or where no cluster answers."""
        if run.recorded_status().job:
            raise RunError(f"run {run.id} has been handed to the cluster already")
        self._send(run, ("queued",), resume=False)

    def submit_all(self, runs: Sequence[Run]) -> None:
        """Hand over several new runs, such as those of a sweep: they spread over the nodes."""
        for place, run in enumerate(runs):
            try:
                self.submit(run)
            except RunError as error:
                for other in runs[place + 1 :]:
                    _fail(other, str(error))
                raise

    def resume(self, run: Run) -> None:
        """Hand a stopped, failed or interrupted run to the cluster again, to go on from its newest checkpoint."""
        cluster, job = cluster_of(run), run.recorded_status().job
        if job and not _ended(cluster, job):
            raise RunError(f"the cluster still takes job {job} of run {run.id} for alive; try again in a moment")
        self._send(run, RESUMABLE, resume=True)

    def stop(self, run: Run) -> Status:
        """End a job, waiting or running: at its next step, or by force after 2 s."""
        cluster, status = cluster_of(run), run.status()
        if status.state == "queued" and close(run):  # a job that starts all the same finds nothing to do
            with contextlib.suppress(RunError):
                cluster.stop(status.job or "")
        # A job may be over before the last process of its group is.
        elif status.state in ACTIVE and not (_ended(cluster, status.job or "") and close(run, PATIENCE_S)):
            raise RunError(f"run {run.id} could not be ended: job {status.job} remains on the cluster")
        clear(run.dir)  # what ended by force has not
        return run.status()

    def status(self, run: Run) -> Status:
        """What the run is doing. A job that ended before its worker began is marked `failed`, with the reason."""
        known = run.recorded_status()
        if not known.job or known.state not in ("queued", "running"):
            return run.status()
        try:
            job = cluster_of(run).job(known.job)
        except ClusterError:  # the folder is all there is to go by
            return run.status()
        status = run.status()  # read after the cluster has spoken: a worker's own last word comes first
        on_its_way = job is None and time.time() - (status.submitted or 0) < SUBMIT_S + PATIENCE_S
        if on_its_way or (job and not job.is_over):
            return status
        if job and (status.job, status.state) == (known.job, "interrupted") and _FAILED.search(job.message):
            if stuck := of_stuck(run.log_tail(16_000)):
                _fail(run, stuck, "running")
            return run.status()
        if (status.job, status.state) != (known.job, known.state):
            return status
        if status.state == "running":
            return dataclasses.replace(status, state="interrupted", phase="", eta_s=None, error=INTERRUPTED)
        _fail(run, f"the cluster did not start it: {_reason(run, job) if job else 'the job is unknown there'}")
        return run.status()

    def _send(self, run: Run, allowed: tuple[str, ...], resume: bool) -> None:
        job = f"{run.id}-{secrets.token_hex(3)}"  # a cluster never takes the same name twice
        mark(run, allowed, resume, job)
        wanted = run.config().run
        needs = (wanted.cpus, wanted.gpus) if wanted.workers == 1 else (0, 0)  # the job only waits for its workers
        try:
            cluster_of(run).submit(job, entrypoint(run), variables(run), *needs)
        except RunError as error:
            _fail(run, str(error))
            raise


@dataclass(frozen=True)
class RemoteSnapshot:
    """What a cluster looks like just now; `problem` says why it cannot be seen."""

    address: str
    nodes: tuple[Node, ...] = ()
    jobs: tuple[RayJob, ...] = ()
    problem: str = ""


def snapshots(store: Store) -> list[RemoteSnapshot]:
    """The environment's cluster and those of active runs, whose state is brought up to date on the way."""
    runs = [info for info in store.list() if info.config and info.status and info.status.job and info.state in ACTIVE]
    addresses = {info.config.run.address or default_address() for info in runs if info.config} | {default_address()}
    found = []
    for address in sorted(addresses - {""}):
        try:
            cluster = Cluster(address)
            found.append(RemoteSnapshot(address, tuple(cluster.nodes()), tuple(cluster.jobs())))
            for info in runs:
                if info.config and (info.config.run.address or default_address()) == address:
                    RayLauncher().status(store.get(info.id))
        except ValueError as error:
            found.append(RemoteSnapshot(address, problem=str(error)))
    return found


def cluster_of(run: Run) -> Cluster:
    """The cluster that a run's configuration names. Raises RunError where it names none."""
    return Cluster(run.config().run.address)


def entrypoint(run: Run) -> str:
    """The shell line of a job: the local worker's command, with worker.log as its output. RunError for a link."""
    if run.log_path.is_symlink():
        raise RunError(f"{run.log_path} is a link; links are not followed")
    command, log = shlex.join(worker_command(run.dir)), shlex.quote(str(run.log_path))
    return f"cd {shlex.quote(run.recorded_status().cwd or '/')} || cd /; exec {command} >> {log} 2>&1"


def variables(run: Run) -> dict[str, str]:
    """What a job's environment has of its own: a worker's, as many threads as cores, and Ray's patience in a stop."""
    own = own_variables(run.dir, run.recorded_status().environment)
    own.pop("CUDA_VISIBLE_DEVICES", None)  # of this machine; the cluster deals out its own
    threads = str(run.config().run.cpus)
    opened = {OPENED: os.environ[OPENED]} if OPENED in os.environ else {}  # this process's: no run brings its own
    return {
        **own,
        **opened,
        "PYTHONPATH": CODE,
        "OMP_NUM_THREADS": threads,
        "RAY_JOB_STOP_WAIT_TIME_S": FORCE_S,
    }


def _ended(cluster: Cluster, job_id: str) -> bool:
    """Ask a job to end, and wait for it; False when it is still there after the time a stop may take."""
    begin = time.monotonic()
    cluster.stop(job_id)
    while time.monotonic() - begin < STOP_LIMIT + PATIENCE_S:
        job = cluster.job(job_id)
        if job is None or job.is_over:
            return True
        time.sleep(0.05)
    return False


def _reason(run: Run, job: RayJob) -> str:
    """Why a job ended before its worker began: the cluster's own words, and the last that was printed."""
    what, *printed = job.message.splitlines() or [job.state]
    said = last_line(run.log_tail() or "\n".join(printed))
    return f"{what.partition(', last available logs')[0]}: {said}" if said else what


def _fail(run: Run, why: str, before: str = "queued") -> None:
    """A run that is still `queued`, or `before`, although nothing carries it failed: say so, unless a worker has it."""
    with run.claim() as mine:
        if mine and run.recorded_status().state == before:
            run.set_status(state="failed", phase="", eta_s=None, error=why, ended=time.time())
