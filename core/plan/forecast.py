"""Configurations in; how long they will take here and how much memory they need out, before any of them starts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from core.config import RunConfig
from core.data.rows import Corpus
from core.data.sources import load_corpus
from core.plan.check import check_model, memory_notes, memory_of
from core.plan.speed import Pace, Question, known_pace, measure, pace_key, question, run_seconds
from core.runs.folder.store import Store
from core.runs.local.waitlist import Waitlist, default_threads


@dataclass(frozen=True)
class Forecast:
    """What these runs will take."""

    seconds: float | None
    """Until the last of them ends, were the queue empty; None where no step could be timed."""
    memory: int
    """Bytes that the largest of them needs at its peak."""
    timed: bool
    """Some of their settings were timed just now, since no like run is known."""
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return "from a few steps timed now" if self.timed else "from like runs"


def forecast(configs: Sequence[RunConfig], store: Store) -> Forecast:
    """Time and memory of these runs. What no like run tells is timed, which takes some seconds.

    Raises DataError or ModelError where a run would fail, ValueError where its model lacks what it names or one cannot
    fit into this machine.
    """
    corpora: dict[str, Corpus] = {}
    paces: dict[str, Pace] = {}
    open_: dict[str, Question] = {}
    notes: dict[str, None] = {}
    memory, infos = 0, store.list()
    for config in configs:
        data, speed = data_key(config), pace_key(config)
        if data not in corpora:
            corpora[data] = load_corpus(config)
        if speed in paces or speed in open_:
            continue
        check_model(config)
        need = memory_of(config, corpora[data])
        memory = max(memory, need.total)
        notes |= dict.fromkeys(memory_notes(config, corpora[data], need))
        pace = known_pace(config, infos, store)
        if pace is None:
            open_[speed] = question(config, corpora[data])
        else:
            paces[speed] = pace
    try:
        paces |= zip(open_, measure(list(open_.values()), default_threads(store.root)), strict=True)
    except ValueError as error:
        notes[f"the time is not known: {error}"] = None
        return Forecast(None, memory, True, (*notes,))
    seconds = [run_seconds(paces[pace_key(c)], c, len(corpora[data_key(c)].train)) for c in configs]
    return Forecast(sum(seconds) / min(Waitlist(store.root).read().slots, len(seconds)), memory, bool(open_), (*notes,))


def data_key(config: RunConfig) -> str:
    """Equal for configurations with as many and like rows; which of them a seed draws does not matter here."""
    return json.dumps([value for key, value in config.to_dict().items() if key == "task" or key.startswith("data.")])
