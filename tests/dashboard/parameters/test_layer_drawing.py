"""A layer's drawing accounts for every parameter of the layer."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from core.model.parameters import count_parameters
from core.model.variant import VARIANTS, Structure
from dashboard import theme
from dashboard.parameters import layer_drawing, tables


def rows_of(variant, model="mobilebert", **settings):
    return tables.frame(count_parameters(Structure(model, variant, **settings)))


def texts(picture):
    return [element.text for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own drawing


@pytest.mark.parametrize("model", ["mobilebert", "demo"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_boxes_add_up_to_the_layer(variant, model):
    rows = rows_of(variant, model, layers=2)
    blocks = layer_drawing.blocks_of(rows)
    assert sum(block.params + block.adapters for block in blocks.values()) == rows[rows["layer"] == 0]["params"].sum()
    assert "other" not in blocks


def test_figures_of_the_published_layer_by_hand():
    blocks = layer_drawing.blocks_of(rows_of("base"))
    assert blocks["attention.self.query"].params == 128 * 128 + 128
    assert blocks["attention.self.value"].params == 512 * 128 + 128
    assert blocks["bottleneck.input"].params == 512 * 128 + 128 + 2 * 128
    assert blocks["ffn.2"].params == blocks["output"].params == 128 * 512 + 512 + 512 * 128 + 128 + 2 * 128
    assert blocks["output.bottleneck"].params == 128 * 512 + 512 + 2 * 512
    assert blocks["output"].shape == "128 → 512 → 128"


def test_after_the_cut_query_and_key_are_shared_and_adapters_stand_apart():
    blocks = layer_drawing.blocks_of(rows_of("light+lora", rank=64, lora_r=8))
    assert blocks["attention.self.query"].title == "shared query"
    assert (blocks["attention.self.query"].params, blocks["attention.self.query"].adapters) == (8192, 8 * (128 + 64))
    assert blocks["attention.self.mixing"].params == 4 * 64
    assert blocks["attention.self.content_bias"].params == 4 * 128


@pytest.mark.parametrize("mode", ["light", "dark", None])
def test_drawing_shows_every_box_inside_its_frame(mode):
    rows = rows_of("light+lora")
    picture = layer_drawing.drawing(rows, 4, 128, mode)
    said = texts(picture)
    for block in layer_drawing.blocks_of(rows).values():
        assert block.title in said
        assert f"{block.params:,}" in said
    assert "scores: 4 heads × 64 shared columns + 4" in said
    assert "LoRA +1,536" in said
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own drawing
    _, _, width, height = map(float, root.get("viewBox").split())
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, w, h = (float(box.get(side)) for side in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
    assert theme.INK[mode or "light"] in picture


def test_before_the_cut_heads_have_columns_of_their_own():
    assert "scores: 4 heads × 32 columns of their own" in texts(layer_drawing.drawing(rows_of("base"), 4, 128, "light"))


def test_words_for_those_who_do_not_see_it():
    assert "value 65,664" in layer_drawing.in_words(rows_of("base"))
