"""Same text, same answer, whatever stands beside it: alone, in twos, among 32, in the lab and in transformers."""

from __future__ import annotations

import copy
import json
import shutil

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from core.config import RunConfig
from core.data.rows import Rows
from core.data.sources import load_corpus
from core.demo import DEMO_MODEL_DIR
from core.model.build import build_model
from core.model.build_notes import build_notes_of
from core.model.source import resolve_model
from core.model.tokenizer import load_tokenizer
from core.train.batches import EncodedRows, encode
from core.train.evaluate import evaluate_rows

TEXTS = [
    "no",
    "where is my parcel",
    "my card was charged twice and i want it back",
    "?",
    "please cancel the booking " * 9,
]
VARIANTS = {
    "adapters": {},
    "full": {"lora.enabled": False},
    "light": {"model.variant": "light", "model.layers": 2, "model.rank": 8},
    "undivided": {"model.variant": "light", "model.layers": 1, "model.rank": 0, "model.keep": "theseus"},
}


def answers(model, tokenizer, texts, size):
    rows = Rows(list(texts), None, [0] * len(texts))
    return evaluate_rows(model, EncodedRows(tokenizer, rows, 128), tokenizer.pad_token_id, size).logits


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("model", ["demo", "random"])
def test_a_text_has_one_answer_in_every_batch(tiny_model_dir, model, changes):
    config = RunConfig(model="demo" if model == "demo" else str(tiny_model_dir)).replace(changes)
    built, tokenizer = build_model(config, 3).eval(), load_tokenizer(resolve_model(config.model))
    corpus = load_corpus(RunConfig())
    texts = (TEXTS + corpus.evals["dev"].texts)[:64]
    # Each text alone, with no padding anywhere, through the model itself, in numbers that hardly round.
    exact = copy.deepcopy(built).double()
    with torch.no_grad():
        alone = np.array(
            [
                exact(**{name: torch.tensor([ids]) for name, ids in item.items()}).logits[0].tolist()
                for item in encode(tokenizer, Rows(texts, None, [0] * len(texts)), 128)
            ]
        )
    # Random weights make so much of every rounding that the model itself, in fp32, is 1e-5 off what is exact.
    most = 1e-5 if model == "demo" else 3e-5 * np.abs(alone).max()
    for size in (1, 2, 32):
        assert np.abs(answers(built, tokenizer, texts, size) - alone).max() < most


def test_a_pair_has_one_answer_in_every_batch():
    config = RunConfig(task="demo-paraphrase")
    model, tokenizer = build_model(config, 2).eval(), load_tokenizer(resolve_model("demo"))
    dev = EncodedRows(tokenizer, load_corpus(config).evals["dev"].take(range(40)), 128)
    one, many = (evaluate_rows(model, dev, tokenizer.pad_token_id, size) for size in (1, 40))
    assert np.abs(one.logits - many.logits).max() < 1e-5
    assert np.abs(one.pooled - many.pooled).max() < 1e-5


def test_training_leaves_the_padding_at_zero(tiny_model_dir):
    """Through every weight, with decay, in padded batches: the row stays, so that it is zero in what is saved."""
    from core.train.optimizer import build_optimizer

    config = RunConfig(model=str(tiny_model_dir)).replace({"lora.enabled": False})
    model, tokenizer = build_model(config, 2), load_tokenizer(resolve_model(config.model))
    optimizer = build_optimizer("lmbert_adam", model, 1e-2, 0.1)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    assert bool((batch["input_ids"] == tokenizer.pad_token_id).any())
    for _ in range(3):
        model(**batch, labels=torch.tensor([0, 1, 0, 1, 0])).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    words = model.get_input_embeddings().weight
    assert float(words[tokenizer.pad_token_id].detach().abs().max()) == 0
    assert float(words[5].detach().abs().max()) > 0


def test_what_is_saved_answers_alike_in_plain_transformers(tiny_model_dir, tmp_path):
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    source = AutoModelForSequenceClassification.from_pretrained(folder)
    source.get_input_embeddings().weight.data[0] = 1.0  # such as published weights have
    source.save_pretrained(folder)
    built = build_model(RunConfig(model=str(folder)).replace({"lora.enabled": False}), 2)
    assert "length 4.00" in build_notes_of(built)  # of 16 ones
    built.save_pretrained(tmp_path / "saved")
    plain = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        together = plain(**tokenizer(TEXTS, padding=True, return_tensors="pt")).logits
        alone = torch.cat([plain(**tokenizer(text, return_tensors="pt")).logits for text in TEXTS])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5 * float(alone.abs().max()))


def test_the_tokenizers_own_padding_piece_is_the_silent_one(tiny_model_dir, tmp_path):
    """Its place in the vocabulary need not be the one that config.json names; a word there must keep its embedding."""
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**settings, "pad_token_id": 7}))
    built = build_model(RunConfig(model=str(folder)).replace({"lora.enabled": False}), 2)
    words = built.get_input_embeddings().weight.detach()
    assert (float(words[0].norm()), built.config.pad_token_id) == (0, 0)


def test_the_shipped_model_needs_nothing_done_to_it():
    shipped = AutoModelForMaskedLM.from_pretrained(DEMO_MODEL_DIR)
    assert float(shipped.get_input_embeddings().weight[0].detach().norm()) == 0
    assert build_notes_of(build_model(RunConfig(), 2)) == ""


@pytest.mark.real_data
def test_the_full_size_answers_alike_in_every_batch(real_data):
    config = RunConfig(model=str(real_data / "mobilebert-uncased")).replace({"lora.enabled": False})
    model, tokenizer = build_model(config, 2).eval(), load_tokenizer(resolve_model(config.model))
    words = model.get_input_embeddings().weight
    assert float(words[tokenizer.pad_token_id].detach().norm()) == 0
    one, many = (answers(model, tokenizer, TEXTS, size) for size in (1, 5))
    assert np.abs(one - many).max() < 1e-5 * max(1.0, np.abs(one).max())
