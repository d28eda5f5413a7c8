"""Runs in, their models out, loaded once for all visitors: a key's answer must not wait for a process to start.

They are loaded, and asked, in the threads of the background service alone: the pages themselves load no torch. Each
lane asks modules of its own over the same weights, so that an answer does not wait for what explains the one before.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from core.analysis.recorded import task_of_run
from core.runs.folder.store import Run
from dashboard.shared import background
from dashboard.shared.background import Answer

if TYPE_CHECKING:
    from core.analysis.playground.probes import Flip, Survival
    from core.analysis.playground.salience import Salience
    from core.analysis.predict import Prediction, TrainedModel

REST_S = 0.15
"""How long nothing newer must have been asked before a probe begins: answers come later beside one."""
MOST = 6
"""Models kept; one of full size takes 100 MB."""
Loaded = dict[background.LaneName, tuple["TrainedModel", threading.Lock]]
_loaded: LRUCache[tuple[str, int], Loaded] = LRUCache(MOST)
_guard = threading.Lock()


def answers(runs: Sequence[Run], text: str, pair: str | None, wait_s: float) -> list[Answer]:
    """(Prediction, milliseconds) of one text by run; all are asked at once and waited for together."""
    ends = time.monotonic() + wait_s
    for run in runs:
        answer(run, text, pair)
    return [answer(run, text, pair, max(0.0, ends - time.monotonic())) for run in runs]


def answer(run: Run, text: str, pair: str | None, wait_s: float = 0.0) -> Answer:
    """(Prediction, milliseconds) of one text."""
    return _asked("answers", "answer", run, text, pair, _answer, wait_s)


def explained(run: Run, text: str, pair: str | None, wait_s: float = 0.0) -> Answer:
    """Salience of each word."""
    return _asked("probes", "explain", run, text, pair, _explain, wait_s)


def flipped(run: Run, text: str, pair: str | None, wait_s: float = 0.0) -> Answer:
    """The smallest edit that turns the answer."""
    return _asked("probes", "flip", run, text, pair, _flip, wait_s)


def under_noise(run: Run, text: str, pair: str | None, wait_s: float = 0.0) -> Answer:
    """How often the run's own augmentation turns the answer."""
    return _asked("probes", "survive", run, text, pair, _survive, wait_s)


def questions(runs: Sequence[Run], text: str, pair: str | None) -> tuple[tuple, ...]:
    """The keys of all that may be asked about this text."""
    asked = ("answer", "explain", "flip", "survive")
    return tuple(_key(what, run, text, _pair(run, pair)) for run in runs for what in asked)


def abandon(keys: Sequence[tuple]) -> None:
    """One who typed on waits for these no longer: what has not begun yet never does, and a probe that has ends.

    Else the newest text would wait behind each that was typed over. Another visitor who asks the same asks again.
    """
    for key in keys:
        is_answer = key[0] == "answer"
        lane = background.lane("answers" if is_answer else "probes")
        asked = lane.find(key)
        if asked is not None and not asked.answer.ready and not (is_answer and asked.future.running()):
            lane.forget(key)


def _asked(
    lane: background.LaneName, what: str, run: Run, text: str, pair: str | None, work: Callable[..., Any], wait_s: float
) -> Answer:
    pair = _pair(run, pair)

    def question() -> Any:
        return work(run, text, pair)

    asked = _Rested(question) if lane == "probes" else question
    return background.lane(lane).ask(_key(what, run, text, pair), asked, wait_s=wait_s)


class _Rested:
    """A question that begins when it was not cancelled for a moment after it was asked."""

    def __init__(self, question: Callable[[], Any]) -> None:
        self._question, self._begins, self._cancelled = question, time.monotonic() + REST_S, threading.Event()

    def __call__(self) -> Any:
        if self._cancelled.wait(max(0.0, self._begins - time.monotonic())):
            return None
        return self._question()

    def cancel(self) -> None:
        self._cancelled.set()


def _pair(run: Run, pair: str | None) -> str | None:
    return pair if task_of_run(run).is_pair else None


def _key(what: str, run: Run, text: str, pair: str | None) -> tuple:
    return what, str(run.dir), _version(run), text, pair


def _version(run: Run) -> int:
    """Changes with the weights."""
    path = run.model_dir / "digests.json"
    return (path if path.is_file() else run.model_dir).stat().st_mtime_ns


@contextmanager
def _model(run: Run, lane: background.LaneName) -> Iterator[TrainedModel]:
    """The run's model, for one of a lane at a time."""
    from core.analysis.predict import load_trained, predict, threads_for
    from core.model.threads import computing_with

    key = (str(run.dir), _version(run))
    with _guard:
        if key not in _loaded:
            trained = load_trained(run)
            _loaded[key] = {"answers": (trained, threading.Lock()), "probes": (_twin(trained), threading.Lock())}
            predict(trained, [""], [""] if trained.task.is_pair else None)  # the first pass of all is slow
        trained, lock = _loaded[key][lane]
    with lock, computing_with(threads_for(trained.model)):
        yield trained


def _twin(trained: TrainedModel) -> TrainedModel:
    """The same weights in modules of their own, which take hooks and folded layers without the others' seeing them."""
    shared = {id(one): one for one in (*trained.model.parameters(), *trained.model.buffers())}
    return replace(trained, model=copy.deepcopy(trained.model, shared), tokenizer=copy.deepcopy(trained.tokenizer))


def _answer(run: Run, text: str, pair: str | None) -> tuple[Prediction, float]:
    from core.analysis.predict import predict

    with _model(run, "answers") as trained:
        (found,), milliseconds = predict(trained, [text], None if pair is None else [pair])
    return found, milliseconds


def _explain(run: Run, text: str, pair: str | None) -> Salience:
    from core.analysis.playground.salience import explain

    with _model(run, "probes") as trained:
        return explain(trained, text, pair)


def _flip(run: Run, text: str, pair: str | None) -> Flip:
    from core.analysis.playground.probes import smallest_flip

    with _model(run, "probes") as trained:
        return smallest_flip(trained, text, pair)


def _survive(run: Run, text: str, pair: str | None) -> Survival:
    from core.analysis.playground.probes import survives

    with _model(run, "probes") as trained:
        return survives(trained, run.config(), text, pair)
