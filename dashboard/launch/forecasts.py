"""Configurations in; what they will take, worked out in the background, one set at a time, out."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from core.config import RunConfig
from core.plan.forecast import Forecast, forecast
from core.runs.folder.store import Store
from dashboard.shared import formatting, readers

MOST_KEPT = 100


class Forecasts:
    """One question at a time: while one is worked out others are not begun, so that a form may change freely."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="lab-forecast")
        self._asked: dict[str, Future[Forecast]] = {}
        self._lock = threading.Lock()

    def ask(self, configs: Sequence[RunConfig], finished: int) -> readers.Answer:
        """The forecast where it is known; asks for it where nothing else is being worked out.

        `finished` is how many runs there are to learn from: with another number it is worked out anew.
        """
        store = Store()
        named = [{key: value for key, value in config.to_dict().items() if key != "run.name"} for config in configs]
        key = json.dumps([named, finished, str(store.root)])
        with self._lock:
            if key not in self._asked:
                if any(not future.done() for future in self._asked.values()):
                    return readers.Answer(False)
                while len(self._asked) >= MOST_KEPT:
                    self._asked.pop(next(iter(self._asked)))
                self._asked[key] = self._pool.submit(forecast, list(configs), store)
            return readers.Answer.of(self._asked[key])


@st.cache_resource(show_spinner=False)
def _forecasts() -> Forecasts:
    return Forecasts()


def ask(configs: Sequence[RunConfig]) -> readers.Answer:
    """Time and memory of these runs as `core.plan.forecast` has them, or why one of them cannot run."""
    finished = sum(info.state == "finished" for info in Store().list())
    return _forecasts().ask(configs, finished)


def figures(answer: readers.Answer, runs: int) -> list[tuple[str, str, str]]:
    """Time and memory as figures: (label, value, remark); dashes where nothing could be worked out."""
    if not answer.ready:
        return [("time", "…", "timing a few steps"), ("memory", "…", "")]
    found: Forecast | None = answer.value
    if found is None:
        return [("time", "–", ""), ("memory", "–", "")]
    each = "for each run" if runs > 1 else "at its peak"
    return [
        ("time, about", formatting.duration(found.seconds), found.source),
        ("memory, about", formatting.byte_size(found.memory), each),
    ]
