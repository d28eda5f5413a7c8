"""Replacement by the shipped demo model's own head: real weights, real tokenizer."""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random

import pytest

from core.augment.edits import apply_edits
from core.augment.english.lexicon import NEGATIONS, NUMBERS, STOP_WORDS
from core.augment.english.synonym_table import SynonymTable
from core.augment.methods.context import ContextModel, _fits, load_context, whole_words
from core.augment.policy import AugmentPolicy
from core.data.rows import Rows
from core.demo.corpora import build_corpus
from core.sections import AugmentConfig

TEXTS = [row["text"] for row in build_corpus("demo-intents").train[:24]]


@pytest.fixture(scope="module")
def model() -> ContextModel:
    return load_context("demo")


def test_guesses_are_whole_words_other_than_the_word_and_edits_rebuild_the_text(model: ContextModel) -> None:
    done = model.replace(TEXTS, Random(0), strength=0.3)
    assert sum(len(one.edits) for one in done) > 20
    for text, one in zip(TEXTS, done, strict=True):
        assert apply_edits(text, one.edits) == one.text
        for edit in one.edits:
            if edit.rule.startswith("context"):
                assert edit.after.isalpha()
                assert edit.after != edit.before
                assert edit.before.islower()
                assert not {edit.before, edit.after} & (STOP_WORDS | NEGATIONS | NUMBERS)


@pytest.mark.parametrize(
    "pieces",
    [["[CLS]", "parcel", "##ing", "we", "##port"], ["<s>", "\u2581parcel", "ing", "\u2581we", "port"],
     ["<s>", "\u0120parcel", "ing", "\u0120we", "port"]],
)  # fmt: skip
def test_words_of_any_vocabulary_are_those_that_begin_a_word(pieces: list[str]) -> None:
    assert whole_words(pieces) == {1: "parcel"}


def test_the_same_seed_gives_the_same_texts(model: ContextModel) -> None:
    assert model.replace(TEXTS, Random(5)) == model.replace(TEXTS, Random(5))
    assert model.replace(TEXTS, Random(5)) != model.replace(TEXTS, Random(6))


def test_protected_words_are_neither_replaced_nor_proposed(model: ContextModel) -> None:
    free = [edit for one in model.replace(TEXTS, Random(1), 1.0) for edit in one.edits]
    protect = frozenset(edit.after for edit in free[::2]) | frozenset(edit.before for edit in free[::3])
    for one in model.replace(TEXTS, Random(1), 1.0, protect):
        assert not {word for edit in one.edits for word in (edit.before, edit.after)} & protect


@pytest.mark.parametrize("text", ["", "这部电影", "👨‍👩‍👧", "A B C", "not the 42", "x" * 3000])
def test_where_nothing_can_be_masked_the_text_comes_back(model: ContextModel, text: str) -> None:
    assert apply_edits(text, model.replace([text], Random(0))[0].edits) == model.replace([text], Random(0))[0].text


def test_a_long_text_is_read_through_a_window(model: ContextModel) -> None:
    text = "please cancel the order for my new coat . " * 2500
    (done,) = model.replace([text], Random(0), strength=0.001)
    assert len(done.edits) >= 15
    assert apply_edits(text, done.edits) == done.text


def test_a_long_text_takes_bounded_work(model: ContextModel, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    mine = copy.copy(model)  # the lab's own one is asked by a page's background, too, where a page was opened before
    monkeypatch.setattr(mine, "_guesses", lambda masked: looked_at.extend(masked) or [[]] * len(masked))
    mine.replace(["please cancel the order for my new coat . " * 2500], Random(0), strength=0.6)
    assert len(looked_at) == 256


@pytest.mark.parametrize(
    ("word", "guess", "fits"),
    [("walk", "walk", False), ("walk", "walked", False), ("walked", "walking", False), ("happy", "happily", False),
     ("walked", "moved", True), ("walked", "moves", False), ("dogs", "cat", False), ("dogs", "cats", True),
     ("house", "happy", False), ("walked", "went", True), ("house", "walked", False)],
)  # fmt: skip
def test_inflections_of_the_word_are_no_guess_and_class_and_inflection_are_kept(
    word: str, guess: str, fits: bool
) -> None:
    classes = {"happy": "a", "house": "n", "walked": "ed", "moved": "ed", "dogs": "ns", "cats": "ns", "cat": "n"}
    assert _fits(word, guess, SynonymTable("hand", 0, "careful", classes=classes)) is fits


def test_where_labels_are_opinions_adjectives_stay(model: ContextModel) -> None:
    for seed in range(10):
        (done,) = model.replace(
            ["The room was shabby and the dreary soup was cold ."], Random(seed), 1.0, frozenset(["x"])
        )
        assert not {edit.before for edit in done.edits} & {"shabby", "dreary", "cold"}


def test_a_policy_with_context_depends_on_seed_epoch_and_row_only(model: ContextModel) -> None:
    rows = Rows(TEXTS, None, [0] * len(TEXTS))
    config = AugmentConfig(fraction=0.5, methods=("context",))
    make = lambda: AugmentPolicy(config, ("text",), 13, guesser=model)  # noqa: E731
    changed, done = make().epoch(rows, 1)
    assert [make().row(row.row, TEXTS[row.row], None, 1) for row in reversed(done)] == done[::-1]
    edited = sum(a != b for a, b in zip(changed.texts, TEXTS, strict=True))
    assert edited == sum(row.changed for row in done) > 0


def test_a_model_without_weights_or_head_is_refused_in_one_line(tmp_path: Path, tiny_model_dir: Path) -> None:
    with pytest.raises(ValueError, match="no weights"):
        ContextModel.load(tmp_path)
    with pytest.raises(ValueError, match="no masked-language-model head"):
        ContextModel.load(tiny_model_dir)  # a classifier
