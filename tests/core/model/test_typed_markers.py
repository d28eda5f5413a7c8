"""[SEP], [MASK] and their like in somebody's text are letters: in training, evaluation, prediction and previews."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import AutoTokenizer

from core.augment.methods.context import ContextModel
from core.config import RunConfig
from core.data.rows import Rows
from core.demo import DEMO_MODEL_DIR
from core.model.build import build_model
from core.model.pieces import load_pieces
from core.model.source import resolve_model
from core.model.tokenizer import load_tokenizer
from core.train.batches import EncodedRows, encode
from core.train.evaluate import evaluate_rows

MARKERS = ("[SEP]", "[MASK]", "[PAD]", "[CLS]", "[UNK]", "[sep]")


def ids_of(tokenizer, text, pair=None):
    return encode(tokenizer, Rows([text], None if pair is None else [pair], [0]), 128)[0]


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("model", ["demo", pytest.param("real", marks=pytest.mark.real_data)])
def test_a_typed_marker_is_cut_into_its_letters(request, model, marker):
    name = model if model == "demo" else str(request.getfixturevalue("real_data") / "mobilebert-uncased")
    tokenizer = load_tokenizer(resolve_model(name))
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    ids = ids_of(tokenizer, f"send {marker} it back")["input_ids"]
    # One [CLS] at the start, one [SEP] at the end, and none between: the same as its letters with spaces between.
    assert [i for i in ids if i in special] == [tokenizer.cls_token_id, tokenizer.sep_token_id]
    spaced = ids_of(tokenizer, f"send [ {marker.strip('[]')} ] it back")["input_ids"]
    assert ids == spaced
    pair = ids_of(tokenizer, f"send {marker}", f"{marker} back")
    assert [i for i in pair["input_ids"] if i in special] == [tokenizer.cls_token_id, *[tokenizer.sep_token_id] * 2]


def test_what_a_preview_cuts_is_what_training_sees():
    tokenizer, pieces = load_tokenizer(resolve_model("demo")), load_pieces("demo")
    for marker in MARKERS:
        text = f"send {marker} it"
        assert pieces.tokenize(text) == tokenizer.tokenize(text)
        assert marker not in pieces.tokenize(text)


def test_a_saved_tokenizer_takes_markers_for_text_too(tmp_path):
    load_tokenizer(resolve_model("demo")).save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again("send [SEP] it")["input_ids"].count(again.sep_token_id) == 1


def test_a_text_with_a_marker_is_answered_as_its_letters_are():
    model, tokenizer = build_model(RunConfig(), 3), load_tokenizer(resolve_model("demo"))
    rows = EncodedRows(tokenizer, Rows(["send [SEP] it", "send [ sep ] it"], None, [0, 0]), 128)
    logits = evaluate_rows(model, rows, tokenizer.pad_token_id, 2).logits
    assert np.abs(logits[0] - logits[1]).max() < 1e-6


def test_a_typed_mask_is_not_the_place_that_is_guessed():
    context = ContextModel.load(DEMO_MODEL_DIR)
    text, place = "I want a {} for the parcel that never came", len("I want a ")
    plain = context._guesses([context._around(text.format("refund"), place, place + len("refund"))])
    typed = context._guesses([context._around("[MASK] [SEP] " + text.format("refund"), 13 + place, 13 + place + 6)])
    lettered = context._guesses(
        [context._around("[ mask ] [ sep ] " + text.format("refund"), 17 + place, 17 + place + 6)]
    )
    assert plain[0]
    assert typed == lettered
