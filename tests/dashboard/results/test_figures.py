"""The front of those that none beats, and intervals as they were computed."""

from __future__ import annotations

import pytest

from core.analysis.results.printed import PAPER_B_GAINS
from core.analysis.results.table import Gain, Result
from core.config import RunConfig
from dashboard.results.figures import gains_figure, pareto_figure, pareto_front


def row(name, score):
    return Result(name, "SST-2", "accuracy", (score,), (0,), (name,), RunConfig())


ROWS = [row("small", 80.0), row("same size, worse", 70.0), row("large", 90.0), row("larger, worse", 85.0)]
COST = {"small": 1.0, "same size, worse": 1.0, "large": 5.0, "larger, worse": 9.0}


def test_front_holds_those_that_none_beats():
    assert [one.method for one in pareto_front(ROWS, COST)] == ["small", "large"]


def test_front_is_drawn_filled_and_what_has_no_cost_is_left_out():
    figure = pareto_figure(ROWS, {"small": 1.0, "large": 5.0}, "Latency, ms", "Accuracy")
    assert figure.layout.title.text == "Accuracy against latency"
    assert [trace.marker.symbol for trace in figure.data[:2]] == ["circle", "circle"]
    assert list(figure.data[2].x) == [1.0, 5.0]


def test_long_names_of_a_legend_leave_the_figure_its_room():
    long = [row(f"{number}: {'a setting, another, ' * 10}", 80.0) for number in range(8)]
    cost = {one.runs[0]: 1.0 for one in long}
    signs = [(one.marker.color, one.marker.symbol.removesuffix("-open"))
             for one in pareto_figure(long, cost, "Latency, ms", "Accuracy").data[:8]]  # fmt: skip
    assert len(set(signs)) == 8  # there are seven colours
    assert pareto_figure(ROWS, COST, "Latency, ms", "Accuracy").layout.height == 420
    drawn = pareto_figure(long, cost, "Latency, ms", "Accuracy").layout
    assert drawn.legend.maxheight >= 15 * 8 * 4  # 8 names of 4 lines in one column, as on a phone
    assert drawn.height - drawn.legend.maxheight >= 240


def test_claims_have_their_interval_and_the_printed_value():
    found = [Gain("Bert_Adam", 3, ("RTE",), 1.0, -0.5, 2.5, PAPER_B_GAINS["Bert_Adam"])]
    ours, theirs = gains_figure(found).data
    assert ours.error_x.array[0] == pytest.approx(1.5)
    assert list(theirs.x) == [2.37]
