"""Parameter rows and embedding points in, figures out; no Streamlit in here."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.charts import style

WRAP = 64


def part_color(part: str) -> str:
    """The colour of a model part; names are matched by how they begin, so `attention.query` is attention."""
    bare = part.lower().replace("_", "-")
    for name, color in theme.PART_COLORS.items():
        if bare.startswith(name) or bare.startswith(name.rstrip("s")):
            return color
    return theme.OTHER_COLOR


def layer_name(layer: float | None) -> str:
    return "outside the layers" if layer is None or pd.isna(layer) else f"layer {int(layer)}"


def icicle(rows: pd.DataFrame, title: str, height: int = 420) -> go.Figure:
    """Where the parameters sit: model -> layer -> part -> module. `rows` has module, layer, part, shape, params."""
    ids, labels, parents, values, colors, hover = (
        ["model"],
        [title],
        [""],
        [int(rows["params"].sum())],
        [theme.MUTED],
        [""],
    )

    def add(node: str, label: str, parent: str, value: int, color: str, text: str = "") -> None:
        ids.append(node), labels.append(label), parents.append(parent)
        values.append(value), colors.append(color), hover.append(text)

    named = rows.assign(where=rows["layer"].map(layer_name))
    for where, inside in named.groupby("where", sort=False):
        add(str(where), str(where), "model", int(inside["params"].sum()), "rgba(128,140,146,0.45)")
        for part, of_part in inside.groupby("part", sort=False):
            node = f"{where}/{part}"
            add(node, str(part), str(where), int(of_part["params"].sum()), part_color(str(part)))
            for row in of_part.itertuples():
                shape = "shape " + " × ".join(str(size) for size in row.shape)
                short = str(row.module).split(".layer.")[-1]
                add(f"{node}/{row.module}", short, node, int(row.params), part_color(str(part)), shape)
    figure = go.Figure(
        go.Icicle(
            ids=ids, labels=labels, parents=parents, values=values, branchvalues="total", maxdepth=3,
            marker={"colors": colors, "line": {"width": 1}}, customdata=hover, sort=False, tiling={"orientation": "v"},
            hovertemplate="<b>%{label}</b><br>%{value:,} parameters, %{percentRoot:.1%} of the model<br>%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 6, "b": 0}, uirevision=title)
    return figure


def layer_bars(rows: pd.DataFrame, title: str, most: int | None = None) -> go.Figure:
    """Parameters of each layer, stacked by part; what lies outside the layers stands last. `most`: top of a shared scale."""
    named = rows.assign(where=rows["layer"].map(lambda layer: "rest" if pd.isna(layer) else str(int(layer))))
    order = sorted({w for w in named["where"] if w != "rest"}, key=int)
    order += ["rest"] * ("rest" in set(named["where"]))
    table = named.pivot_table(index="where", columns="part", values="params", aggfunc="sum", fill_value=0).reindex(
        order
    )
    figure = go.Figure()
    for part in sorted(table.columns, key=lambda part: -table[part].sum()):
        color = part_color(str(part))
        hover = "%{y:,}"
        figure.add_bar(x=table.index, y=table[part], name=str(part), marker_color=color, hovertemplate=hover)
    style(figure, title, "layer (rest: embeddings, pooler, head)", "parameters", 320)
    figure.update_layout(barmode="stack", bargap=0.2)
    figure.update_xaxes(type="category")
    if most:
        figure.update_yaxes(range=[0, most * 1.05])
    return figure


def hover_text(text: str) -> str:
    """A text for a plotly hover: escaped, wrapped, at most six lines."""
    lines = textwrap.wrap(" ".join(text.split()), WRAP) or ["(empty)"]
    shown = lines[:6] + (["…"] if len(lines) > 6 else [])
    return "<br>".join(html.escape(line) for line in shown)


def cluster_figure(
    views: Sequence[tuple[str, np.ndarray]],
    groups: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    colors: Mapping[str, str],
    symbols: Mapping[str, str],
    height: int = 500,
) -> go.Figure:
    """Rows as several runs see them, side by side on one scale.

    `views` is (title, points (n, 2)) a run; `groups` names for each run the class, prediction or error of each row;
    `texts` holds for each run the rows' texts, which are hovered.
    """
    titles = [html.escape(title) for title, _ in views]
    figure = make_subplots(cols=len(views), rows=1, subplot_titles=titles, horizontal_spacing=0.03)
    legend: set[str] = set()
    for column, (_, points) in enumerate(views):
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
    _share_axes(figure, [points for _, points in views])
    figure.update_layout(
        height=height, margin={"l": 40, "r": 8, "t": 34, "b": 70}, uirevision="clusters", hovermode="closest", dragmode="lasso",
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top", "title": None, "itemsizing": "constant"},
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
    for index, annotation in enumerate(figure.layout.annotations):
        start = figure.get_subplot(1, index + 1).xaxis.domain[0]
        annotation.update(x=start, xanchor="left", align="left", font={"size": 13})


def picked_rows(points: Sequence[Mapping[str, Any]]) -> list[int]:
    """Row numbers of the points inside a lasso, each once, ascending."""
    found = {int(point["customdata"][1]) for point in points if len(point.get("customdata") or ()) > 1}
    return sorted(found)


def tallest_layer(rows: pd.DataFrame) -> int:
    """Parameters of the largest layer, for a scale that several figures share; what is outside the layers is not one."""
    inside = rows[rows["layer"].notna()]
    return int(inside.groupby("layer")["params"].sum().max()) if len(inside) else int(rows["params"].sum())
