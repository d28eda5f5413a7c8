"""Models and runs in, what a cut or training does to a sentence out: loaded once, asked in background threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import LRUCache

from core.runs.folder.store import RunInfo, Store
from dashboard.shared import background
from dashboard.shared.background import Answer

if TYPE_CHECKING:
    from core.analysis.drift import AdapterEffect, Surgery
    from core.analysis.surgery import SurgeryModel
    from core.analysis.training_effect import TrainingEffect

CUT, TRAINING = "the cut", "training"
"""What may lie between before and after, in words."""
MOST = 3
WARM_S = 0.25
"""Decomposing ahead is done in so small pieces that a question hardly waits for one."""
PREPARE_S = 5.0
_loaded: LRUCache[str, tuple[Any, threading.Lock]] = LRUCache(MOST)
_guard = threading.Lock()


class Seen(NamedTuple):
    """A sentence before and after, what the run's adapters do, and how long that took."""

    surgery: Surgery
    adapters: list[AdapterEffect]
    note: str
    masks: bool
    milliseconds: float
    change: str
    """`CUT` or `TRAINING`."""


def runs_of(model: str) -> list[RunInfo]:
    """Finished runs of this model, the newest first."""
    return [
        info
        for info in Store().list()
        if info.state == "finished" and info.config and info.config.model == model
        and (Store().get(info.id).model_dir).is_dir()
    ]  # fmt: skip


def can_be_cut(info: RunInfo) -> bool:
    """Whether the run trained its model whole."""
    return info.config is not None and info.config.surgery.variant == "base"


def words(model: str, run_id: str | None, text: str, wait_s: float) -> Answer:
    """The words that may be masked; none where the answer is a class."""

    def work() -> list[str]:
        with _subject(model, run_id) as subject:
            return [word.text for word in subject.words(text)] if subject.masks else []

    return background.lane("probes").ask(("surgery-words", model, _key(run_id), text), work, wait_s=wait_s)


def cut(
    model: str, run_id: str | None, text: str, layers: int, rank: int, masked: int | None, wait_s: float
) -> tuple[tuple, Answer]:
    """(The question's key, `Seen`); an older question of one's own may be forgotten by its key."""

    def work() -> Seen:
        with _subject(model, run_id) as subject:
            began = time.perf_counter()
            found = subject.cut(text, layers, rank, masked)
            took = 1000 * (time.perf_counter() - began)
            return Seen(found, subject.adapters(text), subject.note, subject.masks, took, CUT)

    key = ("surgery", model, _key(run_id), text, layers, rank, masked)
    return key, background.lane("probes").ask(key, work, wait_s=wait_s)


def training(model: str, run_id: str, text: str, wait_s: float) -> tuple[tuple, Answer]:
    """As `cut`, of the layers that the run started from and those that it trained."""

    def work() -> Seen:
        with _subject(model, run_id, training=True) as subject:
            began = time.perf_counter()
            found = subject.compare(text)
            took = 1000 * (time.perf_counter() - began)
            return Seen(found, subject.adapters(text), subject.note, False, took, TRAINING)

    key = ("training", model, _key(run_id), text)
    return key, background.lane("probes").ask(key, work, wait_s=wait_s)


def warm(model: str, run_id: str | None, layers: int, rank: int, width: int) -> bool:
    """Decompose the ranks next to this one while nothing else is asked. Whether all of them are done."""
    step = max(1, width // 16)
    near = range(max(1, rank - 2 * step), min(width, rank + 2 * step) + 1)
    ranks = sorted({*near, *range(step, width + 1, step)}, key=lambda other: abs(other - rank))
    lane = background.lane("probes")
    key = ("surgery-warm", model, _key(run_id), layers, rank)

    def work() -> bool:
        with _subject(model, run_id) as subject:
            return subject.warm(layers, ranks, WARM_S, lane.is_awaited)

    if lane.is_busy():
        return False
    found = lane.ask(key, work)
    if found.ready and found.value is False:
        lane.forget(key)
    return bool(found.ready and (found.error or found.value))


def prepare(model: str, layers: int, rank: int) -> None:
    """Load the model and decompose this rank, as far as nobody asks for anything meanwhile."""
    lane = background.lane("probes")

    def work() -> bool:
        with _subject(model, None) as subject:
            return bool(subject.warm(layers, [rank], PREPARE_S, lane.is_awaited))

    if not lane.is_busy():
        lane.ask(("surgery-prepare", model, layers, rank), work)


def _key(run_id: str | None) -> tuple:
    return () if run_id is None else (run_id, Store().get(run_id).model_dir.stat().st_mtime_ns)


@contextmanager
def _subject(model: str, run_id: str | None, training: bool = False) -> Iterator[Any]:
    """A `SurgeryModel` to be cut, or the `TrainingEffect` of a run, for one at a time."""
    key = repr((model, _key(run_id), training))
    with _guard:
        if key not in _loaded:
            _loaded[key] = (_load(model, run_id, training), threading.Lock())
        subject, lock = _loaded[key]
    with lock:
        yield subject


def _load(model: str, run_id: str | None, training: bool) -> SurgeryModel | TrainingEffect:
    from core.analysis import surgery_models, training_effect

    if run_id is None:
        return surgery_models.of_model(model)
    run = Store().get(run_id)
    return training_effect.training_of(run) if training else surgery_models.of_run(run)
