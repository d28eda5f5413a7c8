"""Pictures are there before they are measured, and what is kept in memory of them has an end."""

from __future__ import annotations

import time

import numpy as np

from core.analysis.measures import QuickMeasures
from dashboard.clusters import frames
from tests.dashboard.clusters.test_comparison import saved


def test_what_is_not_measured_yet_is_drawn_without_figures(run_root):
    run = saved((0, 10))
    layout = frames.Layout(frames.places([run]), "pca", "pooled")
    pictures = frames.LayoutWork(layout)()
    near = np.arange(24).reshape(12, 2) % 12
    ((first, last),) = frames.by_run(
        [run], layout, pictures, {layout.taken[1]: QuickMeasures({"silhouette": 0.25}, near)}
    )
    assert first.near.shape == (12, 0)
    assert first.figures == ()
    assert not first.distortion.any()
    np.testing.assert_array_equal(first.points, pictures[0])
    np.testing.assert_array_equal(last.near, near)
    assert last.figures == (("silhouette", "0.250"),)


def test_the_last_step_of_each_run_is_measured_first(run_root):
    runs = [saved((0, 10)), saved((0, 20, 30))]
    asked = frames.MeasurementWork(frames.places(runs), "pooled")
    assert not asked.has_ends
    assert [step for _, step in asked.taken] == [10, 30, 0, 20, 0]
    answer, asked = frames.measure(frames.places(runs), "pooled", wait_s=60)
    assert answer.ready
    assert asked.has_ends
    assert set(answer.value) == set(frames.places(runs))


def test_embeddings_in_memory_are_bounded_by_bytes(run_root, monkeypatch):
    run = saved(tuple(range(8)), rows=50)
    frames._embeddings.clear()
    each = frames.kept(str(run.dir), 0).nbytes
    assert each >= 50 * 4 * 4
    monkeypatch.setattr(frames._embeddings, "_Cache__maxsize", 3 * each)
    for step in range(8):
        assert frames.kept(str(run.dir), step).step == step
    assert frames._embeddings.currsize <= 3 * each
    frames._embeddings.clear()


def test_a_picture_of_many_rows_does_not_wait_for_what_is_measured(run_root):
    """3,000 rows at four steps: all pictures within the time that measuring one of them takes, and a little."""
    rng = np.random.default_rng(0)
    run = saved((0,))
    labels = rng.integers(0, 30, 3_000)
    for step in (0, 10, 20, 30):
        run.save_embeddings(step, rng.normal(size=(3_000, 64)), rng.normal(size=(3_000, 30)), labels, range(3_000))
    layout = frames.Layout(frames.places([run]), "pca", "pooled")
    began = time.process_time()
    pictures = frames.LayoutWork(layout)()
    laid = time.process_time() - began
    began = time.process_time()
    frames.MeasurementWork(layout.taken, "pooled")()
    assert len(pictures) == 4
    assert laid < time.process_time() - began
