"""What the figures of errors show of their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.errors.calibration import Threshold
from core.analysis.errors.slices import Slice
from dashboard.errors import figures, panels


def test_cells_have_areas_like_their_rows_and_only_errors_stand_out():
    figure = figures.confusion_figure(["a", "<b>"], np.array([[64, 16], [0, 4]]))
    marks = figure.data[0]
    assert marks.text == ("64", "16", "4")
    assert (marks.marker.size[1] / marks.marker.size[0]) ** 2 == pytest.approx(16 / 64)
    assert [color == figures.WRONG for color in marks.marker.color] == [False, True, False]
    assert list(marks.customdata[1]) == [0, 1]
    assert marks.y[2] == "&lt;b&gt;"


def test_each_of_thirty_classes_has_its_name_and_the_room_for_it():
    layout = figures.confusion_figure([f"class {i}" for i in range(30)], np.eye(30, dtype=int)).layout
    assert (layout.xaxis.dtick, layout.yaxis.dtick) == (None, 1)  # across, by the room there is
    assert figures.confusion_figure(list("abc"), np.eye(3, dtype=int)).layout.xaxis.dtick == 1
    assert (layout.height - 120) / 30 >= 1.4 * layout.yaxis.tickfont.size  # pixels a class: a line of that font


def test_a_class_that_is_never_answered_keeps_its_place():
    layout = figures.confusion_figure(["never", "often"], np.array([[0, 3], [0, 5]])).layout
    assert (layout.xaxis.range, layout.yaxis.range) == ((-0.5, 1.5), (1.5, -0.5))


def test_classes_whose_long_names_begin_alike_keep_lines_of_their_own():
    names = [f"extraordinarily {what} service" for what in ("slow", "kind", "costly", "cheap")]
    figure = figures.confusion_figure(names, np.ones((4, 4), dtype=int))
    assert len(set(figure.data[0].x)) == len(set(figure.data[0].y)) == len(figure.layout.xaxis.categoryarray) == 4
    assert max(map(len, figure.data[0].x)) <= 18
    found = [
        Slice(f"answered {name}, category {i}", (1,), "accuracy", 0.5, 0.3, 0.8, 0.5) for i, name in enumerate(names)
    ]
    drawn = figures.slice_figure(found, 0.8)
    assert len(set(drawn.data[1].y)) == 4
    lines = max(label.count("<br>") for label in drawn.data[1].y) + 1
    assert (drawn.layout.height - 150) / 4 >= 13 * lines  # pixels: no label stands over another


def test_slices_are_drawn_worst_first_with_their_intervals():
    short = Slice("short", (1, 2), "accuracy", 0.5, 0.3, 0.8, 0.01, True)
    found = [short, Slice("long", (3,), "accuracy", 0.9, 0.7, 0.95, 0.9)]
    figure = figures.slice_figure(found, 0.8)
    worse, rest = figure.data
    assert worse.y == ("short (2)",)
    assert worse.error_x.array[0] == pytest.approx(0.3)
    assert worse.error_x.arrayminus[0] == pytest.approx(0.2)
    assert rest.customdata[0][0] == 1
    assert figure.layout.yaxis.categoryarray == ("short (2)", "long (1)")
    wide = Slice("words edited 0.86 to <1.1> times", (1, 2), "accuracy", 0.5, 0.3, 0.8, 0.01, True)
    drawn = figures.slice_figure([wide], 0.8).data[0].y[0]
    assert drawn == "words edited 0.86 to<br>&lt;1.1&gt; times (2)"  # whole on a phone, where one line would be cut


def test_threshold_that_saves_nothing_says_so():
    assert "No threshold is cheaper" in figures.threshold_sentence(Threshold(0.5, 0.2, 0.2), "yes")
    assert "from probability 0.700" in figures.threshold_sentence(Threshold(0.7, 0.1, 0.2), "yes")


def test_long_names_of_two_runs_are_headed_by_what_tells_them_apart():
    long = ["CE against joint: loss cross-entropy, seed 1", "CE against joint: loss joint, seed 1"]
    assert panels.heads_of(long) == ["… cross-entropy, seed 1", "… joint, seed 1"]
    assert panels.heads_of(["demo, seed 1", "demo, seed 2"]) == ["demo, seed 1", "demo, seed 2"]
    assert panels.heads_of([long[0], f"{long[0]} again"])[0] != panels.heads_of([long[0], f"{long[0]} again"])[1]
