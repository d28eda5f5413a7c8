"""Evaluation: rows in their own order, scores by hand, and the name each split's score bears."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.data.rows import Rows
from core.model.build import build_model
from core.model.source import resolve_model
from core.model.tokenizer import load_tokenizer
from core.tasks import get_task
from core.train.batches import EncodedRows
from core.train.evaluate import Outputs, evaluate_rows, score_splits
from core.train.interrupt import Interrupted

TEXTS = ["no", "where is my parcel", "a", "i want to pay by card and not in cash", "good film"]


@pytest.fixture
def asked(tiny_model_dir):
    """Model, rows of uneven lengths with the labels 0, 1, 2, ..., and the padding piece."""
    config = RunConfig(model=str(tiny_model_dir))
    tokenizer = load_tokenizer(resolve_model(config.model))
    rows = EncodedRows(tokenizer, Rows(TEXTS, None, list(range(len(TEXTS)))), 32)
    return build_model(config, len(TEXTS)), rows, tokenizer.pad_token_id


def test_answers_stand_in_the_order_of_the_rows_whatever_the_batches(asked):
    model, rows, pad = asked
    whole, by_two = evaluate_rows(model, rows, pad, 5), evaluate_rows(model, rows, pad, 2)
    assert whole.labels.tolist() == by_two.labels.tolist() == [0, 1, 2, 3, 4]
    largest = np.abs(whole.logits).max()
    np.testing.assert_allclose(by_two.logits, whole.logits, atol=1e-5 * largest)
    np.testing.assert_allclose(by_two.pooled, whole.pooled, atol=1e-5 * np.abs(whole.pooled).max())
    assert len({tuple(row) for row in whole.logits.round(4).tolist()}) == len(TEXTS)


def test_each_thread_answers_batches_of_its_own(asked):
    model, rows, pad = asked
    threads, meeting = torch.get_num_threads(), threading.Barrier(2, timeout=20)

    def meet(*_):
        meeting.wait()  # broken where one is alone

    try:
        torch.set_num_threads(1)
        alone = evaluate_rows(model, rows, pad, 3)
        torch.set_num_threads(2)
        with_both = model.register_forward_pre_hook(meet)
        together = evaluate_rows(model, rows, pad, 3)
        with_both.remove()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert np.array_equal(together.logits, alone.logits)
    assert np.array_equal(together.pooled, alone.pooled)


def test_it_leaves_the_model_in_the_mode_it_found(asked):
    model, rows, pad = asked
    for training in (True, False):
        model.train(training)
        evaluate_rows(model, rows, pad, 5)
        assert model.training is training


def test_it_ends_between_batches_when_asked_to(asked):
    model, rows, pad = asked
    answers = iter([False, True])
    with pytest.raises(Interrupted):
        evaluate_rows(model, rows, pad, 2, lambda: next(answers))
    assert model.training


def outputs(logits, labels):
    return Outputs(np.array(logits, np.float32), np.zeros((len(labels), 2), np.float32), np.array(labels))


def test_each_split_is_scored_and_the_first_bears_no_name():
    # Odds of 3 to 1 for the first class: its loss is log(4/3), the other's log 4.
    sure = [math.log(3), 0.0]
    first, second = outputs([sure, sure], [0, 1]), outputs([sure, sure, sure, sure], [0, 0, 0, 1])
    found = score_splits({"matched": first, "mismatched": second}, get_task("MNLI"))
    assert found == {
        "eval_loss": pytest.approx((math.log(4 / 3) + math.log(4)) / 2),
        "eval_accuracy": 0.5,
        "eval_mismatched_loss": pytest.approx((3 * math.log(4 / 3) + math.log(4)) / 4),
        "eval_mismatched_accuracy": 0.75,
    }


def test_scores_are_held_against_their_squared_error():
    found = score_splits({"dev": outputs([[1.0], [2.0], [4.0]], [1.0, 3.0, 4.0])}, get_task("STS-B"))
    assert found["eval_loss"] == pytest.approx(1 / 3)
    assert found["eval_pearson"] == pytest.approx(np.corrcoef([1, 2, 4], [1, 3, 4])[0, 1])
