"""An accuracy budget's steps in, the trade of size and time against score out; no Streamlit in here."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.shared.charts import metric_in_words, metric_name, style


def budget_curve(steps: Sequence[Mapping[str, Any]], points: float, metric: str) -> go.Figure:
    """Score against size, and against time, as layer after layer goes back to 32 bits; the last step is what is kept.

    The dotted line is the lowest score that the budget allows.
    """
    figure = make_subplots(cols=2, shared_yaxes=True, horizontal_spacing=0.04)
    names = [one["returned"] or "all in 8 bits" for one in steps]
    told = [html.escape(name if not place else f"{name} back") for place, name in enumerate(names)]
    allowed = steps[0]["score"] + (steps[0]["points"] - points) / 100
    known = [score for score in (allowed, *(one["score"] for one in steps)) if math.isfinite(score)]
    for column, values in enumerate(([one["bytes"] / 2**20 for one in steps], [one["ms"] for one in steps]), 1):
        figure.add_scatter(
            x=values, y=[one["score"] for one in steps], mode="lines+markers", row=1, col=column, text=told,
            hovertemplate="%{text}: %{y:.4f}<extra></extra>", showlegend=False,
            line={"color": theme.RUN_COLORS[0], "width": 2},
            marker={"size": [7] * (len(steps) - 1) + [12], "symbol": ["circle"] * (len(steps) - 1) + ["diamond"]},
        )  # fmt: skip
        figure.add_hline(y=allowed, line={"color": theme.OTHER_COLOR, "width": 1, "dash": "dot"}, row=1, col=column)
    style(figure, f"{metric_name(metric)} as the worst layers go back to 32 bits", "", metric_in_words(metric), 300)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title="MiB", col=1)
    figure.update_xaxes(title="ms, one text of 64 pieces", col=2)
    if known:  # by itself plotly draws steps of one score in the middle of -1 to 1
        room = max(0.005, 0.1 * (max(known) - min(known)))
        figure.update_yaxes(range=[min(known) - room, max(known) + room])
    figure.update_yaxes(title=None, col=2)
    return figure
