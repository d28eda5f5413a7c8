"""HOME: what is this, what runs now, what ran lately, and what this machine can do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.config import RunConfig
from core.plan.recipes import RECIPES
from core.runs.folder.store import RunInfo, Store
from dashboard import actions, state
from dashboard.home import drawings
from dashboard.runs import queue_panel
from dashboard.shared import errors, machine, markup, run_table, run_words

RECENT = 5
SHOWN = 4
CHOSEN = "recent-chosen"
TICK_S = 1.0


def draw_picture() -> None:
    """What the lab does, in three drawings."""
    st.space("xsmall")
    columns = st.container(key="home_steps").columns(3, gap="medium")
    for column, (name, (title, how)) in zip(columns, drawings.STEPS.items(), strict=True):
        with column, st.container(gap="xsmall"):
            st.markdown(f"**{title}**")
            markup.note(how)
            st.image(drawings.drawing(name, st.context.theme.type), width="stretch", alt=title)


def draw_start() -> None:
    """The three ways in, the quickest first."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Run the one-minute demo", type="primary", icon=":material/play_arrow:", key="demo"):
            actions.start_and_show(RECIPES["quick-demo"].configs)
        if st.button(
            "Compare two losses", icon=":material/scatter_plot:", key="pair", help=RECIPES["ce-joint"].description
        ):
            actions.compare(RECIPES["ce-joint"].configs)
        if st.button("Use my own file", icon=":material/upload_file:", key="own"):
            state.session().pending = RunConfig(task="file")
            st.switch_page(actions.page("launch"))
        st.page_link(actions.page("augmentation"), label="See what augmentation does", icon=":material/edit_note:")


def draw_running(active: list[RunInfo], names: dict[str, str]) -> None:
    st.header("Running now", anchor=False)
    running = [info for info in active if info.state == "running"]
    queued = [names[info.id] for info in active if info.state == "queued"]
    if not active:
        markup.note("Nothing runs. A run started here goes on when this page is closed.")
    for info in running[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            markup.progress_bar(run_words.progress(info), f"{names[info.id]}: {run_words.progress_line(info)}")
            if st.button("Watch", key=f"watch-{info.id}", type="tertiary"):
                actions.show([info.id])
    if len(running) > SHOWN:
        markup.note(f"and {len(running) - SHOWN} more")
    if queued:
        more = f" and {len(queued) - SHOWN} more" if len(queued) > SHOWN else ""
        markup.note(f"Waiting: {', '.join(queued[:SHOWN])}{more}")


def draw_recent(infos: list[RunInfo], names: dict[str, str], spreads: dict[str, str]) -> None:
    st.header("Recent runs", anchor=False)
    if not infos:
        markup.note("No run has ended yet. The demo above takes about a minute and needs no download.")
        return
    known = {info.id for info in infos}
    before = [run_id for run_id in st.session_state.get(CHOSEN, []) if run_id in known]
    ids = run_table.draw(
        infos, names, before, state.run_colors(before), key="recent", scores=spreads,
        columns=("state", "name", "task", "score", "started"),
    )  # fmt: skip
    if ids != before:
        st.session_state[CHOSEN] = ids
        st.rerun(scope="fragment")
    chosen = [info for info in infos if info.id in ids]
    with st.container(horizontal=True, gap="small"):
        label = "Compare" if len(chosen) > 1 else "Open"
        if st.button(label, key="open", icon=":material/monitoring:", disabled=not chosen):
            actions.show([info.id for info in chosen])
        one = len(chosen) == 1 and chosen[0].config is not None
        if st.button("Clone", key="clone", icon=":material/content_copy:", disabled=not one):
            actions.clone(Store().get(chosen[0].id))


@errors.boundary("The list of runs")
def draw_runs(interrupted: Sequence[str]) -> None:
    """What runs and what ran, drawn at every tick; runs may be started elsewhere."""
    infos = Store().list()
    if queue_panel.interrupted(infos) != list(interrupted):
        st.rerun()  # what is said above the list
    active = [info for info in infos if run_words.is_active(info)]
    names = run_words.unique_names(infos)
    draw_running(active[::-1], names)
    draw_recent([info for info in infos if info not in active][:RECENT], names, run_words.spreads(infos))


@errors.boundary("This machine")
def draw_machine() -> None:
    st.header("This machine", anchor=False)
    markup.facts(machine.facts())


def body() -> None:
    markup.heading(
        "MobileBERT Lab",
        "See what augmentation, model surgery and losses do to MobileBERT: launch runs, watch them, compare them.",
    )
    state.show_messages()
    draw_start()
    draw_picture()
    infos = Store().list()
    queue_panel.draw_interrupted(infos)
    with st.container(key="home_runs"):
        left, right = st.columns([5, 2], gap="medium")
    with left:
        st.fragment(draw_runs, run_every=TICK_S)(queue_panel.interrupted(infos))
    with right:
        draw_machine()


body()
