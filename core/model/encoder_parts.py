"""A model, or only its configuration, in; which of its modules are head, pooler, layers and linear layers out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from core.model.adapted import has_adapters
from core.model.source import ModelError

LAYER = re.compile(r"(?:^|\.)(?:layers?|albert_layers)\.(\d+)(?=\.|$)")
"""Which layer a tensor or module is of, by its name."""


def head_names(model: Any) -> list[str]:
    """The modules behind the encoder: those of the classification class that have weights of their own."""
    inner = model.base_model_prefix
    return [name for name, part in model.named_children() if name != inner and any(True for _ in part.parameters())]


def is_head(name: str, heads: list[str]) -> bool:
    """Whether a tensor or module of this name is in one of the head's modules."""
    return name.partition(".")[0] in heads


def is_pooler(name: str) -> bool:
    return "pooler" in name.split(".")


def final_linear(model: Any) -> nn.Linear:
    """The head's last layer: a row of its weights a class."""
    return final_linears(model)[-1]


def final_linears(model: Any) -> list[nn.Linear]:
    """The last layers of heads: one, or with LoRA the frozen original's and the trained copy's."""
    bare = model.get_base_model() if has_adapters(model) else model
    head = [bare.get_submodule(name) for name in head_names(bare)][-1]
    copies = [head.original_module, *head.modules_to_save.values()] if hasattr(head, "modules_to_save") else [head]
    return [[part for part in copy.modules() if isinstance(part, nn.Linear)][-1] for copy in copies]


def linear_of(model: Any) -> set[str]:
    """Names, by their last part, of the linear layers that an adapter can sit on."""
    heads = head_names(model)
    return {
        name.rpartition(".")[2]
        for name, part in model.named_modules()
        if isinstance(part, nn.Linear) and not is_head(name, heads)
    }


def linear_names(values: Mapping[str, Any]) -> set[str]:
    """As `linear_of`, from a config.json's values alone. ModelError where no model can be built from them."""
    return linear_of(_from_values(json.dumps(values, sort_keys=True)))


def encoder_tensors(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Name, without what the class puts before it, to shape: of all that stands before the head."""
    model = _from_values(json.dumps(values, sort_keys=True))
    heads, before = head_names(model), f"{model.base_model_prefix}."
    return {
        name.removeprefix(before): tuple(one.shape)
        for name, one in model.named_parameters()
        if not is_head(name, heads)
    }


def encoder_name(values: Mapping[str, Any]) -> str:
    """What the class puts before the names of its encoder's tensors."""
    return str(_from_values(json.dumps(values, sort_keys=True)).base_model_prefix)


@lru_cache(maxsize=8)
def _from_values(text: str) -> Any:
    from transformers import AutoConfig

    values = json.loads(text)
    try:
        return on_meta(AutoConfig.for_model(values["model_type"]).from_dict(values))
    except Exception as error:  # strict dataclasses and each model's own checks raise their own
        raise ModelError(f"config.json is not a valid configuration: {' '.join(str(error).split())}") from None


def on_meta(shape: Any) -> Any:
    """The classification model of a configuration, without memory for its tensors."""
    from transformers import AutoModelForSequenceClassification

    with torch.device("meta"):
        return AutoModelForSequenceClassification.from_config(shape)


def layers_of(model: nn.Module) -> list[nn.Module]:
    """The encoder's layers, whatever wraps the model. The walk through all modules takes milliseconds."""
    found = ((LAYER.search(name), name, module) for name, module in model.named_modules())
    return [module for layer, name, module in found if layer and layer.end() == len(name)]


def layer_of(name: str) -> int | None:
    """The layer that a tensor or module is of, from 0; None outside the layers."""
    found = LAYER.search(name)
    return int(found[1]) if found else None


def part_of(name: str, before: str) -> str:
    """Where a tensor belongs, in the words of `mobilebert_tensors.PARTS`; `before`: its encoder's own name."""
    lower = name.removeprefix(f"{before}.").lower()
    if "norm" in lower:
        return "norms"
    if "embed" in lower:
        return "embeddings"
    if layer_of(name) is None:
        return "head"
    return "attention" if "attention" in lower or "attn" in lower else "feed-forward"
