"""A tiny MobileBERT of the real classes, its folder, and a cache that belongs to the test alone."""

from __future__ import annotations

import pytest
import torch
from transformers import BertTokenizerFast, MobileBertConfig, MobileBertForSequenceClassification

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "good", "bad", "film", "##s"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def tiny_config():
    def make(**changes):
        values = {
            "vocab_size": len(WORDS),
            "hidden_size": 48,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "intermediate_size": 32,
            "embedding_size": 16,
            "intra_bottleneck_size": 32,
            "max_position_embeddings": 64,
            "num_feedforward_networks": 2,
            "classifier_activation": False,
        }
        return MobileBertConfig(**(values | changes))

    return make


@pytest.fixture
def tiny_model(tiny_config):
    """Builds a model whose biases and norms are not at their initial zeros and ones, as in a trained one."""

    def make(seed=0, **changes):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = MobileBertForSequenceClassification(tiny_config(**changes)).eval()
            for parameter in model.parameters():
                parameter.data += 0.2 * torch.randn_like(parameter)
        return model

    return make


@pytest.fixture
def folder(tmp_path, tiny_model):
    """A folder with configuration, tokenizer and weights."""
    path = tmp_path / "model"
    tiny_model().save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    BertTokenizerFast(str(path / "vocab.txt")).save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return path
