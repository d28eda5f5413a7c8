"""Work is begun once, one piece at a time, watched, and ended at its next step."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.jobs import Jobs


def wait_until(holds):
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert holds()


def test_work_tells_how_far_it_is_and_what_came_of_it():
    jobs, gate = Jobs(), threading.Event()

    def work(progress):
        progress(1, 3)
        gate.wait(10)
        return 42

    jobs.start("key", work)
    jobs.start("key", lambda progress: 1 / 0)  # begun already
    job = jobs.find("key")
    wait_until(lambda: (job.done, job.total) == (1, 3))
    assert not job.answer().ready
    gate.set()
    wait_until(lambda: job.answer().ready)
    assert job.answer().value == 42


def test_failure_is_told():
    jobs = Jobs()
    jobs.start("key", lambda progress: [][0])
    wait_until(lambda: jobs.find("key").answer().ready)
    assert jobs.find("key").answer().error == "list index out of range"


def test_cancelled_work_stops_at_its_next_step_and_lets_the_next_begin():
    jobs, steps, first = Jobs(), [], threading.Event()

    def endless(progress):
        while True:
            steps.append(1)
            first.set()
            progress(len(steps), 0)
            time.sleep(0.005)

    jobs.start("endless", endless)
    assert first.wait(10)
    jobs.drop("endless")
    assert jobs.find("endless") is None
    jobs.start("next", lambda progress: "done")
    wait_until(lambda: jobs.find("next").answer().ready)
    taken = len(steps)
    time.sleep(0.05)
    assert len(steps) == taken


def test_work_cancelled_in_the_queue_never_begins():
    jobs, gate, begun = Jobs(), threading.Event(), []
    jobs.start("first", lambda progress: gate.wait(10))
    jobs.start("second", lambda progress: begun.append(1))
    jobs.drop("second")
    jobs.start("third", lambda progress: "done")
    gate.set()
    wait_until(lambda: jobs.find("third").answer().ready)
    assert not begun


@pytest.mark.parametrize("most", [1, 3])
def test_oldest_answers_are_forgotten(most):
    jobs = Jobs(most)
    for key in range(5):
        jobs.start(key, lambda progress: None)
        wait_until(lambda key=key: jobs.find(key).answer().ready)
    assert [key for key in range(5) if jobs.find(key)] == list(range(5 - most, 5))
