"""Two runs on the same rows: McNemar's test against its binomial sum, and a level that holds in simulation."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from core.analysis.errors.answers import Answers
from core.analysis.errors.disagreement import disagreement, mcnemar


def answers(predicted, labels, run="r"):
    n = len(labels)
    return Answers(run, 1, np.arange(n), ("t",) * n, None, np.asarray(labels), np.eye(3)[predicted], ("a", "b", "c"))


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 0), (5, 5), (2, 9), (12, 3)])
def test_mcnemar_is_the_exact_binomial_sum(b, c):
    n, least = b + c, min(b, c)
    tail = sum(comb(n, k) for k in range(least + 1)) / 2**n if n else 1
    assert mcnemar(b, c) == pytest.approx(min(1.0, 2 * tail))
    assert mcnemar(b, c) == mcnemar(c, b)


def test_each_runs_own_rows_are_counted_and_those_that_part_are_listed():
    first = answers([0, 1, 2, 0, 1], [0, 1, 2, 1, 0])
    second = answers([0, 2, 0, 1, 2], [0, 1, 2, 1, 0])
    found = disagreement(first, second)
    assert (found.b, found.c, found.rows) == (2, 1, 5)
    assert found.differ.tolist() == [1, 2, 3, 4]
    assert "first run is better on 2 rows and worse on 1" in found.sentence()
    assert "chance alone" in found.sentence()


def test_runs_that_are_alike_are_called_different_at_most_as_often_as_said():
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(400):
        labels = rng.integers(0, 3, 120)
        one, other = (np.where(rng.random(120) < 0.8, labels, (labels + 1) % 3) for _ in range(2))
        called += disagreement(answers(one, labels), answers(other, labels)).p < 0.05
    assert called <= 0.05 * 400 + 9  # the exact test errs on the safe side; 9 is two standard deviations


def test_what_cannot_be_compared_is_said():
    first = answers([0], [0])
    score = Answers("s", 1, np.arange(1), ("t",), None, np.array([0.5]), np.array([[0.4]]), ())
    with pytest.raises(ValueError, match="score"):
        disagreement(first, score)
    with pytest.raises(ValueError, match="share no evaluation row"):
        disagreement(first, answers([1], [1]))


def test_scores_are_compared_by_their_distance():
    labels = np.linspace(0, 5, 12)
    rows = (np.arange(12), ("t",) * 12, None, labels)
    near, far = Answers("n", 1, *rows, (labels + 0.1)[:, None], ()), Answers("f", 1, *rows, (labels - 0.9)[:, None], ())
    found = disagreement(near, far)
    assert (found.b, found.c) == (12, 0)
    assert found.p == pytest.approx(2 / 2**12)  # all twelve signs alike, either way round
    assert len(found.differ) == 12
