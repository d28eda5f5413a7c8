"""Passages in, a lower-casing WordPiece tokenizer of their words out, saved so that AutoTokenizer finds it."""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.trainers import WordPieceTrainer
from transformers import BertTokenizer, PreTrainedTokenizerBase

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = 3000


def train_tokenizer(read: list[tuple[str, str | None, str | None]], out: Path) -> PreTrainedTokenizerBase:
    """Train on the passages, save `vocab.txt`, `tokenizer.json` and its config to `out`, and return it."""
    out.mkdir(parents=True, exist_ok=True)
    worker = Tokenizer(WordPiece(unk_token="[UNK]"))  # noqa: S106
    worker.normalizer = BertNormalizer(lowercase=True)
    worker.pre_tokenizer = BertPreTokenizer()
    letters = sorted(string.ascii_lowercase + string.digits + string.punctuation + "’‘“”–—…€£")
    trainer = WordPieceTrainer(
        vocab_size=PIECES, min_frequency=2, special_tokens=SPECIAL, initial_alphabet=letters, show_progress=False
    )
    worker.train_from_iterator([side for passage in read for side in passage if side], trainer)
    pieces = worker.get_vocab()
    (out / "vocab.txt").write_text("\n".join(sorted(pieces, key=pieces.__getitem__)) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(out / "vocab.txt"), do_lower_case=True, model_max_length=512)
    tokenizer.save_pretrained(out)
    return tokenizer


def unknown_share(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> float:
    """Share of the pieces of these texts that are [UNK]."""
    counts = Counter(piece for ids in tokenizer(texts, add_special_tokens=False)["input_ids"] for piece in ids)
    return counts[tokenizer.unk_token_id] / max(1, counts.total())
