"""The curve of an accuracy budget stands around its scores."""

from __future__ import annotations

from dashboard.export.figures import budget_curve


def test_the_scores_and_what_is_allowed_fill_the_picture_even_where_they_are_one():
    steps = [{"returned": "", "bytes": 1e6, "ms": 1.0, "score": 0.7, "points": 4.0},
             {"returned": "layer <3>", "bytes": 2e6, "ms": 2.0, "score": 0.7, "points": 4.0}]  # fmt: skip
    figure = budget_curve(steps, 1.0, "accuracy")
    assert figure.data[0].text[1] == "layer &lt;3&gt; back"
    lowest, highest = figure.layout.yaxis.range
    assert 0.6 < lowest < 0.7 < 0.73 < highest < 0.8  # 0.74 before, so at least 0.73
    undefined = [{**step, "score": float("nan"), "points": float("nan")} for step in steps]
    assert budget_curve(undefined, 1.0, "pearson").layout.yaxis.range is None
