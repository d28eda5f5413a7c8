"""Metric lines to figures: what is drawn is what was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashboard import charts

LINES = [
    {"step": 0, "eval_loss": 1.5, "eval_accuracy": 0.2},
    {"step": 1, "loss": 4.0, "lr": 1e-3},
    {"step": 2, "loss": 2.0, "lr": 1e-3},
    {"step": 3, "loss": None, "lr": 1e-3},
    {"step": 3, "eval_loss": 1.0, "eval_accuracy": 0.5},
]
COLORS, NAMES = {"a": "#4477aa"}, {"a": "first run"}


def test_no_lines_make_an_empty_frame_with_steps():
    assert list(charts.metric_frame([]).columns) == ["step"]


def test_series_leaves_out_what_was_not_measured():
    frame = charts.metric_frame(LINES)
    steps, values = charts.series(frame, "loss")
    assert steps.tolist() == [1, 2]
    assert values.tolist() == [4.0, 2.0]
    assert charts.series(frame, "nothing")[0].size == 0


def test_smoothing_follows_its_definition():
    # The second value, weight w = 1/2: (w (1 - w) x1 + (1 - w) x2) / (1 - w^2).
    assert charts.smooth(np.array([2.0, 4.0]), 0.5) == pytest.approx([2.0, (0.25 * 2 + 0.5 * 4) / 0.75])
    assert charts.smooth(np.array([2.0, 4.0]), 0.0).tolist() == [2.0, 4.0]


def test_smoothing_leaves_a_constant_alone():
    assert charts.smooth(np.full(50, 3.0), 0.9) == pytest.approx(np.full(50, 3.0))


def test_downsampling_keeps_the_spike_and_both_ends():
    x, y = np.arange(5000.0), np.zeros(5000)
    y[3333] = 9.0
    kept_x, kept_y = charts.downsample(x, y, 600)
    assert kept_x.size <= 602
    assert kept_y.max() == 9.0
    assert (kept_x[0], kept_x[-1]) == (0.0, 4999.0)
    assert np.all(np.diff(kept_x) > 0)


def test_loss_figure_overlays_train_and_eval_of_a_run():
    figure = charts.loss_figure({"a": charts.metric_frame(LINES)}, NAMES, COLORS)
    assert [trace.name for trace in figure.data] == ["first run, train", "first run, eval"]
    assert list(figure.data[1].y) == [1.5, 1.0]
    assert figure.layout.xaxis.title.text == "step"
    assert figure.layout.yaxis.title.text == "loss"


def test_smoothed_loss_lies_over_the_raw_one():
    lines = [{"step": step, "loss": float(step % 2)} for step in range(1, 9)]
    figure = charts.loss_figure({"a": charts.metric_frame(lines)}, NAMES, COLORS, 0.9)
    raw, smoothed = figure.data
    assert list(raw.y) == [line["loss"] for line in lines]
    assert raw.opacity < 1
    assert np.ptp(np.array(smoothed.y)[2:]) < 1


def test_figure_without_points_says_so_and_keeps_its_size():
    empty = charts.score_figure({"a": charts.metric_frame([])}, NAMES, COLORS, None)
    full = charts.score_figure({"a": charts.metric_frame(LINES)}, NAMES, COLORS, "eval_accuracy")
    assert empty.layout.annotations[0].text == "no point yet"
    assert empty.layout.height == full.layout.height


def test_scores_are_named_for_people_and_leave_out_the_loss():
    frames = {"a": charts.metric_frame(LINES)}
    assert charts.score_names(frames) == ["eval_accuracy"]
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
    frame = charts.metric_frame(lines)
    frames = {f"run{i}": frame for i in range(20)}
    figure = charts.loss_figure(frames, dict.fromkeys(frames, "r"), dict.fromkeys(frames, "#4477aa"), 0.6)
    assert isinstance(frame, pd.DataFrame)
    assert max(len(trace.x) for trace in figure.data) <= charts.MAX_POINTS + 2
