"""Parameter rows in, figures of where they sit out; no Streamlit in here."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.shared.charts import style


def part_color(part: str) -> str:
    """The colour of a model part; names are matched by how they begin, so `attention.query` is attention."""
    bare = part.lower().replace("_", "-")
    for name, color in theme.PART_COLORS.items():
        if bare.startswith((name, name.rstrip("s"))):
            return color
    return theme.OTHER_COLOR


def layer_name(layer: float | None) -> str:
    return "outside the layers" if layer is None or pd.isna(layer) else f"layer {int(layer)}"


def treemap(rows: pd.DataFrame, title: str, height: int = 420) -> go.Figure:
    """Where the parameters sit: model, parts, layers; areas are parameter counts, the modules are hovered.

    `rows` has module, layer, part, shape and params; the areas add up to their sum.
    """
    total = int(rows["params"].sum())
    nodes: list[tuple[str, str, str, int, str, str]] = [("model", title, "", total, "rgba(128,140,146,0.14)", "")]
    named = rows.assign(where=rows["layer"].map(layer_name))
    for part, of_part in named.groupby("part", sort=False):
        size, color = int(of_part["params"].sum()), part_color(str(part))
        nodes.append((str(part), f"{part} {size / total:.1%}", "model", size, color, ""))
        for where, inside in of_part.groupby("where", sort=False):
            hover = _modules(inside)
            nodes.append((f"{part}/{where}", str(where), str(part), int(inside["params"].sum()), color, hover))
    ids, labels, parents, values, colors, hovers = zip(*nodes, strict=True)
    counted = "<b>%{label}</b><br>%{value:,} parameters, %{percentRoot:.1%} of the model%{customdata}<extra></extra>"
    figure = go.Figure(
        go.Treemap(
            ids=ids, labels=labels, parents=parents, values=values, customdata=hovers, branchvalues="total",
            marker={"colors": colors, "line": {"width": 0.6}, "pad": {"t": 17, "l": 1, "r": 1, "b": 1}}, sort=False,
            tiling={"pad": 1, "packing": "squarify"}, hovertemplate=counted, textfont={"size": 10},
            pathbar={"thickness": 20},
        )
    )  # fmt: skip
    figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 2, "b": 0}, uirevision=title)
    return figure


def _modules(rows: pd.DataFrame, most: int = 12) -> str:
    """Names and shapes for a hover, the largest first."""
    ordered = rows.sort_values("params", ascending=False, kind="stable")
    lines = [
        f"{str(row.module).split('.layer.')[-1]}  {' × '.join(map(str, row.shape))}"
        for row in ordered.head(most).itertuples()
    ]
    more = [f"and {len(ordered) - most} more"] if len(ordered) > most else []
    return "<br>" + "<br>".join([*lines, *more])


def layer_bars(rows: pd.DataFrame, title: str, most: int | None = None) -> go.Figure:
    """Parameters of each layer, stacked by part; what lies outside the layers is left out.

    `most` is the top of a scale shared with other figures.
    """
    inside = rows[rows["layer"].notna()]
    table = inside.assign(layer=inside["layer"].astype(int)).pivot_table(
        index="layer", columns="part", values="params", aggfunc="sum", fill_value=0
    )
    figure = go.Figure()
    for part in sorted(table.columns, key=lambda part: -table[part].sum()):
        figure.add_bar(
            x=table.index, y=table[part], name=str(part), marker_color=part_color(str(part)), hovertemplate="%{y:,}"
        )
    style(figure, title, "layer", "parameters", 300)
    figure.update_layout(barmode="stack", bargap=0.2)
    if most:
        figure.update_yaxes(range=[0, most * 1.05])
    return figure


def tallest_layer(rows: pd.DataFrame) -> int:
    """Parameters of the largest layer, for a scale that several figures share."""
    inside = rows[rows["layer"].notna()]
    return int(inside.groupby("layer")["params"].sum().max()) if len(inside) else int(rows["params"].sum())
