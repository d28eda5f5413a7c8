"""Metric lines to figures: what is drawn is what was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import charts
from dashboard.metric_frames import MAX_POINTS, metric_frame, score_names

LINES = [
    {"step": 0, "eval_loss": 1.5, "eval_accuracy": 0.2},
    {"step": 1, "loss": 4.0, "lr": 1e-3},
    {"step": 2, "loss": 2.0, "lr": 1e-3},
    {"step": 3, "loss": None, "lr": 1e-3},
    {"step": 3, "eval_loss": 1.0, "eval_accuracy": 0.5},
]
COLORS, NAMES = {"a": "#4477aa"}, {"a": "first run"}


def test_loss_figure_overlays_train_and_eval_of_a_run():
    figure = charts.loss_figure({"a": metric_frame(LINES)}, NAMES, COLORS)
    assert [trace.name for trace in figure.data] == ["first run, train", "first run, eval"]
    assert list(figure.data[1].y) == [1.5, 1.0]
    assert figure.layout.xaxis.title.text == "step"
    assert figure.layout.yaxis.title.text == "loss"


def test_smoothed_loss_lies_over_the_raw_one():
    lines = [{"step": step, "loss": float(step % 2)} for step in range(1, 9)]
    figure = charts.loss_figure({"a": metric_frame(lines)}, NAMES, COLORS, 0.9)
    raw, smoothed = figure.data
    assert list(raw.y) == [line["loss"] for line in lines]
    assert raw.opacity < 1
    assert np.ptp(np.array(smoothed.y)[2:]) < 1


def test_figure_without_points_says_so_and_keeps_its_size():
    empty = charts.score_figure({"a": metric_frame([])}, NAMES, COLORS, None)
    full = charts.score_figure({"a": metric_frame(LINES)}, NAMES, COLORS, "eval_accuracy")
    assert empty.layout.annotations[0].text == "no point yet"
    assert empty.layout.height == full.layout.height


def test_scores_are_named_for_people_and_leave_out_the_loss():
    frames = {"a": metric_frame(LINES)}
    assert score_names(frames) == ["eval_accuracy"]
    assert charts.metric_name("eval_mcc") == "Matthews correlation"
    assert charts.metric_name("eval_mismatched_accuracy") == "Mismatched accuracy"


def test_count_bars_sum_up_what_does_not_fit_and_escape_names():
    figure = charts.count_bars({f"<b>{i}": 10 + i for i in range(30)}, "Rows by label", {}, most=5)
    bar = figure.data[0]
    assert len(bar.x) == 6
    assert sum(bar.x) == sum(10 + i for i in range(30))
    assert bar.y[0] == "&lt;b&gt;29"


def test_many_overlaid_runs_stay_light():
    lines = [{"step": step, "loss": 1 / (step + 1)} for step in range(5000)]
    frame = metric_frame(lines)
    frames = {f"run{i}": frame for i in range(20)}
    figure = charts.loss_figure(frames, dict.fromkeys(frames, "r"), dict.fromkeys(frames, "#4477aa"), 0.6)
    assert isinstance(frame, pd.DataFrame)
    assert max(len(trace.x) for trace in figure.data) <= MAX_POINTS + 2


def test_legend_of_many_lines_leaves_the_figure_to_them():
    frame = metric_frame(LINES)

    def figure_of(count):
        names = {f"run{i}": f"run {i}" for i in range(count)}
        return charts.loss_figure(dict.fromkeys(names, frame), names, dict.fromkeys(names, "#4477aa"), 0.6)

    assert figure_of(3).layout.showlegend
    assert not figure_of(4).layout.showlegend
    assert figure_of(4).layout.hovermode == "closest"  # the one under the pointer is named
