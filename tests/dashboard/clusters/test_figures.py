"""Embedding points to pictures."""

from __future__ import annotations

import numpy as np

from dashboard.clusters import figures


def test_hovered_text_is_escaped_wrapped_and_cut():
    hover = figures.hover_text("<script>" + "word " * 400)
    assert "<script>" not in hover
    assert hover.count("<br>") == 6
    assert hover.endswith("…")
    assert figures.hover_text("   ") == "(empty)"


def test_clusters_share_one_scale_and_one_legend():
    near, far = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[-5.0, 0.0], [1.0, 7.0]])
    figure = figures.cluster_figure(
        [near, far], [["a", "b"]] * 2, [["x", "y"]] * 2, {"a": "#000", "b": "#111"}, {"a": "circle", "b": "square"}
    )
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert figure.layout.xaxis.range[0] < -5
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]


def test_lasso_gives_each_row_once():
    points = [{"customdata": ["text", 4]}, {"customdata": ["text", 1]}, {"customdata": ["text", 4]}, {}]
    assert figures.picked_rows(points) == [1, 4]
