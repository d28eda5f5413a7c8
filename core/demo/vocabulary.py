"""Passages in, a lower-casing WordPiece tokenizer of their words out, saved so that AutoTokenizer finds it.

The vocabulary is counted, not learned: the trainer in `tokenizers` breaks ties anew in every process, and the
checkpoint has to come out the same each time. Every word read twice is a piece; then come the beginnings
and endings that most words share, for the words of others.
"""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertTokenizer, PreTrainedTokenizerBase

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTERS = sorted(string.ascii_lowercase + string.digits + string.punctuation + "’‘“”–—…€£")
BEGINNINGS, ENDINGS = 500, 700


def count_words(texts: list[str]) -> Counter[str]:
    """Words as BERT splits them: lower-cased, without accents, punctuation apart."""
    normalizer, splitter = BertNormalizer(lowercase=True), BertPreTokenizer()
    words: Counter[str] = Counter()
    for text, times in Counter(texts).items():  # more than half of what the model reads is read again
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)):
            words[word] += times
    return words


def build_vocabulary(words: Counter[str]) -> list[str]:
    """Special pieces, single characters, whole words by count, then shared beginnings and `##` endings."""
    whole = sorted((word for word, count in words.items() if count >= 2), key=lambda word: (-words[word], word))
    sizes = range(2, 6)
    beginnings = Counter(word[:size] for word in whole for size in sizes if size < len(word))
    endings = Counter(f"##{word[-size:]}" for word in whole for size in sizes if size < len(word))
    pieces = [*SPECIAL, *CHARACTERS, *(f"##{character}" for character in CHARACTERS), *whole]
    for shared, most in ((beginnings, BEGINNINGS), (endings, ENDINGS)):
        pieces += sorted(shared, key=lambda piece: (-shared[piece], piece))[:most]
    return list(dict.fromkeys(pieces))


def make_tokenizer(texts: list[str], out: Path) -> PreTrainedTokenizerBase:
    """Count the words of these texts, save `vocab.txt`, `tokenizer.json` and its config to `out`, return it."""
    out.mkdir(parents=True, exist_ok=True)
    pieces = build_vocabulary(count_words(texts))
    (out / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(out / "vocab.txt"), do_lower_case=True, model_max_length=512)
    tokenizer.save_pretrained(out)
    return tokenizer
