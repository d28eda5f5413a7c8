"""A file of sentencepiece's unigrams in, a tokenizer that cuts as sentencepiece does out."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer, normalizers

UNIGRAM = 1
"""sentencepiece's own number for models of unigrams."""


def read_unigrams(file: Path) -> Tokenizer:
    """As transformers makes it for the type of model that config.json beside the file names.

    What it forgets of DeBERTa's is added: the table by which sentencepiece writes `ﬁ` as `fi` and full-width letters as
    plain ones. Raises ValueError for another kind of sentencepiece, and what the libraries raise for a damaged file.
    """
    from transformers import AutoTokenizer
    from transformers.convert_slow_tokenizer import SentencePieceExtractor

    proto = SentencePieceExtractor(str(file)).proto
    if proto.trainer_spec.model_type != UNIGRAM or proto.trainer_spec.byte_fallback:
        raise ValueError("it holds no unigrams, or some that stand for bytes; save its fast tokenizer beside it")
    made = AutoTokenizer.from_pretrained(file.parent, local_files_only=True).backend_tokenizer
    table = proto.normalizer_spec.precompiled_charsmap
    if table and "Precompiled" not in repr(made.normalizer):
        before = normalizers.Precompiled(table)
        made.normalizer = before if made.normalizer is None else normalizers.Sequence([before, made.normalizer])
    return made
