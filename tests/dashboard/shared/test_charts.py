"""Figures that several pages share."""

from __future__ import annotations

import pytest

from dashboard.shared import charts


def test_count_bars_sum_up_what_does_not_fit_and_escape_names():
    figure = charts.count_bars({f"<b>{i}": 10 + i for i in range(30)}, "Rows by label", {}, most=5)
    bar = figure.data[0]
    assert len(bar.x) == 6
    assert sum(bar.x) == sum(10 + i for i in range(30))
    assert bar.y[0] == "&lt;b&gt;29"


def test_hovered_text_is_escaped_wrapped_and_cut():
    hover = charts.hover_text("<script>" + "word " * 400)
    assert "<script>" not in hover
    assert hover.count("<br>") == 6
    assert hover.endswith("…")
    assert charts.hover_text("   ") == "(empty)"


@pytest.mark.parametrize(
    ("key", "alone", "within"),
    [("eval_accuracy", "Accuracy", "accuracy"), ("macro_f1", "Macro F1", "macro F1"), ("f1", "F1", "F1"),
     ("mcc", "Matthews correlation", "Matthews correlation"), ("eval_loss", "Loss", "loss")],
)  # fmt: skip
def test_a_metric_is_written_as_its_place_asks(key, alone, within):
    assert (charts.metric_name(key), charts.metric_in_words(key)) == (alone, within)
