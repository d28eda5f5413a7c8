"""RUNS: what is happening, and what happened?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.recipes import RECIPES
from core.runs.store import Run, RunInfo, Store
from dashboard import actions, cluster_panel, components, run_table, run_view, state

VIEWS = ("Curves", "Configuration", "Augmented texts", "Log")
TICK_S = 1.0
ROWS_SHOWN = 7


def draw_empty() -> None:
    box = components.empty("No run yet. The one-minute demo trains the shipped model on 2,400 customer requests.")
    with box, st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Run the one-minute demo", type="primary", key="demo"):
            actions.start_and_show(RECIPES["quick-demo"].configs)
        st.page_link(actions.page("launch"), label="Choose settings", icon=":material/rocket_launch:")


@components.calmly("The table of runs")
def draw_table(ids: Sequence[str], selected: Sequence[str], ticking: bool) -> None:
    """All runs; rows that are ticked are shown below. Redrawn while one is active."""
    infos = Store().list()
    fresh = [info.id for info in infos]
    if fresh != list(ids) or (ticking and not any(run_table.is_active(info) for info in infos)):
        st.rerun()  # runs came or went, or all are over: the page below has to follow
    key = f"runs-{hash(tuple(fresh))}"
    rows = [fresh.index(run_id) for run_id in selected if run_id in fresh]
    event = st.dataframe(
        run_table.frame(infos), column_config=run_table.columns(), hide_index=True, key=key, alt="All runs",
        on_select="rerun", selection_mode="multi-row", selection_default={"selection": {"rows": rows}},
        height="content" if len(infos) <= ROWS_SHOWN else 38 + 33 * ROWS_SHOWN,
    )  # fmt: skip
    chosen = [fresh[row] for row in event.selection.rows if row < len(fresh)]
    if set(chosen) != set(selected):
        state.remember_runs(chosen)
        st.rerun()


@components.calmly("The progress of these runs")
def draw_live(
    runs: Sequence[Run], slots: Mapping[str, object], names: Mapping[str, str], drawn: tuple, ticking: bool
) -> None:
    """State of each chosen run and, when looked at, the curves; the only part that is redrawn by the clock."""
    infos = {info.id: info for info in Store().list()}
    if ticking and not any(run_table.is_active(infos[run.id]) for run in runs if run.id in infos):
        st.rerun()
    queue = actions.launcher().queue() if any(info.state == "queued" for info in infos.values()) else []
    for run in runs:
        if run.id in infos:
            with slots[run.id].container():  # type: ignore[attr-defined]
                run_view.state_line(infos[run.id], queue.index(run.id) + 1 if run.id in queue else None)
    view, weight, metric, more = drawn
    if view == "Curves":
        run_view.curves(runs, names, weight, metric, more)


def draw_selected(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    store = Store()
    runs = [store.get(info.id) for info in infos if info.state != "broken"]
    colors = state.run_colors([info.id for info in infos])
    slots = {}
    for info in infos:
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        with left:
            run_view.headline(info, names[info.id], colors[info.id])
            slots[info.id] = st.empty()
            if info.state == "broken":
                run_view.state_line(info, None)
        if info.state != "broken":
            slots[info.id].progress(run_table.progress(info))
            with right:
                run_view.buttons(info, store.get(info.id))
    if not runs:
        return
    failed = all(info.state == "failed" for info in infos)
    view = st.segmented_control(
        "View",
        VIEWS,
        default="Configuration" if failed else VIEWS[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    drawn = (view, *(run_view.curve_controls(runs) if view == "Curves" else (0.0, None, False)))
    active = any(run_table.is_active(info) for info in infos)
    st.fragment(draw_live, run_every=TICK_S if active else None)(runs, slots, names, drawn, active)
    if view == "Configuration":
        run_view.settings(infos, names)
    elif view == "Augmented texts":
        run_view.augmented(runs, names)
    elif view == "Log":
        run_view.log(runs, names)


def body() -> None:
    components.heading("Runs", "What is happening and what happened: tick runs in the table to see them together.")
    state.say_now()
    infos = Store().list()
    if not infos:
        draw_empty()
        return
    ids = [info.id for info in infos]
    newest_active = [info.id for info in infos if run_table.is_active(info)][:1]
    selected = state.selected_runs(ids, default=newest_active or ids[:1])
    active = any(run_table.is_active(info) for info in infos)
    st.fragment(draw_table, run_every=TICK_S if active else None)(ids, selected, active)
    cluster_panel.draw(infos)
    chosen = [info for run_id in selected for info in infos if info.id == run_id]
    if chosen:
        draw_selected(chosen, run_table.unique_names(infos))
    else:
        components.note("Tick a run in the table to see its curves, settings, texts and log.")


body()
