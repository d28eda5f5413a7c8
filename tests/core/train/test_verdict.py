"""Learned or not, by a rule worked out by hand; and what a run that did not learn is told to try."""

from __future__ import annotations

from math import comb

import numpy as np

from core.train.metrics import majority, score_all
from core.train.verdict import chance, remedy, verdict

FALLING, FLAT = [2.0] * 5 + [0.2] * 5, [1.8] * 10
RESOLVED = {"train.lr": 1e-4, "train.epochs": 8.0}


def logits_for(guesses, classes):
    return np.eye(classes)[np.asarray(guesses)]


def told(metric, guesses, labels, losses=FALLING, classes=3):
    logits, labels = logits_for(guesses, classes), np.asarray(labels)
    value, alone = (score_all((metric,), logits, labels)[metric], majority((metric,), labels)[metric])
    return verdict(metric, logits, labels, value, alone, losses, RESOLVED)


def test_the_test_is_an_exact_sign_test_against_the_commonest_class():
    labels = np.array([0] * 8 + [1] * 6 + [2] * 6)
    guesses = np.array([0] * 6 + [1] * 2 + [1] * 6 + [2] * 5 + [0])
    # The run alone is right on 11 rows, the commonest class alone on 2: P(11 or more of 13 fair coins).
    expected = sum(comb(13, k) for k in range(11, 14)) / 2**13
    # It counts at half the level; that so many are right by chance is rarer still, and likewise counted.
    assert chance("accuracy", logits_for(guesses, 3), labels)[0] <= 2 * expected
    assert chance("accuracy", logits_for([0] * 20, 3), labels)[0] == 1


def test_a_rare_class_that_is_always_found_was_learnt():
    labels = [0] * 44 + [1] * 6
    # 6 rows that only the run gets right: 2^-6 by the sign test; all right by chance in 1 of 15,890,700 shuffles.
    assert told("accuracy", labels, labels, classes=2).startswith("learned: accuracy 1.000, 0.880 for the commonest")
    assert told("accuracy", [0] * 50, labels, FLAT, classes=2).startswith("did not learn")


def test_between_learning_and_chance_nothing_is_claimed():
    labels, guesses = [0, 1] * 15, [0, 1] * 10 + [1, 0] * 5
    # With margins of 15, 16 of 30 are right by chance in half of all shuffles (hypergeometric), 20 in 7 of 100, 22
    # in 1; counted twice, and of fewer than 50 rows up to 0.3 is open.
    assert told("accuracy", [0, 1] * 8 + [1, 0] * 7, labels, classes=2).startswith("did not learn")
    assert told("accuracy", guesses, labels, classes=2).startswith("cannot be told for sure: accuracy 0.667")
    guesses = [0, 1] * 11 + [1, 0] * 4
    assert told("accuracy", guesses, labels, classes=2).startswith("cannot be told for sure: accuracy 0.733")


def test_of_many_rows_nothing_is_claimed_up_to_a_tenth_alone():
    labels = [0, 1] * 60  # 66 of 120 right: as many by chance in 18 of 100 shuffles (hypergeometric)
    assert told("accuracy", [0, 1] * 33 + [1, 0] * 27, labels, classes=2).startswith("did not learn")


def test_a_run_that_is_better_than_the_majority_has_learned():
    labels = [0, 1, 2] * 10
    assert told("accuracy", labels, labels).startswith("learned: accuracy 1.000, 0.333 for the commonest class alone")


def test_a_run_that_always_says_the_commonest_class_did_not_learn_whatever_its_score():
    labels = [0] * 90 + [1] * 10
    said = told("accuracy", [0] * 100, labels, FLAT)
    assert said.startswith("did not learn: try train.lr=0.0005 (was 0.0001), or train.epochs=16 (was 8)")
    assert "accuracy 0.900, 0.900 for the commonest class alone" in said


def test_chance_alone_is_called_learning_once_in_a_hundred_runs_at_most():
    """400 runs whose answers have nothing to do with the labels."""
    draw = np.random.default_rng(0)
    found = [
        told("accuracy", draw.integers(0, 3, 60), draw.integers(0, 3, 60)).startswith("learned") for _ in range(400)
    ]
    assert sum(found) <= 8


def test_a_falling_loss_with_a_poor_score_is_learning_by_heart():
    labels = [0, 1, 2] * 10
    said = told("accuracy", [1, 2, 0] * 10, labels)
    assert "did not learn: more rows, fewer epochs or more augmentation may help" in said


def test_a_loss_that_was_still_falling_wants_more_epochs():
    said = told("accuracy", [1, 2, 0] * 10, [0, 1, 2] * 10, [1.0] * 5 + [0.7] * 5)
    assert "did not learn: try train.epochs=16 (was 8): the training loss was still falling (1.00 to 0.70)" in said


def test_a_better_evaluation_before_the_last_is_named_with_its_step():
    labels = np.array([0, 1, 2] * 10)
    said = verdict("accuracy", logits_for([1, 2, 0] * 10, 3), labels, 0.0, 1 / 3, FALLING, RESOLVED, (12, 0.9))
    assert "accuracy 0.000 at the last step (0.900 at step 12, whose weights are kept, too), 0.333" in said


def test_too_few_rows_cannot_tell():
    assert told("accuracy", [0, 1, 0, 1], [0, 1, 0, 1], classes=2).startswith("cannot be told: 4 evaluation rows")


def test_more_rows_are_asked_for_by_the_key_that_holds_them_out():
    labels, guesses = [0, 1] * 15, [0, 1] * 11 + [1, 0] * 4
    args = ("accuracy", logits_for(guesses, 2), np.asarray(labels), 22 / 30, 0.5, FALLING)
    assert "hold out more rows, data.hold_out=0.4 (was 0.2). Otherwise" in verdict(*args, {"data.hold_out": 0.2})
    assert "; evaluate more rows. Otherwise" in verdict(*args, {})


def test_rows_of_one_class_or_score_tell_nothing_however_many():
    assert told("accuracy", [0, 1] * 20, [0] * 40).startswith("cannot be told: the 40 evaluation rows have one class")
    said = verdict("pearson", np.arange(40.0)[:, None], np.full(40, 2.5), None, None, FALLING, RESOLVED)
    assert said.startswith("cannot be told: the 40 evaluation rows have one score alone")


def test_scores_learn_by_correlation_and_constants_by_none():
    labels = np.linspace(0, 5, 30)
    near = (labels + np.random.default_rng(1).normal(0, 1, 30))[:, None]
    said = verdict("pearson", near, labels, 0.9, None, FALLING, RESOLVED)
    assert said.startswith("learned: pearson 0.900, a constant answer has none")
    constant = np.full((30, 1), 2.5)
    assert verdict("pearson", constant, labels, None, None, FLAT, RESOLVED).startswith("did not learn: try train.lr=")


def test_mcc_counts_association_where_accuracy_is_no_better_than_the_majority():
    labels = np.array([0] * 30 + [1] * 70)
    guesses = np.array([0] * 18 + [1] * 12 + [0] * 18 + [1] * 52)  # accuracy 0.70, as always saying 1
    assert told("mcc", guesses, labels, classes=2).startswith("learned: mcc")
    assert told("accuracy", guesses, labels, classes=2).startswith("did not learn")


def test_steps_are_what_is_to_be_raised_where_they_decide():
    assert "train.max_steps=60 (was 30)" in remedy(FLAT, {"train.lr": 1e-4, "train.max_steps": 30})
    assert "train.epochs=16 (was 8)" in remedy(FLAT, {**RESOLVED, "train.max_steps": 30})


def test_no_rate_is_proposed_above_those_that_were_found_to_do_harm():
    assert remedy(FLAT, {"train.lr": 2e-3, "train.epochs": 3.0}).startswith("try train.lr=0.004 (was 0.002), or train")
    assert remedy(FLAT, {"train.lr": 4e-3, "train.epochs": 3.0}).startswith("try train.epochs=6 (was 3): the training")
