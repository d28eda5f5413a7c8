"""The panels of chosen runs: where they are, their curves, settings, augmented texts and logs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pandas as pd
import streamlit as st

from core import config as core_config
from core.runs.store import Run, RunError, RunInfo
from dashboard import actions, charts, components, run_table, state, theme

MORE_CURVES = ("lr", "grad_norm", "examples_per_s", "memory_mb")
LOG_BYTES = 12_000
TEXTS_SHOWN = 40


def headline(info: RunInfo, name: str, color: str) -> None:
    """Which run this is: its colour, its name, what it trains."""
    what = ", ".join(part for part in (info.task, run_table.differs_in(info.config)) if part)
    note = f" · {info.status.weights_note}" if info.status and info.status.weights_note else ""
    st.html(
        f'<div><span class="lab-dot" style="background:{color}"></span><b>{components.escape_html(name)}</b> '
        f'<span class="lab-note">{components.escape_html(what + note)}</span></div>'
    )


def state_line(info: RunInfo, position: int | None) -> None:
    """Live: the state, how far, how long still; for a failed run first of all why."""
    if info.state == "broken":
        st.error(f"**This folder cannot be read as a run.** {components.escape_markdown(info.reason)}")
        return
    if info.state in ("failed", "interrupted") and info.status and info.status.error:
        st.error(
            f"**{info.state.capitalize()}:** {components.escape_markdown(info.status.error)}", icon=":material/error:"
        )
        return
    words = run_table.progress_line(info)
    if info.state == "queued" and position:
        words = f"waiting, number {position} in the queue"
    badge = components.state_badge(info.state)
    st.progress(run_table.progress(info), text=f"{badge} &nbsp;{components.escape_markdown(words)}")


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
        components.escape_markdown(
            f"{name if name == run.id else f'{name} ({run.id})'} and everything in its folder is removed for good."
        )
    )
    if st.button("Delete for good", type="primary", key="delete-for-good", on_click=actions.delete, args=(run,)):
        st.rerun()


def frames_of(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """What each run has measured so far; only new lines are read."""
    return {run.id: charts.metric_frame(state.metric_rows(run)) for run in runs}


def curves(runs: Sequence[Run], names: Mapping[str, str], weight: float, metric: str | None, more: bool) -> None:
    """Loss and score side by side, all runs overlaid; on demand what else was measured."""
    frames, colors = frames_of(runs), state.run_colors([run.id for run in runs])
    scores = charts.score_names(frames)
    shown = metric if metric in scores else (scores[0] if scores else None)
    left, right = st.columns(2)
    left.plotly_chart(charts.loss_figure(frames, names, colors, weight), key="curve-loss", config=charts.TOOLS)
    right.plotly_chart(charts.score_figure(frames, names, colors, shown), key="curve-score", config=charts.TOOLS)
    if more:
        for pair in (MORE_CURVES[:2], MORE_CURVES[2:]):
            for column, name in zip(st.columns(2), pair, strict=True):
                figure = charts.run_lines(frames, names, colors, name, weight if name == "grad_norm" else 0)
                column.plotly_chart(figure, key=f"curve-{name}", config=charts.TOOLS)


def curve_controls(runs: Sequence[Run]) -> tuple[float, str | None, bool]:
    """How the curves are shown: smoothing, which metric, and whether the lesser curves are drawn too."""
    scores = charts.score_names(frames_of(runs))
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    weight = first.slider("Smoothing (0: raw)", 0.0, 0.95, 0.6, 0.05, key="smooth", bind="query-params")
    metric = None
    if len(scores) > 1:
        metric = second.selectbox("Metric", scores, format_func=charts.metric_name, key="metric")
    more = third.toggle(
        "More curves", key="more", bind="query-params", help="Learning rate, gradient norm, speed, memory"
    )
    return weight, metric, more


def settings(infos: Sequence[RunInfo], names: Mapping[str, str]) -> None:
    """Configurations side by side, differences first."""
    known = [info for info in infos if info.config]
    if len(known) > 1 and not any(known[0].config.differences(other.config) for other in known[1:]):  # type: ignore[union-attr, arg-type]
        components.note("These runs have the same configuration.")
    columns = {names[info.id]: info.config.to_dict() for info in known if info.config}
    st.html(components.difference_table(columns, core_config.keys()))
    for info in known[:4]:
        if info.config:
            st.download_button(
                f"Configuration of {names[info.id]} (JSON)", info.config.to_json(), f"{info.id}.json",
                key=f"config-{info.id}", type="tertiary", icon=":material/download:",
            )  # fmt: skip


def augmented(runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """The very texts that an epoch changed, edits marked."""
    having = {run.id: run for run in runs if run.augmented_epochs()}
    if not having:
        components.note("No augmented texts: these runs augment nothing, or have not begun their first epoch.")
        return
    left, right = st.columns(2)
    run = having[left.selectbox("Run", list(having), format_func=lambda run_id: names[run_id], key="augmented-run")]
    epoch = right.selectbox("Epoch", run.augmented_epochs(), key="augmented-epoch")
    if epoch is None:
        return
    rows = run.load_augmented(epoch)
    shown = [row for row in rows if isinstance(row.get("text"), str)][:TEXTS_SHOWN]
    components.note(
        f"{len(rows)} rows changed in epoch {epoch}"
        + (f"; the first {len(shown)} are shown" if len(rows) > len(shown) else "")
        + "."
    )
    for row in shown:
        number, text = st.columns([1, 11], gap="small")
        method = str(row.get("method", ""))
        number.html(f'<div class="lab-note">row {int(row.get("row", 0)):,}<br>{components.escape_html(method)}</div>')
        with text:
            components.show_edits(row["text"], edits_of(row.get("edits")), method, small=True)
            if isinstance(row.get("pair"), str):
                components.show_edits(row["pair"], edits_of(row.get("pair_edits")), method, small=True)


def edits_of(saved: Any) -> list[Any]:
    """Edits as a run keeps them, as things with attributes; what is not an edit is left out."""
    wanted = ("start", "end", "before", "after", "rule")
    return [
        SimpleNamespace(**{name: edit[name] for name in wanted})
        for edit in saved or []
        if all(name in edit for name in wanted)
    ]


ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def log(runs: Sequence[Run], names: Mapping[str, str]) -> None:
    """The end of a run's log."""
    by_id = {run.id: run for run in runs}
    chosen = next(iter(by_id))
    if len(by_id) > 1:
        chosen = st.selectbox("Log of", list(by_id), format_func=lambda run_id: names[run_id], key="log-run") or chosen
    try:
        text = ANSI.sub("", by_id[chosen].log_tail(LOG_BYTES)).replace("\r", "\n")
    except RunError as error:
        text = str(error)
    st.code(text.strip() or "(the log is empty)", language=None, height=420, wrap_lines=True)
    components.note(f"The whole log: {by_id[chosen].log_path}")


def color_of(run_id: str, run_ids: Sequence[str]) -> str:
    return state.run_colors(run_ids).get(run_id, theme.OTHER_COLOR)
