"""Operations and reconstruction errors to figures."""

from __future__ import annotations

import pandas as pd

from dashboard.parameters import costs

POINTS = pd.DataFrame(
    [(layer, rank, 1 / rank + layer / 10, 0.5 / rank) for layer in (0, 1, 2) for rank in (8, 4)],
    columns=["layer", "rank", "error", "floor"],
)


def test_operations_are_stacked_by_part_a_bar_a_variant():
    figure = costs.operation_bars({"base": {"head": 3, "scores": 1}, "light": {"head": 2, "scores": 4}}, 128)
    assert {bar.name: (list(bar.y), list(bar.x)) for bar in figure.data} == {
        "head": (["base", "light"], [3, 2]),
        "scores": (["base", "light"], [1, 4]),
    }
    assert "128 pieces" in figure.layout.title.text


def test_errors_are_a_line_a_layer_over_the_mean_floor():
    figure = costs.error_lines(POINTS)
    assert [line.name for line in figure.data] == ["layer 0", "layer 1", "layer 2", "floor, mean"]
    assert list(figure.data[1].x) == [4, 8]
    assert list(figure.data[1].y) == [0.35, 0.225]
    assert list(figure.data[3].y) == [0.125, 0.0625]
    assert len({line.line.color for line in figure.data}) == 4


def test_one_layer_keeps_its_color_and_has_its_own_floor():
    every, alone = costs.error_lines(POINTS), costs.error_lines(POINTS, 2)
    assert [line.name for line in alone.data] == ["layer 2", "floor"]
    assert alone.data[0].line.color == every.data[2].line.color


def test_bars_show_every_layer_at_one_rank():
    bars, floors = costs.error_bars(POINTS, 4).data
    assert list(bars.x) == [0, 1, 2]
    assert list(bars.y) == [0.25, 0.35, 0.45]
    assert list(floors.y) == [0.125] * 3
