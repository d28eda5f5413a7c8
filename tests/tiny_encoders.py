"""Encoders of other kinds than MobileBERT as folders: two layers, random weights, and a tokenizer of the kind's own."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

TEXTS = ["please cancel my order and send the money back", "what is the weather like in town today",
         "play some music, not that song again", "this film is truly wonderful, I would see it again"]  # fmt: skip
WORDPIECE = ("albert", "bert", "distilbert", "electra", "ernie", "megatron-bert", "rembert")


def make_encoder(kind: str, folder: Path, body_only: bool = False, sentencepiece: bool = False, **changes: Any) -> Path:
    """`body_only`: saved without a classification head, as sentence-transformers saves.

    `sentencepiece`: with its unigrams as the one file of the tokenizer, as the hub has DeBERTa.
    """
    import torch
    from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

    tokenizer = write_unigrams(kind, folder) if sentencepiece else tokenizer_of(kind)
    config = AutoConfig.for_model(kind, **sizes(kind, tokenizer), **changes)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = (AutoModel if body_only else AutoModelForSequenceClassification).from_config(config)
    model.save_pretrained(folder)
    if not sentencepiece:
        tokenizer.save_pretrained(folder)
    return folder


def sizes(kind: str, tokenizer: Any) -> dict[str, Any]:
    specials = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id, "initializer_range": 0.2,
                "bos_token_id": tokenizer.cls_token_id, "eos_token_id": tokenizer.sep_token_id,
                "cls_token_id": tokenizer.cls_token_id, "sep_token_id": tokenizer.sep_token_id}  # fmt: skip
    if kind == "distilbert":
        return {**specials, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48, "max_position_embeddings": 66}
    if kind == "deberta-v2":  # as the published ones of its third version have them
        specials |= {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 16,
                     "norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False,
                     "type_vocab_size": 0}  # fmt: skip
    return {**specials, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
            "max_position_embeddings": 66}  # fmt: skip


def tokenizer_of(kind: str) -> Any:
    """WordPiece for BERT's family, byte-level BPE for RoBERTa's, unigrams with their spaces for DeBERTa and others."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    if kind in WORDPIECE:
        names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
        unknown = {"unk_token": names["unk"]}
        made = Tokenizer(models.WordPiece(**unknown))
        made.normalizer, made.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
        trainer: Any = trainers.WordPieceTrainer(vocab_size=200, special_tokens=list(names.values()))
    elif kind.startswith("deberta"):
        names = {"pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "unk": "[UNK]", "mask": "[MASK]"}
        unknown = {"unk_token": names["unk"]}
        made = Tokenizer(models.Unigram())
        made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=list(names.values()), **unknown)
    else:
        names = {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}
        unknown = {"unk_token": names["unk"]}
        made = Tokenizer(models.BPE(**unknown))
        made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=list(names.values()), initial_alphabet=alphabet)
    made.train_from_iterator(TEXTS, trainer)
    cls, sep = names["cls"], names["sep"]
    types = ("token_type_ids",) if kind in WORDPIECE or kind.startswith("deberta") else ()
    made.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}", pair=f"{cls} $A {sep} $B:1 {sep}:1",
        special_tokens=[(mark, made.token_to_id(mark)) for mark in (cls, sep)],
    )  # fmt: skip
    return PreTrainedTokenizerFast(
        tokenizer_object=made, model_input_names=["input_ids", *types, "attention_mask"],
        **{f"{role}_token": mark for role, mark in names.items()},
    )  # fmt: skip


def write_unigrams(kind: str, folder: Path, **training: Any) -> Any:
    """Train sentencepiece on the texts, put the file where `kind` has it, and read it as transformers does."""
    from sentencepiece import SentencePieceTrainer
    from transformers import AutoTokenizer

    from core.model.tokenizer_files import SENTENCEPIECE

    if kind == "deberta-v2":  # the special pieces and their numbers as published
        training |= {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "pad_piece": "[PAD]", "bos_piece": "[CLS]",
                     "eos_piece": "[SEP]", "unk_piece": "[UNK]"}  # fmt: skip
    elif kind == "albert":
        training |= {"pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1, "pad_piece": "<pad>",
                     "control_symbols": ["[CLS]", "[SEP]", "[MASK]"]}  # fmt: skip
        training["normalization_rule_name"] = "nmt_nfkc_cf"
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter([*TEXTS, *(text.upper() for text in TEXTS)]), model_writer=written, vocab_size=90,
        hard_vocab_limit=False, num_threads=1, minloglevel=2, **training,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SENTENCEPIECE[kind]).write_bytes(written.getvalue())
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    return AutoTokenizer.from_pretrained(folder)
