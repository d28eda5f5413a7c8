"""The numbers behind a figure, as they are saved with it."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from dashboard.shared.saving import table


def test_each_trace_gives_its_points_with_what_stands_for_their_spread():
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="a <b>", error_y={"array": [0.1, 0.2]}))
    figure.add_bar(x=["one", "two"], y=[5, 6])
    found = table(figure)
    assert list(found.columns) == ["trace", "x", "y", "error_y"]
    assert found["trace"].tolist() == ["a <b>", "a <b>", "bar 2", "bar 2"]
    assert found["error_y"].tolist()[:2] == [0.1, 0.2]


def test_words_are_saved_as_they_are_read():
    found = table(go.Figure(go.Scatter(x=[0.5], y=["R&amp;D, words edited<br>41 times"], name="it&#x27;s")))
    assert found[["trace", "y"]].values.tolist() == [["it's", "R&D, words edited 41 times"]]


def test_heat_map_gives_a_line_a_cell():
    found = table(go.Figure(go.Heatmap(x=["p", "q"], y=["r"], z=[[1, None]])))
    assert found[["x", "y"]].values.tolist() == [["p", "r"], ["q", "r"]]
    assert found["z"].tolist()[0] == 1


def test_pictures_side_by_side_are_told_apart_and_bands_give_their_lines_edges():
    figure = make_subplots(cols=3, subplot_titles=["typo", "swap &amp; all", ""], x_title="beneath all, in the middle")
    for column, gap in ((1, 0.1), (2, 0.2), (3, 0.0)):
        if gap:
            edges = [0.9 + gap, 0.5 + gap, 0.5 - gap, 0.9 - gap]
            figure.add_scatter(x=[0, 40, 40, 0], y=edges, hoverinfo="skip", showlegend=False, legendgroup="a",
                               row=1, col=column)  # fmt: skip
        figure.add_scatter(x=[0, 40], y=[0.9, 0.5], name="run", legendgroup="a", row=1, col=column)
    figure.update_xaxes(title="ms", col=3)
    found = table(figure)
    assert list(found.columns[:2]) == ["picture", "trace"]
    assert found["picture"].tolist() == ["typo", "typo", "swap & all", "swap & all", "ms", "ms"]
    assert found["low"].tolist()[:4] == pytest.approx([0.8, 0.4, 0.7, 0.3])
    assert found["high"].tolist()[:4] == pytest.approx([1.0, 0.6, 1.1, 0.7])
    assert found["low"].isna().tolist()[4:] == [True, True]


def test_bands_are_left_out_and_a_figure_without_data_is_an_empty_table():
    band = go.Scatter(x=[1, 2, 2], y=[3, 4, 5], hoverinfo="skip", showlegend=False)
    assert table(go.Figure(band)).empty
