"""Metric frames in, ECharts options of run curves out; no Streamlit in here.

ECharts, because Streamlit gives it new data in place: a Plotly figure would be built anew at every tick, and flicker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard import theme
from dashboard.shared.charts import hiding, metric_in_words, metric_name
from dashboard.shared.metric_frames import MAX_POINTS, Span, downsample, series, smooth, within

Option = dict[str, Any]

TITLES = {
    "loss": ("Loss: training (line), evaluation (dotted)", "loss"),
    "lr": ("Learning rate", "learning rate"),
    "grad_norm": ("Gradient norm before clipping", "norm"),
    "examples_per_s": ("Training speed", "examples / s"),
    "memory_mb": ("Memory of the training process", "MiB"),
    "cpu_percent": ("Processor use (100 is one core)", "%"),
    "gpu_percent": ("GPU use", "%"),
    "gpu_memory_mb": ("Memory of the GPU, at its peak", "MiB"),
}
AXIS_RUNS = 4
"""With more runs, the pointer names the one curve beneath it instead of every value at its step, and a line has half
the points."""

LEGEND_WIDTH, LEGEND_SIGN, LEGEND_LETTER = 280, 42, 6.4
"""Pixels: of a legend where two figures share a page of 1024, and of an entry's sign and each letter."""
LEGEND_WIDER = (360, 420, 480)
"""Widths from which on a legend may take fewer rows, and leaves their height to the curves."""
LEGEND_ROW, LEGEND_ROWS = 20, 3
"""Pixels of a row, and how many there may be."""


def run_lines(
    frames: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    column: str,
    weight: float = 0.0,
    steps: Span = None,
) -> Option:
    """One training quantity of several runs over steps: smoothed in front, raw lightly beneath."""
    title, unit = TITLES.get(column, (metric_name(column), metric_in_words(column)))
    lines = []
    for run_id, frame in frames.items():
        lines += _training(frame, column, names[run_id], colors[run_id], weight, len(frames), steps)
    return _option(title, unit, lines, len(frames), steps)


def loss_figure(
    frames: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    weight: float = 0.0,
    losses: Sequence[str] = ("training", "evaluation"),
    steps: Span = None,
    kinds: Mapping[str, str] | None = None,
) -> Option:
    """Training loss (line) and evaluation loss (dotted, with points) of several runs over steps.

    Both bear the run's name, so that the legend has one entry a run; the pointer tells them apart. `kinds` names the
    loss that each run trains on: where they differ, the figure says that heights cannot be compared.
    """
    lines = []
    for run_id, frame in frames.items():
        name, color = names[run_id], colors[run_id]
        if "training" in losses:
            trained = _training(frame, "loss", name, color, weight, len(frames), steps)
            if "evaluation" in losses:  # two values a run beneath the pointer: each says which it is
                trained = [{"tooltip": {"valueFormatter": "%.4g in training"}, **line} for line in trained]
            lines += trained
        if "evaluation" in losses:
            drawn = _evaluation(frame, "eval_loss", name, color, "dotted", steps)
            lines += [{**line, "tooltip": {"show": False}} for line in drawn] if "training" in losses else drawn
            if drawn and "training" in losses:
                lines.append(_last_evaluation(frame, name, color, steps))
    option = _option(*TITLES["loss"], lines, len(frames), steps)
    if len(set((kinds or {}).values())) > 1:
        option["title"][0]["subtext"] = "training losses of different kinds: heights do not compare"
        option["grid"]["top"] = 56
    return option


def score_figure(
    frames: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    metric: str | None,
    split: str = "dev",
    steps: Span = None,
) -> Option:
    """One evaluation metric of several runs over steps; `metric` is None while nothing has been evaluated."""
    lines = []
    for run_id, frame in frames.items():
        lines += _evaluation(frame, metric or "", names[run_id], colors[run_id], "solid", steps)
    metric = metric or "score"
    return _option(f"{metric_name(metric)} on {split}", metric_in_words(metric), lines, len(frames), steps)


def held_still(option: Option, ink: str) -> Option:
    """The same figure as it ticks: without what the next tick would undo (a clickable legend), and with its words in
    `ink`, for no style of the page reaches into a canvas."""
    words = {"nameTextStyle": {"color": ink}, "axisLabel": {"color": ink}}
    return {
        **option,
        "legend": {**option["legend"], "selectedMode": False, "textStyle": {"color": ink}},
        "xAxis": {**option["xAxis"], **words},
        "yAxis": {**option["yAxis"], **words},
    }


def table(option: Option) -> pd.DataFrame:
    """The numbers behind a figure of runs, as drawn: a line a point, with the run and what was measured of it."""
    parts = [
        pd.DataFrame(line["data"], columns=["step", "value"]).assign(
            run=line["name"], line=line["id"].partition("|")[0]
        )
        for line in option["series"]
        if line["lineStyle"].get("opacity") != 0  # the pointer's, unseen
    ]
    every = pd.concat(parts) if parts else pd.DataFrame(columns=["run", "line", "step", "value"])
    return every[["run", "line", "step", "value"]]


def _training(
    frame: pd.DataFrame, column: str, name: str, color: str, weight: float, runs: int, steps: Span
) -> list[Option]:
    x, y = series(frame, column)
    if x.size == 0:
        return []
    most = MAX_POINTS if runs <= AXIS_RUNS else MAX_POINTS // 2
    what = "loss in training" if column == "loss" else TITLES.get(column, ("", metric_in_words(column)))[1]
    said = f"{what}, smoothed" if weight > 0 else what
    front = _line(said, name, color, *downsample(*within(x, smooth(y, weight), steps), most))
    if weight <= 0 or x.size < 3:
        return [front]
    opacity = theme.TRAIN_OPACITY / max(1, runs / 3)
    raw = {"lineStyle": {"color": color, "width": 1, "opacity": opacity}, "tooltip": {"show": False}}
    # The same name, so that the legend has one entry for both, and hides both.
    return [front, {**_line(what, name, color, *downsample(*within(x, y, steps), most)), **raw, "silent": True, "z": 1}]


def _evaluation(frame: pd.DataFrame, column: str, name: str, color: str, kind: str, steps: Span) -> list[Option]:
    x, y = within(*series(frame, column), steps)
    if x.size == 0:
        return []
    style = {"color": color, "width": 1.8, "type": kind}
    what = metric_in_words(column) + (" in evaluation" if column == "eval_loss" else "")
    return [{**_line(what, name, color, x, y), "lineStyle": style, "symbol": "circle", "symbolSize": 7}]


def _last_evaluation(frame: pd.DataFrame, name: str, color: str, steps: Span) -> Option:
    """Unseen: at each training step the loss of the last evaluation, so that the pointer tells both."""
    at, _ = within(*series(frame, "loss"), steps)
    x, y = series(frame, "eval_loss")
    every = np.unique(np.concatenate([at, x]))
    every = every[every >= x[0]]
    held = y[np.searchsorted(x, every, side="right") - 1]
    line = _line("last evaluation", name, color, *downsample(every, held))
    line |= {"symbol": "none", "silent": True, "z": 0, "lineStyle": {"opacity": 0}, "triggerLineEvent": False}
    return {**line, "tooltip": {"valueFormatter": "%.4g at the last evaluation"}}


def _line(what: str, name: str, color: str, x: np.ndarray, y: np.ndarray) -> Option:
    return {
        "type": "line",
        "id": f"{what}|{name}",
        "name": name,
        "data": np.column_stack([x, y]).tolist(),
        "symbol": "circle" if x.size == 1 else "none",
        "itemStyle": {"color": color},
        "lineStyle": {"color": color, "width": 1.8},
        "emphasis": {"focus": "series"},
        "triggerLineEvent": True,
        "z": 2,
    }


def _option(title: str, unit: str, lines: list[Option], runs: int, steps: Span) -> Option:
    """The one look of the run curves: what is shown as title, units on the axes, a legend that is whole where two
    figures stand beside one another on a projector, or else scrolls."""
    first, last = steps or (0, None)
    names = list(dict.fromkeys(line["name"] for line in lines))
    kind = "plain" if _legend_rows(names, LEGEND_WIDTH) <= LEGEND_ROWS else "scroll"
    # Labels and names of the axes come on top of this.
    below = {width: 36 + LEGEND_ROW * (_legend_rows(names, width) - 1) if kind == "plain" else 36
             for width in (LEGEND_WIDTH, *LEGEND_WIDER)}  # fmt: skip
    _uncover(lines)
    axis = {
        "nameLocation": "middle",
        "splitLine": {"lineStyle": {"color": theme.GRID}},
        "scale": True,
        "show": bool(lines),
    }
    return {
        "animation": False,  # a curve that grows must not dance
        "title": [
            {
                "text": title,
                "left": 0,
                "top": 4,
                "padding": [2, 60, 2, 0],
                "textStyle": {"fontSize": 14, "fontWeight": 600},
            },
            # Keep the figure's place while there is nothing to draw, so that the page does not jump when there is.
            {
                "text": "" if lines else "waiting for the first point",
                "left": "center",
                "top": "center",
                "textStyle": {"fontSize": 13},
            },
        ],
        "grid": {"left": 4, "right": 20, "top": 40, "bottom": below[LEGEND_WIDTH]},
        # The widest that fits counts, the first where none does.
        "media": [
            {"query": {"minWidth": 0 if width == LEGEND_WIDTH else width}, "option": {"grid": {"bottom": bottom}}}
            for width, bottom in below.items()
        ],
        "legend": {"type": kind, "left": 0, "right": 0, "bottom": 0, "icon": "roundRect", "itemHeight": 4},
        "tooltip": {"trigger": "axis" if runs <= AXIS_RUNS else "item", "confine": True, "valueFormatter": "%.4g"},
        "xAxis": {
            **axis,
            "type": "value",
            "name": "step",
            "nameGap": 24,
            "min": first,
            "max": last,
            "minInterval": 1,
            "axisPointer": {"label": {"precision": 0, "formatter": "step {value}"}},
        },
        "yAxis": {**axis, "type": "value", "name": unit, "nameGap": 40, "splitNumber": 5},
        "series": lines,
    }


def _legend_rows(names: Sequence[str], width: float) -> int:
    """Rows that a legend of these names takes at a width."""
    rows, free = 1, width
    for wide in (LEGEND_SIGN + LEGEND_LETTER * len(name) for name in names):
        rows, free = (rows, free - wide) if wide <= free or free == width else (rows + 1, width - wide)
    return rows


def _uncover(lines: list[Option]) -> None:
    """Runs that went alike, as far as can be seen, would hide one another: the later ones are dashed, and both colours
    show."""
    shown = [line for line in lines if not line.get("silent")]
    points = [np.reshape(line["data"], (-1, 2)).astype(float) for line in shown]
    for line, hidden in zip(shown, hiding(points), strict=True):
        if hidden:
            line["lineStyle"] = {**line["lineStyle"], "type": [9, 9]}
