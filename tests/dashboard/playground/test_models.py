"""The models behind the Playground: an answer does not wait for what explains the one before it."""

from __future__ import annotations

import threading
import time

import pytest

from core.analysis.playground import salience
from core.runs.folder.store import Store
from core.train.fit import fit
from dashboard.playground import models
from tests.core.train.tiny_runs import config_for


@pytest.fixture(scope="module")
def run(tmp_path_factory, tiny_model_dir):
    run = Store(tmp_path_factory.mktemp("runs")).create(config_for(tiny_model_dir, train__max_steps=1))
    run.set_status(state=fit(run), ended=time.time())
    return run


@pytest.fixture
def held(monkeypatch):
    """Explanations that begin, and go on until they are let go; the texts that were begun."""
    go, begun, real = threading.Event(), [], salience.explain

    def explain(trained, text, pair=None):
        begun.append(text)
        assert go.wait(30)
        return real(trained, text, pair)

    monkeypatch.setattr(salience, "explain", explain)
    yield go, begun
    go.set()


def within(seconds, holds):
    """Whether it comes true in time."""
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(holds())


def test_a_text_is_answered_while_another_is_explained(run, held):
    go, begun = held
    assert not models.explained(run, "cancel it", None).ready
    assert within(30, lambda: begun)
    found = models.answer(run, "and where is it", None, 30.0)
    assert found.ready
    assert not found.error
    assert begun == ["cancel it"]
    go.set()
    assert models.explained(run, "cancel it", None, 30.0).value.answer == models.answer(
        run, "cancel it", None, 30.0
    ).value[0].label  # fmt: skip


def test_a_text_that_is_typed_on_is_not_explained(run, held, monkeypatch):
    _, begun = held
    monkeypatch.setattr(models, "REST_S", 60.0)
    assert not models.explained(run, "canc", None).ready
    models.abandon(models.questions([run], "canc", None))
    monkeypatch.setattr(models, "REST_S", 0.0)
    models.explained(run, "cancel", None)
    assert within(30, lambda: begun)
    assert begun == ["cancel"]


def test_answers_of_all_runs_are_waited_for_together(run):
    models.answer(run, "first", None, 30.0)
    with models._model(run, "answers"):  # nobody else gets an answer now
        began = time.monotonic()
        assert not any(one.ready for one in models.answers([run] * 4, "second", None, 0.3))
        assert time.monotonic() - began < 0.9
    assert models.answer(run, "second", None, 30.0).ready


def test_what_nobody_waits_for_any_longer_never_begins(run, held):
    go, begun = held
    for text in ("one", "two", "three"):
        assert not models.explained(run, text, None).ready
    models.abandon(models.questions([run], "two", None))
    go.set()
    assert models.explained(run, "three", None, 30.0).ready
    assert begun == ["one", "three"]


def test_both_lanes_ask_the_same_weights_in_modules_of_their_own(run):
    models.answer(run, "x", None, 30.0)
    with models._model(run, "answers") as one, models._model(run, "probes") as other:
        assert all(a is b for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True))
        assert not {id(module) for module in one.model.modules()} & {id(module) for module in other.model.modules()}
        assert one.tokenizer is not other.tokenizer


def test_the_newest_text_does_not_wait_behind_those_typed_over(run, monkeypatch):
    begun, real = [], models._answer

    def answer(run, text, pair):
        begun.append(text)
        return real(run, text, pair)

    monkeypatch.setattr(models, "_answer", answer)
    models.answer(run, "warm", None, 30.0)
    with models._model(run, "answers"):  # the first one begins, and waits
        models.answer(run, "n", None)
        assert within(30, lambda: "n" in begun)
        for typed in ("ne", "new"):
            models.answer(run, typed, None)
        for typed in ("n", "ne", "new"):
            models.abandon(models.questions([run], typed, None))
        models.answer(run, "newest", None)
        models.answer(run, "new", None)  # by another visitor
    assert models.answer(run, "newest", None, 30.0).ready
    assert models.answer(run, "new", None, 30.0).value[0].label
    assert begun == ["warm", "n", "newest", "new"]
