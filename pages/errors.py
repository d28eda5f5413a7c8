"""ERRORS: where do these runs fail, and differ?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analysis import recorded
from core.runs.folder.store import Run, Store
from dashboard import actions, run_choice, state
from dashboard.errors import panels
from dashboard.shared import markup, run_words

VIEWS = ("Where", "Map of rows", "Calibration", "Two runs")


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
        evaluated = recorded.evaluated_rows(run, len(one))
        over = f", over all {evaluated:,}" if evaluated > len(one) else ""
        st.markdown(
            f"**{markup.escape_markdown(names[run.id])}**, last evaluation, step {one.step:,}, "
            + recorded.rows_told(len(one), evaluated)
            + (f" (best {better}{over})" if (better := run.status().better) else "")
        )
        if view == "Where":
            panels.draw_where(run, one)
        elif view == "Map of rows":
            panels.draw_map(run, one)
        else:
            panels.draw_calibration(run, one)


def body() -> None:
    markup.heading("Errors", "Which rows a run answers wrongly, of what kind they are, and where two runs part.")
    state.show_messages()
    every = Store().list()
    infos = run_choice.having_embeddings(every)
    if not infos:
        actions.offer_demo(
            every,
            "No run has been evaluated yet. The one-minute demo gives one whose errors can be read.",
            "No run has been evaluated yet; the first evaluation comes within seconds of the start.",
        )
        return
    runs = run_choice.choose(infos, "error_runs", 2, "Runs (one, or two to compare)")
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    state.read_address("view", dict(zip(VIEWS, VIEWS, strict=True)))
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    draw_view(view, runs, run_words.unique_names(infos))


body()
