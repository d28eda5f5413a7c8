"""What a run answered, read from its folder alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.analysis.errors.answers import Answers, load_answers, shared_rows
from core.config import RunConfig
from core.runs.folder.files import RunError

LOGITS = np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 0.0, 0.0]], dtype=np.float32)


def keep(run, labels, logits, texts=("a", "b", "c"), step=10, rows=(4, 7, 9)):
    run.save_eval_rows([{"row": r, "text": t, "label": y} for r, t, y in zip(rows, texts, labels, strict=True)])
    run.save_embeddings(step, np.zeros((len(labels), 2)), logits, np.array(labels), np.array(rows))


def test_probabilities_loss_and_right_follow_from_the_logits(run):
    keep(run, [0, 1, 2], LOGITS)
    answers = load_answers(run)
    assert answers.step == 10
    assert answers.predicted.tolist() == [0, 2, 0]
    assert answers.right.tolist() == [True, False, False]
    total = math.exp(1) + math.exp(3) + 1
    assert answers.confidence[1] == pytest.approx(math.exp(3) / total)
    assert answers.loss.tolist() == pytest.approx([math.log(1 + 2 * math.exp(-2)), math.log(total) - 1, math.log(3)])


def test_scores_have_a_squared_error_and_no_right_or_wrong(run):
    keep(run, [1.5, 2.0, 0.25], np.array([[1.0], [2.5], [0.25]]))
    answers = load_answers(run)
    assert answers.is_score
    assert answers.loss.tolist() == pytest.approx([0.25, 0.25, 0.0])
    with pytest.raises(ValueError, match="not right or wrong"):
        answers.right  # noqa: B018


def test_class_without_a_name_is_named_by_its_number():
    answers = Answers("r", 0, np.arange(1), ("x",), None, np.array([0]), np.zeros((1, 3)), ("good", "bad"))
    assert [answers.name_of(i) for i in (0, 1, 2)] == ["good", "bad", "class 2"]


def test_a_run_without_evaluations_is_said(run):
    with pytest.raises(RunError, match="kept no evaluation yet"):
        load_answers(run)
    keep(run, [0, 1, 2], LOGITS)
    with pytest.raises(RunError, match="no evaluation of step 3"):
        load_answers(run, 3)


def test_texts_that_do_not_belong_to_the_answers_are_refused(run):
    keep(run, [0, 1, 2], LOGITS)
    run.save_eval_rows([{"row": 1, "text": "another", "label": 0}])
    with pytest.raises(RunError, match="do not belong together"):
        load_answers(run)


def test_only_rows_that_are_the_same_in_both_are_shared(store):
    first, second = store.create(RunConfig()), store.create(RunConfig())
    keep(first, [0, 1, 2], LOGITS)
    keep(second, [2, 0, 1], LOGITS, texts=("c", "other", "b"), rows=(9, 4, 7))
    mine, theirs = shared_rows([load_answers(first), load_answers(second)])
    assert (mine.tolist(), theirs.tolist()) == ([1, 2], [2, 0])
