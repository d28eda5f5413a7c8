"""Commands are begun once, one at a time, watched, and ended at will."""

from __future__ import annotations

import time

import pytest

from dashboard.shared.command import Command
from dashboard.shared.jobs import Jobs

SHORT = ["tasks"]
LONG = ["params", "--model", "mobilebert", "--latency", "base,lora,light"]


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = Jobs(most=2)
    yield made
    for words in list(made._jobs):
        made.drop(list(words))


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def test_command_tells_how_far_it_is_and_what_came_of_it(jobs):
    words = ["params", "--variant", "light", "--layers", "2", "--reconstruct", "4,8", "--rank", "4"]
    jobs.start(words)
    job = jobs.find(words)
    jobs.start(words)
    assert jobs.find(words) is job
    wait_until(lambda: job.answer().ready)
    assert (job.done, job.total) == (4, 4)
    assert len(job.answer().value["reconstruction"]) == 4


def test_failure_is_told_in_the_commands_own_words(jobs):
    words = ["params", "--variant", "huge"]
    jobs.start(words)
    wait_until(lambda: jobs.find(words).answer().ready)
    assert jobs.find(words).answer().error.startswith("unknown variant 'huge'; choose from")


def test_cancelled_command_ends_at_once_and_lets_the_next_begin(jobs):
    jobs.start(LONG)
    job = jobs.find(LONG)
    wait_until(lambda: job.total)
    jobs.drop(LONG)
    assert jobs.find(LONG) is None
    began = time.monotonic()
    wait_until(lambda: job.answer().ready)
    assert time.monotonic() - began < 10
    assert job.done < job.total
    jobs.start(SHORT)
    wait_until(lambda: jobs.find(SHORT).answer().ready)
    assert jobs.find(SHORT).answer().value


def test_command_cancelled_in_the_queue_never_begins(jobs):
    jobs.start(LONG)
    jobs.start(SHORT)
    waiting = jobs.find(SHORT)
    jobs.drop(SHORT)
    jobs.drop(LONG)
    wait_until(lambda: waiting.answer().ready)
    assert waiting.answer().error == "cancelled"


def test_oldest_answers_are_forgotten(jobs):
    every = [["params", "--variant", name] for name in ("a", "b", "c")]
    for words in every:
        jobs.start(words)
        wait_until(lambda words=words: jobs.find(words).answer().ready)
    assert [jobs.find(words) is not None for words in every] == [False, True, True]


def test_large_document_is_read_whole():
    rows = Command(["params", "--model", "mobilebert", "--variant", "lora"]).result()["rows"]
    assert sum(row["params"] for row in rows) == 24_755_972
