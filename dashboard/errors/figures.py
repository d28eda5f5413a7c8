"""What a run gets wrong, as figures: confusion, slices, reliability, curves and the map of rows; no Streamlit here."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.analysis.errors.answers import Answers
from core.analysis.errors.calibration import Calibration, Curves, Threshold
from core.analysis.errors.data_map import DataMap
from core.analysis.errors.slices import Slice
from dashboard import theme
from dashboard.shared import charts, formatting

RIGHT, WRONG = "#0072b2", "#d55e00"
MOST_SLICES = 14
TICK_PX, MOST_TICKS = 15, 150
"""What the name of a class takes of the height, and up to how many classes each is named."""
NUMBERED_UP_TO = 12  # classes; beyond, the cells are too small for their counts


def confusion_figure(names: Sequence[str], counts: np.ndarray) -> go.Figure:
    """Labels down, answers across; a cell's area is its rows, so that the off-diagonal is seen. Cells can be chosen."""
    size, shown = len(names), [html.escape(name) for name in formatting.short_names(names, 18)]
    cells = [(i, j, int(counts[i, j])) for i in range(size) for j in range(size) if counts[i, j]]
    side = min(60.0, 220 / max(size, 1))  # fits a phone
    most = max((count for _, _, count in cells), default=1)
    cells_drawn = go.Scatter(
        x=[shown[j] for _, j, _ in cells],
        y=[shown[i] for i, _, _ in cells],
        mode="markers+text" if size <= NUMBERED_UP_TO else "markers",
        text=[f"{count:,}" for _, _, count in cells],
        textfont={"size": 12},
        textposition="middle center",
        marker={
            "symbol": "square",
            "size": [side * max(0.25, np.sqrt(count / most)) for _, _, count in cells],
            "color": [RIGHT if i == j else WRONG for i, j, _ in cells],
            "opacity": 0.45 if size <= NUMBERED_UP_TO else 0.85,  # counts are read on the larger ones
        },
        customdata=[[i, j] for i, j, _ in cells],
        hovertext=[f"label {html.escape(names[i])}<br>answered {html.escape(names[j])}" for i, j, _ in cells],
        hovertemplate="%{hovertext}: %{text} rows<extra></extra>",
    )
    height = max(300, min(560, 120 + 44 * size), 120 + TICK_PX * min(size, MOST_TICKS))
    look = charts.layout("Labels and answers, number of rows", height)
    look |= {
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "margin": {**look["margin"], "l": 8, "b": 60},
    }
    many = size > NUMBERED_UP_TO  # lines lead from a small cell to its names; they would cross out counts
    every: dict[str, Any] = {
        "type": "category", "categoryorder": "array", "categoryarray": shown, "nticks": None, "automargin": True,
        "showgrid": many,
    }  # fmt: skip
    if size <= MOST_TICKS:  # else every second class or so would go without its name
        every |= {"dtick": 1, "tickfont": {"size": 9 if many else 12}}
    # From the first class to the last, answered or not: right answers stand on the diagonal.
    # Across, where the page is too narrow for all names, every second or third stands for those beside it.
    across = {**charts.x_axis("answer"), **every}
    if many:  # upright: aslant, long names lie over one another
        across |= {"dtick": None, "tickangle": 90}
    look["xaxis"] = {**across, "range": [-0.5, size - 0.5]}
    look["yaxis"] = {**charts.y_axis("label"), **every, "range": [size - 0.5, -0.5]}
    return go.Figure(cells_drawn, look)


def slice_figure(found: Sequence[Slice], whole: float) -> go.Figure:
    """The worst slices with their 95 % intervals over rows, beside the figure of all rows."""
    shown = list(found[:MOST_SLICES])
    order = _slice_labels(shown)
    drawn = []
    for is_worse, name in ((True, "worse than the other rows"), (False, "within chance")):
        places = [place for place, one in enumerate(shown) if one.worse is is_worse]
        part = [shown[place] for place in places]
        drawn.append(
            go.Scatter(
                x=[one.value for one in part],
                y=[order[place] for place in places],
                error_x={
                    "type": "data",
                    "array": [one.high - one.value for one in part],
                    "arrayminus": [one.value - one.low for one in part],
                    "thickness": 1.5,
                },
                mode="markers",
                name=name,
                marker={
                    "size": 10,
                    "symbol": "diamond" if is_worse else "circle",
                    "color": WRONG if is_worse else RIGHT,
                },
                customdata=[[place] for place in places],
                hovertemplate="%{y}: %{x:.3f}<extra></extra>",
            )
        )
    metric = shown[0].metric if shown else "accuracy"
    row = (24, 32, 44)[min(2, max((one.count("<br>") for one in order), default=0))]  # pixels: no label over another
    told = f"{metric} (95 % over rows)" if any(np.isfinite(one.low) for one in shown) else metric
    look = charts.layout(f"{metric.capitalize()} by kind of row", 150 + row * len(shown))
    look |= {"hovermode": "closest", "dragmode": False}
    look["margin"] |= {"l": 8, "b": 70}
    look["legend"]["y"] = -44 / (60 + row * max(len(shown), 3)) - 0.05
    look["shapes"] = [
        {"type": "line", "x0": whole, "x1": whole, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain",
         "line": {"dash": "dot", "width": 1, "color": theme.OTHER_COLOR}}
    ]  # fmt: skip
    look["xaxis"] = charts.x_axis(told)
    look["yaxis"] = {
        **charts.y_axis(""), "title": None, "categoryorder": "array", "categoryarray": order, "autorange": "reversed",
        "nticks": None,
    }  # fmt: skip
    return go.Figure(drawn, look)


def _slice_labels(slices: Sequence[Slice]) -> list[str]:
    """Name and size of each slice in two lines at most, which leave the figure its room on a phone."""
    names = formatting.short_names([one.name for one in slices], 36)
    told = (f"{name} ({len(one.rows):,})" for name, one in zip(names, slices, strict=True))
    return ["<br>".join(html.escape(line) for line in textwrap.wrap(one, 24)) for one in told]


def reliability_figure(found: Calibration) -> go.Figure:
    """How often the answers of each confidence are right; the diagonal is what the probabilities promise."""
    filled = [one for one in found.bins if one.rows]
    figure = go.Figure(
        go.Bar(
            x=[(one.low + one.high) / 2 for one in filled],
            y=[one.accuracy for one in filled],
            width=[0.9 * (one.high - one.low) for one in filled],
            marker_color=RIGHT,
            opacity=0.7,
            name="share of right answers",
            customdata=[[one.rows, one.confidence] for one in filled],
            hovertemplate="confidence %{customdata[1]:.3f}: %{y:.3f} right of %{customdata[0]:,} rows<extra></extra>",
        )
    )
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name="as promised", line={"dash": "dot", "color": WRONG})
    title = f"Reliability: expected calibration error {found.ece:.3f}"
    charts.style(figure, title, "probability of the answer", "share of right answers", 330)
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1])
    return figure


def roc_figure(found: Curves, name: str) -> go.Figure:
    title = f"ROC curve of {html.escape(name)}"
    figure = _curve(found.false_positive_rate, found.true_positive_rate, f"area {found.roc_auc:.3f}")
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="chance", line={"dash": "dot", "color": theme.OTHER_COLOR}
    )
    return charts.style(figure, title, "false positive rate", "true positive rate", 330)


def precision_recall_figure(found: Curves, name: str) -> go.Figure:
    title = f"Precision and recall of {html.escape(name)}"
    figure = _curve(found.recall, found.precision, f"average precision {found.average_precision:.3f}")
    figure.update_yaxes(range=[0, 1.02])
    return charts.style(figure, title, "recall", "precision", 330)


def _curve(x: np.ndarray, y: np.ndarray, name: str) -> go.Figure:
    return go.Figure(go.Scatter(x=x, y=y, mode="lines", line={"color": RIGHT}, name=name))


def data_map_figure(found: DataMap, answers: Answers) -> go.Figure:
    """Each row by mean and spread of its label's probability; low and steady often means a wrong label."""
    texts = [charts.hover_text(text) for text in answers.texts]
    figure = go.Figure()
    for is_right, name, symbol, color in ((True, "right at the end", "circle", RIGHT), (False, "wrong", "x", WRONG)):
        here = np.flatnonzero(answers.right == is_right)
        figure.add_scatter(
            x=found.wavering[here],
            y=found.confidence[here],
            mode="markers",
            name=name,
            marker={"color": color, "symbol": symbol, "size": 7, "opacity": 0.7},
            customdata=[[int(i), texts[i], html.escape(answers.name_of(answers.labels[i]))] for i in here],
            hovertemplate="<b>%{customdata[2]}</b><br>%{customdata[1]}<extra></extra>",
        )
    title = f"Sure, doubtful and hard rows over {len(found.steps)} evaluations"
    charts.style(figure, title, "standard deviation of the label's probability", "mean of the label's probability", 420)
    figure.update_layout(hovermode="closest", dragmode="lasso")
    return figure


def threshold_sentence(found: Threshold, name: str) -> str:
    """What the cheapest threshold is, and what it saves on these very rows."""
    if found.cost_at_half - found.cost < 1e-12:
        return f"No threshold is cheaper than one half on these rows ({found.cost_at_half:.3g} a row)."
    return (
        f"Answer “{name}” from probability {found.value:.3f} on: {found.cost:.3g} a row instead of "
        f"{found.cost_at_half:.3g} at one half. It was chosen on these rows; on others it will do a little worse."
    )
