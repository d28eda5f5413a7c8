"""The map of rows over training, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.errors.data_map import data_map


def keep(run, step, of_one):
    logits = np.log(np.stack([1 - np.array(of_one), np.array(of_one)], axis=1))
    run.save_embeddings(step, np.zeros((2, 1)), logits, np.array([1, 0]), np.arange(2))


def test_confidence_wavering_and_correctness_by_hand(run):
    run.save_eval_rows([{"row": 0, "text": "a", "label": 1}, {"row": 1, "text": "b", "label": 0}])
    for step, of_one in ((0, [0.5, 0.5]), (5, [0.9, 0.2]), (10, [0.3, 0.4])):
        keep(run, step, of_one)
    found = data_map(run)
    assert found.steps == (5, 10)
    assert found.confidence.tolist() == pytest.approx([0.6, 0.7], abs=1e-6)
    assert found.wavering.tolist() == pytest.approx([0.3, 0.1], abs=1e-6)
    assert found.correctness.tolist() == [0.5, 1.0]


def test_one_kept_evaluation_is_too_little(run):
    run.save_eval_rows([{"row": 0, "text": "a", "label": 1}, {"row": 1, "text": "b", "label": 0}])
    keep(run, 0, [0.5, 0.5])
    keep(run, 5, [0.5, 0.5])
    with pytest.raises(ValueError, match="two at least"):
        data_map(run)
