"""A sweep's frames in, figures with mean and spread over seeds out; no Streamlit in here."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core import wording
from core.runs.sweep import ARM
from dashboard import theme
from dashboard.shared import charts

NEAR = 0.02
STROKES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def cell_name(keys: Sequence[str], place: Sequence[object]) -> str:
    """`rows augmented 20 %, loss joint`; a named arm is called by its name."""
    if list(keys) == [ARM]:
        return str(place[0])
    return ", ".join(wording.said(key, value) for key, value in zip(keys, place, strict=True))


def axis_key(frame: pd.DataFrame, keys: Sequence[str]) -> str | None:
    """The key to draw along: the last one whose values are two numbers or more; None where there is none."""
    numeric = [key for key in keys if pd.api.types.is_numeric_dtype(frame[key]) and frame[key].nunique() > 1]
    return numeric[-1] if numeric else None


def score_figure(frame: pd.DataFrame, keys: Sequence[str], metric: str) -> go.Figure:
    """The mean of one metric over seeds, with its spread: along the numeric key of the grid, else a row a cell.

    `frame` is that of `sweep_frame`.
    """
    rows = frame[frame["metric"] == metric]
    along = axis_key(rows, keys)
    name = charts.metric_name(metric)
    seeds = int(rows["n"].max()) if len(rows) else 0
    title = f"{name} on dev, mean" + (f" and spread of {seeds} seeds" if seeds > 1 else "")
    if along is None:
        return _dots(rows, keys, title, charts.metric_in_words(metric))
    if along in wording.PERCENT:
        rows = rows.assign(**{along: 100 * rows[along]})
    figure, others = go.Figure(), [key for key in keys if key != along]
    groups = rows.groupby(others, sort=False) if others else [((), rows)]
    for number, (place, part) in enumerate(groups):
        part, color = part.sort_values(along), theme.RUN_COLORS[number % len(theme.RUN_COLORS)]
        label = cell_name(others, place) if others else name
        _line(figure, part[along], part["mean"], part["spread"], label, color, "lines+markers")
    charts.style(figure, title, html.escape(wording.axis(along)), charts.metric_in_words(metric), 340)
    figure.update_layout(showlegend=bool(others))
    return figure


def curve_figure(frame: pd.DataFrame, keys: Sequence[str], metric: str) -> go.Figure:
    """One metric over training steps, a line a cell: the mean over seeds within its spread. `frame`: `curve_frame`."""
    figure = go.Figure()
    name, called = charts.metric_name(metric), []
    along = axis_key(frame, keys)
    others = [key for key in keys if key != along]
    colors: dict[object, int] = {}
    strokes: dict[object, int] = {}
    for place, part in frame.groupby(list(keys), sort=False):
        # Where `score_figure` has several lines, theirs are the colours; what lies along its axis is told by strokes.
        at = dict(zip(keys, place, strict=True))
        by_color, by_stroke = (tuple(at[key] for key in others), at[along]) if along and others else (place, None)
        color = colors.setdefault(by_color, len(colors)) % len(theme.RUN_COLORS)
        stroke = strokes.setdefault(by_stroke, len(strokes)) % len(STROKES)
        called.append(", ".join(map(wording.value, keys, place)))
        _line(figure, part["step"], part["mean"], part["spread"], called[-1], theme.RUN_COLORS[color], "lines",
              STROKES[stroke])  # fmt: skip
    if not (along and others):
        charts.uncover(figure)
    rows = -(-len(called) // 2)  # of the legend; beside many lines its words would leave no room for the figure
    charts.style(
        figure,
        f"{name} on dev by step, mean and spread",
        "step",
        charts.metric_in_words(metric),
        300 + 20 * max(2, rows),
    )
    words = "" if list(keys) == [ARM] else html.escape(", ".join(map(wording.name, keys)))
    figure.update_layout(legend={"title": {"text": words, "side": "top"}, "y": -0.2})
    return figure


def _line(
    figure: go.Figure, x: pd.Series, mean: pd.Series, spread: pd.Series, label: str, color: str, mode: str,
    stroke: str = "solid",
) -> None:  # fmt: skip
    """A line, and where there are several seeds the band of one standard deviation around it."""
    gap = spread.fillna(0.0).to_numpy(dtype=float)
    low, high = mean.to_numpy(dtype=float) - gap, mean.to_numpy(dtype=float) + gap
    if gap.any():
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", mode="lines",
            line={"width": 0}, fillcolor=theme.faint(color), hoverinfo="skip", showlegend=False, legendgroup=label,
        )  # fmt: skip
    figure.add_scatter(
        x=x, y=mean, mode=mode, name=html.escape(label), legendgroup=label, customdata=gap,
        line={"color": color, "width": 2, "dash": stroke}, marker={"size": 8},
        hovertemplate="%{y:.3g} ± %{customdata:.2g}",
    )  # fmt: skip


def _dots(rows: pd.DataFrame, keys: Sequence[str], title: str, axis: str) -> go.Figure:
    """A row a cell: a dot at the mean, a bar of one standard deviation."""
    places = rows[list(keys)].itertuples(index=False, name=None)
    one = keys[0] if len(keys) == 1 and keys[0] != ARM else None  # its name stands at the axis, not at each row
    labels = [html.escape(wording.value(one, place[0]) if one else cell_name(keys, place)) for place in places]
    figure = go.Figure(
        go.Scatter(
            x=rows["mean"], y=labels, mode="markers", marker={"size": 11, "color": theme.RUN_COLORS[0]},
            error_x={"type": "data", "array": rows["spread"].fillna(0.0), "thickness": 1.6},
            customdata=rows["spread"].fillna(0.0), hovertemplate="%{y}: %{x:.3g} ± %{customdata:.2g}<extra></extra>",
        )
    )  # fmt: skip
    charts.style(figure, title, axis, "", 110 + 34 * len(labels))
    figure.update_layout(hovermode="closest", showlegend=False)
    if len(rows) == 1:  # alone, it would be drawn on an axis of two units, beyond what a score can be
        about = rows["spread"].fillna(0.0).iloc[0] + NEAR
        figure.update_xaxes(range=[rows["mean"].iloc[0] - about, rows["mean"].iloc[0] + about])
    beside = html.escape(wording.name(one)) if one else None
    figure.update_yaxes(autorange="reversed", automargin=True, title=beside, type="category", nticks=None)
    return figure
