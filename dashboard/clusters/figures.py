"""Embedding points of several runs in, pictures side by side out; no Streamlit in here."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme

WRAP = 64


def hover_text(text: str) -> str:
    """A text for a plotly hover: escaped, wrapped, at most six lines."""
    lines = textwrap.wrap(" ".join(text.split()), WRAP) or ["(empty)"]
    shown = lines[:6] + (["…"] if len(lines) > 6 else [])
    return "<br>".join(html.escape(line) for line in shown)


def cluster_figure(
    views: Sequence[np.ndarray],
    groups: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    colors: Mapping[str, str],
    symbols: Mapping[str, str],
    height: int = 420,
) -> go.Figure:
    """Rows as several runs see them, side by side on one scale.

    `views` is points (n, 2) a run; `groups` names for each run the class, prediction or error of each row;
    `texts` holds for each run the rows' texts, which are hovered.
    """
    figure = make_subplots(cols=len(views), rows=1, horizontal_spacing=0.03)
    legend: set[str] = set()
    for column, points in enumerate(views):
        hovers = [hover_text(text) for text in texts[column]] or [""] * len(points)
        group_of = np.array(groups[column], dtype=object)
        for group in colors:
            here = np.flatnonzero(group_of == group)
            if not here.size:
                continue
            figure.add_scatter(
                x=points[here, 0], y=points[here, 1], mode="markers", name=html.escape(group), legendgroup=group,
                showlegend=group not in legend, customdata=[[hovers[i], int(i)] for i in here], row=1, col=column + 1,
                marker={"color": colors[group], "symbol": symbols.get(group, "circle"), "size": 7, "opacity": 0.8},
                hovertemplate=f"<b>{html.escape(group)}</b><br>%{{customdata[0]}}<extra></extra>",
            )  # fmt: skip
            legend.add(group)
    _share_axes(figure, views)
    figure.update_layout(
        height=height, margin={"l": 40, "r": 8, "t": 30, "b": 30}, uirevision="clusters",
        hovermode="closest", dragmode="lasso",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None, "itemsizing": "constant"},
    )  # fmt: skip
    return figure


def _share_axes(figure: go.Figure, pictures: Sequence[np.ndarray]) -> None:
    """One scale for all pictures; their axes have no unit, so none is printed."""
    every = np.concatenate(pictures)
    low, high = every.min(axis=0), every.max(axis=0)
    pad = 0.05 * np.maximum(high - low, 1e-9)
    axis = {"showticklabels": False, "gridcolor": theme.GRID, "zeroline": False}
    figure.update_xaxes(range=[low[0] - pad[0], high[0] + pad[0]], title="first direction (no unit)", **axis)
    figure.update_yaxes(range=[low[1] - pad[1], high[1] + pad[1]], title=None, **axis)
    figure.update_yaxes(title="second direction (no unit)", row=1, col=1)


def picked_rows(points: Sequence[Mapping[str, Any]]) -> list[int]:
    """Row numbers of the points inside a lasso, each once, ascending."""
    found = {int(point["customdata"][1]) for point in points if len(point.get("customdata") or ()) > 1}
    return sorted(found)
