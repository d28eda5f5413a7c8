"""Encoders beside MobileBERT: which are taken, and what each calls its sizes and its projections. Imports no torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

MOBILEBERT = ("mobilebert", "light_mobilebert")
"""What can be cut to size, and what has been."""
ENCODERS = (
    "albert", "bert", "camembert", "data2vec-text", "deberta", "deberta-v2", "distilbert", "electra", "ernie",
    "megatron-bert", "modernbert", "mpnet", "rembert", "roberta", "roberta-prelayernorm", "xlm-roberta",
    "xlm-roberta-xl",
)  # fmt: skip
"""Others of transformers with a sequence-classification class whose answer to a text does not hang on its padding.

MiniLM, SBERT and most sentence-transformers are BERT, RoBERTa, MPNet or DistilBERT by type."""
_COMMON_NAMES = {"dim": "hidden_size", "n_layers": "num_hidden_layers", "n_heads": "num_attention_heads",
                 "hidden_dim": "intermediate_size"}  # fmt: skip
"""DistilBERT's own names of its sizes."""
_COUNTS_FROM_PADDING = (
    "camembert", "data2vec-text", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl",
)  # fmt: skip
"""The types whose first position stands behind the number of the padding piece."""
_FUSED = ("in_proj", "Wqkv", "qkv_proj")
"""One layer for query, key and value."""
ROLES = {
    "query": ("query", "query_proj", "q_proj", "q_lin", "q", *_FUSED),
    "key": ("key", "key_proj", "k_proj", "k_lin", "k", *_FUSED),
    "value": ("value", "value_proj", "v_proj", "v_lin", "v", *_FUSED),
}
"""What the encoders call the attention's projections."""


def is_mobilebert(values: Mapping[str, Any]) -> bool:
    """Whether a config.json's values are MobileBERT's, cut to size or not."""
    return values.get("model_type") in MOBILEBERT


def with_common_names(values: dict[str, Any]) -> dict[str, Any]:
    """A config.json's values, with the sizes under the names that BERT has for them as well."""
    return {common: values[own] for own, common in _COMMON_NAMES.items() if own in values} | values


def padding_sets_positions(values: Mapping[str, Any]) -> bool:
    """Whether the model counts its positions from the padding piece's number on."""
    return values.get("model_type") in _COUNTS_FROM_PADDING


def positions_of(values: Mapping[str, Any]) -> int:
    """Word pieces that the model takes."""
    rows = int(values.get("max_position_embeddings") or 512)
    if not padding_sets_positions(values):
        return rows
    pad = values.get("pad_token_id")
    return rows - (1 if pad is None else int(pad)) - 1


def own_targets(asked: Sequence[str], linear: Collection[str]) -> tuple[list[str], list[str]]:
    """(layers by the model's own names, those of `asked` that it does not have).

    `query`, `key` and `value` stand for whatever the model calls them; `linear` names all that it has.
    """
    found: dict[str, None] = {}
    missing = []
    for name in asked:
        own = name if name in linear else next((other for other in ROLES.get(name, ()) if other in linear), None)
        if own is None:
            missing.append(name)
        else:
            found[own] = None
    return list(found), missing


def renamed_note(asked: Sequence[str], own: Sequence[str]) -> str:
    """What to say where the model calls its layers something else; '' where it does not."""
    if set(own) <= set(asked):
        return ""
    return f"LoRA sits on {', '.join(own)}: what this model calls {', '.join(asked)}"
