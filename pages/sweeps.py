"""SWEEPS: what does changing a setting do, over several seeds?"""

from __future__ import annotations

import streamlit as st

from core.runs.folder.store import Store
from core.runs.sweep import SweepInfo, list_sweeps
from dashboard import actions, state
from dashboard.launch import outlook
from dashboard.launch.click import launch_button
from dashboard.shared import charts, errors, formatting, markup, saving
from dashboard.sweeps import fields, form, panels

VIEWS = ("New sweep", "Results")
TICK_S = 2.0


@errors.boundary("The plan of this sweep")
def draw_plan(entered: form.Entered, waited: bool) -> None:
    """Runs, steps, time and memory before the click, and what stands in its way."""
    known = outlook.look(entered.configs)
    with st.container(border=True):
        each = f"{len(entered.arms)} for each seed" if entered.configs else ""
        count = ("runs", formatting.number(len(entered.configs) or None), each)
        plan = known.plan
        rows = f"{plan.train_rows:,} training rows" if plan.train_rows else ""
        steps = ("steps of the first", formatting.number(plan.steps.total if plan.steps else None), rows)
        markup.headline_figures([count, steps, *outlook.costs(known, len(entered.configs))])
        st.text_input("Name", key="sweep:name", placeholder="the preset's name", persist_state="session")
        problems = outlook.problems({"": entered.error} if entered.error else {}, known)
        label = f"Launch {len(entered.configs)} runs" if entered.configs else "Launch"
        if launch_button(label, entered.configs, known, "launch-sweep"):
            actions.start_sweep(entered.base, entered.arms, entered.seeds, entered.name)
        for text in problems:
            st.markdown(f":red[{markup.escape_markdown(text)}]")
        for text in outlook.remarks(known):  # known in seconds: beneath, so that no button moves under a click
            markup.note(text)
    if entered.configs:
        st.code(form.command_line(entered, st.session_state), language="bash", wrap_lines=True)
    if waited and not known.open:
        st.rerun()  # the answers are in: draw the page once more. Last, since it would drop a click on the button above


def draw_new() -> None:
    preset = fields.choose_preset()
    entered = form.read(st.session_state, preset)
    waiting = outlook.look(entered.configs).open
    left, right = st.columns([2, 1], gap="medium")
    with left:
        fields.draw_grid(entered)
        fields.draw_shared()
    with right:
        st.fragment(draw_plan, run_every=1.0 if waiting else None)(entered, waiting)


@errors.boundary("The results of this sweep")
def draw_sweep(sweep_id: str, ticking: bool) -> None:
    """Progress, figures and table of one sweep; redrawn while it runs."""
    sweep = next((found for found in list_sweeps(Store().list()) if found.id == sweep_id), None)
    if sweep is None or (ticking and not sweep.is_active):
        st.rerun()
    share, said = panels.progress(sweep)
    st.progress(share, text=said)
    for name, reason in panels.failures(sweep).items():
        st.error(f"**{markup.escape_markdown(name)}** {markup.escape_markdown(reason)}")
    names = panels.metrics(sweep)
    if not names:
        markup.note("The table and the curves come with the first run that finishes.")
        return
    metric = names[0]
    if len(names) > 1:
        metric = st.segmented_control(
            "Metric", names, format_func=charts.metric_name, required=True, key="sweep-metric",
            default=names[0],
        )  # fmt: skip
    scores, curves = panels.figures(sweep, metric)
    with st.container(key="sweep_figures"):
        left, right = st.columns(2)
    runs = [Store().get(info.id) for info in sweep.runs]
    saving.draw(scores, "sweep-score", runs, left)
    saving.draw(curves, "sweep-curve", runs, right)
    st.html(markup.plain_table(panels.result_table(sweep, metric)))
    markup.note(panels.table_note(sweep))
    if unfair := panels.fairness_note(sweep):
        st.warning(markup.escape_markdown(unfair), icon=":material/balance:")


def watch(sweep_id: str) -> None:
    """Draws nothing: a sweep at rest may go on elsewhere, and figures that are redrawn without need flicker."""
    if any(found.is_active for found in list_sweeps(Store().list()) if found.id == sweep_id):
        st.rerun()


def draw_buttons(sweep: SweepInfo) -> None:
    with st.container(horizontal=True):
        # One key: what follows Stop takes its place as the same element, which keeps the keyboard's focus.
        stopped = [info.id for info in sweep.runs if info.state in ("stopped", "interrupted")]
        if sweep.is_active:
            st.button(
                "Stop the sweep", icon=":material/stop:", on_click=actions.stop_sweep, args=(sweep,), key="go-sweep"
            )
        elif stopped:
            st.button(
                f"Go on with {len(stopped)} run{'' if len(stopped) == 1 else 's'}", icon=":material/resume:",
                on_click=actions.resume_all, args=(stopped,), key="go-sweep",
            )  # fmt: skip
        if st.button("See its runs", icon=":material/monitoring:", key="sweep-runs"):
            actions.show([info.id for info in sweep.runs[: state.MOST_SELECTED]])
        pair = panels.cluster_pair(sweep)
        if pair and st.button(
            "Compare the clusters of its two losses", icon=":material/scatter_plot:", key="sweep-clusters"
        ):
            actions.show(pair, "clusters")
        st.download_button(
            "Table (CSV)", panels.result_file(sweep), f"{sweep.id}.csv", icon=":material/download:", key="sweep-csv"
        )


def open_view(view: str) -> None:
    st.session_state["sweep-view"] = view


def draw_results(sweeps: list[SweepInfo]) -> None:
    if not sweeps:
        box = markup.empty("No sweep yet. The augmentation ratio on demo-intents makes 15 short runs.")
        box.button("Set one up", type="primary", key="set-up", on_click=open_view, args=(VIEWS[0],))
        return
    by_id = {sweep.id: sweep for sweep in sweeps}
    wanted = st.session_state.get("sweep-id") or st.query_params.get("sweep")
    st.session_state["sweep-id"] = wanted if wanted in by_id else sweeps[0].id
    chosen = st.selectbox(
        "Sweep", list(by_id), format_func=lambda name: panels.title(by_id[name]), key="sweep-id",
    )  # fmt: skip
    sweep = by_id[chosen]
    st.query_params["sweep"] = sweep.id
    draw_buttons(sweep)
    st.fragment(draw_sweep, run_every=TICK_S if sweep.is_active else None)(sweep.id, sweep.is_active)
    if not sweep.is_active:
        st.fragment(watch, run_every=TICK_S)(sweep.id)


def body() -> None:
    markup.heading("Sweeps", "What changing a setting does: a run for every value and seed, with mean and spread.")
    state.show_messages()
    sweeps = list_sweeps(Store().list())
    if state.session().sweep:
        st.session_state["sweep-id"], state.session().sweep = state.session().sweep, ""
        st.session_state["sweep-view"] = VIEWS[1]
    view = st.segmented_control(
        "View", VIEWS, required=True, key="sweep-view", label_visibility="collapsed", bind="query-params",
        default=VIEWS[1] if sweeps else VIEWS[0],
    )  # fmt: skip
    if view == VIEWS[0]:
        draw_new()
    else:
        draw_results(sweeps)


body()
