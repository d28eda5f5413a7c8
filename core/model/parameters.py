"""A model's name and a variant in; every tensor, the totals, bytes and multiply-accumulates out, without weights.

The tensors are read off the real classes on torch's meta device, so nothing is allocated and no weights are needed.
All layers of a MobileBERT have the same tensors: one is built and listed as often as there are layers.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.model.source import find_config
from core.model.tensors import PARTS, Tensor, model_class, shape_for, tensors_of

VARIANTS = ("base", "lora", "light", "light+lora")
__all__ = ["PARTS", "VARIANTS", "ParameterReport", "ParameterRow", "count_parameters", "measure_latency"]
LORA_TARGETS = ("query", "value")


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One tensor."""

    module: str
    """Its name, as in the state dict."""
    layer: int | None
    """Which encoder layer, from 0; None outside the encoder."""
    part: str
    """One of PARTS."""
    shape: tuple[int, ...]
    params: int
    trainable: bool


@dataclass(frozen=True, slots=True)
class ParameterReport:
    """What a variant consists of. The rows add up to `total`."""

    model: str
    variant: str
    total: int
    """As peft prints it: with LoRA, the frozen original of the head and its trained copy are both in it."""
    unique: int
    """Without counting the head twice."""
    trainable: int
    bytes: dict[str, int]
    """Of the unique parameters as `fp32`, `bf16` and `int8`; see `_bytes`."""
    macs: int
    """Multiply-accumulates of one forward pass over one text of `seq_len` pieces; see `_macs`."""
    seq_len: int
    rows: list[ParameterRow]
    macs_by_part: dict[str, int]
    """`macs` split into embeddings, bottleneck, attention, scores, feed-forward, head."""


def count_parameters(
    model_name: str = "demo",
    variant: str = "base",
    layers: int = 12,
    rank: int = 64,
    lora_r: int = 8,
    labels: int = 2,
    seq_len: int = 128,
) -> ParameterReport:
    """Count one variant from its configuration alone.

    Args:
        model_name: `demo`, a folder or a hub id (of which only config.json is read).
        variant: `base`, `lora`, `light` or `light+lora`.
        layers, rank: of the light variants; rank 0 keeps MobileBERT's attention.
        lora_r: rank of the adapters on query and value.
        labels: outputs of the head.
        seq_len: word pieces, for the multiply-accumulates.

    Raises ModelError for a model that cannot be read, ValueError for an unknown variant or more layers than there are.
    """
    if variant not in VARIANTS:
        raise ValueError(f"unknown variant {variant!r}; choose from {list(VARIANTS)}")
    for key, value in {"lora_r": lora_r, "labels": labels, "seq_len": seq_len}.items():
        if value < 1:
            raise ValueError(f"{key} is {value}; it must be 1 or more")
    text = json.dumps(find_config(model_name), sort_keys=True)
    cut = (layers, rank) if variant.startswith("light") else None
    return _report(model_name, text, variant, cut, lora_r if variant.endswith("lora") else 0, labels, seq_len)


def measure_latency(
    model_name: str = "demo",
    variant: str = "base",
    layers: int = 12,
    rank: int = 64,
    lora_r: int = 8,
    labels: int = 2,
    seq_len: int = 128,
    repeats: int = 20,
) -> float:
    """Median milliseconds of a forward pass over one text on this machine's CPU, in fp32, after two unmeasured ones.

    The weights are random: they do not change the time. Adapters stay unmerged, as in training.
    """
    import torch

    from core.sections import LoraConfig

    if variant not in VARIANTS:
        raise ValueError(f"unknown variant {variant!r}; choose from {list(VARIANTS)}")
    cut = (layers, rank) if variant.startswith("light") else None
    shape = shape_for(json.dumps(find_config(model_name)), cut, labels)
    with torch.random.fork_rng(devices=[]):
        model = model_class(shape)(shape)
        if variant.endswith("lora"):
            from core.model.build import add_lora

            model = add_lora(model, LoraConfig(r=lora_r, targets=LORA_TARGETS))
    model.eval()
    pieces = torch.arange(seq_len)[None] % shape.vocab_size
    times = []
    with torch.inference_mode():
        for _ in range(repeats + 2):
            began = time.perf_counter()
            model(input_ids=pieces)
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times[2:])


@lru_cache(maxsize=256)
def _report(
    name: str, text: str, variant: str, cut: tuple[int, int] | None, r: int, labels: int, seq_len: int
) -> ParameterReport:
    tensors = tensors_of(text, cut, labels)
    rows = [row for tensor in tensors for row in _rows(tensor, r)]
    total = sum(row.params for row in rows)
    twice = sum(tensor.size for tensor in tensors if _is_head(tensor)) if r else 0
    macs = _macs(shape_for(text, cut, labels), tensors, r, seq_len)
    return ParameterReport(
        model=name,
        variant=variant,
        total=total,
        unique=total - twice,
        trainable=sum(row.params for row in rows if row.trainable),
        bytes=_bytes(tensors, total - twice),
        macs=sum(macs.values()),
        seq_len=seq_len,
        rows=rows,
        macs_by_part=macs,
    )


def _rows(tensor: Tensor, r: int) -> list[ParameterRow]:
    """A tensor's rows: itself; with LoRA (r > 0) also its adapter, or for the head the original and the copy."""
    if not r:
        return [ParameterRow(tensor.name, tensor.layer, tensor.part, tensor.shape, tensor.size, True)]
    module, _, leaf = tensor.name.rpartition(".")
    if _is_head(tensor):
        return [
            ParameterRow(f"{module}.original_module.{leaf}", None, tensor.part, tensor.shape, tensor.size, False),
            ParameterRow(f"{module}.modules_to_save.{leaf}", None, tensor.part, tensor.shape, tensor.size, True),
        ]
    rows = [ParameterRow(tensor.name, tensor.layer, tensor.part, tensor.shape, tensor.size, False)]
    if _is_target(tensor):
        out, inputs = tensor.shape
        for name, shape in {"lora_A": (r, inputs), "lora_B": (out, r)}.items():
            size = shape[0] * shape[1]
            rows.append(ParameterRow(f"{module}.{name}.weight", tensor.layer, tensor.part, shape, size, True))
    return rows


def _is_head(tensor: Tensor) -> bool:
    return tensor.name.startswith("classifier.")


def _is_target(tensor: Tensor) -> bool:
    return tensor.kind == "linear" and tensor.name.split(".")[-2:-1] in [[t] for t in LORA_TARGETS]


def _bytes(tensors: list[Tensor], unique: int) -> dict[str, int]:
    """Four and two bytes a value; `int8`: the weights of linear layers and embeddings at one byte a value with one
    float32 scale each, everything else (biases, norms, mixing, adapters) in float32."""
    quantised = [tensor for tensor in tensors if tensor.kind != "other"]
    small = sum(tensor.size for tensor in quantised)
    return {"fp32": 4 * unique, "bf16": 2 * unique, "int8": small + 4 * len(quantised) + 4 * (unique - small)}


def _macs(shape: Any, tensors: list[Tensor], r: int, T: int) -> dict[str, int]:
    """Multiply-accumulates of every matrix product of one forward pass over T pieces; elementwise work is left out.

        a linear layer of (out, in)          T in out          the head: in out, since it sees one piece
        an adapter of rank r on it           T r (in + out)    unmerged, as in training; merged it costs nothing
        scores, before                       H T^2 d           d = true_hidden / H
        scores, collaborative                H T^2 (R + H)     rank R, and H columns that carry the content bias
        attention times value                H T^2 d

    So a shared rank of 64 costs more in the scores than four heads of size 32, though it has fewer parameters.
    """
    H, layers = shape.num_attention_heads, shape.num_hidden_layers
    d = shape.true_hidden_size // H
    R = getattr(shape, "attention_rank", 0)
    macs = dict.fromkeys(("embeddings", "bottleneck", "attention", "scores", "feed-forward", "head"), 0)
    macs["scores"] = layers * H * T * T * ((R + H if R else d) + d)
    for tensor in tensors:
        if tensor.kind == "linear":
            out, inputs = tensor.shape
            adapter = r * (inputs + out) if r and _is_target(tensor) else 0
            macs[tensor.part] += (1 if tensor.part == "head" else T) * (inputs * out + adapter)
    return macs
