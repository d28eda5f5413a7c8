"""Slow work in a thread of its own: begun by a click, watched while it goes on, cancelled at its next step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any

import streamlit as st

from dashboard import components
from dashboard.cache import Answer

TICK_S = 0.5
Progress = Callable[[int, int], None]
Work = Callable[[Progress], Any]


class Job:
    """One piece of work: how far it is, and what came of it."""

    def __init__(self, work: Work, pool: ThreadPoolExecutor) -> None:
        self.done, self.total = 0, 0
        self._cancelled = threading.Event()
        self._future = pool.submit(self._run, work)

    def _run(self, work: Work) -> Any:
        self._report(0, 0)
        return work(self._report)

    def _report(self, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise CancelledError("cancelled")
        self.done, self.total = done, total

    def cancel(self) -> None:
        """End it at its next report of progress, or before it begins."""
        self._cancelled.set()

    def answer(self) -> Answer:
        return Answer.of(self._future)


class Jobs:
    """Work by key, shared by all visitors. One piece at a time, so that no measurement disturbs another."""

    def __init__(self, most: int = 100) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="lab-job")
        self._jobs: dict[Any, Job] = {}
        self._lock = threading.Lock()
        self._most = most

    def start(self, key: Any, work: Work) -> None:
        """Begin, unless it is begun already; the oldest answer is forgotten where there are too many."""
        with self._lock:
            if key not in self._jobs:
                while len(self._jobs) >= self._most:
                    self._jobs.pop(next(iter(self._jobs))).cancel()
                self._jobs[key] = Job(work, self._pool)

    def find(self, key: Any) -> Job | None:
        return self._jobs.get(key)

    def drop(self, key: Any) -> None:
        """Cancel it, or forget what came of it."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.cancel()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    return Jobs()


def offer(name: str, key: Any, label: str, work: Work) -> Any:
    """A button that begins the work, then its progress with a way to cancel. Returns what came of it, or None.

    `name` tells this place from others on the page; work with another `key` is other work.
    """
    job = jobs().find(key)
    running = job is not None and not job.answer().ready
    st.fragment(_draw, run_every=TICK_S if running else None)(name, key, label, work, running)
    return None if job is None else job.answer().value


@components.calmly("This measurement")
def _draw(name: str, key: Any, label: str, work: Work, ticking: bool) -> None:
    job = jobs().find(key)
    answer = job.answer() if job else Answer(False)
    if ticking and (job is None or answer.ready):
        st.rerun()  # it is over: draw the page once more, and stop asking
    if answer.error:
        st.error(components.escape_markdown(answer.error), icon=":material/error:")
    if job is None or answer.ready:
        if st.button(label if job is None else f"{label} again", icon=":material/timer:", key=f"start-{name}"):
            jobs().drop(key)
            jobs().start(key, work)
            st.rerun()
        return
    share = job.done / job.total if job.total else 0.0
    components.progress_bar(share, f"{job.done} of {job.total}" if job.total else "getting ready …")
    if st.button("Cancel", key=f"cancel-{name}", icon=":material/close:", type="tertiary"):
        jobs().drop(key)
        st.rerun()
