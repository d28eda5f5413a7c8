"""A sentence's surgery in, figures out: attention by layer and head, drift down the depth, adapters; no Streamlit."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.shared.charts import style

if TYPE_CHECKING:
    from core.analysis.drift import Adapter, Drift

LOOKS = "Teal"
CHANGES = [[0.0, theme.CLASS_COLORS[1]], [0.5, "rgba(128,140,146,0.12)"], [1.0, theme.CLASS_COLORS[0]]]


def moved_map(moved: np.ndarray) -> go.Figure:
    """(layers, heads): how much of each head's attention goes elsewhere after the cut."""
    layers, heads = moved.shape
    figure = go.Figure(
        go.Heatmap(
            z=moved.T, x=list(range(layers)), y=[f"head {head}" for head in range(heads)], colorscale=LOOKS, zmin=0,
            zmax=max(0.02, float(moved.max())), colorbar={"tickformat": ".0%", "thickness": 10},
            hovertemplate="layer %{x}, %{y}: %{z:.2%} goes elsewhere<extra></extra>",
        )
    )  # fmt: skip
    style(figure, "Share of each head's attention that goes elsewhere", "layer", "", 210)
    figure.update_layout(hovermode="closest", showlegend=False)
    figure.update_xaxes(dtick=1 if layers <= 12 else 2)
    figure.update_yaxes(title=None, nticks=None, autorange="reversed", automargin=True)
    return figure


def attention_maps(before: np.ndarray, after: np.ndarray | None, pieces: Sequence[str], where: str) -> go.Figure:
    """One head's (T, T) before, after and the difference; after a cut that leaves the layer out, before alone."""
    names = [f"{place} {html.escape(piece)}" for place, piece in enumerate(pieces)]
    titles = ["before", "after", "after − before"] if after is not None else ["before"]
    figure = make_subplots(cols=3, shared_yaxes=True, horizontal_spacing=0.02, subplot_titles=titles)
    shown = [before] if after is None else [before, after]
    top = float(max(one.max() for one in shown))
    for column, one in enumerate(shown, 1):
        figure.add_heatmap(
            z=one, x=names, y=names, colorscale=LOOKS, zmin=0, zmax=top, showscale=False, row=1, col=column,
            hovertemplate="%{y} looks at %{x}: %{z:.1%}<extra></extra>",
        )  # fmt: skip
    if after is not None:
        change = after - before
        most = max(0.02, float(np.abs(change).max()))
        figure.add_heatmap(
            z=change, x=names, y=names, colorscale=CHANGES, zmin=-most, zmax=most, row=1, col=3,
            colorbar={"tickformat": "+.0%", "thickness": 10},
            hovertemplate="%{y} looks at %{x}: %{z:+.2%}<extra></extra>",
        )  # fmt: skip
    style(figure, f"Attention of {where}: a row looks at the columns", "", "", 260 + 14 * len(pieces))
    figure.update_layout(hovermode="closest", showlegend=False, margin={"t": 70})
    figure.update_xaxes(title=None, tickangle=-60, automargin=True, showgrid=False, nticks=None)
    figure.update_yaxes(title=None, autorange="reversed", automargin=True, showgrid=False, nticks=None, dtick=1)
    return figure


def drift_lines(drift: Sequence[Drift]) -> go.Figure:
    """How each layer's output leaves the whole model's, down the depth."""
    figure = make_subplots(cols=2, subplot_titles=["cosine", "length, share of before"])
    layers = [one.layer for one in drift]
    for column, values in enumerate(([one.cosine for one in drift], [one.norm for one in drift]), 1):
        figure.add_scatter(
            x=layers, y=values, mode="lines+markers", row=1, col=column, hovertemplate="%{y:.4f}<extra></extra>",
            line={"color": theme.PART_COLORS["attention"], "width": 2}, showlegend=False,
        )  # fmt: skip
        figure.add_hline(y=1, line={"color": theme.OTHER_COLOR, "width": 1, "dash": "dot"}, row=1, col=column)
    style(figure, "Each layer's output after the cut against before", "layer", "", 300)
    figure.update_layout(margin={"t": 70})
    figure.update_yaxes(title=None)
    # A change of a thousandth is not to look like a fall.
    figure.update_yaxes(range=[min(0.95, min(one.cosine for one in drift) - 0.03), 1.005], col=1)
    far = max(0.05, *(1.1 * abs(one.norm - 1) for one in drift))
    figure.update_yaxes(range=[1 - far, 1 + far], col=2)
    return figure


def adapter_bars(adapters: Sequence[Adapter]) -> go.Figure:
    """How far each adapter moves its layer's output for this sentence."""
    figure = go.Figure()
    for place, target in enumerate(dict.fromkeys(one.target for one in adapters)):
        own = [one for one in adapters if one.target == target]
        figure.add_bar(
            x=[one.layer for one in own], y=[one.share for one in own], name=target,
            marker_color=theme.CLASS_COLORS[place % len(theme.CLASS_COLORS)],
            customdata=[one.cosine for one in own],
            hovertemplate="%{y:.1%} of its length, cosine %{customdata:.3f}",
        )  # fmt: skip
    style(figure, "What each adapter adds, against what it is added to", "layer", "share of the length", 300)
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return figure
