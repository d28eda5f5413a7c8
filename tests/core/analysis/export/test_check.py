"""What an export changes, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.errors.answers import Answers
from core.analysis.export.check import ask_fresh, compare


def kept(logits: list[list[float]], labels: list[float]) -> Answers:
    n = len(labels)
    names = ("a", "b") if len(logits[0]) == 2 else ()
    return Answers("r", 1, np.arange(n), ("t",) * n, None, np.array(labels), np.array(logits, dtype=np.float32), names)


def test_difference_agreement_and_score_are_those_of_the_rows():
    before = kept([[1, 0], [1, 0], [0, 1], [0, 1]] * 5, [0, 0, 1, 1] * 5)
    after = np.array([[1, 0], [0, 3], [0, 1], [0, 1]] * 5)  # every fourth answer is another, and wrong
    found = compare(before, after, "accuracy")
    assert (found.rows, found.max_abs_diff, found.agreement) == (20, 3.0, 0.75)
    assert (found.before.value, found.after.value, found.change.value) == (1.0, 0.75, -0.25)
    assert found.change.low < -0.25 < found.change.high


def test_scores_agree_within_a_hundredth():
    found = compare(kept([[1.0], [2.0], [3.0]], [1, 2, 3]), np.array([[1.001], [2.5], [3.0]]), "pearson")
    assert found.agreement == pytest.approx(2 / 3)


def test_a_folder_that_cannot_be_loaded_is_said_in_a_line(tmp_path):
    with pytest.raises(ValueError, match="cannot be loaded again"):
        ask_fresh([tmp_path], kept([[1, 0]], [0]))
