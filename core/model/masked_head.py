"""Whether a checkpoint holds the head that guesses masked words, told from its tensors' names before it is loaded.

transformers fills in what a checkpoint lacks with random weights: a head of chance guesses as readily as a real one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.model.encoders import MOBILEBERT
from core.model.source import WEIGHT_FILES, ModelSource, read_config

_MOBILEBERT = frozenset({"cls.predictions.transform.dense.weight", "cls.predictions.dense.weight"})
"""Known without torch, which takes a second to load."""


def lacks_masked_head(source: ModelSource) -> str:
    """Why this model cannot guess masked words, in one line; '' where it can, or where that is seen once it is here."""
    if source.needs_download:
        return ""
    if not source.has_weights:
        return f"{source.name} has no weights, so it has no guesses for masked words: {source.note}"
    folder = Path(source.path_or_id)
    config = read_config(folder)
    return headless(source.name, head_weights(config) - _tensor_names(folder))


def headless(name: str, missing: Collection[str]) -> str:
    """That the model of this name lacks these of its `head_weights`, in one line; '' where none is missing."""
    if not missing:
        return ""
    return (
        f"{name} has no masked-language-model head ({min(missing)} is missing), which the method 'context' needs; "
        "use the demo model or a pre-trained checkpoint, or leave the method out"
    )


def head_weights(config: Mapping[str, Any]) -> frozenset[str]:
    """Names of the matrices that a checkpoint of this config.json has where it has the head."""
    return _MOBILEBERT if config["model_type"] in MOBILEBERT else _own_weights(json.dumps(config, sort_keys=True))


@lru_cache(maxsize=32)
def _own_weights(config: str) -> frozenset[str]:
    """The head's matrices that are no copy of the embeddings: a checkpoint that has the head has these.

    Biases and norms are left out, as checkpoints have older names for them, which transformers reads, too; but for
    ModernBERT's last one, since its classifiers share all that comes before it.
    """
    import torch
    from transformers import AutoConfig, AutoModelForMaskedLM

    values: dict[str, Any] = json.loads(config)
    with torch.device("meta"):
        model: Any = AutoModelForMaskedLM.from_config(AutoConfig.for_model(**values))
    body = f"{model.base_model_prefix}."
    tied = model.all_tied_weights_keys
    return frozenset(
        name
        for name, tensor in model.named_parameters()
        if not name.startswith(body) and name not in tied and (tensor.dim() > 1 or name == "decoder.bias")
    )


def _tensor_names(folder: Path) -> set[str]:
    """Of the folder's safetensors, of which only the headers are read; none of a folder that holds an adapter alone."""
    from safetensors import safe_open

    weights, index = (folder / name for name in WEIGHT_FILES)
    if weights.is_file():
        with safe_open(weights, framework="numpy") as file:
            return set(file.keys())
    return set(json.loads(index.read_text(encoding="utf-8"))["weight_map"]) if index.is_file() else set()
