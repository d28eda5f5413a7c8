"""RUNS: what is happening, and what happened?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.runs import panels, ray_panel, texts, waiting
from dashboard.shared import errors, markup, run_table

VIEWS = ("Curves", "Configuration", "Augmented texts", "Notes and files", "Log")
TABLE_TICK_S = 1.0
LIVE_TICK_S = 0.3
ROWS_SHOWN = 7
MANY = 3  # with more runs than so many, the curves come first and the panels of the runs below them


@errors.boundary("The start of runs")
def draw_empty() -> None:
    if Store().list():
        st.rerun()  # one was started elsewhere
    box = markup.empty("No run yet. The one-minute demo trains the shipped model on 2,400 customer requests.")
    with box, st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Run the one-minute demo", type="primary", key="demo"):
            actions.start_and_show(RECIPES["quick-demo"].configs)
        st.page_link(actions.page("launch"), label="Choose settings", icon=":material/rocket_launch:")


@errors.boundary("The table of runs")
def draw_table(states: Mapping[str, str], selected: Sequence[str], words: str) -> None:
    """The runs that match; ticked ones are shown below. Redrawn by the clock: runs may be started elsewhere."""
    every = Store().list()
    infos = run_table.matching(every, words)
    fresh = [info.id for info in infos]
    known = {info.id: info.state for info in every}
    if list(known) != list(states) or any(known[run_id] != states[run_id] for run_id in selected):
        st.rerun()  # runs came, went or changed: the page below has to follow
    if not infos:
        markup.note(f"No run has “{words}” in its name, task, state, tags, notes or settings.")
        return
    key = f"runs-{hash(tuple(fresh))}"
    rows = [fresh.index(run_id) for run_id in selected if run_id in fresh]
    event = st.dataframe(
        run_table.frame(infos, panels.places(every)), column_config=run_table.columns(), hide_index=True, key=key,
        alt="All runs", on_select="rerun", selection_mode="multi-row", selection_default={"selection": {"rows": rows}},
        height="content" if len(infos) <= ROWS_SHOWN else 38 + 33 * ROWS_SHOWN,
    )  # fmt: skip
    ticked = [fresh[row] for row in event.selection.rows if row < len(fresh)]
    chosen = [run_id for run_id in selected if run_id not in fresh] + ticked
    if set(chosen) != set(selected):
        state.remember_runs(chosen)
        st.rerun()


@errors.boundary("The progress of these runs")
def draw_live(
    runs: Sequence[Run],
    slots: Mapping[str, DeltaGenerator],
    names: Mapping[str, str],
    view: str,
    look: panels.Look,
    states: Sequence[str],
) -> None:
    """State of each chosen run and what is looked at of it; the only part that the clock redraws."""
    infos = [info for info in (Store().look(run.id) for run in runs) if info is not None]
    if [info.state for info in infos] != list(states):
        st.rerun()  # other things can be done with a run now, or it is gone
    places = panels.places(infos)
    for info in infos:
        with slots[info.id].container():
            panels.state_line(info, places.get(info.id))
    if view == "Curves":
        panels.curves(runs, names, look)
    elif view == "Augmented texts":
        texts.augmented(runs, names)
    elif view == "Log":
        texts.log(runs, names)


def draw_panels(infos: Sequence[RunInfo], names: Mapping[str, str]) -> dict[str, DeltaGenerator]:
    """A panel for each run: what it is, and what can be done with it; returns the places of their live lines."""
    colors = state.run_colors([info.id for info in infos])
    slots = {}
    for info in infos:
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        with left:
            panels.headline(info, names[info.id], colors[info.id])
            slots[info.id] = st.empty()
            if info.state == "broken":
                panels.state_line(info, None)
        if info.state != "broken":
            with right:
                panels.buttons(info, Store().get(info.id))
    return slots


def draw_selected(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    runs = [Store().get(info.id) for info in infos if info.state != "broken"]
    many = len(infos) > MANY
    above, below = st.container(), st.container()
    with below if many else above:
        slots = draw_panels(infos, names)
    if not runs:
        return
    with above if many else below:
        failed = all(info.state == "failed" for info in infos)
        view = st.segmented_control(
            "View", VIEWS, default="Configuration" if failed else VIEWS[0], required=True,
            key="view", bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        look = panels.curve_controls(runs, infos) if view == "Curves" else panels.Look()
        active = any(map(run_table.is_active, infos))
        states = [info.state for info in infos if info.state != "broken"]
        tick = LIVE_TICK_S * (2 if many else 1)
        st.fragment(draw_live, run_every=tick if active else None)(runs, slots, names, view, look, states)
        if view == "Configuration":
            panels.settings(infos, names)
        elif view == "Notes and files":
            texts.notes(infos, runs, names)


def body() -> None:
    markup.heading("Runs", "What is happening and what happened: tick runs in the table to see them together.")
    infos = Store().list()
    state.show_messages([info.id for info in infos])
    if not infos:
        st.fragment(draw_empty, run_every=TABLE_TICK_S)()
        return
    states, names = {info.id: info.state for info in infos}, run_table.unique_names(infos)
    running, queued = ([info.id for info in infos if info.state == word] for word in ("running", "queued"))
    selected = state.selected_runs(list(states), default=(running or queued or list(states))[:1])
    chosen = [info for run_id in selected for info in infos if info.id == run_id]
    waiting.draw_interrupted(infos)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            "Filter", key="filter", bind="query-params", placeholder="Filter: name, task, state, tag, setting",
            label_visibility="collapsed", icon=":material/search:",
        )  # fmt: skip
        waiting.draw(names)
        panels.downloads(run_table.matching(infos, words or ""), chosen)
    st.fragment(draw_table, run_every=TABLE_TICK_S)(states, selected, words or "")
    ray_panel.draw(infos)
    if chosen:
        draw_selected(chosen, names)
    else:
        markup.note("Tick a run in the table to see its curves, settings, texts and log.")


body()
