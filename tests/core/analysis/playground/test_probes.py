"""Edits that turn an answer, found smallest first and in time; noise that does, with an interval."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from core.analysis.playground.edits import KINDS, all_edits, size
from core.analysis.playground.probes import smallest_flip, survives
from core.analysis.predict import predict
from core.augment.edits import Edit, apply_edits
from core.augment.english.dictionary import load_synonyms
from core.config import RunConfig

TEXT = "Please cancel my booking because the app does not work on friday"


def texts_of(text, kind):
    return {apply_edits(text, edits) for edits in all_edits(text, load_synonyms())[kind]}


def label_of(trained, text, pair=None):
    return predict(trained, [text], None if pair is None else [pair])[0][0].label


def test_negations_are_added_and_taken_away():
    assert texts_of("It is good", "negation") == {"It is not good", "do not it is good"}
    assert "It is good" in texts_of("It is not good", "negation")
    assert "We can go" in texts_of("We can't go", "negation")
    assert "does work" in texts_of("doesn't work", "negation")


def test_swaps_are_all_neighbours():
    assert texts_of("one two  three", "swap") == {"two one  three", "one three  two"}
    assert not texts_of("again again", "swap")


def test_edits_are_true_of_the_text_and_begin_with_the_smallest():
    for edits in all_edits(TEXT, load_synonyms()).values():
        assert all(apply_edits(TEXT, one) != TEXT for one in edits)
        assert [size(one) for one in edits] == sorted(size(one) for one in edits)


@pytest.mark.parametrize(
    ("before", "after", "characters"), [("cancel", "canvel", 1), ("", " not", 4), ("app", "aapp", 1), ("ab", "ba", 2)]
)
def test_size_counts_the_characters_that_differ(before, after, characters):
    assert size([Edit(0, len(before), before, after, "")]) == characters


def test_the_smallest_flip_turns_the_answer_and_no_smaller_single_edit_does(trained_on):
    trained = trained_on()
    first = label_of(trained, TEXT)
    found = smallest_flip(trained, TEXT, seconds=60)
    flips = [
        size(edits)
        for kind in KINDS
        for edits in all_edits(TEXT, load_synonyms())[kind][:160]
        if label_of(trained, apply_edits(TEXT, edits)) != first
    ]
    assert found.label == first
    assert flips, "this text shows nothing: another is needed"
    assert found.smallest is not None
    assert found.smallest.size == min(flips)
    assert label_of(trained, apply_edits(TEXT, found.smallest.edits)) == found.smallest.label != first


def test_it_ends_in_time_and_says_what_was_left(trained_on):
    found = smallest_flip(trained_on(), " ".join([TEXT] * 3), seconds=0)
    assert sum(found.tried.values()) <= 32 + 2
    possible = {kind: len(edits) for kind, edits in all_edits(" ".join([TEXT] * 3), load_synonyms()).items()}
    assert found.left == sum(n - found.tried.get(kind, 0) for kind, n in possible.items() if kind not in found.by_kind)
    assert found.left > 0


def test_of_a_pair_either_text_is_edited(trained_on):
    trained = trained_on("demo-paraphrase")
    found = smallest_flip(trained, "cancel it", "the application does not work", seconds=60)
    one = found.smallest or found.closest
    assert one is not None
    edited = apply_edits(one.text, one.edits)
    pair = (edited, "the application does not work") if one.side == 0 else ("cancel it", edited)
    assert label_of(trained, *pair) == one.label


def test_nothing_to_edit_is_no_failure(trained_on):
    found = smallest_flip(trained_on(), "?!")
    assert (found.smallest, found.closest, found.left) == (None, None, 0)


def test_survival_is_the_share_of_draws_with_the_same_answer(trained_on):
    trained = trained_on()
    found = survives(trained, RunConfig(), TEXT)
    same = [label_of(trained, row.text.text) == found.label for row, _ in found.draws]
    assert len(same) == 50
    assert found.kept.value == pytest.approx(sum(same) / 50)
    low, high = binomtest(sum(same), 50).proportion_ci(method="exact")
    assert (found.kept.low, found.kept.high) == pytest.approx((low, high))
    assert len(found.lost) == 50 - sum(same)
    assert len({row.text.text for row, _ in found.draws}) > 5
    assert found.own


def test_a_run_without_augmentation_gets_the_default_one_and_it_is_said(trained_on):
    found = survives(trained_on(), RunConfig().replace({"augment.mode": "none"}), TEXT)
    assert not found.own
    assert found.unchanged < 50


def test_scores_cannot_be_turned(trained_on):
    trained = trained_on("STS-B")
    assert smallest_flip(trained, "a man plays", "a woman sings").smallest is None
    with pytest.raises(ValueError, match="score"):
        survives(trained, RunConfig(), "a man plays", "a woman sings")
