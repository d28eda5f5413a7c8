"""Slow questions are asked once, answered in few threads, and their failures are told."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.shared.background import Background


@pytest.fixture
def gate():
    """Holds questions up until it is set; set in any case at the end."""
    made = threading.Event()
    yield made
    made.set()


def test_question_is_asked_once_and_never_waited_for(gate):
    service, asked = Background(2, 9), []

    def slow() -> int:
        asked.append(1)
        gate.wait(5)
        return 42

    assert not service.ask("key", slow).ready
    assert not service.ask("key", slow).ready
    gate.set()
    assert service.ask("key", slow, wait_s=5).value == 42
    assert len(asked) == 1


def test_failure_is_an_answer_with_its_reason():
    def fail() -> None:
        raise ValueError("no such model")

    assert Background(1, 9).ask("key", fail, wait_s=5).error == "no such model"


def test_answer_is_kept_as_long_as_was_asked():
    service, asked = Background(1, 9), []
    for _ in range(2):
        service.ask("long", lambda: asked.append("long"), wait_s=5)
        service.ask("short", lambda: asked.append("short"), keep_s=0.01, wait_s=5)
        time.sleep(0.05)
    assert asked == ["long", "short", "short"]


def test_least_used_answers_are_forgotten():
    service = Background(1, 2)
    for key in "abac":
        service.ask(key, lambda key=key: key, wait_s=5)
        time.sleep(0.01)  # an answer is put away a moment after it is given
    assert [service.find(key) is not None for key in "abc"] == [True, False, True]


def test_questions_beyond_the_threads_wait_and_know_how_many_are_before_them(gate):
    service, begun = Background(1, 9), threading.Event()
    service.ask("first", lambda: (begun.set(), gate.wait(5)))
    service.ask("second", lambda: 2)
    service.ask("third", lambda: 3)
    begun.wait(5)
    assert [service.ahead(key) for key in ("first", "second", "third", "never asked")] == [0, 1, 2, 0]
    assert service.is_busy()
    assert service.is_awaited()
    gate.set()
    assert service.ask("third", lambda: 3, wait_s=5).value == 3


def test_forgotten_question_never_begins(gate):
    service, asked = Background(1, 9), []
    service.ask("first", lambda: gate.wait(5))
    service.ask("second", lambda: asked.append(1))
    waiting = service.find("second")
    service.forget("second")
    assert service.find("second") is None
    assert not waiting.answer.ready  # nor for another, who asks again
    gate.set()
    service.ask("third", lambda: None, wait_s=5)
    assert not asked


def test_a_flood_of_questions_is_bounded(gate):
    service = Background(1, 3)
    for key in range(10):
        service.ask(key, lambda: gate.wait(5))
    assert sum(service.find(key) is not None for key in range(10)) <= 3
