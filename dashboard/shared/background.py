"""The one background service: what a page would have to wait for is asked once, and worked out in a few threads.

Whoever asks first begins it; everybody else, on every page, finds the same answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import streamlit as st
from cachetools import TLRUCache

HOUR_S = 3600.0


class Lane(NamedTuple):
    """How much of one kind is worked out at once, and how many answers are kept."""

    threads: int
    most: int


LaneName = Literal["questions", "samples", "pictures", "plans", "forecasts", "answers", "probes", "measurements"]
LANES: dict[LaneName, Lane] = {
    "questions": Lane(2, 200),
    "samples": Lane(2, 12),  # a sample of long texts takes tens of megabytes
    "pictures": Lane(2, 12),  # they come first: figures of many rows, asked by whomever, must not hold them up
    "plans": Lane(2, 200),
    "forecasts": Lane(1, 100),
    "answers": Lane(1, 300),  # of a loaded model, as somebody types: nothing slow comes before them
    "probes": Lane(1, 100),
    "measurements": Lane(1, 100),  # one at a time, so that no measurement disturbs another
}
"""Twelve threads in all."""


@dataclass(frozen=True)
class Answer:
    """What is known so far: `ready` with a value, or with the reason why there is none."""

    ready: bool
    value: Any = None
    error: str = ""

    @classmethod
    def of(cls, future: Future) -> Answer:
        """What a thread has found out so far."""
        if not future.done() or future.cancelled():  # who still wants what somebody gave up asks for it again
            return cls(False)
        error = future.exception()
        return cls(True, error=str(error) or type(error).__name__) if error else cls(True, future.result())


@dataclass
class Asked:
    """A question, being worked out or answered."""

    question: Callable[[], Any]
    keep_s: float
    future: Future = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)

    @property
    def age_s(self) -> float:
        """Seconds since it was asked."""
        return time.monotonic() - self.since

    @property
    def answer(self) -> Answer:
        return Answer.of(self.future)

    def cancel(self) -> None:
        """See that it never begins; a question that knows how to `cancel` ends at once."""
        self.future.cancel()
        getattr(self.question, "cancel", lambda: None)()


class Background:
    """Questions and their answers, shared by all visitors. What is least asked for is forgotten first."""

    def __init__(self, threads: int, most: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lab-background")
        self._lock = threading.RLock()
        self._open: dict[Hashable, Asked] = {}  # in the order in which they were asked
        self._answered: TLRUCache[Hashable, Asked] = TLRUCache(
            most, ttu=lambda _, asked, now: now + asked.keep_s, timer=time.monotonic
        )
        self._threads, self._most = threads, most

    def ask(self, key: Hashable, question: Callable[[], Any], keep_s: float = HOUR_S, wait_s: float = 0.0) -> Answer:
        """The answer if there is one not older than `keep_s`, or within `wait_s`; else `Answer(False)` while it is
        worked out."""
        with self._lock:
            asked = self.find(key) or self._begin(key, Asked(question, keep_s))
        wait([asked.future], wait_s)
        return asked.answer

    def find(self, key: Hashable) -> Asked | None:
        """The question of this key, where it was asked and is not forgotten."""
        with self._lock:
            return self._open.get(key) or self._answered.get(key)

    def ahead(self, key: Hashable) -> int:
        """How many questions have to be answered before this one begins."""
        with self._lock:
            asked = self._open.get(key)
            if asked is None or asked.future.running():
                return 0
            return list(self._open).index(key)

    def is_busy(self) -> bool:
        return bool(self._open)

    def is_awaited(self) -> bool:
        """Whether more is asked than can be worked out at once: what is not urgent had better end."""
        return len(self._open) > self._threads

    def forget(self, key: Hashable) -> None:
        """Cancel it, or forget what came of it."""
        with self._lock:
            asked = self._open.pop(key, None) or self._answered.pop(key, None)
        if asked is not None:
            asked.cancel()

    def _begin(self, key: Hashable, asked: Asked) -> Asked:
        while len(self._open) >= self._most:
            self.forget(next(iter(self._open)))
        self._open[key] = asked
        asked.future = self._pool.submit(asked.question)
        asked.future.add_done_callback(lambda _: self._settle(key, asked))
        return asked

    def _settle(self, key: Hashable, asked: Asked) -> None:
        with self._lock:
            if self._open.get(key) is asked:
                del self._open[key]
                self._answered[key] = asked


@st.cache_resource(show_spinner=False)
def lane(name: LaneName = "questions") -> Background:
    """The service for one kind of question; all visitors share it."""
    return Background(*LANES[name])
