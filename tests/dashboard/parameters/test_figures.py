"""Parameter rows to figures."""

from __future__ import annotations

import pandas as pd
import pytest

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


LIGHT = ROWS[ROWS["layer"] != 1]


def boxes(**variants: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Box -> (parent, parameters)."""
    tree = figures.icicle(variants).data[0]
    return {name: (parent, value) for name, parent, value in zip(tree.ids, tree.parents, tree.values, strict=True)}


def test_icicle_has_one_scale_and_adds_up_at_every_level():
    found = boxes(base=ROWS, light=LIGHT)
    assert found["all"] == ("", 208)  # 120 of base and 88 of light share one area
    assert found["all/base"] == ("all", 120)
    assert found["all/light"] == ("all", 88)
    assert found["all/base/layer 0"] == ("all/base", 48)
    for name, (_, value) in found.items():
        children = [size for parent, size in found.values() if parent == name]
        assert not children or sum(children) == value


def test_icicle_keeps_the_layers_in_their_order():
    deep = pd.concat([ROWS.iloc[[2]].assign(layer=layer) for layer in range(12)])
    tree = figures.icicle({"base": pd.concat([ROWS.iloc[[0]], deep])}).data[0]
    names = [label for label, parent in zip(tree.labels, tree.parents, strict=True) if parent == "all/base"]
    assert names == ["embeddings", *(f"layer {number}" for number in range(12))]
    assert tree.sort is False


def test_icicle_shows_adapters_in_a_colour_of_their_own():
    adapter = pd.DataFrame(
        [("encoder.layer.0.attention.query.lora_A", 0, "adapters", (2, 4), 8, True)], columns=ROWS.columns
    )
    tree = figures.icicle({"LoRA": pd.concat([ROWS, adapter])}).data[0]
    colors = dict(zip(tree.ids, tree.colors if hasattr(tree, "colors") else tree.marker.colors, strict=True))
    assert dict(zip(tree.ids, tree.values, strict=True))["all/LoRA/adapters"] == 8
    assert list(colors.values()).count(colors["all/LoRA/adapters"]) == 1
    rim = dict(zip(tree.ids, tree.marker.line.color, strict=True))
    assert rim["all/LoRA/adapters"] == colors["all/LoRA/adapters"], "it is thinner than a white rim"


def test_icicle_has_one_width_of_rim_from_which_plotly_places_the_path_back():
    width = figures.icicle({"base": ROWS}).data[0].marker.line.width
    assert isinstance(width, int | float), "of a list plotly.js makes NaN, and the path back is not drawn"


def test_icicle_says_of_what_a_share_is_and_names_modules_and_shapes():
    tree = figures.icicle({"base": ROWS}).data[0]
    said = dict(zip(tree.ids, tree.customdata, strict=True))
    assert said["all/base/layer 1"] == "32 parameters: 26.7 % of base"
    assert said["all/base/layer 1/feed-forward"].endswith("<br>1.ffn.dense  4 × 8")
    many = pd.concat([ROWS.iloc[[1]]] * 20)
    assert figures.icicle({"base": many}).data[0].customdata[-1].endswith("<br>and 8 more")


def test_layer_bars_stack_parts_on_one_scale_and_leave_out_what_is_in_no_layer():
    figure = figures.layer_bars({"base": ROWS, "light": LIGHT})
    bars = {(bar.xaxis, bar.name): list(bar.y) for bar in figure.data}
    assert bars == {
        ("x", "feed-forward"): [32, 32],
        ("x", "attention"): [16, 0],
        ("x2", "feed-forward"): [32],
        ("x2", "attention"): [16],
    }
    assert figure.layout.yaxis2.matches == "y"
    assert [bar.showlegend for bar in figure.data] == [True, True, False, False]


def test_unknown_part_has_a_color_of_its_own():
    assert figures.part_color("something else") == figures.theme.OTHER_COLOR


@pytest.mark.parametrize(
    ("wanted", "opened"), [("all/base/layer 0", "all/base/layer 0"), ("all/base/layer 7/norms", "all/base"), ("", None)]
)
def test_icicle_opens_where_the_last_one_was_open_or_above(wanted, opened):
    assert figures.icicle({"base": ROWS}, wanted).data[0].level == opened
