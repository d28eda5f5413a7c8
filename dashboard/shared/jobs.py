"""Slow commands: begun by a click, watched while they go on, cancelled at any time, one after another."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any

import streamlit as st

from dashboard.shared import errors, markup
from dashboard.shared.command import Command
from dashboard.shared.readers import Answer

TICK_S = 0.5


class Job:
    """One command: how far it is, and what came of it."""

    def __init__(self, words: list[str], pool: ThreadPoolExecutor) -> None:
        self.done, self.total = 0, 0
        self._words = words
        self._command: Command | None = None
        self._cancelled = False
        self._future = pool.submit(self._run)

    def _run(self) -> Any:
        if self._cancelled:
            raise CancelledError("cancelled")
        self._command = Command(self._words)
        if self._cancelled:  # just now
            self._command.end()
        return self._command.result(self._report)

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def cancel(self) -> None:
        """End the command, or see that it never begins."""
        self._cancelled = True
        if self._command is not None:
            self._command.end()

    def answer(self) -> Answer:
        return Answer.of(self._future)


class Jobs:
    """Commands and their answers, shared by all visitors. One at a time, so that no measurement disturbs another."""

    def __init__(self, most: int = 100) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="lab-job")
        self._jobs: dict[tuple[str, ...], Job] = {}
        self._lock = threading.Lock()
        self._most = most

    def start(self, words: list[str]) -> None:
        """Begin, unless it is begun already; the oldest answer is forgotten where there are too many."""
        with self._lock:
            if tuple(words) not in self._jobs:
                while len(self._jobs) >= self._most:
                    self._jobs.pop(next(iter(self._jobs))).cancel()
                self._jobs[tuple(words)] = Job(words, self._pool)

    def find(self, words: list[str]) -> Job | None:
        return self._jobs.get(tuple(words))

    def drop(self, words: list[str]) -> None:
        """Cancel it, or forget what came of it."""
        with self._lock:
            job = self._jobs.pop(tuple(words), None)
        if job is not None:
            job.cancel()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    return Jobs()


def offer(name: str, label: str, words: list[str]) -> Any:
    """A button that begins `python -m core WORDS`, then how far it is with a way to cancel.

    `name` tells this place from others on the page. Returns the command's document once it is there, else None.
    """
    job = jobs().find(words)
    running = job is not None and not job.answer().ready
    st.fragment(_draw, run_every=TICK_S if running else None)(name, label, words, running)
    return None if job is None else job.answer().value


@errors.boundary("This measurement")
def _draw(name: str, label: str, words: list[str], ticking: bool) -> None:
    job = jobs().find(words)
    answer = job.answer() if job else Answer(False)
    if ticking and (job is None or answer.ready):
        st.rerun()  # it is over: draw the page once more, and stop asking
    if answer.error:
        st.error(markup.escape_markdown(answer.error), icon=":material/error:")
    if job is None or answer.ready:
        if st.button(label if job is None else f"{label} again", icon=":material/timer:", key=f"start-{name}"):
            jobs().drop(words)
            jobs().start(words)
            st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        share = job.done / job.total if job.total else 0.0
        markup.progress_bar(share, f"{job.done} of {job.total}" if job.total else "getting ready …")
        if st.button("Cancel", key=f"cancel-{name}", icon=":material/close:"):
            jobs().drop(words)
            st.rerun()
