"""Checks: the edit that must not change an answer, and the one that must."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.analysis.errors.answers import Answers
from core.analysis.robustness.checks import CHECKS, run_checks, without_rows
from core.tasks import get_task

SENTIMENT = get_task("demo-sentiment")
TEXTS = ("the film by Anna is good .", "the plot was dull .", "it is not bad and it is short .", "Tom is lame")
EDITS = {check.name: check.edit for check in CHECKS}


def answers(predicted=(1, 0, 1, 0), labels=(1, 0, 1, 0)):
    return Answers("r", 1, np.arange(4), TEXTS, None, np.array(labels), np.eye(2)[list(predicted)], ("no", "yes"))


def by_not(texts, pairs):
    """A model that hangs on one word."""
    return np.eye(2)[[0 if " not " in text or "dull" in text or "lame" in text else 1 for text in texts]]


def test_edits_are_made_only_where_they_make_sense():
    assert EDITS["another name"](TEXTS[0]) == "the film by Maria is good ."
    assert EDITS["another name"]("Robert and David like his film") == "Peter and David like his film"
    assert EDITS["another name"](TEXTS[1]) is None
    assert EDITS["a negation added"](TEXTS[0]) == "the film by Anna is not good ."
    assert EDITS["a negation added"](TEXTS[2]) is None
    assert EDITS["no full stop"](TEXTS[1]) == "the plot was dull"
    assert EDITS["no full stop"](TEXTS[3]) is None
    assert EDITS["no full stop"]("a gap at the end ") is None


def test_failures_are_counted_over_the_rows_that_could_be_edited():
    found = {one.name: one for one in run_checks(answers(), SENTIMENT, by_not)}
    negation = found["a negation added"]
    # Of the three plain verdicts the model turns one, and fails on the two it had at "no".
    assert (negation.rows, round(negation.failures.value, 3)) == (3, 0.667)
    assert negation.failures.low < 0.667 < negation.failures.high
    assert found["another name"].rows == 2
    assert found["another name"].failures.value == 0
    assert {example["text"] for example in negation.examples} == {TEXTS[1], TEXTS[3]}


def test_rows_that_are_answered_wrong_are_left_out():
    found = {one.name: one.rows for one in run_checks(answers(labels=(0, 0, 1, 0)), SENTIMENT, by_not)}
    assert found["another name"] == 1


def test_checks_follow_from_what_labels_rest_on():
    grammar = {one.name for one in run_checks(answers(), get_task("CoLA"), by_not)}
    assert grammar == {"white space around"}


def test_a_check_without_a_row_is_named_and_labels_that_are_no_verdicts_are_not_turned():
    found = run_checks(answers(labels=(0, 0, 1, 1)), SENTIMENT, by_not)
    assert without_rows(answers(labels=(0, 0, 1, 1)), SENTIMENT, found) == ["another name"]
    own = dataclasses.replace(SENTIMENT, origin="file", labels=("sports", "politics"))
    assert "a negation added" not in {one.name for one in run_checks(answers(), own, by_not)}
    own = dataclasses.replace(own, labels=("Negative", "Positive"))
    assert "a negation added" in {one.name for one in run_checks(answers(), own, by_not)}
