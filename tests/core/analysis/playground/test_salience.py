"""Salience: whole words, parts that sum, gradients against finite differences, and typed markers that stay text."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.analysis.playground import salience
from core.analysis.playground.salience import TOLERANCE, explain, log_odds
from core.analysis.playground.words import pieces_by_word, words_of
from core.analysis.predict import predict

TEXT = "Please don't cancel my reservation, the app crashed twice."


def odds(trained, label, text, pair=None):
    """Log-odds of a class from the probabilities that are shown."""
    answers, _ = predict(trained, [text], None if pair is None else [pair])
    share = answers[0].probabilities[label]
    return math.log(share / (1 - share))


def test_words_are_what_people_call_words():
    assert [word.text for word in words_of("I don't like well-known films!")] == [
        "I", "don't", "like", "well-known", "films", "!",
    ]  # fmt: skip
    assert [word.text for word in words_of("我爱 हिन्दी 👩‍👩‍👧")] == ["我", "爱", "हिन्दी", "👩‍👩‍👧"]
    assert words_of("  ") == []


def test_every_piece_but_the_special_ones_belongs_to_one_word(trained_on):
    words, pieces, encoding = pieces_by_word(trained_on(), TEXT, None)
    places = [place for found in pieces for place in found]
    assert sorted(places) == list(range(1, encoding["input_ids"].shape[1] - 1))
    assert len(pieces[[word.text for word in words].index("don't")]) >= 3


def test_words_that_one_piece_reaches_across_are_one(trained_on):
    """Byte pairs such as RoBERTa's join marks; BERT's drop a sign of no width from within what they then read whole."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.train_from_iterator(["wow!!! so ..."] * 4, trainers.BpeTrainer(initial_alphabet=made.pre_tokenizer.alphabet()))
    reader = SimpleNamespace(tokenizer=PreTrainedTokenizerFast(tokenizer_object=made), max_length=64)
    words, pieces, _ = pieces_by_word(reader, "wow!!! so", "so ...?")
    assert [(word.side, word.text, len(own)) for word, own in zip(words, pieces, strict=True)] == [
        (0, "wow", 1), (0, "!!!", 1), (0, "so", 1), (1, "so", 1), (1, "...", 1), (1, "?", 1),
    ]  # fmt: skip
    words, pieces, _ = pieces_by_word(trained_on(), "a\u200bb のテキスト", None)
    assert [word.text for word in words] == ["a\u200bb", "のテキスト"]
    assert all(pieces)


def test_log_odds_are_those_of_the_probabilities():
    logits = torch.tensor([[0.3, -1.0, 2.0]])
    share = torch.softmax(logits, -1)[0, 2]
    assert log_odds(logits, 2).item() == pytest.approx(float(torch.log(share / (1 - share))), abs=1e-6)
    assert log_odds(torch.tensor([[0.7]]), 0).item() == pytest.approx(0.7)


@pytest.mark.parametrize(("task", "pair"), [("demo-intents", None), ("demo-paraphrase", "The app works [SEP] again.")])
def test_parts_and_rest_sum_to_the_change(trained_on, task, pair):
    trained = trained_on(task)
    found = explain(trained, TEXT, pair)
    parts = sum(part for part in found.gradients if part is not None)
    assert found.whole == pytest.approx(odds(trained, found.answer, TEXT, pair), abs=1e-4)
    assert abs(parts + found.rest - (found.whole - found.empty)) <= TOLERANCE * max(1, abs(found.whole - found.empty))
    assert found.rest == pytest.approx(0, abs=1e-5)
    assert found.sums_up
    assert {word.side for word in found.words} == ({0, 1} if pair else {0})


def test_parts_that_do_not_sum_are_told(trained_on, monkeypatch):
    monkeypatch.setattr(salience, "TOLERANCE", 1e-9)  # closer than single precision can come
    found = explain(trained_on(), TEXT)
    parts = sum(part for part in found.gradients if part is not None)
    assert found.gap == pytest.approx(parts + found.rest - found.whole + found.empty)
    assert not found.sums_up
    assert found.nodes == 256


def test_a_word_s_part_is_the_integral_of_its_finite_difference(trained_on):
    trained = trained_on()
    trained.model.double()
    words, pieces, encoding = pieces_by_word(trained, TEXT, None)
    found = explain(trained, TEXT)
    answer = trained.task.labels.index(found.answer)
    full = trained.model.get_input_embeddings()(encoding["input_ids"]).detach()
    inner = torch.zeros_like(full)
    for places in pieces:
        inner[:, places] = full[:, places]
    at, weights = np.polynomial.legendre.leggauss(found.nodes)
    for number in (0, 1, len(words) - 1):
        mine = torch.zeros_like(full)
        mine[:, pieces[number]] = full[:, pieces[number]]
        total = 0.0
        for node, weight in zip((at + 1) / 2, weights / 2, strict=True):
            there = full - inner + node * inner
            with torch.no_grad():
                up, down = (
                    trained.model(
                        inputs_embeds=there + sign * 1e-6 * mine, attention_mask=encoding["attention_mask"]
                    ).logits
                    for sign in (1, -1)
                )
            total += weight * float(log_odds(up, answer) - log_odds(down, answer)) / 2e-6
        assert found.gradients[number] == pytest.approx(total, abs=1e-4)


def test_left_out_is_the_answer_without_the_word(trained_on):
    trained = trained_on()
    found = explain(trained, "cancel the broken app")
    whole = odds(trained, found.answer, "cancel the broken app")
    expected = [whole - odds(trained, found.answer, text) for text in
                (" the broken app", "cancel  broken app", "cancel the  app", "cancel the broken ")]  # fmt: skip
    assert found.left_out == pytest.approx(expected, abs=1e-4)


def test_of_a_pair_the_second_text_loses_its_words_too(trained_on):
    trained = trained_on("demo-paraphrase")
    found = explain(trained, "one app", "two films")
    whole = odds(trained, found.answer, "one app", "two films")
    assert found.left_out[2] == pytest.approx(whole - odds(trained, found.answer, "one app", " films"), abs=1e-4)


def test_a_typed_marker_is_words_like_any_other(trained_on):
    trained = trained_on()
    text = "cancel [SEP] this [MASK] now"
    words, pieces, encoding = pieces_by_word(trained, text, None)
    ids = encoding["input_ids"][0].tolist()
    assert ids.count(trained.tokenizer.sep_token_id) == 1
    assert trained.tokenizer.mask_token_id not in ids
    assert [word.text for word in words][1:4] == ["[", "SEP", "]"]
    assert all(pieces)


def test_a_word_that_is_not_read_has_no_part(trained_on):
    found = explain(trained_on(max_length=8), "cancel my app and then cancel the second booking as well please")
    assert found.gradients[0] is not None
    assert found.gradients[-1] is None
    assert found.left_out[-1] == pytest.approx(0, abs=1e-5)


def test_a_text_without_words_is_explained_by_nothing(trained_on):
    found = explain(trained_on(), " ")
    assert (found.words, found.left_out, found.gradients) == ((), (), ())
    assert found.whole == pytest.approx(found.empty)
