"""Metrics, each against a value worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.train.metrics import majority, score, score_all


def logits_for(guesses, classes=2):
    return np.eye(classes)[guesses]


# Guesses 1 1 0 1 0 0 against labels 1 0 0 1 1 0: two true and one false positive, two true and one false negative.
GUESSES, LABELS = [1, 1, 0, 1, 0, 0], np.array([1, 0, 0, 1, 1, 0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", 4 / 6),
        ("f1", 2 * 2 / (2 * 2 + 1 + 1)),
        ("macro_f1", (4 / 6 + 4 / 6) / 2),
        ("mcc", (2 * 2 - 1 * 1) / np.sqrt(3 * 3 * 3 * 3)),
    ],
)
def test_classification_metrics_match_their_definitions(name, expected):
    assert score(name, logits_for(GUESSES), LABELS) == pytest.approx(expected)


def test_macro_f1_and_f1_differ_where_classes_are_uneven():
    labels = np.array([1, 1, 1, 0])
    logits = logits_for([1, 1, 1, 1])
    assert score("f1", logits, labels) == pytest.approx(6 / 7)
    assert score("macro_f1", logits, labels) == pytest.approx(3 / 7)


def test_correlations_match_their_definitions():
    values, labels = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 3.0, 2.0])
    x, y = values[:, 0] - 7 / 3, labels - 2
    assert score("pearson", values, labels) == pytest.approx((x @ y) / np.sqrt((x @ x) * (y @ y)))
    # Ranks 1 2 3 against 1 3 2: one swap, 1 - 6 * 2 / (3 * 8).
    assert score("spearman", values, labels) == pytest.approx(0.5)


def test_constant_predictions_correlate_with_nothing():
    assert score("pearson", np.ones((4, 1)), np.array([1.0, 2, 3, 4])) is None
    assert score("mcc", logits_for([1, 1, 1]), np.array([0, 1, 1])) == 0


def test_unknown_metrics_and_broken_outputs_are_refused():
    with pytest.raises(ValueError, match="choose from"):
        score("auc", logits_for(GUESSES), LABELS)
    with pytest.raises(FloatingPointError):
        score_all(("accuracy",), np.full((2, 2), np.nan), np.array([0, 1]))


def test_over_rows_of_one_class_no_score_of_classes_is_defined():
    labels, logits = np.ones(10, dtype=int), logits_for([1] * 10)
    assert score_all(("accuracy", "f1", "macro_f1", "mcc"), logits, labels) == dict.fromkeys(
        ("accuracy", "f1", "macro_f1", "mcc")
    )


def test_scores_that_are_constant_within_rounding_correlate_with_nothing():
    guess = 2.5 + np.array([[0.0], [1e-7], [0.0], [-1e-7]])
    assert score("pearson", guess, np.array([1.0, 2, 3, 4])) is None
    assert score("spearman", np.array([[1.0], [2.0]]), np.array([3.0, 3.0])) is None


def test_the_majority_is_the_commonest_class_of_the_rows_for_every_row():
    labels = np.array([2] * 5 + [0] * 3 + [1] * 2)
    found = majority(("accuracy", "macro_f1", "mcc"), labels)
    # F1 of class 2 alone: precision 5/10, recall 1; the mean over three classes.
    assert found["accuracy"] == pytest.approx(0.5)
    assert found["macro_f1"] == pytest.approx((2 * 0.5 / 1.5) / 3)
    assert found["mcc"] == 0
    assert majority(("pearson",), np.array([1.0, 2.0]), regression=True) == {"pearson": None}
