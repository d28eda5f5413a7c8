"""Which files are a tokenizer, by their names alone: in a folder, or in a repository that is not here yet."""

from __future__ import annotations

from collections.abc import Collection

WHOLE = (("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"))
"""Each by itself is enough: a fast tokenizer, BERT's list of pieces, RoBERTa's pieces with the rules that join them."""
SENTENCEPIECE = {
    "albert": "spiece.model",
    "camembert": "sentencepiece.bpe.model",
    "deberta-v2": "spm.model",
    "xlm-roberta": "sentencepiece.bpe.model",
    "xlm-roberta-xl": "sentencepiece.bpe.model",
}
"""Type of model -> the file of unigrams that transformers makes its tokenizer of, which is enough for this type alone.

RemBERT's is left out: what transformers makes of it puts no [CLS] before a text.
"""
NAMES = (*(name for files in WHOLE for name in files), *sorted(set(SENTENCEPIECE.values())))
_UNREAD = ("sentencepiece.model", "vocab.json")


def whole_of(files: Collection[str], model_type: str | None) -> tuple[str, ...] | None:
    """The files that are the tokenizer of a model of type `model_type` (None: of any); None where there is none."""
    own = [(file,) for name, file in SENTENCEPIECE.items() if model_type in (None, name)]
    return next((whole for whole in (*WHOLE, *own) if set(whole) <= set(files)), None)


def lack(files: Collection[str], model_type: str) -> str:
    """What is missing among files that hold no tokenizer, and what to do."""
    own = [(SENTENCEPIECE[model_type],)] if model_type in SENTENCEPIECE else []
    wanted = ", ".join(" with ".join(whole) for whole in (*WHOLE, *own))
    unread = (*(file for file in sorted(set(SENTENCEPIECE.values())) if (file,) not in own), *_UNREAD)
    other = next(
        (f"; {file} alone is not read for a model of type {model_type!r}" for file in unread if file in files), ""
    )
    return f"holds no tokenizer (none of {wanted}{other}); add one of them, as save_pretrained of a fast tokenizer does"
