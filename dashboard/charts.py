"""Metric frames in, figures of runs out; no Streamlit in here."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.metric_frames import downsample, series, smooth

PLAIN = {"displayModeBar": False, "scrollZoom": False}
"""Figure options: no tool bar."""

TOOLS = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg"},
}
"""Figure options: zoom, reset and save as SVG."""

LASSO = {"displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d"], "toImageButtonOptions": {"format": "svg"}}
"""Figure options: lasso and box to choose points, reset and save as SVG."""

LEGEND_LINES = 6
"""Lines of a figure with a legend of its own."""

TITLES = {
    "loss": ("Loss on training batches and on the evaluation rows", "loss"),
    "lr": ("Learning rate", "learning rate"),
    "grad_norm": ("Gradient norm before clipping", "norm"),
    "examples_per_s": ("Training speed", "examples / s"),
    "memory_mb": ("Memory of the training process", "MB"),
    "cpu_percent": ("Processor use (100 is one core)", "%"),
    "gpu_memory_mb": ("Memory of the GPU", "MB"),
}

METRIC_NAMES = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "f1": "F1",
    "mcc": "Matthews correlation",
    "pearson": "Pearson correlation",
    "spearman": "Spearman correlation",
}


def metric_name(key: str) -> str:
    """`eval_macro_f1` -> `Macro F1`; an unknown name is only made readable."""
    bare = key.removeprefix("eval_")
    return METRIC_NAMES.get(bare, bare.replace("_", " ").capitalize())


def style(figure: go.Figure, title: str, x: str, y: str, height: int = 300) -> go.Figure:
    """The one look of every figure: what it shows as title, units on the axes, quiet grid, zoom kept across updates."""
    figure.update_layout(
        title={
            "text": title,
            "font": {"size": 14, "weight": 600},
            "x": 0,
            "xanchor": "left",
            "y": 0.97,
            "yanchor": "top",
        },
        height=height,
        margin={"l": 56, "r": 12, "t": 40, "b": 40},
        legend={"orientation": "h", "x": 0, "y": -0.24, "xanchor": "left", "yanchor": "top", "title": None},
        hovermode="x unified",
        hoverlabel={"namelength": 40},
        uirevision=title,
        showlegend=True,
    )
    figure.update_xaxes(title={"text": x, "standoff": 8}, gridcolor=theme.GRID, zeroline=False)
    figure.update_yaxes(title={"text": y, "standoff": 8}, gridcolor=theme.GRID, zeroline=False, nticks=6)
    return figure


def run_lines(
    frames: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    column: str,
    weight: float = 0.0,
) -> go.Figure:
    """One training quantity of several runs over steps: smoothed in front, raw lightly beneath."""
    title, unit = TITLES.get(column, (metric_name(column), metric_name(column).lower()))
    figure, raw = go.Figure(), _raw_opacity(len(frames))
    for run_id, frame in frames.items():
        _add_training(figure, frame, column, names[run_id], colors[run_id], weight, raw)
    return _finish(style(figure, title, "step", unit))


def loss_figure(
    frames: Mapping[str, pd.DataFrame], names: Mapping[str, str], colors: Mapping[str, str], weight: float = 0.0
) -> go.Figure:
    """Training loss (line) and evaluation loss (line with points) of several runs over steps."""
    figure = go.Figure()
    for run_id, frame in frames.items():
        _add_training(
            figure, frame, "loss", f"{names[run_id]}, train", colors[run_id], weight, _raw_opacity(len(frames))
        )
        _add_evaluation(figure, frame, "eval_loss", f"{names[run_id]}, eval", colors[run_id], dash="dot")
    return _finish(style(figure, TITLES["loss"][0], "step", "loss"))


def score_figure(
    frames: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    colors: Mapping[str, str],
    metric: str | None,
    split: str = "dev",
) -> go.Figure:
    """One evaluation metric of several runs over steps; `metric` is None while nothing has been evaluated."""
    figure = go.Figure()
    for run_id, frame in frames.items():
        _add_evaluation(figure, frame, metric or "", names[run_id], colors[run_id])
    name = metric_name(metric) if metric else "Score"
    return _finish(style(figure, f"{name} on {split}", "step", name.lower()))


def _finish(figure: go.Figure) -> go.Figure:
    """Keep the figure's place while there is nothing to draw, so that the page does not jump when there is.

    A legend of many lines would leave no room for them: then the page has one for all figures, and hovering names one.
    """
    if sum(trace.showlegend is not False for trace in figure.data) > LEGEND_LINES:
        figure.update_layout(showlegend=False, hovermode="closest", margin={"b": 32})
    if not figure.data:
        figure.update_xaxes(range=[0, 1], showticklabels=False)
        figure.update_yaxes(range=[0, 1], showticklabels=False)
        said = {"text": "no point yet", "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
        figure.add_annotation(said)
    return figure


def _raw_opacity(runs: int) -> float:
    return theme.TRAIN_OPACITY / max(1, runs / 3)


def _add_training(
    figure: go.Figure, frame: pd.DataFrame, column: str, name: str, color: str, weight: float, opacity: float
) -> None:
    x, y = series(frame, column)
    if x.size == 0:
        return
    hover = "%{y:.3g}"
    if weight > 0 and x.size > 2:
        raw_x, raw_y = downsample(x, y)
        raw = {"color": color, "width": 1}
        figure.add_scatter(
            x=raw_x, y=raw_y, mode="lines", line=raw, opacity=opacity, hoverinfo="skip", showlegend=False
        )
    x, y = downsample(x, smooth(y, weight))
    mode = "lines" if x.size > 1 else "markers"
    figure.add_scatter(x=x, y=y, mode=mode, name=name, line={"color": color, "width": 1.8}, hovertemplate=hover)


def _add_evaluation(
    figure: go.Figure, frame: pd.DataFrame, column: str, name: str, color: str, dash: str = "solid"
) -> None:
    x, y = series(frame, column)
    if x.size == 0:
        return
    line, marker = {"color": color, "width": 1.8, "dash": dash}, {"size": 7, "color": color}
    figure.add_scatter(x=x, y=y, mode="lines+markers", name=name, line=line, marker=marker, hovertemplate="%{y:.3g}")


def count_bars(counts: Mapping[str, int], title: str, colors: Mapping[str, str], most: int = 20) -> go.Figure:
    """Rows by label, most frequent first; what lies beyond `most` is summed up."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    shown = ordered[:most]
    if len(ordered) > most:
        shown.append((f"{len(ordered) - most} more", sum(count for _, count in ordered[most:])))
    labels = [html.escape(name if len(name) <= 28 else name[:27] + "…") for name, _ in shown]
    fills = [colors.get(name, theme.OTHER_COLOR) for name, _ in shown]
    values = [count for _, count in shown]
    figure = go.Figure(
        go.Bar(
            y=labels, x=values, orientation="h", marker_color=fills, hovertemplate="%{y}: %{x:,} rows<extra></extra>"
        )
    )
    style(figure, title, "rows", "", 110 + 22 * len(shown))
    figure.update_layout(hovermode="closest", margin={"l": 8}, showlegend=False)
    figure.update_yaxes(autorange="reversed", automargin=True, title=None, type="category", nticks=None)
    return figure
