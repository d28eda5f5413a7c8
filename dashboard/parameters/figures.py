"""Parameter rows in, figures of where they sit out; no Streamlit in here."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.parameters.opened import nearest
from dashboard.shared.charts import style
from dashboard.shared.formatting import short_count

ROOT = "all"
BOX = ("#6f7a80", "#5e696f")
LAYER = ("#8a9297", "#7a8489")
"""Neighbouring boxes and layers are told apart by a shade; colours are for parts."""
RIM = 8
"""Pixels, of every box: from a list of widths plotly cannot work out where the path that leads back belongs. It is
drawn around adapters alone, which are under a hundredth of a model and else not to be seen."""
UNSEEN = "rgba(0,0,0,0)"


class Tensor(NamedTuple):
    """One tensor of a part."""

    module: str
    shape: tuple[int, ...]
    params: int


Parts = dict[str, list[Tensor]]
"""Part -> its tensors."""


def part_color(part: str) -> str:
    """The colour of a model part; names are matched by how they begin, so `attention.query` is attention."""
    bare = part.lower().replace("_", "-")
    for name, color in theme.PART_COLORS.items():
        if bare.startswith((name, name.rstrip("s"))):
            return color
    return theme.OTHER_COLOR


def layer_name(layer: float | None) -> str:
    return "outside the layers" if layer is None or pd.isna(layer) else f"layer {int(layer)}"


def icicle(variants: Mapping[str, pd.DataFrame], level: str = "", height: int = 620) -> go.Figure:
    """Where the parameters sit: variants, their layers in order, the parts of each layer; one scale for all of them.

    `variants` holds for each name a frame with module, layer, part, shape and params. An area is a number of
    parameters, the same area the same number in every variant; a click opens a box, the path on top leads back.
    `level` is the id of a box that is open already.
    """
    tree = _Tree("all variants shown")
    for place, (name, rows) in enumerate(variants.items()):
        whole = int(rows["params"].sum())
        root = tree.add("", name, whole, BOX[place % 2], f"{whole:,} parameters")
        for where, inside in _in_order(rows).items():
            said = _share(inside, whole, name)
            if where in inside:  # outside the layers, or the adapters of all layers
                tree.add(root, where, _size(inside), part_color(where), said + _modules(inside[where]))
                continue
            layer = tree.add(root, where, _size(inside), LAYER[len(tree.ids) % 2], said)
            for part, tensors in inside.items():
                only = {part: tensors}
                said = _share(only, whole, name) + _modules(tensors)
                tree.add(layer, part, _size(only), part_color(part), said)
    figure = go.Figure(
        go.Icicle(
            ids=tree.ids, labels=tree.labels, parents=tree.parents, values=tree.values, customdata=tree.said,
            branchvalues="total", sort=False, leaf={"opacity": 1}, level=nearest(level, tree.ids) or None,
            marker={"colors": tree.colors, "line": {"width": RIM, "color": tree.edge_colors}},
            tiling={"orientation": "h", "pad": 0}, pathbar={"visible": True, "thickness": 26, "side": "top"},
            text=[short_count(value) for value in tree.values], texttemplate="%{label} %{text}",
            hovertemplate="<b>%{label}</b><br>%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    style(figure, "Parameters by variant, layer and part", "", "", height)
    figure.update_layout(
        margin={"l": 4, "r": 4, "t": 76, "b": 30},  # the title stands clear above the path
        hovermode="closest",
        legend={"y": -0.02},
        uniformtext={"minsize": 9, "mode": "hide"},
    )
    for part in dict.fromkeys(part for rows in variants.values() for part in rows["part"]):  # what the colours mean
        figure.add_scatter(x=[None], y=[None], mode="markers", name=str(part),
                           marker={"color": part_color(str(part)), "symbol": "square", "size": 10})  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


@dataclass
class _Tree:
    """Boxes as plotly takes them, column by column."""

    name: str
    ids: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def edge_colors(self) -> list[str]:
        return [color if color == part_color("adapters") else UNSEEN for color in self.colors]

    def add(self, parent: str, label: str, value: int, color: str, said: str) -> str:
        """One box, and beneath no other parent the box of everything; returns its id."""
        if not self.ids:
            self._append(ROOT, "", self.name, 0, BOX[1], "")
        if not parent:
            self.values[0] += value
            self.said[0] = f"{self.values[0]:,} parameters"
        return self._append(f"{parent or ROOT}/{label}", parent or ROOT, label, value, color, said)

    def _append(self, name: str, parent: str, label: str, value: int, color: str, said: str) -> str:
        self.ids.append(name)
        self.parents.append(parent)
        self.labels.append(html.escape(label))
        self.values.append(value)
        self.colors.append(color)
        self.said.append(said)
        return name


def _in_order(rows: pd.DataFrame) -> dict[str, Parts]:
    """What a variant consists of, from the input on: embeddings, layers by number, then what comes after them, and
    the adapters of all layers together: in their layers they would be too thin to see."""
    found: dict[str, Parts] = {}
    adapters: Parts = {}
    for module, layer, part, shape, params in rows[["module", "layer", "part", "shape", "params"]].itertuples(
        index=False, name=None
    ):
        outside = part if pd.isna(layer) else layer_name(layer)
        place = adapters if part == "adapters" else found.setdefault(outside, {})
        place.setdefault(part, []).append(Tensor(module, shape, int(params)))
    return found | ({"adapters": adapters} if adapters else {})


def _size(parts: Parts) -> int:
    return sum(tensor.params for tensors in parts.values() for tensor in tensors)


def _share(parts: Parts, whole: int, name: str) -> str:
    size = _size(parts)
    return f"{size:,} parameters: {100 * size / whole:.3g} % of {html.escape(name)}"


def _modules(tensors: list[Tensor], most: int = 12) -> str:
    """Names and shapes for a hover, the largest first."""
    ordered = sorted(tensors, key=lambda tensor: -tensor.params)
    lines = [f"{one.module.split('.layer.')[-1]}  {' × '.join(map(str, one.shape))}" for one in ordered[:most]]
    more = [f"and {len(ordered) - most} more"] if len(ordered) > most else []
    return "<br>" + "<br>".join([*lines, *more])


def layer_bars(variants: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Parameters of each layer, stacked by part: a picture a variant, side by side on one scale; what lies outside
    the layers is left out."""
    figure = make_subplots(
        cols=len(variants), shared_yaxes=True, horizontal_spacing=0.02, subplot_titles=list(map(html.escape, variants))
    )
    named: set[str] = set()
    for column, rows in enumerate(variants.values(), 1):
        inside = rows[rows["layer"].notna()]
        table = inside.assign(layer=inside["layer"].astype(int)).pivot_table(
            index="layer", columns="part", values="params", aggfunc="sum", fill_value=0
        )
        for part in sorted(table.columns, key=lambda part: -table[part].sum()):
            figure.add_bar(
                x=table.index, y=table[part], name=str(part), marker_color=part_color(str(part)), row=1, col=column,
                hovertemplate="%{y:,} parameters", legendgroup=str(part), showlegend=part not in named,
            )  # fmt: skip
            named.add(part)
    style(figure, "Parameters of each layer by part", "layer", "", 340)
    figure.update_yaxes(title="parameters", col=1)
    figure.update_layout(barmode="stack", bargap=0.2, margin={"t": 66})
    return figure
