"""Operations and reconstruction errors in, figures out; no Streamlit in here."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dashboard import theme
from dashboard.parameters.figures import part_color
from dashboard.shared.charts import style

DEPTHS = "Viridis"
FLOOR = theme.CLASS_COLORS[1]


def operation_bars(macs: Mapping[str, Mapping[str, int]], length: int) -> go.Figure:
    """{variant: {part: multiply-accumulates}} as one bar a variant, stacked by part."""
    figure = go.Figure()
    names = list(macs)
    for part in next(iter(macs.values())):
        values = [macs[name][part] for name in names]
        figure.add_bar(
            y=names, x=values, name=part, orientation="h", marker_color=part_color(part),
            hovertemplate="%{x:.4s} " + part + "<extra>%{y}</extra>",
        )  # fmt: skip
    style(
        figure,
        f"Multiply-accumulates of one text of {length} pieces",
        "multiply-accumulates",
        "",
        150 + 44 * len(names),
    )
    figure.update_layout(barmode="stack", hovermode="closest", legend={"y": -0.3})
    figure.update_xaxes(tickformat="~s")
    figure.update_yaxes(autorange="reversed", automargin=True, title=None, nticks=None)
    return figure


def error_lines(points: pd.DataFrame, layer: int | None = None) -> go.Figure:
    """Error against rank, a line a layer, over the floor; `layer` shows that one alone.

    `points` has the columns layer, rank, error and floor. For several layers the floor is drawn as its mean.
    """
    shown = points if layer is None else points[points["layer"] == layer]
    figure = go.Figure()
    layers = sorted(shown["layer"].unique())
    deepest = max(1, int(points["layer"].max()))
    for number in layers:
        of_layer = shown[shown["layer"] == number].sort_values("rank")
        color = sample_colorscale(DEPTHS, [0.12 + 0.76 * number / deepest])[0]
        figure.add_scatter(
            x=of_layer["rank"], y=of_layer["error"], name=f"layer {number}", mode="lines+markers",
            line={"color": color, "width": 1.8}, marker={"size": 5}, hovertemplate="%{y:.3f}",
            showlegend=number in (layers[0], layers[-1]),  # the colours between these run from dark to light
        )  # fmt: skip
    floor = shown.groupby("rank")["floor"].mean()
    figure.add_scatter(
        x=floor.index, y=floor, name="floor" if len(layers) == 1 else "floor, mean", mode="lines",
        line={"color": FLOOR, "width": 2, "dash": "dash"}, hovertemplate="%{y:.3f}",
    )  # fmt: skip
    style(figure, "Error of each layer's query-key tensor against rank", "CP rank", "relative error", 380)
    figure.update_yaxes(rangemode="tozero")
    return figure


def error_bars(points: pd.DataFrame, rank: int) -> go.Figure:
    """Error of each layer at one rank, with its floor."""
    shown = points[points["rank"] == rank].sort_values("layer")
    figure = go.Figure()
    figure.add_bar(
        x=shown["layer"], y=shown["error"], name="error", marker_color=theme.PART_COLORS["attention"],
        hovertemplate="%{y:.3f}",
    )  # fmt: skip
    figure.add_scatter(
        x=shown["layer"], y=shown["floor"], name="floor", mode="markers", hovertemplate="%{y:.3f}",
        marker={"symbol": "line-ew", "size": 14, "line": {"width": 2.5, "color": FLOOR}},
    )  # fmt: skip
    style(figure, f"Error of each layer at rank {rank}", "layer", "relative error", 380)
    figure.update_xaxes(dtick=1 if len(shown) <= 12 else 2)
    figure.update_yaxes(rangemode="tozero")
    return figure
