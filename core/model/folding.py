"""A linear layer and the affine maps around it in, one product with LoRA beside it out: the parts of the fast path.

`core.model.folded` has the idea and the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Units:
    """What a kept number stands for: true = scale * kept + shift, each (width,)."""

    scale: Tensor
    shift: Tensor

    @classmethod
    def true(cls, width: int) -> Units:
        """Of numbers that are kept as they are."""
        return cls(torch.ones(width, dtype=torch.float64), torch.zeros(width, dtype=torch.float64))

    def after(self, block: Any) -> Units:
        """Of a stream once `block`, a linear layer with its sum and NoNorm, has added to it.

        The NoNorm leaves what is kept alone: it acts on what that stands for, and so does the linear layer's bias.
        """
        scale, shift = affine(block.LayerNorm)
        bias = getattr(block.dense, "base_layer", block.dense).bias.detach().double()
        return Units(scale * self.scale, scale * (self.shift + bias) + shift)

    def to(self, dtype: torch.dtype) -> Units:
        return Units(self.scale.to(dtype), self.shift.to(dtype))


def affine(norm: Any) -> tuple[Tensor, Tensor]:
    """A NoNorm's weight and bias, in float64."""
    return norm.weight.detach().double(), norm.bias.detach().double()


class Drop:
    """Dropout from sixteen cheap bits an element: torch draws a whole number each, one after the other.

    The draws follow from torch's own generator, so that `torch.manual_seed` decides them.
    """

    def __init__(self, active: bool) -> None:
        self.active = active
        self._bits = np.random.Generator(np.random.SFC64(int(torch.randint(2**62, ())))) if active else None

    def __call__(self, x: Tensor, p: float) -> tuple[Tensor, float]:
        """`x` with a share `p` of it set to zero, and the factor that makes up for that."""
        below = round(p * 2**16)
        if self._bits is None or not below:
            return x, 1.0
        words = self._bits.integers(-(2**63), 2**63, -(-x.numel() // 4))  # int64, of four elements each
        lanes = torch.from_numpy(words).view(torch.int16)[: x.numel()].view(x.shape)
        kept = torch.ge(lanes, below - 2**15, out=torch.empty_like(x, requires_grad=False))  # 0 or 1
        return x * kept, 2**16 / (2**16 - below)


@dataclass(frozen=True)
class Adapter:
    """LoRA beside one linear layer: `writes` * factor * B A dropout(true input)."""

    lora_a: Tensor
    lora_b: Tensor
    factor: float
    dropout: float
    reads: Units | None
    writes: Tensor | None

    def __call__(self, x: Tensor, onto: Tensor, drop: Drop) -> Tensor:
        true = x if self.reads is None else torch.addcmul(self.reads.shift, x, self.reads.scale)
        dropped, factor = drop(true, self.dropout)
        low = dropped.to(onto.dtype) @ self.lora_a.to(onto.dtype).t()  # (N, r)
        lora_b = self.factor * factor * self.lora_b
        if self.writes is not None:
            lora_b = (self.writes[:, :, None] * lora_b).flatten(0, 1)
        return torch.addmm(onto, low, lora_b.to(onto.dtype).t())


@dataclass(frozen=True)
class Folded:
    """One linear layer with what stands around it multiplied in, in float64."""

    weight: Tensor
    bias: Tensor
    adapter: Adapter | None


def fold(
    layer: Any, merge: bool, reads: Units | None = None, writes: Tensor | None = None, shift: Tensor | None = None
) -> Folded:
    """`writes` * (W true + b) + `shift`, as one linear layer over numbers kept in the units of `reads`.

    Args:
        layer: a linear layer, with or without LoRA.
        merge: add LoRA's product into the weight; else it stays beside it, to be trained.
        writes: (copies, out) or (copies, 1); with several copies the output stands several times, each scaled its way.
    """
    base = getattr(layer, "base_layer", layer)
    weight = base.weight.detach().double()  # (out, in)
    bias = weight.new_zeros(len(weight)) if base.bias is None else base.bias.detach().double()
    adapter = None
    if name := acting_adapter(layer):
        lora_a, lora_b, factor = layer.lora_A[name].weight, layer.lora_B[name].weight, layer.scaling[name]
        if merge:
            weight = weight + factor * lora_b.detach().double() @ lora_a.detach().double()
        else:
            dtype, dropout = base.weight.dtype, getattr(layer.lora_dropout[name], "p", 0.0)
            kept, written = reads and reads.to(dtype), None if writes is None else writes.to(dtype)
            adapter = Adapter(lora_a, lora_b, factor, dropout, kept, written)
    if reads is not None:
        bias = bias + weight @ reads.shift
        weight = weight * reads.scale
    if writes is not None:
        weight = (writes[:, :, None] * weight).flatten(0, 1)
        bias = (writes * bias).flatten()
    return Folded(weight, bias if shift is None else bias + shift, adapter)


def query_and_key(attention: Any, merge: bool) -> list[Folded]:
    """Query with the scores' scale inside, and key; of a LightMobileBERT the content's bias too."""
    scale = torch.tensor([[attention.scaling]], dtype=torch.float64)
    key = fold(attention.key, merge)
    if not hasattr(attention, "mixing"):
        return [fold(attention.query, merge, writes=scale), key]
    mixing = attention.mixing.detach().double()  # (H, rank): one query, mixed anew for each head
    query = fold(attention.query, merge, writes=mixing * scale)
    return [query, key, fold(attention.content_bias, merge, writes=scale)]


def acting_adapter(layer: Any) -> str:
    """The name of the adapter that acts beside `layer`; '' where none does."""
    if not hasattr(layer, "lora_A") or layer.disable_adapters or layer.merged:
        return ""
    return next((name for name in layer.active_adapters if name in layer.lora_A), "")


def is_plain(layer: Any) -> bool:
    """Whether a layer of peft's has at most one adapter at work, and that as the LoRA paper has it."""
    acting = [name for name in layer.active_adapters if name in layer.lora_A]
    return len(acting) <= 1 and not layer.lora_variant and not any(layer.lora_bias.values())


class Product:
    """Linear layers that read the same input, as one product."""

    def __init__(self, *layers: Folded, dtype: torch.dtype) -> None:
        self.weight = torch.cat([layer.weight for layer in layers]).t().to(dtype).contiguous()  # (in, out)
        self.bias = torch.cat([layer.bias for layer in layers]).to(dtype)
        self.sizes = [len(layer.weight) for layer in layers]
        self.adapters = [layer.adapter for layer in layers]

    def __call__(self, x: Tensor, drop: Drop) -> list[Tensor]:
        """(N, in) in; (N, out) of each layer out."""
        x = x.to(self.weight.dtype)
        whole = torch.addmm(self.bias, x, self.weight)
        parts = whole.split(self.sizes, 1) if len(self.sizes) > 1 else (whole,)
        pairs = zip(parts, self.adapters, strict=True)
        return [part if adapter is None else adapter(x, part, drop) for part, adapter in pairs]

    def onto(self, stream: Tensor, x: Tensor, drop: Drop) -> Tensor:
        """stream + the product, whose bias is in the stream, or in its units, already."""
        if self.weight.dtype == stream.dtype:
            out = torch.addmm(stream, x, self.weight)
        else:
            out = stream + torch.mm(x.to(self.weight.dtype), self.weight)
        return out if self.adapters[0] is None else self.adapters[0](x, out, drop)
