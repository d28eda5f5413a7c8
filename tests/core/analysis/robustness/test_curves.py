"""Curves, flips and proposals, with expected numbers counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.errors.answers import Answers
from core.analysis.robustness.curves import flips, points, proposal
from core.analysis.robustness.measure import Noisy, UnderNoise
from core.config import RunConfig
from core.tasks import get_task

TASK = get_task("demo-sentiment")
N = 40
TEXTS = tuple(f"the village number {i} was quiet and the garden behind the house stayed green" for i in range(N))
LABELS = np.arange(N) % 2


def answers(predicted):
    return Answers("r", 5, np.arange(N), TEXTS, None, LABELS, 5.0 * np.eye(2)[predicted], ("negative", "positive"))


def noisy(level, wrong, draw=0, noise="typo"):
    """Under which the first `wrong` rows are answered wrong."""
    predicted = np.where(np.arange(N) < wrong, 1 - LABELS, LABELS)
    return Noisy(noise, level, draw, 5.0 * np.eye(2)[predicted], np.arange(N) < 30)


def test_points_are_means_over_draws_with_their_loss_against_clean_rows():
    clean = np.where(np.arange(N) < 4, 1 - LABELS, LABELS)  # 0.9
    tested = UnderNoise("r", TASK, answers(clean), (noisy(0.2, 10, 0), noisy(0.2, 14, 1)))
    first, second = points(tested, RunConfig())
    assert (first.level, first.value.value, first.drop.value) == (0.0, pytest.approx(0.9), 0.0)
    assert second.value.value == pytest.approx((30 / 40 + 26 / 40) / 2)
    assert second.drop.value == pytest.approx(0.7 - 0.9)
    assert (second.draws, second.changed, second.seen) == (2, 0.75, True)
    assert second.value.low < 0.7 < second.value.high
    assert "40 rows" in second.value.over


def test_a_loss_is_paired_so_its_interval_is_narrower_than_two_apart():
    clean = np.where(np.arange(N) < 4, 1 - LABELS, LABELS)
    _, point = points(UnderNoise("r", TASK, answers(clean), (noisy(0.2, 6),)), RunConfig())
    assert point.drop.half < point.value.half


def test_flips_name_the_edit_and_those_that_broke_come_first():
    predicted = LABELS.copy()
    predicted[3] = 1 - LABELS[3]
    changed = predicted.copy()
    changed[[3, 7]] = 1 - changed[[3, 7]]
    one = Noisy("typo", 0.2, 0, 5.0 * np.eye(2)[changed], np.ones(N, dtype=bool))
    found = flips(UnderNoise("r", TASK, answers(predicted), (one,)), "typo", 0.2)
    assert [(flip.row, flip.broke) for flip in found] == [(7, True), (3, False)]
    assert found[0].text == TEXTS[7]
    assert found[0].noisy != TEXTS[7]
    assert found[0].edits
    with pytest.raises(ValueError, match="was not tested"):
        flips(UnderNoise("r", TASK, answers(predicted), (one,)), "swap", 0.2)


def test_proposal_weighs_noises_by_what_they_cost_and_leaves_out_what_costs_nothing():
    clean = LABELS
    under = (noisy(0.4, 20), noisy(0.4, 10, noise="swap"), noisy(0.4, 0, noise="synonym"))
    tested = UnderNoise("r", TASK, answers(clean), under)
    changes = proposal(points(tested, RunConfig()), RunConfig())
    assert changes["augment.methods"] == "typo,swap"
    assert changes["augment.weights"] == "1,0.5"
    assert RunConfig().replace(changes).augment.fraction == 0.2
    assert proposal(points(UnderNoise("r", TASK, answers(clean), (noisy(0.4, 0),)), RunConfig()), RunConfig()) == {}


def test_noise_that_training_never_saw_is_told_apart():
    tested = UnderNoise("r", TASK, answers(LABELS), (noisy(0.4, 3),))
    assert not points(tested, RunConfig().replace({"augment.methods": "swap"}))[0].seen
    assert not points(tested, RunConfig().replace({"augment.mode": "none"}))[0].seen
