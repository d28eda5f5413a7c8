"""Metric frames in, figures of runs out; no Streamlit in here."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard import theme
from dashboard.shared import formatting

METRIC_NAMES = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "f1": "F1",
    "mcc": "Matthews correlation",
    "pearson": "Pearson correlation",
    "spearman": "Spearman correlation",
}


ALIKE = 0.01
"""Of the height of a figure: two lines nearer than this are one to the eye."""
HOVER_WIDTH = 64
"""Characters of a hovered line."""


def hover_text(text: str) -> str:
    """A text for a plotly hover: escaped, wrapped, at most six lines."""
    lines = textwrap.wrap(" ".join(text.split()), HOVER_WIDTH) or ["(empty)"]
    shown = lines[:6] + (["…"] if len(lines) > 6 else [])
    return "<br>".join(html.escape(line) for line in shown)


def metric_name(key: str) -> str:
    """`eval_macro_f1` -> `Macro F1`; an unknown name is only made readable."""
    bare = key.removeprefix("eval_")
    return METRIC_NAMES.get(bare, bare.replace("_", " ").capitalize())


def metric_in_words(key: str) -> str:
    """The same within a sentence or beside an axis: `accuracy`, `macro F1`, but `Pearson correlation`."""
    name = metric_name(key)
    return name if name.split()[0] in ("F1", "Matthews", "Pearson", "Spearman") else name[:1].lower() + name[1:]


def style(figure: go.Figure, title: str, x: str, y: str, height: int = 300) -> go.Figure:
    """The one look of every figure: what it shows as title, units on the axes, quiet grid, zoom kept across updates."""
    figure.update_layout(layout(title, height))
    figure.update_xaxes(x_axis(x))
    figure.update_yaxes(y_axis(y))
    return figure


TITLE_PX = 10
"""From a figure's upper edge to its title, whatever its height: titles of figures side by side stand on one line."""


def layout(title: str, height: int) -> dict[str, Any]:
    """The look without its axes. A figure made of it at once takes a tenth of the time that one styled afterwards
    does, where somebody waits at a slider."""
    return {
        "title": {
            "text": title,
            "font": {"size": 14, "weight": 600},
            "x": 0,
            "xanchor": "left",
            "y": 1 - TITLE_PX / height,
            "yanchor": "top",
        },
        "height": height,
        "margin": {"l": 56, "r": 34, "t": 40, "b": 40},  # at the right the buttons stand, clear of the title
        "legend": {"orientation": "h", "x": 0, "y": -0.24, "xanchor": "left", "yanchor": "top", "title": None},
        "modebar": {
            "orientation": "v",
            "bgcolor": "rgba(0,0,0,0)",
            "color": theme.OTHER_COLOR,
            "activecolor": "#2a949c",
        },
        "hovermode": "x unified",
        "hoverlabel": {"namelength": 40},
        "uirevision": title,
        "showlegend": True,
    }


def x_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title, "standoff": 8}, "gridcolor": theme.GRID, "zeroline": False}


def y_axis(title: str) -> dict[str, Any]:
    return {
        "title": {"text": title, "standoff": 16}, "gridcolor": theme.GRID, "zeroline": False, "nticks": 6,
        "automargin": True,
    }  # fmt: skip


def hiding(lines: Sequence[np.ndarray]) -> list[bool]:
    """Of each line, (points, 2), whether it lies over an earlier one: on the same steps and nowhere further from it
    than the eye tells apart."""
    every = np.concatenate([one[:, 1] for one in lines]) if lines else np.empty(0)
    most = ALIKE * float(np.ptp(every)) if every.size else 0.0

    def over(one: np.ndarray, other: np.ndarray) -> bool:
        same = one.shape == other.shape and np.array_equal(one[:, 0], other[:, 0])
        return same and bool(np.all(np.abs(one[:, 1] - other[:, 1]) <= most))

    return [any(over(one, other) for other in lines[:place]) for place, one in enumerate(lines)]


def uncover(figure: go.Figure) -> None:
    """Dash the lines that lie over others, so that the colours of both show."""
    lines = [one for one in figure.data if one.type == "scatter" and "lines" in (one.mode or "") and one.fill is None]
    points = [np.column_stack([one.x, one.y]).astype(float) for one in lines]
    for line, hidden in zip(lines, hiding(points), strict=True):
        if hidden and line.line.dash in (None, "solid"):
            line.line.dash = "dash"


def count_bars(counts: Mapping[str, int], title: str, colors: Mapping[str, str], most: int = 20) -> go.Figure:
    """Rows by label, most frequent first; what lies beyond `most` is summed up."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    shown = ordered[:most]
    if len(ordered) > most:
        shown.append((f"{len(ordered) - most} more", sum(count for _, count in ordered[most:])))
    labels = [html.escape(name) for name in formatting.short_names([name for name, _ in shown], 28)]
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
