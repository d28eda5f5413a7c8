"""Similarities of a sample in, their figure out; no Streamlit in here."""

from __future__ import annotations

import html
from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard import theme
from dashboard.shared import charts


def similarity_figure(
    similarities: Mapping[str, Mapping[int, float]], texts: Mapping[str, Mapping[int, str]], model: str
) -> go.Figure:
    """A box a method over its changed rows, every row a point. Both mappings: method to {row: value}."""
    figure = go.Figure()
    for method, found in similarities.items():
        figure.add_trace(
            go.Box(
                x=list(found.values()),
                name=method,
                boxpoints="all",
                jitter=0.6,
                pointpos=0,
                marker={"size": 4, "opacity": 0.45},
                line={"width": 1.5},
                marker_color=theme.method_color(method),
                text=[f"row {row}: {html.escape(texts[method].get(row, ''))[:90]}" for row in found],
                hovertemplate="%{text}<br>similarity %{x:.3f}<extra></extra>",
                hoveron="points",
            )
        )
    charts.style(
        figure,
        f"Similarity before and after, under {html.escape(model)[-40:]}",
        "cosine similarity (1: unmoved)",
        "",
        height=120 + 62 * max(len(similarities), 1),
    )
    figure.update_layout(showlegend=False, hovermode="closest", margin={"l": 76})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
