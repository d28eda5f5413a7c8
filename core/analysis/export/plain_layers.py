"""A MobileBERT in, the same function in fewer operations out: for graphs, whose runtime passes over memory for each.

NoNorms, the scores' scale, a light model's mixing and its content bias are inside the linear layers; the last layer
computes the first piece alone, which is all that the pooler reads. Modules keep their names, so that a node still says
which layer it is of. Unlike in `core.model.folded` all numbers between the layers keep their size, since those in 8
bits share one scale: what adds onto a stream scales the stream as it does.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from core.model.folded import unfoldable
from core.model.folding import affine, fold


class Sum(nn.Module):
    """A block that adds its linear layer's output onto a stream, then its way back to the whole width if it has one.

    w (W x + b + stream) + c  =  (w W) x + (w b + c) + w stream
    """

    scale: Tensor

    def __init__(self, block: Any) -> None:
        super().__init__()
        scale = _take_in(block)
        self.dense, self.bottleneck = block.dense, getattr(block, "bottleneck", None)
        self.first_alone = False
        self.register_buffer("scale", scale.to(block.dense.weight.dtype), persistent=False)

    def forward(self, x: Tensor, stream: Tensor, whole: Tensor | None = None) -> Tensor:
        """x: (B, T, in); stream: (B, T, out), and whole: (B, T, hidden) for a block with a way back."""
        if self.first_alone:
            stream = stream[:, :1]
        out = self.dense(x) + stream * self.scale
        return out if self.bottleneck is None else self.bottleneck(out, whole)


class Attention(nn.Module):
    """Attention as plain products, the scores' scale inside the query; of the first piece alone where asked.

    A light model's query is mixed for each head by its weights, which are as many times as wide; a one beside each
    head's own, from the bias, picks that head's content bias, which stands beside the key.
    """

    def __init__(self, own: Any) -> None:
        super().__init__()
        self.heads, self.value, self.first_alone = own.num_attention_heads, own.value, False
        dtype, scale = own.value.weight.dtype, torch.tensor([[own.scaling]], dtype=torch.float64)
        if hasattr(own, "mixing"):
            mixing = own.mixing.detach().double() * scale  # (H, R)
            query = fold(own.query, merge=False, writes=mixing).weight.view(self.heads, own.rank, -1)
            query = torch.cat([query, query.new_zeros(self.heads, self.heads, query.shape[-1])], 1).flatten(0, 1)
            ones = torch.cat([torch.zeros_like(mixing), scale * torch.eye(self.heads, dtype=torch.float64)], 1)
            self.query = _linear(query, ones.flatten(), dtype)
            self.key = _linear(torch.cat([own.key.weight, own.content_bias.weight]), None, dtype)
        else:
            scaled = fold(own.query, merge=False, writes=scale)
            self.query, self.key = _linear(scaled.weight, scaled.bias, dtype), own.key

    def forward(
        self, query_tensor: Tensor, key_tensor: Tensor, value_tensor: Tensor, mask: Tensor | None = None, **_: Any
    ) -> tuple[Tensor, None]:
        """(B, T, true hidden) twice and (B, T, hidden) in, (B, T, true hidden) out; mask: (B, 1, 1 or T, T), added."""
        if self.first_alone:
            query_tensor, mask = query_tensor[:, :1], None if mask is None else mask[:, :, :1]
        query = self.query(query_tensor).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, H, T, R)
        value = self.value(value_tensor).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key = self.key(key_tensor)
        if key.shape[-1] == query.shape[-1]:  # one key for all heads
            key = key.unsqueeze(1)
        else:
            key = key.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        scores = query @ key.transpose(-1, -2)
        weights = (scores if mask is None else scores + mask).softmax(-1)
        return (weights @ value).transpose(1, 2).flatten(2), None


def is_plain(model: Any) -> bool:
    """Whether the model was made by `with_plain_layers`: it takes a mask of `added` then."""
    return any(isinstance(module, Attention) for module in model.modules())


def added(mask: Tensor) -> Tensor:
    """(B, T) of ones and zeros in; what the scores of all pieces have added, (B, 1, 1, T), out."""
    return (1 - mask[:, None, None].float()) * torch.finfo(torch.float32).min


def with_plain_layers(model: Any) -> Any:
    """A copy with plain layers; the model as it is where it is no MobileBERT that can be folded."""
    if unfoldable(model):
        return model
    model = copy.deepcopy(model)
    model.set_attn_implementation("eager")  # the masks of the others may be None or boolean
    layers = model.base_model.encoder.layer
    for layer in layers:
        for half in (layer.bottleneck.input, layer.bottleneck.attention):
            _take_in(half)
            half.LayerNorm = nn.Identity()
        layer.attention.self = Attention(layer.attention.self)
        layer.output.bottleneck = Sum(layer.output.bottleneck)
        for owner in (layer.attention, *layer.ffn, layer):
            owner.output = Sum(owner.output)
    for part in (layers[-1].attention.self, layers[-1].attention.output, layers[-1].output.bottleneck):
        part.first_alone = True
    return model


def _take_in(block: Any) -> Tensor:
    """Multiply the block's NoNorm into its linear layer; the NoNorm's scale, (out,)."""
    scale, shift = affine(block.LayerNorm)
    folded, dtype = fold(block.dense, merge=False, writes=scale[None], shift=shift), block.dense.weight.dtype
    block.dense.weight = nn.Parameter(folded.weight.to(dtype))
    block.dense.bias = nn.Parameter(folded.bias.to(dtype))
    return scale


def _linear(weight: Tensor, bias: Tensor | None, dtype: torch.dtype) -> nn.Linear:
    out, into = weight.shape
    with torch.device("meta"):
        made = nn.Linear(into, out, bias=bias is not None)
    made.weight = nn.Parameter(weight.detach().to(dtype))
    if bias is not None:
        made.bias = nn.Parameter(bias.detach().to(dtype))
    return made
