"""Slices: which rows are in them, how they are measured, and that chance is not called worse."""

from __future__ import annotations

from math import sqrt

import numpy as np

from core.analysis.errors.answers import Answers
from core.analysis.errors.slices import kinds, slices


def answers(texts, labels, predicted, pairs=None):
    n = len(texts)
    names = ("no", "yes")
    return Answers("r", 1, np.arange(n), tuple(texts), pairs, np.asarray(labels), np.eye(2)[predicted], names)


def members(found, name):
    return np.flatnonzero(dict(found)[name]).tolist()


def test_rows_fall_into_the_kinds_that_their_texts_show():
    texts = ["It isn’t good", "good", "never mind 3 of them", "is it? " + "word " * 70, "two films"]
    found = list(kinds(answers(texts, [0, 1, 0, 1, 1], [0, 1, 1, 1, 0]), str.split, 16))
    assert members(found, "with a negation") == [0, 2]
    assert members(found, "with a number") == [2, 4]
    assert members(found, "with a question mark") == [3]
    assert members(found, "1 to 8 words") == [0, 1, 2, 4]
    assert members(found, "65 words and more") == [3]
    assert members(found, "cut at 16 pieces") == [3]
    assert members(found, "label no") == [0, 2]
    assert members(found, "answered yes") == [1, 2, 3]


def test_both_texts_of_a_pair_count():
    found = list(kinds(answers(["yes"], [0], [0], pairs=("not at all",)), lambda text: ["[UNK]"], 16))
    assert members(found, "with a negation") == [0]
    assert members(found, "with unknown pieces") == [0]


def test_a_kind_that_is_really_worse_comes_first_and_is_called_so():
    texts = ["it is not so"] * 40 + ["it is so"] * 160
    predicted = [0] * 30 + [1] * 10 + [1] * 150 + [0] * 10
    found = slices(answers(texts, [1] * 200, predicted))
    assert found[0].value < 0.5
    worst = next(one for one in found if one.name == "with a negation")
    assert (worst.value, worst.rows, worst.worse) == (0.25, tuple(range(40)), True)


def test_where_nothing_is_worse_chance_seldom_says_so():
    rng = np.random.default_rng(3)
    words = ["fine", "not", "7", "why?", "long " * 12]
    called = 0
    for _ in range(150):
        texts = [" ".join(rng.choice(words, 3)) for _ in range(120)]
        labels = rng.integers(0, 2, 120)
        predicted = np.where(rng.random(120) < 0.8, labels, 1 - labels)
        found = [one for one in slices(answers(texts, labels, predicted)) if not one.name.startswith("answered")]
        called += any(one.worse for one in found)
    assert called <= 0.05 * 150 + 2 * sqrt(150 * 0.05 * 0.95)


def test_small_kinds_are_left_out():
    found = slices(answers(["not so"] * 4 + ["so it is"] * 20, [1] * 24, [1] * 24))
    assert "with a negation" not in {one.name for one in found}
