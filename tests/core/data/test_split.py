"""Held-out rows: a tenth of every class, of a small file a fifth, copies on one side, the same for every run."""

from __future__ import annotations

from collections import Counter

import pytest

from core.data import split


def held_out(labels, texts, classes, seed, share=None):
    return split.held_out(labels, texts, classes, seed, share or split.share_of(len(labels)))


@pytest.mark.parametrize("seed", range(20))
def test_every_class_with_two_rows_is_held_out_by_a_tenth(seed):
    labels = [0] * 500 + [1] * 30 + [2] * 4 + [3] * 2 + [4]
    out = held_out(labels, range(len(labels)), True, seed)
    assert Counter(labels[row] for row in out) == {0: 50, 1: 3, 2: 1, 3: 1}


def test_of_a_small_file_a_fifth_is_held_out_so_that_learning_can_be_told_from_chance():
    labels = [0] * 100 + [1] * 70
    assert Counter(labels[row] for row in held_out(labels, range(170), True, 0)) == {0: 20, 1: 14}


def test_a_share_that_is_set_is_held_out_of_every_class():
    labels = [0] * 100 + [1] * 70
    assert Counter(labels[row] for row in held_out(labels, range(170), True, 0, 0.4)) == {0: 40, 1: 28}
    assert len(held_out([row / 10 for row in range(100)], range(100), False, 0, 0.25)) == 25


@pytest.mark.parametrize("seed", range(20))
def test_copies_of_a_text_stay_on_one_side(seed):
    texts = [i // 3 for i in range(90)]
    out = set(held_out([i % 2 for i in range(90)], texts, True, seed))
    sides = [{row in out for row in range(90) if texts[row] == text} for text in range(30)]
    assert all(len(side) == 1 for side in sides)
    assert 15 <= len(out) <= 21


def test_a_class_of_one_repeated_text_is_evaluated_all_the_same():
    out = held_out([0] * 20 + [1] * 20, ["same"] * 20 + list(range(20)), True, 0)
    assert {row < 20 for row in out} == {True, False}


def test_scores_are_held_out_from_low_to_high():
    labels = [row / 10 for row in range(100)]
    out = held_out(labels, range(100), False, 0)
    assert [int(2 * labels[row]) for row in out] == list(range(20))


def test_another_seed_draws_other_rows_and_the_same_seed_the_same():
    labels = [i % 2 for i in range(200)]
    draws = [tuple(held_out(labels, range(200), True, seed)) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
