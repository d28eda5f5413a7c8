"""RUNS: what is happening, and what happened?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.plan.recipes import RECIPES
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.runs import choice, meaning, panels, queue_panel, ray_panel, texts
from dashboard.shared import errors, markup, run_table, run_words

VIEWS = ("Curves", "Configuration", "Augmented texts", "Notes and files", "Log")
TABLE_TICK_S = 1.0
LIVE_TICK_S = 0.3
MANY = 3  # more runs than so many stand in two columns
MOST_ABOVE = 6  # more lines than so many, or of runs at work, come below the curves


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
def draw_table(states: Mapping[str, str], selected: Sequence[str], words: str, together: bool) -> None:
    """The runs that match, or a line for all seeds of a setting; chosen ones are shown below. `states` is what the page
    was drawn with."""
    every = Store().list()
    known = {info.id: info.state for info in every}
    if list(known) != list(states) or any(known[run_id] != states[run_id] for run_id in selected):
        st.rerun()  # runs came, went or changed: the page below has to follow
    infos = run_words.matching(every, words)
    if not infos:
        markup.note(f"No run has “{words}” in its name, task, state, tags, notes or settings.")
        return
    names, colors, places = run_words.unique_names(every), state.run_colors(selected), choice.places(every)
    if together:
        folds, of = run_words.folded(infos), {info.id: info for info in infos}
        infos = [info for info in infos if info.id in folds]
        settings = {head: [of[member] for member in members] for head, members in folds.items() if len(members) > 1}
        names |= {head: run_words.name_of_setting(runs) for head, runs in settings.items()}
        before = [head for head, members in folds.items() if set(members) & set(selected)]
        scores = run_words.means(every)
        heads = run_table.draw(infos, names, before, colors, key="runs-together", places=places, scores=scores)
        chosen = [run_id for head in heads for run_id in folds[head]] if set(heads) != set(before) else selected
    else:
        chosen = run_table.draw(infos, names, selected, colors, key="runs", places=places)
    if set(chosen) != set(selected):
        state.remember_runs(chosen[-state.MOST_SELECTED :])
        st.rerun()


@errors.boundary("The progress of these runs")
def draw_live(
    runs: Sequence[Run],
    states: Sequence[str],
    slots: Mapping[str, DeltaGenerator],
    names: Mapping[str, str],
    view: str,
    look: panels.Look,
) -> None:
    """State of each chosen run and what is looked at of it; the only part of the page that is drawn at every tick."""
    looked = [Store().look(run.id) for run in runs]
    if [info.state if info else "" for info in looked] != list(states):
        st.rerun()  # other things can be done with a run now, or it is gone
    infos = [info for info in looked if info is not None]
    places = choice.places(infos)
    for info in infos:
        if choice.is_folded(info):
            continue
        with slots[info.id].container():
            choice.state_line(info, places.get(info.id))
    if view == "Curves":
        panels.curves(runs, names, look)
    elif view == "Augmented texts":
        texts.augmented(runs, names)
    elif view == "Log":
        texts.log(runs, names)


def draw_lines(infos: Sequence[RunInfo], names: Mapping[str, str]) -> dict[str, DeltaGenerator]:
    """A line for each run: what it is, how it stands, what can be done with it; returns the places of the live part."""
    colors = state.run_colors([info.id for info in infos])
    slots = {}
    for info in infos:
        choice.reason(info, names[info.id])
    many = len(infos) > MANY
    columns = st.container(key="lines").columns(2 if many else 1, gap="medium")
    halves = [column.container(gap=None if many else "xsmall") for column in columns]
    for place, info in enumerate(infos):
        half = halves[place * len(halves) // len(infos)]  # in their order where the columns stand beneath one another
        with half, st.container(key=f"line-{info.id}", horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap=None):
                choice.headline(info, names[info.id], colors[info.id])
                slots[info.id] = st.empty()
            if info.state != "broken":
                choice.buttons(info, Store().get(info.id), names[info.id])
    return slots


def draw_selected(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    runs = [Store().get(info.id) for info in infos if info.state != "broken"]
    many = len(infos) > MANY and not (len(infos) <= MOST_ABOVE and all(map(choice.is_folded, infos)))
    above, below = st.container(gap="xsmall"), st.container(gap="xsmall")
    with below if many else above:
        slots = draw_lines(infos, names)
    if not runs:
        return
    with above if many else below:
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        failed = all(info.state == "failed" for info in infos)
        view = row.segmented_control(
            "View", VIEWS, default="Configuration" if failed else VIEWS[0], required=True,
            key="view", bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        with row:
            choice.all_buttons(infos, names)
        look = panels.curve_controls(runs, infos) if view == "Curves" else panels.Look()
        active = any(map(run_words.is_active, infos))
        states = [info.state for info in infos if info.state != "broken"]
        tick = LIVE_TICK_S * (2 if many else 1) if active else None
        st.fragment(draw_live, run_every=tick)(runs, states, slots, names, view, look)
        if view == "Configuration":
            panels.settings(infos, names)
        elif view == "Notes and files":
            texts.notes(infos, runs, names)
        elif view == "Curves" and len(infos) == 1 and infos[0].state == "finished":
            meaning.draw(infos[0], runs[0])


def body() -> None:
    markup.heading("Runs", "What is happening and what happened: choose runs in the table to see them together.")
    infos = Store().list()
    states, names = {info.id: info.state for info in infos}, run_words.unique_names(infos)
    state.show_messages(names)
    if not infos:
        st.fragment(draw_empty, run_every=TABLE_TICK_S)()
        return
    running, queued = ([info.id for info in infos if info.state == word] for word in ("running", "queued"))
    selected = state.selected_runs(list(states), default=(running or queued or list(states))[:1])
    chosen = [info for run_id in selected for info in infos if info.id == run_id]
    queue_panel.draw_interrupted(infos)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            "Filter", key="filter", bind="query-params", placeholder="Filter by any word",
            label_visibility="collapsed", icon=":material/search:",
        )  # fmt: skip
        together = st.toggle("Seeds together", key="together", bind="query-params")
        queue_panel.draw(names)
        panels.downloads(run_words.matching(infos, words or ""), chosen)
    st.fragment(draw_table, run_every=TABLE_TICK_S)(states, selected, words or "", together)
    ray_panel.draw(infos)
    if chosen:
        draw_selected(chosen, names)
    else:
        markup.note("Choose a run in the table to see its curves, settings, texts and log.")


body()
