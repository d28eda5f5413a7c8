"""A test under noise as a job in the queue: asked once, worked out by a worker, resumed where it was cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.analysis.robustness.measure import VERSION
from core.augment import own_method
from core.augment.english.dictionary import wordnet_status
from core.runs.folder import jobs
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.status import RESUMABLE
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher

KIND = "robustness"


@dataclass(frozen=True)
class Question:
    """Which runs are tested, and how."""

    runs: tuple[str, ...]
    noises: tuple[str, ...]
    levels: tuple[float, ...]
    draws: int


class HaltedError(Exception):
    """Asked to stop; what was answered so far is in the cache."""


def id_of(store: Store, question: Question) -> str:
    """The job's id; another one once a run has other weights, or a method of one's own another text."""
    state = [str(VERSION), str(tuple(wordnet_status())), *own_method.digests(question.noises).values()]
    for run_id in question.runs:
        path = store.get(run_id).model_dir / "digests.json"
        state.append(hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
    return jobs.job_id(KIND, asdict(question), " ".join(state))


def find(store: Store, question: Question) -> Run | None:
    """The job of this question; None where it was not asked. Raises RunError for a run that is gone."""
    return jobs.find(store, id_of(store, question))


def submit(store: Store, question: Question, name: str) -> Run:
    """Put the question into the queue, or find it there; what was cut off goes on. Raises RunError."""
    job, launcher = find(store, question), LocalLauncher(store)
    if job is None:
        config = store.get(question.runs[0]).config()
        job = jobs.create(store, id_of(store, question), KIND, asdict(question), config, name)
        launcher.submit(job)
    elif job.status().state in RESUMABLE:
        launcher.resume(job)
    return job


def perform(job: Run, stop: Callable[[], bool]) -> str:
    """Answer a job's question in this process; returns the state in which it ended. `stop` is asked between answers."""
    from core.analysis.robustness.report import report

    question = jobs.question_of(job) or {}
    store = Store(job.dir.parent)
    runs = [store.get(run_id) for run_id in _listed(question, "runs")]
    if not runs or question.get("kind") != KIND:
        raise RunError(f"job {job.id} asks for nothing that is known; delete it and ask again")

    def progress(done: int, total: int) -> None:
        job.set_status(phase="testing", step=done, of=total)
        if stop():
            raise HaltedError

    try:
        levels = [float(level) for level in _listed(question, "levels")]
        answer = report(runs, _listed(question, "noises"), levels, int(question["draws"]), progress, print)
    except HaltedError:
        return "stopped"
    jobs.save_answer(job, answer)
    return "finished"


def _listed(question: dict[str, Any], key: str) -> Sequence[Any]:
    found = question.get(key)
    return found if isinstance(found, list) else []
