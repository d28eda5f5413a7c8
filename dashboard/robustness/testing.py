"""A test under noise on the page: asked for by a click, watched in the queue, stopped, taken up again, read."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.robustness import job as robustness
from core.analysis.robustness.job import Question
from core.runs.folder import jobs
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.store import Store
from dashboard import actions
from dashboard.shared import errors, markup, run_words

TICK_S = 0.7
_LAST = "noise-job"


class Tested(NamedTuple):
    """What a finished test has found, and whether it is the one that is asked for now."""

    document: dict[str, Any]
    current: bool


def offer(question: Question, name: str) -> Tested | None:
    """A button that puts the test into the queue, then how far it is; the answer, or the one shown before."""
    store = Store()
    job = robustness.find(store, question)
    state = job.status().state if job else ""
    active = state in run_words.ACTIVE
    st.fragment(_draw, run_every=TICK_S if active else None)(question, name, active)
    if job is not None and state == "finished":
        st.session_state[_LAST] = job.id
    last = jobs.find(store, st.session_state.get(_LAST) or "none")
    if last is None or last.status().state != "finished":
        return None
    return Tested(jobs.answer_of(last), last.id == (job.id if job else None))


@errors.boundary("This test")
def _draw(question: Question, name: str, ticking: bool) -> None:
    job = robustness.find(Store(), question)
    info = Store().look(job.id) if job else None
    if job is None or info is None:
        _begin(question, name, "Test these runs")
        return
    if ticking and info.state not in run_words.ACTIVE:
        st.rerun()  # it is over: draw the page once more, and stop looking
    if info.state in run_words.ACTIVE:
        with _row():
            if st.button("Stop", key="go-test", icon=":material/stop:"):
                actions.stop(job, name)
                st.rerun()
            markup.progress_bar(run_words.progress(info), run_words.progress_line(info))
    elif info.state != "finished":
        _begin(question, name, "Go on with the test")
        if info.status and info.status.error:
            st.error(markup.escape_markdown(info.status.error), icon=":material/error:")


def _row() -> DeltaGenerator:
    """Where the button stands: at one place and with one key, so that what follows a click keeps the focus."""
    return st.container(horizontal=True, vertical_alignment="center")


def _begin(question: Question, name: str, label: str) -> None:
    with _row():
        clicked = st.button(label, icon=":material/science:", key="go-test")
    if clicked:
        try:
            _submit(question, name)
        except RunError as error:
            st.error(markup.escape_markdown(str(error)))
            return
        st.rerun()


def _submit(question: Question, name: str) -> Run:
    return robustness.submit(Store(), question, f"Robustness of {name}")
