"""Figures of a sweep: what is drawn is the mean, and its band is one standard deviation."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from dashboard.sweeps import figures


def results(**columns: list) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    defaults = {"metric": ["accuracy"] * size, "n": [3] * size, "spread": [0.05] * size}
    return pd.DataFrame({**columns, **{key: value for key, value in defaults.items() if key not in columns}})


def test_numeric_key_becomes_the_axis_and_the_others_its_lines():
    frame = results(
        **{"train.loss": ["ce", "joint"] * 2, "augment.fraction": [0.4, 0.4, 0.0, 0.0], "mean": [1, 2, 3, 4]}
    )
    figure = figures.score_figure(frame, ["train.loss", "augment.fraction"], "accuracy")
    lines = {trace.name: trace for trace in figure.data if trace.name}
    assert set(lines) == {"loss cross-entropy", "loss joint"}
    assert list(lines["loss cross-entropy"].x) == [0.0, 40.0]
    assert list(lines["loss cross-entropy"].y) == [3, 1]
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert list(bands[0].y) == pytest.approx([3.05, 1.05, 0.95, 2.95])
    assert figure.layout.xaxis.title.text == "rows augmented (%)"


def test_named_rows_become_dots_with_bars_and_their_text_is_escaped():
    frame = results(arm=["<b>whole</b>", "without CP"], mean=[0.9, 0.8], spread=[0.1, math.nan])
    (dots,) = figures.score_figure(frame, ["arm"], "accuracy").data
    assert list(dots.y) == ["&lt;b&gt;whole&lt;/b&gt;", "without CP"]
    assert list(dots.error_x.array) == [0.1, 0.0]


def test_the_one_setting_that_varies_stands_at_the_axis_and_not_at_each_row():
    figure = figures.score_figure(
        results(**{"train.loss": ["ce", "joint"], "mean": [0.9, 0.8]}), ["train.loss"], "accuracy"
    )
    assert (list(figure.data[0].y), figure.layout.yaxis.title.text) == (["cross-entropy", "joint"], "loss")


def test_a_score_alone_has_an_axis_about_it():
    figure = figures.score_figure(results(arm=["whole"], mean=[0.9], spread=[math.nan]), ["arm"], "accuracy")
    assert figure.layout.xaxis.range == pytest.approx((0.88, 0.92))


def test_single_seed_has_a_line_without_a_band():
    frame = pd.DataFrame({"lora.r": [2, 2], "step": [0, 9], "n": [1, 1], "mean": [0.1, 0.7], "spread": [math.nan] * 2})
    figure = figures.curve_figure(frame, ["lora.r"], "accuracy")
    (line,) = figure.data
    assert figure.layout.legend.title.text == "LoRA rank"
    assert (line.name, list(line.x), list(line.y)) == ("2", [0, 9], [0.1, 0.7])


def test_curves_have_the_colours_of_the_score_and_tell_the_value_along_its_axis_by_their_strokes():
    """Red is the joint loss in both pictures, whatever share of the rows was augmented."""
    cells = {"train.loss": ["ce", "ce", "joint", "joint"], "augment.fraction": [0.0, 0.4, 0.0, 0.4]}
    keys = list(cells)
    score = {trace.name: trace.line.color for trace in figures.score_figure(
        results(**cells, mean=[1, 2, 3, 4], spread=[math.nan] * 4), keys, "accuracy").data}  # fmt: skip
    curves = pd.DataFrame({**cells, "step": [9] * 4, "mean": [0.7] * 4, "spread": [math.nan] * 4})
    lines = {trace.name: trace.line for trace in figures.curve_figure(curves, keys, "accuracy").data}
    for loss in ("cross-entropy", "joint"):
        plain, augmented = lines[f"{loss}, 0 %"], lines[f"{loss}, 40 %"]
        assert plain.color == augmented.color == score[f"loss {loss}"]
        assert (plain.dash, augmented.dash) == ("solid", "dash")
    one = figures.curve_figure(curves[curves["train.loss"] == "ce"], ["augment.fraction"], "accuracy").data
    assert len({line.line.color for line in one}) == 2
    assert [line.line.dash for line in one] == ["solid", "dash"]  # they went alike: both colours show


def test_other_metrics_are_left_out():
    frame = results(**{"lora.r": [2, 4, 2, 4], "mean": [1, 2, 3, 4], "metric": ["accuracy", "accuracy", "mcc", "mcc"]})
    figure = figures.score_figure(frame, ["lora.r"], "mcc")
    assert [list(trace.y) for trace in figure.data if trace.name] == [[3, 4]]
