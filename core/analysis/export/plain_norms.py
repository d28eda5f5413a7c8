"""A MobileBERT in, the same function with each layer's NoNorms inside its linear layers out.

For graphs: a runtime passes over the whole stream for each NoNorm's product and sum. Modules and their names stay, so
that a node still says which layer it is of. Unlike in `core.model.folded` all numbers between the layers keep their
size, since those in 8 bits share one scale: what adds onto a stream scales the stream as it does.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from core.model.folded import unfoldable
from core.model.folding import affine, fold


class Sum(nn.Module):
    """A block that adds its linear layer's output onto a stream, then its way back to the whole width if it has one.

    w (W x + b + stream) + c  =  (w W) x + (w b + c) + w stream
    """

    scale: torch.Tensor

    def __init__(self, block: Any) -> None:
        super().__init__()
        scale = _take_in(block)
        self.dense, self.bottleneck = block.dense, getattr(block, "bottleneck", None)
        self.register_buffer("scale", scale.to(block.dense.weight.dtype), persistent=False)

    def forward(self, x: torch.Tensor, stream: torch.Tensor, whole: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, T, in); stream: (B, T, out), and whole: (B, T, hidden) for a block with a way back."""
        out = self.dense(x) + stream * self.scale
        return out if self.bottleneck is None else self.bottleneck(out, whole)


def with_plain_norms(model: Any) -> Any:
    """A copy, with attention as plain products too; the model as it is where it is no MobileBERT that can be folded."""
    if unfoldable(model):
        return model
    model = copy.deepcopy(model)
    model.set_attn_implementation("eager")  # the exporter guards torch's own against rows that see nothing
    for layer in model.base_model.encoder.layer:
        for half in (layer.bottleneck.input, layer.bottleneck.attention):
            _take_in(half)
            half.LayerNorm = nn.Identity()
        layer.output.bottleneck = Sum(layer.output.bottleneck)
        for owner in (layer.attention, *layer.ffn, layer):
            owner.output = Sum(owner.output)
    return model


def _take_in(block: Any) -> torch.Tensor:
    """Multiply the block's NoNorm into its linear layer; the NoNorm's scale, (out,)."""
    scale, shift = affine(block.LayerNorm)
    folded, dtype = fold(block.dense, merge=False, writes=scale[None], shift=shift), block.dense.weight.dtype
    block.dense.weight = nn.Parameter(folded.weight.to(dtype))
    block.dense.bias = nn.Parameter(folded.bias.to(dtype))
    return scale
