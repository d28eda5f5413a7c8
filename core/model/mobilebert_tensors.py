"""MobileBERT's tensors written down, so that they are counted at once; loading the real classes takes seconds.

Only the plan that MobileBERT was published with is written down here, cut to size or not. Of a configuration that asks
for anything else, or leaves a size to transformers, `sizes_of` says None, and the real classes are read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.model.encoders import is_mobilebert
from core.model.limits import LIGHT, check_layers, check_sizes

PARTS = ("embeddings", "bottleneck", "attention", "feed-forward", "norms", "head")
_SIZES = ("vocab_size", "embedding_size", "hidden_size", "intra_bottleneck_size", "intermediate_size",
          "max_position_embeddings", "type_vocab_size", "num_hidden_layers", "num_attention_heads",
          "num_feedforward_networks")  # fmt: skip
_PLAN = {
    "use_bottleneck": True,
    "use_bottleneck_attention": False,
    "key_query_shared_bottleneck": True,
    "trigram_input": True,
    "normalization_type": "no_norm",
}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One parameter of a classifier."""

    name: str
    layer: int | None
    part: str
    shape: tuple[int, ...]
    kind: str
    """`linear`, `embedding` or `other`."""
    is_head: bool = False
    """Trained beside LoRA's adapters, in full."""

    @property
    def size(self) -> int:
        count = 1
        for side in self.shape:
            count *= side
        return count


@dataclass(frozen=True, slots=True)
class Sizes:
    """A configuration's sizes, by transformers' own names."""

    vocab_size: int
    embedding_size: int
    hidden_size: int
    intra_bottleneck_size: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_feedforward_networks: int
    model_type: str
    attention_rank: int
    """CP rank of the attention; 0 is MobileBERT's own."""

    @property
    def true_hidden_size(self) -> int:
        """Width inside a layer, between its bottlenecks."""
        return self.intra_bottleneck_size


def sizes_of(text: str, cut: tuple[int, int] | None) -> Sizes | None:
    """The sizes of a config.json's text, cut to (layers, rank) where asked; None where it is not of the plan above.

    Raises ConfigError for more layers than there are.
    """
    values: dict[str, Any] = json.loads(text)
    planned = is_mobilebert(values) and all(values.get(key) == want for key, want in _PLAN.items())
    whole = all(type(values.get(key)) is int for key in _SIZES)
    rank = values.get("attention_rank") if values.get("model_type") == LIGHT else 0
    if not planned or not whole or values.get("classifier_activation") or type(rank) is not int or rank < 0:
        return None
    if values.get("true_hidden_size", values["intra_bottleneck_size"]) != values["intra_bottleneck_size"]:
        return None
    if cut is not None and values["model_type"] == LIGHT:
        return None
    try:
        check_sizes(values)
    except ValueError:
        return None
    sizes = {key: values[key] for key in _SIZES}
    if cut is None:
        return Sizes(**sizes, model_type=values["model_type"], attention_rank=rank)
    layers, rank = cut
    check_layers(layers, sizes["num_hidden_layers"])
    return Sizes(**{**sizes, "num_hidden_layers": layers}, model_type=LIGHT, attention_rank=rank)


def mobilebert_tensors(sizes: Sizes, labels: int) -> list[TensorSpec]:
    """Every parameter of the classifier, in the order of its state dict."""
    hidden, embedding = sizes.hidden_size, sizes.embedding_size
    before = [
        ("mobilebert.embeddings.word_embeddings.weight", "embedding", (sizes.vocab_size, embedding)),
        ("mobilebert.embeddings.position_embeddings.weight", "embedding", (sizes.max_position_embeddings, hidden)),
        ("mobilebert.embeddings.token_type_embeddings.weight", "embedding", (sizes.type_vocab_size, hidden)),
        *_linear("mobilebert.embeddings.embedding_transformation", hidden, 3 * embedding),
        *_norm("mobilebert.embeddings", hidden),
    ]
    layer = _layer(sizes)
    return [
        *(_tensor(name, None, shape, kind) for name, kind, shape in before),
        *(
            _tensor(f"mobilebert.encoder.layer.{i}.{name}", i, shape, kind)
            for i in range(sizes.num_hidden_layers)
            for name, kind, shape in layer
        ),
        *(
            TensorSpec(name, None, "head", shape, kind, True)
            for name, kind, shape in _linear("classifier", labels, hidden)
        ),
    ]


_Written = tuple[str, str, tuple[int, ...]]
"""Name, kind, shape."""


def _layer(sizes: Sizes) -> list[_Written]:
    hidden, width, wide = sizes.hidden_size, sizes.true_hidden_size, sizes.intermediate_size
    blocks = [f"ffn.{number}." for number in range(sizes.num_feedforward_networks - 1)]
    return [
        *_attention(sizes),
        *_linear("attention.output.dense", width, width),
        *_norm("attention.output", width),
        *_feed_forward("", width, wide),
        *_linear("output.bottleneck.dense", hidden, width),
        *_norm("output.bottleneck", hidden),
        *_linear("bottleneck.input.dense", width, hidden),
        *_norm("bottleneck.input", width),
        *_linear("bottleneck.attention.dense", width, hidden),
        *_norm("bottleneck.attention", width),
        *(row for block in blocks for row in _feed_forward(block, width, wide)),
    ]


def _attention(sizes: Sizes) -> list[_Written]:
    """Query and key read the bottleneck, value the layer's whole input."""
    hidden, width, heads, rank = (
        sizes.hidden_size, sizes.true_hidden_size, sizes.num_attention_heads, sizes.attention_rank
    )  # fmt: skip
    value = _linear("attention.self.value", width, hidden)
    if not rank:
        return [*_linear("attention.self.query", width, width), *_linear("attention.self.key", width, width), *value]
    return [
        ("attention.self.mixing", "other", (heads, rank)),
        _linear("attention.self.query", rank, width)[0],
        _linear("attention.self.key", rank, width)[0],
        *value,
        _linear("attention.self.content_bias", heads, width)[0],
    ]


def _feed_forward(block: str, width: int, wide: int) -> list[_Written]:
    return [
        *_linear(f"{block}intermediate.dense", wide, width),
        *_linear(f"{block}output.dense", width, wide),
        *_norm(f"{block}output", width),
    ]


def _linear(name: str, out: int, inputs: int) -> list[_Written]:
    return [(f"{name}.weight", "linear", (out, inputs)), (f"{name}.bias", "other", (out,))]


def _norm(owner: str, size: int) -> list[_Written]:
    return [(f"{owner}.LayerNorm.{leaf}", "other", (size,)) for leaf in ("bias", "weight")]


def _tensor(name: str, layer: int | None, shape: tuple[int, ...], kind: str) -> TensorSpec:
    return TensorSpec(name, layer, part_of(name), shape, kind)


def part_of(name: str) -> str:
    """Which of PARTS a tensor of MobileBERT belongs to."""
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
