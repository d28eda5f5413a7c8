"""What is left of a score under noise, as figures; no Streamlit in here."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.augment import own_method
from dashboard import theme
from dashboard.shared import charts, formatting

FAINT = -5.0
"""Points lost; less never looks like the worst that can happen."""
Points = Sequence[Mapping[str, Any]]
"""As the verb `robustness` prints them."""


def curves_figure(points: Points, names: Mapping[str, str], colors: Mapping[str, str], over: str = "rows") -> go.Figure:
    """A picture a noise, a line a run or setting, with its 95 % band."""
    noises = list(dict.fromkeys(point["noise"] for point in points))
    titles = [_title(noise) for noise in noises]
    figure = make_subplots(cols=len(noises), rows=1, shared_yaxes=True, horizontal_spacing=0.03,
                           subplot_titles=titles, x_title="words edited, %")  # fmt: skip
    for column, noise in enumerate(noises, 1):
        for run, name in names.items():
            own = [point for point in points if (point["noise"], point["run"]) == (noise, run)]
            if not own:
                continue
            levels = [100 * point["level"] for point in own]
            seen = ", trained with" if own[0]["seen"] else ", never seen"
            figure.add_scatter(
                x=[*levels, *reversed(levels)],
                y=[*(point["high"] for point in own), *(point["low"] for point in reversed(own))],
                fill="toself", mode="lines", fillcolor=theme.faint(colors[run]), line={"width": 0}, hoverinfo="skip",
                showlegend=False, legendgroup=run, row=1, col=column,
            )  # fmt: skip
            figure.add_scatter(
                x=levels, y=[point["value"] for point in own], mode="lines+markers", name=html.escape(name),
                legendgroup=run, showlegend=column == 1, row=1, col=column,
                line={"color": colors[run], "dash": "solid" if own[0]["seen"] else "dot"},
                hovertemplate=f"%{{y:.3f}} at %{{x:.0f}} %<extra>{html.escape(name)}{seen}</extra>",
            )  # fmt: skip
    metric = points[0]["metric"] if points else "score"
    title = f"{charts.metric_name(metric)} under noise, 95 % over {over}"
    charts.style(figure, title, "", charts.metric_in_words(metric), 420)
    figure.update_annotations(font_size=13)
    figure.update_xaxes(title=None, nticks=3)
    for column in range(2, len(noises) + 1):
        figure.update_yaxes(title=None, col=column)
    figure.update_layout(margin={"t": 70, "b": 90}, hovermode="closest")
    return figure


def _title(noise: str) -> str:
    """A noise's name; one's own, which is given a share of the rows, in lines that a phone has room for."""
    if not own_method.is_own(noise):
        return html.escape(noise)
    return html.escape(noise.rpartition("/")[2]).replace(":", ":<br>") + "<br>(rows, %)"


def loss_figure(points: Points, names: Mapping[str, str], level: float) -> go.Figure:
    """Training against test noise: points lost by each run or setting (down) under each noise (across) at one level."""
    noises = list(dict.fromkeys(point["noise"] for point in points))
    at = {(point["run"], point["noise"]): point for point in points if point["level"] == level}
    lost = {key: 100 * point["drop"]["value"] for key, point in at.items()}
    losses = [[lost.get((run, noise)) for noise in noises] for run in names]
    texts = [
        [
            formatting.signed(lost[run, noise]) + (" ●" if at[run, noise]["seen"] else "") if (run, noise) in at else ""
            for noise in noises
        ]
        for run in names
    ]
    figure = go.Figure(
        go.Heatmap(
            z=losses,
            x=[html.escape(noise) for noise in noises],
            y=[html.escape(name).replace(", ", ",<br>") for name in names.values()],
            text=texts,
            texttemplate="%{text}",
            textfont={"color": theme.INK["light"]},  # legible on every shade of the scale, in both modes
            colorscale=[[0, "#ef8a62"], [0.5, "#fddbc7"], [1, "#f7f7f7"]],
            zmin=min([*lost.values(), FAINT]),  # or else the scale ends at the values that are there, however near
            zmax=0,
            showscale=False,
            hovertemplate="%{y} under %{x}: %{z:.1f} points<extra></extra>",
        )
    )
    title = f"Change in points, {100 * level:.0f} % edited (● trained with it)"
    charts.style(figure, title, "noise of the test", "", 150 + 48 * len(names))
    figure.update_yaxes(title=None, automargin=True, autorange="reversed", type="category", nticks=None)
    figure.update_layout(showlegend=False, hovermode="closest", dragmode=False)
    return figure
