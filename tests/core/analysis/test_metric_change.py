"""Intervals of a task's metric cover what they claim where hardly a row is wrong; their figures are the metric's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.analysis.metric_change import metric_change
from core.train.metrics import score

SIMULATIONS = 150


def answers(rng, rows, right, lost, classes=2):
    """(labels, logits of one run, of another that loses some of what the first has right)."""
    labels = (rng.random(rows) < 0.6).astype(int) if classes == 2 else rng.integers(0, classes, rows)
    first = rng.random(rows) < right
    second = first & (rng.random(rows) >= lost)
    wrong = (labels + rng.integers(1, classes, rows)) % classes
    return labels, *(np.eye(classes)[np.where(each, labels, wrong)] for each in (first, second))


@pytest.mark.parametrize(("metric", "classes"), [("accuracy", 2), ("mcc", 2), ("f1", 2), ("macro_f1", 3)])
@pytest.mark.parametrize(("rows", "right", "lost"), [(60, 0.99, 0.02), (150, 0.9, 0.1)])
def test_scores_and_their_change_are_covered_where_few_rows_are_wrong(monkeypatch, metric, classes, rows, right, lost):
    monkeypatch.setattr("core.analysis.confusion_intervals.DRAWS", 1_000)
    rng = np.random.default_rng(2)
    labels, first, second = answers(rng, 100_000, right, lost, classes)
    truth = score(metric, first, labels), score(metric, second, labels)
    inside = np.zeros(3)
    for _ in range(SIMULATIONS):
        labels, first, second = answers(rng, rows, right, lost, classes)
        found = metric_change(metric, labels, first, [second])
        for place, (one, true) in enumerate(
            zip((found.before, found.after, found.change), (*truth, truth[1] - truth[0]), strict=True)
        ):
            inside[place] += one.low <= true <= one.high
    assert ((inside / SIMULATIONS >= 0.90) & (inside / SIMULATIONS <= 1)).all(), inside / SIMULATIONS


def test_rank_correlations_of_few_rows_are_covered_and_stay_below_one(monkeypatch):
    monkeypatch.setattr("core.analysis.metric_change.HALVES", 30)
    rng = np.random.default_rng(0)
    draws = rng.uniform(0, 5, (200, 4_000))
    truth = np.mean([spearmanr(one, one + 0.45 * rng.normal(size=4_000)).statistic for one in draws[:20]])
    inside = 0
    for labels in draws[:50, :30]:
        guess = (labels + 0.45 * rng.normal(size=30))[:, None]
        found = metric_change("spearman", labels, guess, [guess]).before
        inside += found.low <= truth <= found.high
        assert found.high < 1
    assert inside >= 45


def test_many_classes_of_few_rows_are_covered_or_told_to_be_too_few(monkeypatch):
    """Of 20 classes with 5 rows each 0.77 to 0.81 of the intervals covered."""
    monkeypatch.setattr("core.analysis.confusion_intervals.DRAWS", 300)
    rng = np.random.default_rng(5)

    def drawn(each: int):
        labels = np.repeat(np.arange(20), each)
        right = rng.random(len(labels)) < 0.6
        return labels, np.eye(20)[np.where(right, labels, (labels + rng.integers(1, 20, len(labels))) % 20)]

    labels, guess = drawn(5_000)
    truth = score("macro_f1", guess, labels)
    inside = 0
    for _ in range(60):
        labels, guess = drawn(5)
        found = metric_change("macro_f1", labels, guess, [guess]).before
        inside += found.low <= truth <= found.high
    assert inside >= 55
    labels, guess = drawn(4)
    found = metric_change("macro_f1", labels, guess, [guess])
    assert np.isnan([found.before.low, found.change.high]).all()
    assert found.before.why.startswith("a class has 4 rows")


def test_answers_that_are_all_right_twice_are_no_proof_that_nothing_changes():
    labels = np.arange(40) % 2
    for metric in ("accuracy", "mcc", "f1"):
        found = metric_change(metric, labels, np.eye(2)[labels], [np.eye(2)[labels]])
        assert (found.before.value, found.after.high, found.change.value) == (1, 1, 0)
        assert found.before.low < 0.98
        assert found.change.low < -0.02 < 0.02 < found.change.high


def test_figures_are_the_metrics_own_averaged_over_draws():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 50)
    first, second, third = (rng.normal(size=(50, 2)) for _ in range(3))
    for metric in ("accuracy", "mcc", "f1", "macro_f1"):
        found = metric_change(metric, labels, first, [second, third])
        mean = (score(metric, second, labels) + score(metric, third, labels)) / 2
        assert found.after.value == pytest.approx(mean)
        assert found.change.value == pytest.approx(mean - score(metric, first, labels))
        assert found.change.low < found.change.value < found.change.high
    assert np.isnan(metric_change("mcc", np.zeros(50, dtype=int), first, [second]).before.value)
    assert metric_change("accuracy", labels % 3, rng.normal(size=(50, 3)), [first]).before.over == "50 rows"
