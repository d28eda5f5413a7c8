"""Calibration, curves and thresholds against sums done another way."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.errors.answers import Answers
from core.analysis.errors.calibration import calibration, cheapest_threshold, curves


def answers(of_one, labels):
    """Two classes, with the probability of class 1 as given."""
    of_one = np.asarray(of_one, dtype=float)
    logits = np.stack([np.log1p(-of_one), np.log(of_one)], axis=1)
    n = len(of_one)
    return Answers("r", 1, np.arange(n), ("t",) * n, None, np.asarray(labels), logits, ("no", "yes"))


def test_ece_by_hand():
    # Confidences .9 .9 .9 .6: the bin (.8,.9] has accuracy 2/3, the bin (.5,.6] has 0.
    found = calibration(answers([0.9, 0.9, 0.1, 0.6], [1, 0, 0, 0]))
    assert found.ece == pytest.approx(0.75 * abs(2 / 3 - 0.9) + 0.25 * 0.6)
    assert [one.rows for one in found.bins] == [0, 0, 0, 0, 0, 1, 0, 0, 3, 0]


def test_perfectly_calibrated_answers_have_a_small_error():
    rng = np.random.default_rng(0)
    of_one = rng.uniform(0.02, 0.98, 40_000)
    assert calibration(answers(of_one, (rng.random(40_000) < of_one).astype(int))).ece < 0.01


def test_area_under_the_roc_is_the_chance_that_a_positive_ranks_higher():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 60)
    of_one = np.clip(np.round(0.5 + 0.2 * (labels - 0.5) + rng.normal(0, 0.2, 60), 1), 0.1, 0.9)
    positive, negative = of_one[labels == 1], of_one[labels == 0]
    wins = (positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean()
    assert curves(answers(of_one, labels)).roc_auc == pytest.approx(wins)


@pytest.mark.parametrize(("alarm", "miss"), [(1, 1), (5, 1), (1, 8)])
def test_no_threshold_is_cheaper_than_the_one_found(alarm, miss):
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 80)
    of_one = np.clip(0.5 + 0.15 * (2 * labels - 1) + rng.normal(0, 0.2, 80), 0.01, 0.99)

    def cost(threshold):
        said = of_one >= threshold
        return (alarm * (said & (labels == 0)).sum() + miss * (~said & (labels == 1)).sum()) / 80

    found = cheapest_threshold(answers(of_one, labels), alarm, miss)
    assert found.cost == pytest.approx(cost(found.value))
    assert found.cost == pytest.approx(min(cost(t) for t in [0, 1.1, *np.sort(of_one) + 1e-9, *np.sort(of_one) - 1e-9]))
    assert found.cost_at_half == pytest.approx(cost(0.5))


def test_what_cannot_be_had_is_said():
    one_class = answers([0.3, 0.4], [0, 0])
    with pytest.raises(ValueError, match="both"):
        curves(one_class)
    with pytest.raises(ValueError, match="above zero"):
        cheapest_threshold(one_class, 0, 1)
    three = Answers("r", 1, np.arange(1), ("t",), None, np.array([0]), np.zeros((1, 3)), ("a", "b", "c"))
    with pytest.raises(ValueError, match="two classes"):
        curves(three)
