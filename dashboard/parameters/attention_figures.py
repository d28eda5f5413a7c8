"""A sentence's surgery in, figures out: attention by layer and head, drift down the depth, adapters; no Streamlit."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dashboard import theme
from dashboard.shared import charts

if TYPE_CHECKING:
    from core.analysis.drift import AdapterEffect, Drift

LOOKS = "Teal"
CHANGES = [[0.0, theme.CLASS_COLORS[1]], [0.5, "rgba(128,140,146,0.12)"], [1.0, theme.CLASS_COLORS[0]]]


def moved_map(moved: np.ndarray) -> go.Figure:
    """(layers, heads): how much of each head's attention goes elsewhere after the cut."""
    layers, heads = moved.shape
    heat = {
        "type": "heatmap", "z": 100 * moved.T, "x": list(range(layers)), "y": [f"head {head}" for head in range(heads)],
        "colorscale": LOOKS, "zmin": 0, "zmax": max(2.0, 100 * float(moved.max())),
        "colorbar": {"title": "%", "thickness": 10},
        "hovertemplate": "layer %{x}, %{y}: %{z:.2f} % goes elsewhere<extra></extra>",
    }  # fmt: skip
    look = charts.layout("Share of each head's attention that goes elsewhere", 210)
    x = charts.x_axis("layer") | {"dtick": 1 if layers <= 12 else 2}
    y = charts.y_axis("") | {"title": None, "nticks": None, "autorange": "reversed"}
    return go.Figure([heat], look | {"hovermode": "closest", "showlegend": False, "xaxis": x, "yaxis": y})


def attention_maps(before: np.ndarray, after: np.ndarray | None, pieces: Sequence[str], where: str) -> go.Figure:
    """One head's (T, T) before, after and the difference; after a cut that leaves the layer out, before alone."""
    names = [f"{place} {html.escape(piece)}" for place, piece in enumerate(pieces)]
    shown = [("before", before)] if after is None else [("before", before), ("after", after)]
    common = {"type": "heatmap", "x": names, "y": names}
    looks = common | {
        "colorscale": LOOKS, "zmin": 0, "zmax": 100 * float(max(one.max() for _, one in shown)), "showscale": False,
        "hovertemplate": "%{y} looks at %{x}: %{z:.1f} %<extra></extra>",
    }  # fmt: skip
    maps = {title: looks | {"z": 100 * one} for title, one in shown}
    if after is not None:
        change = 100 * (after - before)
        most = max(2.0, float(np.abs(change).max()))
        maps["after − before"] = common | {
            "z": change, "colorscale": CHANGES, "zmin": -most, "zmax": most,
            "colorbar": {"tickformat": "+", "title": "%", "thickness": 10},
            "hovertemplate": "%{y} looks at %{x}: %{z:+.2f} %<extra></extra>",
        }  # fmt: skip
    x = charts.x_axis("") | {"title": None, "tickangle": -60, "automargin": True, "showgrid": False}
    y = charts.y_axis("") | {"title": None, "nticks": None, "autorange": "reversed", "showgrid": False, "dtick": 1}
    look = charts.layout(f"Attention of {where}: a row looks at the columns", 260 + 14 * len(pieces))
    look |= {"hovermode": "closest", "showlegend": False, "margin": look["margin"] | {"t": 70}}
    return _side_by_side(maps, 3, look, x, [y, y | {"showticklabels": False}, y | {"showticklabels": False}], 0.02)


def drift_lines(drift: Sequence[Drift], change: str) -> go.Figure:
    """How each layer's output leaves what it was before `change`, down the depth."""
    line = {
        "type": "scatter", "mode": "lines+markers", "x": [one.layer for one in drift], "showlegend": False,
        "hovertemplate": "%{y:.4f}<extra></extra>", "line": {"color": theme.PART_COLORS["attention"], "width": 2},
    }  # fmt: skip
    lines = {
        "cosine": line | {"y": [one.cosine for one in drift]},
        "length, share of before": line | {"y": [one.norm for one in drift]},
    }
    # A change of a thousandth is not to look like a fall.
    lowest = min(0.95, min(one.cosine for one in drift) - 0.03)
    far = max(0.05, *(1.1 * abs(one.norm - 1) for one in drift))
    y = charts.y_axis("") | {"title": None}
    look = charts.layout(f"Each layer's output after {change} against before", 300)
    look |= {"margin": look["margin"] | {"t": 70}, "shapes": [_unchanged(1), _unchanged(2)]}
    ranges = [y | {"range": [lowest, 1.005]}, y | {"range": [1 - far, 1 + far]}]
    x = charts.x_axis("layer") | {"dtick": 1 if len(drift) <= 6 else 4}
    return _side_by_side(lines, 2, look, x, ranges, 0.2)


def _unchanged(place: int) -> dict[str, Any]:
    """A dotted line at 1 across one picture."""
    number = "" if place == 1 else str(place)
    return {
        "type": "line", "xref": f"x{number} domain", "yref": f"y{number}", "x0": 0, "x1": 1, "y0": 1, "y1": 1,
        "line": {"color": theme.OTHER_COLOR, "width": 1, "dash": "dot"},
    }  # fmt: skip


def _side_by_side(
    traces: Mapping[str, Mapping[str, Any]], columns: int, look: Mapping[str, Any], x: Mapping[str, Any],
    y: Sequence[Mapping[str, Any]], gap: float,
) -> go.Figure:  # fmt: skip
    """A figure a trace, each with its title, in `columns` equal columns. Made at once: plotly's own subplots, styled
    afterwards, take 40 ms."""
    wide = (1 - gap * (columns - 1)) / columns
    made: dict[str, Any] = {**look, "annotations": []}
    shown = []
    for place, (title, trace) in enumerate(traces.items()):
        number, left = "" if place == 0 else str(place + 1), place * (wide + gap)
        made[f"xaxis{number}"] = {**x, "domain": [left, left + wide], "anchor": f"y{number}"}
        made[f"yaxis{number}"] = {**y[place], "anchor": f"x{number}"}
        shown.append({**trace, "xaxis": f"x{number}", "yaxis": f"y{number}"})
        made["annotations"].append(
            {"text": title, "x": left + wide / 2, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "center",
             "yanchor": "bottom", "showarrow": False, "font": {"size": 16}}
        )  # fmt: skip
    return go.Figure(shown, made)


def adapter_bars(adapters: Sequence[AdapterEffect]) -> go.Figure:
    """How far each adapter moves its layer's output for this sentence."""
    figure = go.Figure()
    for place, target in enumerate(dict.fromkeys(one.target for one in adapters)):
        own = [one for one in adapters if one.target == target]
        figure.add_bar(
            x=[one.layer for one in own], y=[100 * one.share for one in own], name=target,
            marker_color=theme.CLASS_COLORS[place % len(theme.CLASS_COLORS)],
            customdata=[one.cosine for one in own],
            hovertemplate="%{y:.1f} % of its length, cosine %{customdata:.3f}",
        )  # fmt: skip
    charts.style(figure, "What each adapter adds, against what it is added to", "layer", "share of the length (%)", 300)
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_yaxes(rangemode="tozero")
    return figure
