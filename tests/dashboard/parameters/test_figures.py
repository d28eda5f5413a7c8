"""Parameter rows to figures."""

from __future__ import annotations

import pandas as pd

from dashboard.parameters import figures

ROWS = pd.DataFrame(
    [
        ("embeddings.word", None, "embeddings", (10, 4), 40, True),
        ("encoder.layer.0.attention.query", 0, "attention", (4, 4), 16, True),
        ("encoder.layer.0.ffn.dense", 0, "feed-forward", (4, 8), 32, True),
        ("encoder.layer.1.ffn.dense", 1, "feed-forward", (4, 8), 32, True),
    ],
    columns=["module", "layer", "part", "shape", "params", "trainable"],
)


def test_treemap_adds_up_at_every_level():
    tree = figures.treemap(ROWS, "base").data[0]
    value = dict(zip(tree.ids, tree.values, strict=True))
    assert value["model"] == 120
    assert [value[part] for part in ("embeddings", "attention", "feed-forward")] == [40, 16, 64]
    for node in tree.ids:
        children = [v for child, parent, v in zip(tree.ids, tree.parents, tree.values, strict=True) if parent == node]
        assert not children or sum(children) == value[node]


def test_treemap_names_modules_and_shapes_in_the_hover():
    tree = figures.treemap(ROWS, "base").data[0]
    hover = dict(zip(tree.ids, tree.customdata, strict=True))
    assert hover["feed-forward/layer 1"] == "<br>1.ffn.dense  4 × 8"
    many = pd.concat([ROWS.iloc[[1]]] * 20)
    assert figures.treemap(many, "base").data[0].customdata[-1].endswith("<br>and 8 more")


def test_layer_bars_stack_parts_and_leave_out_what_is_in_no_layer():
    figure = figures.layer_bars(ROWS, "Parameters of each layer by part", most=100)
    bars = {bar.name: list(bar.y) for bar in figure.data}
    assert bars == {"feed-forward": [32, 32], "attention": [16, 0]}
    assert figure.layout.yaxis.range[1] == 105


def test_tallest_layer_is_the_sum_of_its_parts():
    assert figures.tallest_layer(ROWS) == 48


def test_unknown_part_has_a_color_of_its_own():
    assert figures.part_color("something else") == figures.theme.OTHER_COLOR
