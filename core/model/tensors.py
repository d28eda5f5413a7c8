"""A configuration in, the name, shape and part of every tensor out: read off the real classes on the meta device."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PARTS = ("embeddings", "bottleneck", "attention", "feed-forward", "norms", "head")


@dataclass(frozen=True, slots=True)
class Tensor:
    name: str
    layer: int | None
    part: str
    shape: tuple[int, ...]
    kind: str
    """`linear`, `embedding` or `other`."""

    @property
    def size(self) -> int:
        count = 1
        for side in self.shape:
            count *= side
        return count


@lru_cache(maxsize=64)
def tensors_of(text: str, cut: tuple[int, int] | None, labels: int) -> list[Tensor]:
    """Every parameter of the model with this configuration, in the order of its state dict."""
    import torch

    shape = shape_for(text, cut, labels)
    one = copy.deepcopy(shape)
    one.num_hidden_layers = 1
    with torch.device("meta"):
        model = model_class(shape)(one)
    kinds = {torch.nn.Linear: "linear", torch.nn.Embedding: "embedding"}
    before: list[Tensor] = []
    layer: list[Tensor] = []
    after: list[Tensor] = []
    for name, parameter in model.named_parameters():
        owner, _, leaf = name.rpartition(".")
        module = model.get_submodule(owner)
        kind = kinds.get(type(module), "other") if leaf == "weight" else "other"
        in_encoder = ".encoder.layer.0." in name
        tensor = Tensor(name, 0 if in_encoder else None, _part(name), tuple(parameter.shape), kind)
        (layer if in_encoder else after if layer else before).append(tensor)
    repeated = [
        Tensor(t.name.replace(".layer.0.", f".layer.{i}."), i, t.part, t.shape, t.kind)
        for i in range(shape.num_hidden_layers)
        for t in layer
    ]
    return before + repeated + after


def _part(name: str) -> str:
    if "LayerNorm" in name:
        return "norms"
    if name.startswith(("classifier.", "mobilebert.pooler.")):
        return "head"
    if ".embeddings." in name:
        return "embeddings"
    for mark, part in {".bottleneck.": "bottleneck", ".attention.": "attention"}.items():
        if mark in name:
            return part
    return "feed-forward"


@lru_cache(maxsize=64)
def shape_for(text: str, cut: tuple[int, int] | None, labels: int) -> Any:
    """The configuration object; cut to (layers, rank) where asked."""
    from core.model.build import shape_of
    from core.model.light_mobilebert import choose_layers, light_config

    shape = shape_of(json.loads(text), labels)
    if cut is None:
        return shape
    return light_config(shape, choose_layers(shape.num_hidden_layers, cut[0]), cut[1])


def model_class(shape: Any) -> Any:
    from transformers import MobileBertForSequenceClassification

    from core.model.light_mobilebert import LightMobileBertConfig, LightMobileBertForSequenceClassification

    light = isinstance(shape, LightMobileBertConfig)
    return LightMobileBertForSequenceClassification if light else MobileBertForSequenceClassification
