"""The larger panels of chosen runs: their curves, their settings side by side, and what can be taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import config as core_config
from core import wording
from core.runs.folder.store import Run, RunInfo, Store
from dashboard import state, theme
from dashboard.runs import curves as run_charts
from dashboard.runs import export, saved_curves
from dashboard.shared import charts, markup, metric_frames, run_words, saving

CURVE_HEIGHT = 290  # with two runs whole in a window of 1440 x 900
MANY, LOWER = 3, 250  # and so with six
MORE_CURVES = ("lr", "grad_norm", "examples_per_s", "cpu_percent", "memory_mb", "gpu_percent", "gpu_memory_mb")


LOSSES = ("training", "evaluation")


@dataclass(frozen=True)
class Look:
    """How curves are shown. Kept here and not in the figure, which forgets zoom and legend when new data comes."""

    smoothing: float = 0.0
    steps: tuple[float, float] | None = None
    """First and last step drawn; None draws them all."""
    losses: Sequence[str] = LOSSES
    metric: str | None = None
    scores: Sequence[str] = ()
    """The metrics there were to choose from."""
    more: bool = False
    live: bool = False


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
    if look.live and tuple(scores) != tuple(look.scores):
        st.rerun()  # the field that names the metric is not drawn at a tick
    metric = look.metric if look.metric in scores else (scores[0] if scores else None)
    kinds = {run.id: wording.value("train.loss", run.config().train.loss) for run in runs}
    drawn = [
        ("loss", run_charts.loss_figure(frames, names, colors, look.smoothing, look.losses, look.steps, kinds)),
        ("score", run_charts.score_figure(frames, names, colors, metric, steps=look.steps)),
    ]
    if not look.live:  # nothing more is to come: what has no point has no figure
        drawn = [(name, option) for name, option in drawn if option["series"]]
        if not drawn:
            markup.note("No step was taken, so there are no curves.")
            return
    for name in MORE_CURVES if look.more else ():
        if any(name in frame for frame in frames.values()):
            smoothing = look.smoothing if name == "grad_norm" else 0
            drawn.append((name, run_charts.run_lines(frames, names, colors, name, smoothing, look.steps)))
    ink, height = theme.ink(st.context.theme.type), CURVE_HEIGHT if len(runs) <= MANY else LOWER
    for index, (name, option) in enumerate(drawn):
        if index % 2 == 0:
            columns = st.columns(2)
        with columns[index % 2]:
            title = option["title"][0]["text"]
            # A canvas costs the browser a third less at each tick.
            st.echarts_chart(
                run_charts.held_still(option, ink) if look.live else option,
                key=f"curve-{name}", height=height, alt=title, renderer="canvas" if look.live else "svg",
            )  # fmt: skip
            saving.on_demand(f"curve-{name}", title, partial(_to_save, option), runs)


def _to_save(option: run_charts.Option) -> tuple[go.Figure, pd.DataFrame]:
    return saved_curves.figure(option), run_charts.table(option)


def curve_controls(runs: Sequence[Run], infos: Sequence[RunInfo]) -> Look:
    """How the curves are shown: smoothing, which steps and lines, and whether the lesser curves are drawn too."""
    frames = frames_of(runs)
    scores = metric_frames.score_names(frames)
    with st.container(key="curve_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        weight = st.slider("Smoothing (0: raw)", 0.0, 0.95, 0.6, 0.05, key="smooth", bind="query-params", width=146)
        share = st.slider(
            "Steps shown (% of the run)", 0, 100, (0, 100), 5, key="steps", bind="query-params", width=186,
            help="A narrower span is drawn in more detail, and stays while new steps come in.",
        )  # fmt: skip
        losses = st.segmented_control("Loss on", LOSSES, selection_mode="multi", default=LOSSES, key="losses")
        metric = None
        if scores and st.session_state.get("metric") not in scores:
            st.session_state["metric"] = scores[0]  # drawn before the first score, it remembers that there was none
        if len(scores) != 1:  # before the first score it has its place already, so that nothing moves when that comes
            metric = st.selectbox(
                "Metric", scores, format_func=charts.metric_name, key="metric", width=136, disabled=not scores,
                placeholder="no score yet",
            )  # fmt: skip
        more = st.toggle(
            "More curves", key="more", bind="query-params",
            help="Learning rate, gradient norm, speed, processor, memory",
        )  # fmt: skip
    last = max((run_words.last_step(info) for info in infos), default=0)
    first_percent, last_percent = share
    steps = None if share == (0, 100) else (first_percent / 100 * last, last_percent / 100 * last)
    live = any(map(run_words.is_active, infos))
    return Look(weight, steps, losses or LOSSES, metric, tuple(scores), more, live)


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
            "Curves of the chosen runs (CSV)", lambda: export.curves_csv(frames_of(runs)), "curves.csv",
            key="curves-csv", disabled=not runs,
        )  # fmt: skip
        markup.note("A figure is saved by the buttons beneath it.")
