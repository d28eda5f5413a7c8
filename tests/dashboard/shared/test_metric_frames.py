"""Metric lines to series: nothing invented, no spike lost, and only new lines read."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard.shared import metric_frames

LINES = [
    {"step": 1, "loss": 4.0, "lr": 1e-3},
    {"step": 2, "loss": 2.0, "lr": 1e-3},
    {"step": 3, "loss": None, "lr": 1e-3},
]


def test_no_lines_make_an_empty_frame_with_steps():
    assert list(metric_frames.metric_frame([]).columns) == ["step"]


def test_series_leaves_out_what_was_not_measured():
    frame = metric_frames.metric_frame(LINES)
    steps, values = metric_frames.series(frame, "loss")
    assert steps.tolist() == [1, 2]
    assert values.tolist() == [4.0, 2.0]
    assert metric_frames.series(frame, "nothing")[0].size == 0


def test_smoothing_follows_its_definition():
    # The second value, weight w = 1/2: (w (1 - w) x1 + (1 - w) x2) / (1 - w^2).
    assert metric_frames.smooth(np.array([2.0, 4.0]), 0.5) == pytest.approx([2.0, (0.25 * 2 + 0.5 * 4) / 0.75])
    assert metric_frames.smooth(np.array([2.0, 4.0]), 0.0).tolist() == [2.0, 4.0]


def test_smoothing_leaves_a_constant_alone():
    assert metric_frames.smooth(np.full(50, 3.0), 0.9) == pytest.approx(np.full(50, 3.0))


def test_downsampling_keeps_the_spike_and_both_ends():
    x, y = np.arange(5000.0), np.zeros(5000)
    y[3333] = 9.0
    kept_x, kept_y = metric_frames.downsample(x, y, 600)
    assert kept_x.size <= 602
    assert kept_y.max() == 9.0
    assert (kept_x[0], kept_x[-1]) == (0.0, 4999.0)
    assert np.all(np.diff(kept_x) > 0)


@pytest.mark.parametrize("size", [601, 1_000, 4_999, 5_000, 60_001])
def test_downsampling_keeps_every_bucket_extreme_whatever_the_length(size):
    y = np.random.default_rng(size).normal(size=size)
    kept_x, kept_y = metric_frames.downsample(np.arange(float(size)), y, 600)
    assert kept_x.size <= 602
    assert (kept_y.min(), kept_y.max()) == (y.min(), y.max())
    assert np.array_equal(kept_y, y[kept_x.astype(int)])


def test_growing_frame_equals_the_frame_of_all_lines_through_growth_and_rewind(run_root):
    run = Store().create(RunConfig())
    growing = metric_frames.GrowingFrame(run.tail())
    growing.update()
    assert growing.frame.empty
    for step in range(1, 8):
        run.append_metrics({"step": step, "loss": 1 / step, "time": 1.0})
        if step == 3:
            run.append_metrics({"step": step, "eval_loss": 0.5, "time": 1.0})
        growing.update()
    assert growing.frame.equals(metric_frames.metric_frame(run.metrics()[0]))
    run.rewind_metrics(2)
    run.append_metrics({"step": 3, "loss": 9.0, "time": 1.0})
    growing.update()
    assert growing.frame["step"].tolist() == [1, 2, 3]
    assert metric_frames.series(growing.frame, "loss")[1].tolist() == [1.0, 0.5, 9.0]
