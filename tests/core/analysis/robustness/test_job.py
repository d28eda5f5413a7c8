"""A test under noise as a job: one folder a question, in the queue, stopped and taken up again."""

from __future__ import annotations

import pytest

from core import worker
from core.analysis.robustness import job as robustness
from core.analysis.robustness import report
from core.analysis.robustness.job import Question
from core.config import RunConfig
from core.runs.folder import jobs
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(LocalLauncher, "submit", lambda self, run: self.waitlist.add(run.id))
    return Store(tmp_path)


@pytest.fixture
def question(store):
    run = store.create(RunConfig(task="demo-sentiment"))
    return Question((run.id,), ("typo", "swap"), (0.0, 0.4), 3)


def test_same_question_is_the_same_job_and_another_question_another(store, question):
    assert robustness.find(store, question) is None
    first = robustness.submit(store, question, "a test")
    assert robustness.submit(store, question, "a test").id == first.id
    other = Question(question.runs, ("typo",), question.levels, question.draws)
    assert robustness.submit(store, other, "another").id != first.id
    assert LocalLauncher(store).waitlist.read().order[0] == first.id


def test_new_weights_ask_anew(store, question):
    before = robustness.id_of(store, question)
    folder = store.get(question.runs[0]).model_dir
    folder.mkdir()
    (folder / "digests.json").write_text("{}")
    assert robustness.id_of(store, question) != before


def test_jobs_are_in_no_list_of_runs_but_can_be_looked_at_and_deleted(store, question):
    found = robustness.submit(store, question, "a test")
    assert [info.id for info in store.list()] == list(question.runs)
    assert store.look(found.id).name == "a test"
    store.delete(found.id)
    assert robustness.find(store, question) is None


def test_worker_answers_the_question_with_progress(store, question, monkeypatch):
    heard = []

    def answered(runs, noises, levels, draws, progress, say):
        for done in range(1, 4):
            progress(done, 3)
            heard.append((job.recorded_status().phase, job.recorded_status().step, job.recorded_status().of))
        return {"asked": [[run.id for run in runs], noises, levels, draws]}

    monkeypatch.setattr(report, "report", answered)
    job = robustness.submit(store, question, "a test")
    assert worker.work_of(job)(job, lambda: False) == "finished"
    assert heard == [("testing", 1, 3), ("testing", 2, 3), ("testing", 3, 3)]
    assert jobs.answer_of(job) == {"asked": [list(question.runs), ["typo", "swap"], [0.0, 0.4], 3]}


def test_job_that_is_asked_to_stop_ends_between_two_answers(store, question, monkeypatch):
    monkeypatch.setattr(report, "report", lambda runs, noises, levels, draws, progress, say: progress(1, 9))
    job = robustness.submit(store, question, "a test")
    assert robustness.perform(job, lambda: True) == "stopped"
    assert not (job.dir / jobs.ANSWER).exists()


def test_damaged_question_and_answer_are_said(store, question):
    job = robustness.submit(store, question, "a test")
    (job.dir / jobs.QUESTION).write_text('{"kind": "robustness"}')
    with pytest.raises(ValueError, match="delete it and ask again"):
        robustness.perform(job, lambda: False)
    (job.dir / jobs.ANSWER).write_text("{")
    with pytest.raises(ValueError, match="delete the job and ask again"):
        jobs.answer_of(job)
