"""A layer whose base trains in; the same function over rows without padding out: the fast path of full fine-tuning.

Weights that change at every step are not folded: their gradients are wanted by themselves. What is gained is padding
left out (`core.model.folded_rows`), dropout from cheap bits, and fewer passes, by two functions that know their own
gradient:

    NoNorm(u + x W + b)               = (u + x W) * weight + (weight * b + bias)         one product, one pass
    NoNorm(u + relu(u V + c) W + b)   the same, the ReLU's gradient in place

In bf16 that is what products take and leave; weights and what goes from layer to layer stay in fp32.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name every torch reader knows
from torch import Tensor

from core.model.folded_rows import RowLayer
from core.model.folding import Drop


class UnpaddedLayer(RowLayer):
    """One MobileBertLayer or layer of a LightMobileBERT, without adapters."""

    def __init__(self, layer: Any, dtype: torch.dtype) -> None:
        self.layer, self.attention, self.dtype = layer, layer.attention.self, dtype
        super().__init__(self.attention.num_attention_heads, self.attention.dropout.p)

    def enter(self, h: Tensor, drop: Drop) -> tuple[Tensor, ...]:
        into, h = self.layer.bottleneck, h.to(self.dtype)
        return normed_sum(into.input, h), normed_sum(into.attention, h), linear(self.attention.value, h)

    def query_key(self, a: Tensor, drop: Drop) -> tuple[Tensor, ...]:
        attention = self.attention
        query, key = linear(attention.query, a), linear(attention.key, a)
        if not hasattr(attention, "mixing"):
            return query * attention.scaling, key
        mixing = (attention.mixing * attention.scaling).to(a.dtype)
        mixed = query[:, None] * mixing  # (N, H, rank): one query, mixed for each head
        return mixed.flatten(1), key, linear(attention.content_bias, a) * attention.scaling

    def after(self, h: Tensor, u: Tensor, x: Tensor, drop: Drop) -> Tensor:
        layer = self.layer
        u = normed_sum(layer.attention.output, x, u)
        for ffn in getattr(layer, "ffn", ()):
            u = feed_forward(ffn.intermediate, ffn.output, u)
        u = feed_forward(layer.intermediate, layer.output, u)
        return normed_sum(layer.output.bottleneck, u, h)


def linear(layer: Any, x: Tensor) -> Tensor:
    """What the linear layer makes of x, in its precision."""
    return F.linear(x, layer.weight.to(x.dtype), None if layer.bias is None else layer.bias.to(x.dtype))


def normed_sum(block: Any, x: Tensor, stream: Tensor | None = None) -> Tensor:
    """NoNorm(stream + linear(x)), of a block that has both as `dense` and `LayerNorm`."""
    dense, norm = block.dense, block.LayerNorm
    return _NormedSum.apply(x, stream, dense.weight, dense.bias, norm.weight, norm.bias)


def feed_forward(wide: Any, back: Any, u: Tensor) -> Tensor:
    """NoNorm(u + linear(relu(linear(u))))."""
    up, down, norm = wide.dense, back.dense, back.LayerNorm
    return _FeedForward.apply(u, up.weight, up.bias, down.weight, down.bias, norm.weight, norm.bias)


class _NormedSum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, stream: Tensor | None, weight: Tensor, bias: Tensor, scale: Tensor, shift: Tensor
    ) -> Tensor:
        weight = weight.to(x.dtype)
        if stream is not None and stream.dtype == x.dtype:
            s = torch.addmm(stream, x, weight.t())
        else:
            s = x @ weight.t()
            s = s if stream is None else stream + s
        bias, scale, shift = (one.to(s.dtype) for one in (bias, scale, shift))
        ctx.save_for_backward(x, s, weight, bias, scale)
        ctx.alone = stream is None
        return _norm(s, bias, scale, shift)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        x, s, weight, bias, scale = ctx.saved_tensors
        g, small = _through_norm(grad, s, bias, scale)
        of_stream, g = None if ctx.alone else g, g.to(x.dtype)
        return g @ weight, of_stream, g.t() @ x, *small


class _FeedForward(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, u: Tensor, up: Tensor, up_bias: Tensor, down: Tensor, bias: Tensor, scale: Tensor, shift: Tensor
    ) -> Tensor:
        up, up_bias, down, bias, scale, shift = (one.to(u.dtype) for one in (up, up_bias, down, bias, scale, shift))
        active = torch.addmm(up_bias, u, up.t()).relu_()  # (N, wide)
        s = torch.addmm(u, active, down.t())
        ctx.save_for_backward(u, active, s, up, down, bias, scale)
        return _norm(s, bias, scale, shift)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        u, active, s, up, down, bias, scale = ctx.saved_tensors
        g, small = _through_norm(grad, s, bias, scale)
        of_down = g.t() @ active
        wide = g @ down
        torch.ops.aten.threshold_backward.grad_input(wide, active, 0, grad_input=wide)
        return g.addmm_(wide, up), wide.t() @ u, wide.sum(0), of_down, *small


def _norm(s: Tensor, bias: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """(s + bias) * scale + shift, in one pass over the rows."""
    return torch.addcmul(torch.addcmul(shift, scale, bias), s, scale)


def _through_norm(grad: Tensor, s: Tensor, bias: Tensor, scale: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    """`_norm`'s gradient: of s, a tensor of the caller's own; and of bias, scale and shift."""
    of_shift = grad.sum(0)
    of_scale = (grad * s).sum(0).addcmul_(bias, of_shift)
    return grad * scale, (scale * of_shift, of_scale, of_shift)
