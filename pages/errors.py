"""ERRORS: where do these runs fail, and differ?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.clusters import comparison
from dashboard.errors import panels
from dashboard.shared import markup, run_words

VIEWS = ("Where", "Map of rows", "Calibration", "Two runs")


def choose(infos: Sequence[RunInfo]) -> tuple[list[Run], dict[str, str]]:
    """One run, or two to compare; shared with the other pages and the address."""
    ids, names = [info.id for info in infos], run_words.unique_names(infos)
    kept = st.session_state.get("error_runs")
    first = state.selected_runs(ids)[:2] or ids[:1]
    st.session_state["error_runs"] = first if kept is None else [run_id for run_id in kept if run_id in ids]
    picked = st.multiselect(
        "Runs (one, or two to compare)", ids, format_func=names.__getitem__, key="error_runs", max_selections=2
    )
    state.remember_runs(picked)
    return [Store().get(run_id) for run_id in picked], names


def draw_view(view: str, runs: Sequence[Run], names: dict[str, str]) -> None:
    root = str(Store().root)
    answers = [panels.answers_of(run.id, run.embedding_steps()[-1], root) for run in runs]
    if view == "Two runs":
        if len(runs) < 2:
            markup.empty("Choose a second run above to see where the two part.")
        else:
            panels.draw_disagreement(answers[0], answers[1], (names[runs[0].id], names[runs[1].id]))
        return
    for run, one in zip(runs, answers, strict=True):
        st.markdown(f"**{markup.escape_markdown(names[run.id])}**, step {one.step:,}")
        if view == "Where":
            panels.draw_where(run, one)
        elif view == "Map of rows":
            panels.draw_map(run, one)
        else:
            panels.draw_calibration(one)


def body() -> None:
    markup.heading("Errors", "Which rows a run answers wrongly, of what kind they are, and where two runs part.")
    state.show_messages()
    every = Store().list()
    infos = comparison.having_embeddings(every)
    if not infos:
        actions.offer_demo(
            every,
            "No run has been evaluated yet; the first evaluation comes within seconds of the start.",
            "No run has been evaluated yet. The one-minute demo gives one whose errors can be read.",
        )
        return
    runs, names = choose(infos)
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    draw_view(view, runs, names)


body()
