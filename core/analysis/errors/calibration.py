"""Whether a run's probabilities mean what they say: reliability by bins, and the threshold that costs least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.analysis.errors.answers import Answers

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies in (low, high]."""

    low: float
    high: float
    rows: int
    confidence: float
    """Mean probability of the predicted class; nan where the bin is empty."""
    accuracy: float
    """Share of right answers; nan where the bin is empty."""


@dataclass(frozen=True)
class Calibration:
    """Reliability of the predicted class's probability."""

    bins: tuple[Bin, ...]
    ece: float
    """Expected calibration error: |accuracy - confidence| by bin, weighted by rows (Guo et al. 2017, eq. 3)."""


def calibration(answers: Answers, bins: int = BINS) -> Calibration:
    """Equal-width bins over (0, 1]. ValueError for scores."""
    confidence, right = answers.confidence, answers.right
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for i in range(bins):
        inside = place == i
        count = int(inside.sum())
        means = (float(confidence[inside].mean()), float(right[inside].mean())) if count else (np.nan, np.nan)
        found.append(Bin(float(edges[i]), float(edges[i + 1]), count, *means))
    ece = sum(one.rows * abs(one.accuracy - one.confidence) for one in found if one.rows) / len(answers)
    return Calibration(tuple(found), float(ece))


@dataclass(frozen=True)
class Threshold:
    """For two classes: from which probability of class 1 on to answer class 1."""

    value: float
    cost: float
    """Mean cost a row at this threshold."""
    cost_at_half: float
    """Mean cost a row when the likelier class is answered, as predictions do."""


def cheapest_threshold(answers: Answers, false_positive: float, false_negative: float) -> Threshold:
    """The threshold with the least cost on these very rows, which flatters it: other rows will cost a little more.

    A row of class 0 answered as 1 costs `false_positive`, the other way round `false_negative`; of equal costs the
    threshold nearest to a half. ValueError unless there are two classes and the costs are positive.
    """
    scores, labels = positive_scores(answers)
    if min(false_positive, false_negative) <= 0:
        raise ValueError("the costs of both errors must be above zero")
    order = np.argsort(scores, kind="stable")
    ascending, truth = scores[order], labels[order]
    # Answering 1 from the k-th score on: positives before it are missed, negatives from it on are false alarms.
    missed = np.concatenate([[0], np.cumsum(truth == 1)])
    alarms = (truth == 0).sum() - np.concatenate([[0], np.cumsum(truth == 0)])
    costs = (false_negative * missed + false_positive * alarms) / len(truth)
    cuts = np.concatenate([[0.0], (ascending[:-1] + ascending[1:]) / 2, [1.0]])
    possible = np.concatenate([[True], ascending[:-1] < ascending[1:], [True]])  # equal scores share a side
    costs = np.where(possible, costs, np.inf)
    best = np.flatnonzero(costs <= costs.min() + 1e-12)
    chosen = best[np.argmin(np.abs(cuts[best] - 0.5))]
    wrong = answers.predicted != labels
    at_half = np.where(labels == 1, false_negative, false_positive)[wrong].sum() / len(labels)
    return Threshold(float(cuts[chosen]), float(costs[chosen]), float(at_half))


@dataclass(frozen=True)
class Curves:
    """For two classes: how ranking by the probability of class 1 trades one error for the other."""

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    roc_auc: float
    recall: np.ndarray
    precision: np.ndarray
    average_precision: float


def curves(answers: Answers) -> Curves:
    """ROC and precision-recall curves. ValueError unless both of two classes occur."""
    from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

    scores, labels = positive_scores(answers)
    if len(np.unique(labels)) < 2:
        raise ValueError("all rows are of one class; the curves need both")
    false_positives, true_positives, _ = roc_curve(labels, scores)
    precision, recall, _ = precision_recall_curve(labels, scores)
    return Curves(
        false_positives,
        true_positives,
        float(roc_auc_score(labels, scores)),
        recall,
        precision,
        float(average_precision_score(labels, scores)),
    )


def positive_scores(answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """(probability of class 1, labels), each (N,). ValueError unless there are two classes."""
    if answers.logits.shape[1] != 2:
        raise ValueError(f"this needs two classes; the run has {answers.logits.shape[1]} outputs")
    return answers.probabilities[:, 1], answers.labels
