"""The committed checkpoint: small, complete, lower-casing, and better at its words than guessing."""

from collections import Counter

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    MobileBertForMaskedLM,
)

from core.demo import DEMO_MODEL_DIR
from core.demo.corpora import DEMO_LABELS, build_corpus
from core.demo.pretrain import mask_pieces, mlm_accuracy


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(DEMO_MODEL_DIR)


@pytest.fixture(scope="module")
def model():
    return AutoModelForMaskedLM.from_pretrained(DEMO_MODEL_DIR)


def dev_texts(name):
    return [(row["text"], row.get("pair")) for row in build_corpus(name).dev]


def test_whole_folder_is_at_most_six_megabytes():
    files = {path.name: path.stat().st_size for path in DEMO_MODEL_DIR.iterdir()}
    tokenizer = {"tokenizer.json", "tokenizer_config.json", "vocab.txt"}
    assert set(files) == {"config.json", "digests.json", "model.safetensors", *tokenizer}
    assert sum(files.values()) <= 6_000_000


def test_architecture_is_the_real_one():
    config = AutoConfig.from_pretrained(DEMO_MODEL_DIR)
    assert config.model_type == "mobilebert"
    assert (config.normalization_type, config.trigram_input, config.use_bottleneck) == ("no_norm", True, True)
    assert config.num_attention_heads == 4
    assert config.num_feedforward_networks > 1
    assert config.num_hidden_layers >= 4
    assert config.classifier_activation is False


def test_no_weight_is_missing():
    model, info = AutoModelForMaskedLM.from_pretrained(DEMO_MODEL_DIR, output_loading_info=True)
    assert isinstance(model, MobileBertForMaskedLM)
    assert next(model.parameters()).dtype == torch.float32
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]


def test_classifier_gets_every_encoder_weight():
    _, info = AutoModelForSequenceClassification.from_pretrained(DEMO_MODEL_DIR, num_labels=6, output_loading_info=True)
    assert set(info["missing_keys"]) == {"classifier.weight", "classifier.bias"}
    assert all(key.startswith("cls.") for key in info["unexpected_keys"])


def test_tokenizer_lower_cases(tokenizer):
    assert tokenizer("The Ending REDEEMS It!")["input_ids"] == tokenizer("the ending redeems it!")["input_ids"]
    assert tokenizer.tokenize("The Kettle") == ["the", "kettle"]


def test_pairs_get_segments(tokenizer):
    assert tokenizer("a", "b")["token_type_ids"] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("name", sorted(DEMO_LABELS))
def test_demo_words_are_known(tokenizer, name):
    texts = [side for row in build_corpus(name).dev for side in (row["text"], row.get("pair")) if side]
    pieces = [piece for text in texts for piece in tokenizer.tokenize(text)]
    assert pieces.count(tokenizer.unk_token) / len(pieces) < 0.001
    assert sum(piece.startswith("##") for piece in pieces) / len(pieces) < 0.03


def test_foreign_words_fall_into_pieces(tokenizer):
    assert "[UNK]" not in tokenizer.tokenize("Zyxwv's quixotic jkq-42 (at 7%)!")


@pytest.mark.parametrize("name", sorted(DEMO_LABELS))
def test_masked_words_are_guessed_far_better_than_by_frequency(model, tokenizer, name):
    texts = dev_texts(name)
    batch = tokenizer([text for text, _ in texts], padding=True, return_tensors="pt")
    _, labels = mask_pieces(batch["input_ids"], tokenizer, torch.Generator().manual_seed(0))
    hidden = Counter(labels[labels != -100].tolist())
    unigram = hidden.most_common(1)[0][1] / hidden.total()
    assert mlm_accuracy(model, tokenizer, texts) > 3 * unigram


@pytest.mark.parametrize(
    ("sentence", "sensible"),
    [
        ("My [MASK] was charged twice for order 4417.", {"card", "account"}),
        ("The plot drags, but the ending [MASK] it.", {"redeems", "saves"}),
        ("Maria lent Tom a bicycle [MASK] Tuesday.", {"on"}),
    ],
)
def test_blanks_are_filled_sensibly(model, tokenizer, sentence, sensible):
    batch = tokenizer(sentence, return_tensors="pt")
    place = batch["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.no_grad():
        best = model(**batch).logits[0, place].topk(3).indices.tolist()
    assert sensible & set(tokenizer.convert_ids_to_tokens(best))
