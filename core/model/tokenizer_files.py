"""Which files are a tokenizer, by their names alone: in a folder, or in a repository that is not here yet."""

from __future__ import annotations

from collections.abc import Collection

WHOLE = (("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"))
"""Each by itself is enough: a fast tokenizer, BERT's list of pieces, RoBERTa's pieces with the rules that join them."""
NAMES = tuple(name for files in WHOLE for name in files)
_UNREAD = ("spm.model", "sentencepiece.bpe.model", "spiece.model", "vocab.json")


def is_tokenizer(files: Collection[str]) -> bool:
    return any(set(whole) <= set(files) for whole in WHOLE)


def lack(files: Collection[str]) -> str:
    """What is missing among files that hold no tokenizer, and what to do."""
    wanted = ", ".join(" with ".join(whole) for whole in WHOLE)
    other = next((f"; {file} alone is not read" for file in _UNREAD if file in files), "")
    return f"holds no tokenizer (none of {wanted}{other}); add one of them, as save_pretrained of a fast tokenizer does"
