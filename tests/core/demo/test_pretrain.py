"""Rebuilding the checkpoint: masks as in BERT, the same run twice, and a folder that loads."""

import os
import random
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoTokenizer

from core.demo import DEMO_MODEL_DIR
from core.demo.corpora import DEMO_LABELS, build_corpus, near_copies
from core.demo.passages import passages
from core.demo.pretrain import MASKED, batches, demo_config, encode, mask_pieces, pretrain


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(DEMO_MODEL_DIR)


def test_masking_hides_words_never_special_pieces(tokenizer):
    ids = torch.randint(5, len(tokenizer), (200, 40), generator=torch.Generator().manual_seed(1))
    ids[:, 0], ids[:, -5:] = tokenizer.cls_token_id, tokenizer.pad_token_id
    inputs, labels = mask_pieces(ids, tokenizer, torch.Generator().manual_seed(2))
    chosen = labels != -100
    assert not chosen[:, 0].any()
    assert not chosen[:, -5:].any()
    assert torch.equal(labels[chosen], ids[chosen])
    assert torch.equal(inputs[~chosen], ids[~chosen])
    assert chosen[:, 1:-5].float().mean().item() == pytest.approx(MASKED, abs=0.02)
    assert (inputs[chosen] == tokenizer.mask_token_id).float().mean().item() == pytest.approx(0.8, abs=0.04)
    assert (inputs[chosen] == ids[chosen]).float().mean().item() == pytest.approx(0.1, abs=0.03)


def test_batches_hold_every_passage_once_an_epoch(tokenizer):
    read = [("a soup", None, None), ("the bread", "a cake", "yes: the same"), ("milk", None, "good: more of this")]
    rows = encode(read, tokenizer)
    stream = batches(rows, tokenizer, 2, random.Random(0))
    epoch = [next(stream) for _ in range(2)]
    texts = sorted(tokenizer.decode(row, skip_special_tokens=True) for batch, _ in epoch for row in batch["input_ids"])
    assert texts == ["a soup", "milk", "the bread a cake"]
    nexts = {piece for _, after in epoch for piece in after.tolist()}
    assert nexts == {-100, *tokenizer.convert_tokens_to_ids(["yes", "good"])}


def test_each_fifth_reply_is_read_and_then_not_asked_for(tokenizer):
    rows = encode([("a soup", None, "good: more")] * 5 + [("a", "b", "no: different")], tokenizer)
    assert [row["next"] == -100 for row in rows] == [True, False, False, False, False, False]
    assert tokenizer.decode(rows[0]["input_ids"]) == "[CLS] a soup [SEP] good : more [SEP]"
    assert rows[0]["token_type_ids"] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert rows[5]["input_ids"] == tokenizer("a", "b")["input_ids"]


def test_reading_is_seeded_and_free_of_dev_rows():
    read = passages(12_000, 7)
    assert len(read) == 12_000
    assert read == passages(12_000, 7)
    assert read != passages(12_000, 8)
    whole = {(text.lower(), (pair or "").lower()) for text, pair, _ in read}
    for name in DEMO_LABELS:
        for row in build_corpus(name).dev:
            assert (row["text"].lower(), row.get("pair", "").lower()) not in whole
    said = [{"text": text, "pair": pair or ""} for text, pair, _ in read]
    assert not any(near_copies(said, [row for name in DEMO_LABELS for row in build_corpus(name).dev]))


def test_two_steps_give_a_folder_that_loads_and_the_same_weights_again(tmp_path):
    env = {**os.environ, "PYTHONPATH": str(DEMO_MODEL_DIR.parents[2])}
    command = [sys.executable, "-m", "core.demo.pretrain", "--steps", "2", "--passages", "2000", "--out", "one"]
    other = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True)
    pretrain(steps=2, out=tmp_path / "two", batch_size=64, lr=2e-3, count=2000)
    said, _ = other.communicate(timeout=200)
    assert other.returncode == 0
    assert "step 2 of 2: loss" in said
    model, info = AutoModelForMaskedLM.from_pretrained(tmp_path / "one", output_loading_info=True)
    assert not info["missing_keys"]
    assert AutoTokenizer.from_pretrained(tmp_path / "one").tokenize("The SOUP") == ["the", "soup"]
    one, two = (load_file(tmp_path / name / "model.safetensors") for name in ("one", "two"))
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert model.config.vocab_size == len(AutoTokenizer.from_pretrained(tmp_path / "one"))


def test_config_is_a_mobilebert_without_norms(tokenizer):
    config = demo_config(tokenizer)
    assert (config.normalization_type, config.true_hidden_size) == ("no_norm", 64)
