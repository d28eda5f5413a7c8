"""A model's name and a variant in; every tensor, the totals, bytes and multiply-accumulates out, without weights.

A MobileBERT's tensors are written down. Those of any other encoder, or of an unusual plan, are read off the real
classes on torch's meta device, so nothing is allocated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.model.architecture import sizes_for, tensors_of, width_of
from core.model.encoders import own_targets
from core.model.mobilebert_tensors import TensorSpec
from core.model.variant import Structure
from core.sections import LoraConfig


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

    structure: Structure
    total: int
    """As peft prints it: with LoRA, the frozen original of the head and its trained copy are both in it."""
    unique: int
    """Without counting the head twice."""
    trainable: int
    bytes: dict[str, int]
    """Of the unique parameters as `fp32`, `bf16` and `int8`; see `_bytes`."""
    macs: int
    """Multiply-accumulates of one forward pass over one text of `structure.seq_len` pieces; see `_macs`."""
    rows: list[ParameterRow]
    macs_by_part: dict[str, int]
    """`macs` split into embeddings, bottleneck, attention, scores, feed-forward, head."""


def count_parameters(structure: Structure) -> ParameterReport:
    """Count one variant from its configuration alone.

    Raises ModelError for a model that cannot be read, ValueError for more layers than there are.
    """
    return _report(structure.config_text(), structure)


@lru_cache(maxsize=256)
def _report(text: str, structure: Structure) -> ParameterReport:
    r = structure.adapters
    tensors = tensors_of(text, structure.cut, structure.labels)
    targets = adapted(tensors)
    rows = [row for tensor in tensors for row in _rows(tensor, r, targets)]
    total = sum(row.params for row in rows)
    twice = sum(tensor.size for tensor in tensors if tensor.is_head) if r else 0
    macs = _macs(sizes_for(text, structure.cut), tensors, r, structure.seq_len, targets)
    return ParameterReport(
        structure=structure,
        total=total,
        unique=total - twice,
        trainable=sum(row.params for row in rows if row.trainable),
        bytes=_bytes(tensors, total - twice),
        macs=sum(macs.values()),
        rows=rows,
        macs_by_part=macs,
    )


def count_encoder(values: Mapping[str, Any], lora: LoraConfig, labels: int) -> tuple[int, int]:
    """(parameters, trainable ones) of a run on an encoder that is no MobileBERT, the head counted once."""
    tensors = tensors_of(json.dumps(values, sort_keys=True), None, labels)
    total = sum(tensor.size for tensor in tensors)
    if not lora.enabled:
        return total, total
    targets = adapted(tensors, lora.targets)
    adapters = lora.r * sum(sum(tensor.shape) for tensor in tensors if tensor.name in targets)
    return total + adapters, adapters + sum(tensor.size for tensor in tensors if tensor.is_head)


def _rows(tensor: TensorSpec, r: int, targets: set[str]) -> list[ParameterRow]:
    """A tensor's rows: itself; with LoRA (r > 0) also its adapter, or for the head the original and the copy."""
    if not r:
        return [ParameterRow(tensor.name, tensor.layer, tensor.part, tensor.shape, tensor.size, True)]
    if tensor.is_head:
        top, _, rest = tensor.name.partition(".")
        return [
            ParameterRow(f"{top}.original_module.{rest}", None, tensor.part, tensor.shape, tensor.size, False),
            ParameterRow(f"{top}.modules_to_save.{rest}", None, tensor.part, tensor.shape, tensor.size, True),
        ]
    module = tensor.name.rpartition(".")[0]
    rows = [ParameterRow(tensor.name, tensor.layer, tensor.part, tensor.shape, tensor.size, False)]
    if tensor.name in targets:
        out, inputs = tensor.shape
        for name, shape in {"lora_A": (r, inputs), "lora_B": (out, r)}.items():
            size = shape[0] * shape[1]
            rows.append(ParameterRow(f"{module}.{name}.weight", tensor.layer, tensor.part, shape, size, True))
    return rows


def adapted(tensors: list[TensorSpec], asked: Sequence[str] = LoraConfig().targets) -> set[str]:
    """Names of the weights that get an adapter: the layers asked for, by the model's own names, outside its head."""
    linear = {tensor.name: tensor.name.split(".")[-2] for tensor in tensors if _is_linear(tensor)}
    own, _missing = own_targets(asked, set(linear.values()))
    return {name for name, last in linear.items() if last in own}


def _is_linear(tensor: TensorSpec) -> bool:
    return tensor.kind == "linear" and not tensor.is_head


def _bytes(tensors: list[TensorSpec], unique: int) -> dict[str, int]:
    """Four and two bytes a value; `int8`: the weights of linear layers and embeddings at one byte a value with one
    float32 scale each, everything else (biases, norms, mixing, adapters) in float32."""
    quantised = [tensor for tensor in tensors if tensor.kind != "other"]
    small = sum(tensor.size for tensor in quantised)
    return {"fp32": 4 * unique, "bf16": 2 * unique, "int8": small + 4 * len(quantised) + 4 * (unique - small)}


def _macs(shape: Any, tensors: list[TensorSpec], r: int, T: int, targets: set[str]) -> dict[str, int]:
    """Multiply-accumulates of every matrix product of one forward pass over T pieces; elementwise work is left out.

        a linear layer of (out, in)          T in out          the head: in out, since it sees one piece
        an adapter of rank r on it           T r (in + out)    unmerged, as in training; merged it costs nothing
        scores, before                       H T^2 d           d = true_hidden (others: hidden) / H
        scores, collaborative                H T^2 (R + H)     rank R, and H columns that carry the content bias
        attention times value                H T^2 d

    So a shared rank of 64 costs more in the scores than four heads of size 32, though it has fewer parameters.
    """
    H, layers = shape.num_attention_heads, shape.num_hidden_layers
    d = width_of(shape) // H
    R = getattr(shape, "attention_rank", 0)
    macs = dict.fromkeys(("embeddings", "bottleneck", "attention", "scores", "feed-forward", "head"), 0)
    distinct = len({tensor.layer for tensor in tensors if tensor.layer is not None})  # ALBERT's layers share one
    macs["scores"] = layers * H * T * T * ((R + H if R else d) + d)
    for tensor in tensors:
        if tensor.kind == "linear":
            out, inputs = tensor.shape
            adapter = r * (inputs + out) if r and tensor.name in targets else 0
            times = 1 if tensor.part == "head" else T if tensor.layer is None else T * layers // distinct
            macs[tensor.part] += times * (inputs * out + adapter)
    return macs
