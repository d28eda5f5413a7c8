"""Results as figures: the claims of paper B with intervals, and score against size and time; no Streamlit here."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.analysis.results.table import Gain, Result
from dashboard import theme
from dashboard.shared import charts

PLOT, TALLEST = 260, 960
"""Pixels that a legend leaves to its figure; the height beyond which a legend scrolls."""
OURS, THEIRS = "#0072b2", "#d55e00"


def gains_figure(found: Sequence[Gain]) -> go.Figure:
    """By how much LightMobileBERT is ahead of each arm: ours with its interval, the printed value as a diamond."""
    names = [f"{html.escape(one.arm)} ({one.pairs})" for one in found]
    half = [0.0 if math.isnan(one.high) else one.high - one.mean for one in found]
    figure = go.Figure(
        go.Scatter(
            x=[one.mean for one in found],
            y=names,
            mode="markers",
            name="ours, 95 % over pairs",
            marker={"size": 10, "color": OURS},
            error_x={"type": "data", "array": half, "thickness": 1.5},
            hovertemplate="%{y}: %{x:.2f} points<extra></extra>",
        )
    )
    printed = [(one.printed.value, name) for one, name in zip(found, names, strict=True) if one.printed]
    figure.add_scatter(
        x=[value for value, _ in printed],
        y=[name for _, name in printed],
        mode="markers",
        name="as printed, seven GLUE corpora",
        marker={"size": 10, "symbol": "diamond-open", "color": THEIRS, "line": {"width": 2}},
        hovertemplate="printed: %{x:.2f} points<extra></extra>",
    )
    charts.style(figure, "LightMobileBERT is ahead of", "points of 100", "", 170 + 36 * len(found))
    figure.add_vline(x=0, line={"width": 1, "color": theme.OTHER_COLOR})
    figure.update_yaxes(title=None, autorange="reversed", automargin=True, type="category", nticks=None)
    figure.update_layout(hovermode="closest", margin={"l": 8, "b": 80}, dragmode=False)
    return figure


def pareto_figure(rows: Sequence[Result], cost: Mapping[str, float], axis: str, metric: str) -> go.Figure:
    """Score against what a method costs (parameters or milliseconds), with the front of those that none beats.

    `cost` is by run id of a row's first run; rows without one are left out.
    """
    shown = [row for row in rows if row.runs[0] in cost]
    front = {id(row) for row in pareto_front(shown, cost)}
    figure = go.Figure()
    for index, row in enumerate(shown):
        on_front = id(row) in front
        again, color = divmod(index, len(theme.RUN_COLORS))  # once colours are used up, another shape begins
        symbol = theme.CLASS_SYMBOLS[again % len(theme.CLASS_SYMBOLS)]
        figure.add_scatter(
            x=[cost[row.runs[0]]],
            y=[row.mean],
            error_y={"type": "data", "array": [row.sd or 0.0], "thickness": 1.5},
            mode="markers",
            name=charts.hover_text(row.title),
            marker={
                "size": 12 if on_front else 9,
                "symbol": symbol if on_front else f"{symbol}-open",
                "color": theme.RUN_COLORS[color],
            },
            hovertemplate=f"%{{y:.1f}} points at %{{x:.3g}}<extra>{len(row.seeds)} seeds</extra>",
        )
    line = sorted((cost[row.runs[0]], row.mean) for row in shown if id(row) in front)
    figure.add_scatter(
        x=[x for x, _ in line],
        y=[y for _, y in line],
        mode="lines",
        name="not beaten",
        line={"dash": "dot", "color": theme.OTHER_COLOR, "shape": "hv"},
        hoverinfo="skip",
    )
    lines = [charts.hover_text(row.title).count("<br>") + 1 for row in shown]
    legend = 17 * (sum(lines) + 1)  # pixels in one column, as on a phone
    height = min(max(420, PLOT + legend), TALLEST)
    charts.style(figure, f"{metric} against {axis.partition(',')[0].lower()}", axis, f"{metric}, points of 100", height)
    figure.update_xaxes(rangemode="tozero")
    figure.update_layout(hovermode="closest", margin={"b": 90}, legend={"maxheight": height - PLOT})
    return figure


def pareto_front(rows: Sequence[Result], cost: Mapping[str, float]) -> list[Result]:
    """Rows that no other row beats in score at the same or a lower cost."""
    found: list[Result] = []
    for row in sorted(rows, key=lambda row: (cost[row.runs[0]], -row.mean)):
        if not found or row.mean > found[-1].mean:
            found.append(row)
    return found
