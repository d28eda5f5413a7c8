"""The panels of chosen runs: where they are, what can be done with them, their curves and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from core import config as core_config
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import actions, state
from dashboard.runs import curves as run_charts
from dashboard.runs import export
from dashboard.shared import charts, markup, metric_frames, run_table

CURVE_HEIGHT = 320
MORE_CURVES = ("lr", "grad_norm", "examples_per_s", "cpu_percent", "memory_mb", "gpu_percent", "gpu_memory_mb")


LOSSES = ("training", "evaluation")
FIGURE_FORMATS = ("PNG", "SVG")


@dataclass(frozen=True)
class Look:
    """How curves are shown. Kept here and not in the figure, which forgets zoom and legend when new data comes."""

    smoothing: float = 0.0
    steps: tuple[float, float] | None = None
    """First and last step drawn; None draws them all."""
    losses: Sequence[str] = LOSSES
    metric: str | None = None
    more: bool = False
    vector: bool = False
    """Figures are drawn, and saved, as SVG."""
    live: bool = False


def headline(info: RunInfo, name: str, color: str) -> None:
    """Which run this is: its colour, its name, what it trains."""
    what = ", ".join(part for part in (info.task, run_table.differs_in(info.config)) if part)
    note = f" · {info.status.weights_note}" if info.status and info.status.weights_note else ""
    st.html(
        f'<div style="overflow-wrap: anywhere">{_dot(color)}<b>{markup.escape_html(name)}</b> '
        f'<span class="lab-note">{markup.escape_html(what + note)}</span></div>'
    )


def _dot(color: str) -> str:
    return f'<span class="lab-dot" style="background:{color}"></span>'


def state_line(info: RunInfo, position: int | None) -> None:
    """Live: the state, how far, how long still; for a failed run first of all why."""
    if info.state == "broken":
        st.error(f"**This folder cannot be read as a run.** {markup.escape_markdown(info.reason)}")
        return
    if info.state in ("failed", "interrupted") and info.status and info.status.error:
        st.error(f"**{info.state.capitalize()}:** {markup.escape_markdown(info.status.error)}", icon=":material/error:")
        return
    words = run_table.progress_line(info)
    if info.state == "queued" and position:
        words = f"waiting, number {position} in the queue"
    badge = markup.state_badge(info.state)
    st.progress(run_table.progress(info), text=f"{badge} &nbsp;{markup.escape_markdown(words)}")
    if info.state == "running":
        markup.note(run_table.live_line(info) or "no step yet")


def places(infos: Sequence[RunInfo | None]) -> dict[str, int]:
    """Run -> place in the queue, counted from 1; asked for only where a run waits."""
    waits = any(info is not None and info.state == "queued" for info in infos)
    return {run_id: place for place, run_id in enumerate(actions.launcher().queue(), 1)} if waits else {}


def buttons(info: RunInfo, run: Run) -> None:
    """What can be done with this run in its present state."""
    status = info.status
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if run_table.is_active(info):
            if st.button("Stop", key=f"stop-{run.id}", icon=":material/stop:"):
                with st.spinner("Stopping at the next step …"):
                    actions.stop(run)
                st.rerun()
        elif status and info.state in ("stopped", "failed", "interrupted"):
            st.button("Resume", key=f"resume-{run.id}", icon=":material/resume:", on_click=actions.resume, args=(run,))
        if info.config and st.button(
            "Clone",
            key=f"clone-{run.id}",
            icon=":material/content_copy:",
            help="Open the launch form filled like this run",
        ):
            actions.clone(run)
        if not run_table.is_active(info) and st.button("Delete", key=f"delete-{run.id}", icon=":material/delete:"):
            confirm_delete(run, info.name)


@st.dialog("Delete this run?")
def confirm_delete(run: Run, name: str) -> None:
    st.markdown(
        markup.escape_markdown(
            f"{name if name == run.id else f'{name} ({run.id})'} and everything in its folder is removed for good."
        )
    )
    if st.button("Delete for good", type="primary", key="delete-for-good", on_click=actions.delete, args=(run,)):
        st.rerun()


def frames_of(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """What each run has measured so far; only new lines are read."""
    return {run.id: state.metric_frame(run) for run in runs}


def curves(runs: Sequence[Run], names: Mapping[str, str], look: Look) -> None:
    """Loss and score side by side, all runs overlaid; on demand what else was measured."""
    for run in runs:
        if problem := state.measured(run).problem:
            st.warning(markup.escape_markdown(f"{names[run.id]}: {problem}."), icon=":material/warning:")
    frames, colors = frames_of(runs), state.run_colors([run.id for run in runs])
    scores = metric_frames.score_names(frames)
    metric = look.metric if look.metric in scores else (scores[0] if scores else None)
    drawn = [
        ("loss", run_charts.loss_figure(frames, names, colors, look.smoothing, look.losses, look.steps)),
        ("score", run_charts.score_figure(frames, names, colors, metric, steps=look.steps)),
    ]
    for name in MORE_CURVES if look.more else ():
        if any(name in frame for frame in frames.values()):
            smoothing = look.smoothing if name == "grad_norm" else 0
            drawn.append((name, run_charts.run_lines(frames, names, colors, name, smoothing, look.steps)))
    st.space("small")  # for the tool bar of a figure, which must not come over the controls above
    renderer: Literal["svg", "canvas"] = "svg" if look.vector else "canvas"
    for index, (name, option) in enumerate(drawn):
        if index % 2 == 0:
            columns = st.columns(2)
        option = run_charts.held_still(option) if look.live else option
        columns[index % 2].echarts_chart(
            option, key=f"curve-{name}", height=CURVE_HEIGHT, alt=option["title"][0]["text"], renderer=renderer
        )


def curve_controls(runs: Sequence[Run], infos: Sequence[RunInfo]) -> Look:
    """How the curves are shown: smoothing, which steps and lines, and whether the lesser curves are drawn too."""
    frames = frames_of(runs)
    scores = metric_frames.score_names(frames)
    first, second, third, fourth, fifth = st.columns([3, 3, 3, 3, 2], vertical_alignment="bottom")
    weight = first.slider("Smoothing (0: raw)", 0.0, 0.95, 0.6, 0.05, key="smooth", bind="query-params")
    share = second.slider(
        "Steps shown (% of the run)", 0, 100, (0, 100), 5, key="steps", bind="query-params",
        help="A narrower span is drawn in more detail, and stays while new steps come in.",
    )  # fmt: skip
    losses = third.segmented_control("Loss on", LOSSES, selection_mode="multi", default=LOSSES,
                                     key="losses")  # fmt: skip
    metric = None
    if len(scores) > 1:
        metric = fourth.selectbox("Metric", scores, format_func=charts.metric_name, key="metric")
    more = fifth.toggle(
        "More curves", key="more", bind="query-params", help="Learning rate, gradient norm, speed, processor, memory"
    )
    last = max((run_table.last_step(info) for info in infos), default=0)
    steps = None if share == (0, 100) else (share[0] / 100 * last, share[1] / 100 * last)
    vector = st.session_state.get("figure-format") == "SVG"
    live = any(map(run_table.is_active, infos))
    return Look(weight, steps, losses or LOSSES, metric, more, vector, live)


def settings(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    """Configurations side by side, differences first; one alone stands beside the defaults."""
    known = [info for info in infos if info.config]
    columns = {names[info.id]: info.config.to_dict() for info in known if info.config}
    if len(columns) == 1:
        columns["default"] = core_config.RunConfig().to_dict()
    elif len({str(settings) for settings in columns.values()}) == 1:
        markup.note("These runs have the same configuration.")
    st.html(markup.difference_table(columns, core_config.keys()))
    for info in known[:4]:
        if info.config:
            st.download_button(
                f"Configuration of {names[info.id]} (JSON)", info.config.to_json(), f"{info.id}.json",
                key=f"config-{info.id}", type="tertiary", icon=":material/download:",
            )  # fmt: skip


def downloads(shown: Sequence[RunInfo], chosen: Sequence[RunInfo]) -> None:
    """A button that opens what can be taken away: the table as shown, and the curves of the chosen runs."""
    runs = [Store().get(info.id) for info in chosen if info.state != "broken"]
    with st.popover("Download", icon=":material/download:", key="downloads"):
        st.download_button("Table (CSV)", lambda: export.table_csv(shown), "runs.csv", key="table-csv")
        st.download_button("Table (JSON)", lambda: export.table_json(shown), "runs.json", key="table-json")
        st.download_button(
            "Curves of the ticked runs (CSV)", lambda: export.curves_csv(frames_of(runs)), "curves.csv",
            key="curves-csv", disabled=not runs,
        )  # fmt: skip
        st.segmented_control("Figures as", FIGURE_FORMATS, required=True, key="figure-format",
                             default=FIGURE_FORMATS[0])  # fmt: skip
        markup.note("A figure is saved by the arrow in its corner, which comes when it is pointed at.")
