"""What is said of a loss before a run: that it falls back to another, or how often its contrastive term is zero."""

from __future__ import annotations

import numpy as np
import pytest

from core.sections import TrainConfig
from core.train.batches import LengthGroupedBatches
from core.train.loss_notes import loss_notes, share_without_partner


@pytest.mark.parametrize("kind", ["ce", "joint", "supcon_textbook"])
def test_squared_error_in_place_of_a_contrastive_loss_is_said(kind):
    notes = loss_notes(TrainConfig(loss=kind), [0.5, 1.0, 2.5], regression=True)
    assert [("squared error" in note) for note in notes] == ([] if kind == "ce" else [True])


@pytest.mark.parametrize(("classes", "size"), [(40, 4), (6, 32), (2, 2), (3, 1), (5, 7)])
def test_expected_share_without_partner_is_what_drawn_batches_have(classes, size):
    labels = np.arange(280) % classes
    alone = total = 0
    batches = LengthGroupedBatches([5] * len(labels), size, seed=1)
    for epoch in range(40):
        batches.set_epoch(epoch)
        for batch in batches:
            counts = np.bincount(labels[batch], minlength=classes)
            alone += int((counts == 1).sum())
            total += len(batch)
    assert share_without_partner(labels.tolist(), size) == pytest.approx(alone / total, abs=0.02)


def test_by_hand_four_rows_of_two_classes_in_pairs():
    # Of the three others, one shares the class: a pair is without partner in two of three draws.
    assert share_without_partner([0, 0, 1, 1], 2) == pytest.approx(2 / 3)
    assert share_without_partner([0, 0, 1, 1], 4) == 0


def test_a_term_that_is_always_zero_is_said_so_and_plenty_of_partners_need_no_word():
    many = list(range(40)) * 10
    assert "always zero" in loss_notes(TrainConfig(loss="joint", batch_size=1), many, False)[0]
    assert "always zero" in loss_notes(TrainConfig(loss="joint"), list(range(30)), False)[0]
    assert "93 % of the rows" in loss_notes(TrainConfig(loss="joint", batch_size=4), many, False)[0]
    assert loss_notes(TrainConfig(loss="joint"), many * 2, False) != []
    assert loss_notes(TrainConfig(loss="joint"), [0, 1] * 100, False) == []
    assert loss_notes(TrainConfig(loss="ce", batch_size=1), many, False) == []
