"""PLAYGROUND: what does it answer, and why?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.adapted import has_model
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.playground import file, panels
from dashboard.shared import debounce, markup, run_words

MOST_RUNS = 4
WAYS = ("One text", "A file")


def choose(infos: Sequence[RunInfo]) -> tuple[list[Run], dict[str, str]]:
    """Up to four runs; shared with the other pages and the address."""
    ids, names = [info.id for info in infos], run_words.unique_names(infos)
    kept = st.session_state.get("playground_runs")
    first = state.selected_runs(ids)[:MOST_RUNS] or ids[:1]
    st.session_state["playground_runs"] = first if kept is None else [run_id for run_id in kept if run_id in ids]
    picked = st.multiselect(
        "Runs that answer with their last weights, side by side", ids, format_func=names.__getitem__,
        key="playground_runs", max_selections=MOST_RUNS,
    )  # fmt: skip
    state.remember_runs(picked)
    return [Store().get(run_id) for run_id in picked], names


def body() -> None:
    debounce.page_begins()
    markup.heading("Playground", "What a trained model answers to a text of your own, why, and what would change it.")
    state.show_messages()
    every = Store().list()
    infos = [info for info in every if info.state == "finished" and has_model(Store().get(info.id).model_dir)]
    if not infos:
        actions.offer_demo(
            every, "No run has finished yet. The one-minute demo gives a model that answers as you type."
        )
        return
    runs, names = choose(infos)
    if not runs:
        markup.empty("Choose at least one run above.")
        return
    way = st.segmented_control(
        "Ask", WAYS, default=WAYS[0], required=True, key="ask", bind="query-params", label_visibility="collapsed"
    )
    if way == WAYS[1]:
        file.draw(runs, names)
    else:
        panels.box(runs)
        debounce.live("playground", panels.draw, runs, names)


body()
