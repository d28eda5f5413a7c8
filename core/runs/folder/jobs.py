"""Jobs: work on finished runs that waits in the queue as a run does, in a folder of the same kind.

A job's id is made of its question, so that the same question finds the same folder: an answer that is there already, a
job under way, or one that was cut off and can be resumed. Lists of runs leave jobs out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from core.config import RunConfig
from core.runs.folder.files import RunError, dump, read_bytes, read_json, write
from core.runs.folder.ids import JOB
from core.runs.folder.run import Run
from core.runs.folder.store import Store

QUESTION, ANSWER = "job.json", "answer.json"
ANSWER_LIMIT = 64_000_000  # bytes


def job_id(kind: str, question: Mapping[str, Any], state: str = "") -> str:
    """`job-robustness-3fa1...`; `state` stands for what the answer depends on besides the question."""
    digest = hashlib.sha256(json.dumps([kind, question, state], sort_keys=True).encode()).hexdigest()
    return f"{JOB}{kind}-{digest[:16]}"


def find(store: Store, run_id: str) -> Run | None:
    """The job with that id; None where it was never asked for."""
    return Run(store.root / run_id) if (store.root / run_id / QUESTION).is_file() else None


def create(store: Store, run_id: str, kind: str, question: Mapping[str, Any], config: RunConfig, name: str) -> Run:
    """A folder for a new job; `config` is that of the run whose model it works with. Raises RunError."""
    plain = config.replace({"run.executor": "local", "run.workers": 1, "run.name": name})
    run = store.create(plain, name=name[:120], run_id=run_id)
    write(run.dir / QUESTION, dump({"kind": kind, **question}, indent=1))
    return run


def question_of(run: Run) -> dict[str, Any] | None:
    """What a job is to find out, its `kind` included; None for a run that trains."""
    path = run.dir / QUESTION
    return read_json(path) if run.id.startswith(JOB) and path.is_file() else None


def save_answer(run: Run, answer: Mapping[str, Any]) -> None:
    write(run.dir / ANSWER, json.dumps(answer).encode())


def answer_of(run: Run) -> dict[str, Any]:
    """What a finished job has found out. Raises RunError."""
    try:
        answer = json.loads(read_bytes(run.dir / ANSWER, ANSWER_LIMIT))
    except ValueError as error:
        raise RunError(f"the answer of job {run.id} cannot be read ({error}); delete the job and ask again") from None
    return answer if isinstance(answer, dict) else {}
