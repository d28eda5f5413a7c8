"""A MobileBERT in, the same function in fewer operations out: for graphs, whose runtime passes over memory for each.

NoNorms, the scores' scale and a light model's content bias are inside the linear layers; the last layer
computes the first piece alone, which is all that the pooler reads. Modules keep their names, so that a node still says
which layer it is of. Numbers between the layers stay near their size, since those in 8 bits share one scale.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from core.model.folded import unfoldable
from core.model.folding import affine, fold


class Sum(nn.Module):
    """A block that adds its linear layer's output onto a stream, then its way back to the whole width if it has one."""

    scale: Tensor | None

    def __init__(self, block: Any, scale: Tensor | None = None) -> None:
        """`scale`: what the stream is multiplied by; None where its linear layers have that inside."""
        super().__init__()
        self.dense, self.bottleneck = block.dense, getattr(block, "bottleneck", None)
        self.first_alone = False
        self.register_buffer("scale", scale, persistent=False)

    def forward(self, x: Tensor, stream: Tensor, whole: Tensor | None = None) -> Tensor:
        """x: (B, T, in); stream: (B, T, out), and whole: (B, T, hidden) for a block with a way back."""
        if self.first_alone:
            stream = stream[:, :1]
        out = self.dense(x) + (stream if self.scale is None else stream * self.scale)
        return out if self.bottleneck is None else self.bottleneck(out, whole)


class FirstPiece(nn.Linear):
    """A linear layer of which only the first piece's output is read."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, in) in, (B, 1, out) out."""
        return super().forward(x[:, :1])


class Attention(nn.Module):
    """Attention as plain products, the scores' scale inside the query; of the first piece alone where asked."""

    def __init__(self, own: Any) -> None:
        super().__init__()
        self.heads, self.value, self.first_alone = own.num_attention_heads, own.value, False
        self._take_scores(own, own.value.weight.dtype)

    def _take_scores(self, own: Any, dtype: torch.dtype) -> None:
        scaled = fold(own.query, merge=False, writes=torch.tensor([[own.scaling]], dtype=torch.float64))
        self.query, self.key = _linear(scaled.weight, scaled.bias, dtype), own.key

    def forward(
        self, query_tensor: Tensor, key_tensor: Tensor, value_tensor: Tensor, mask: Tensor | None = None, **_: Any
    ) -> tuple[Tensor, None]:
        """(B, T, true hidden) twice and (B, T, hidden) in, (B, T, true hidden) out; mask: (B, 1, 1 or T, T), added."""
        if self.first_alone:
            query_tensor, mask = query_tensor[:, :1], None if mask is None else mask[:, :, :1]
        weights = self.scores(query_tensor, key_tensor, mask).softmax(-1)
        value = self.value(value_tensor).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        return (weights @ value).transpose(1, 2).flatten(2), None

    def scores(self, query_tensor: Tensor, key_tensor: Tensor, mask: Tensor | None) -> Tensor:
        """(B, H, T or 1, T)."""
        query = self.query(query_tensor).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, H, T, d)
        key = self.key(key_tensor).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        scores = query @ key.transpose(-1, -2)
        return scores if mask is None else scores + mask


class LightAttention(Attention):
    """As above, over one query and one key for all heads, from one product.

    Beside the query stand ones, from the bias, as many as heads; beside the key each head's content bias, and the mask
    on top of it. A head's mixing weights multiply the query, and all of the ones but its own by 0.
    """

    mixing: Tensor

    def _take_scores(self, own: Any, dtype: torch.dtype) -> None:
        scale, heads = own.scaling, torch.eye(self.heads, dtype=torch.float64)
        mixing = torch.cat([own.mixing.detach().double() * scale, heads * scale], 1)  # (H, R + H)
        self.register_buffer("mixing", mixing[:, None].to(dtype), persistent=False)
        query, key, content = (part.weight.detach() for part in (own.query, own.key, own.content_bias))
        weight = torch.cat([query, query.new_zeros(self.heads, query.shape[1]), key, content])
        ones = torch.zeros(len(weight), dtype=torch.float64)
        ones[len(query) : len(query) + self.heads] = 1
        self.query, self.own_columns = _linear(weight, ones, dtype), len(query)

    def scores(self, query_tensor: Tensor, key_tensor: Tensor, mask: Tensor | None) -> Tensor:
        query, key = self.query(key_tensor).split(self.own_columns + self.heads, -1)  # both tensors are one
        if mask is not None:  # the same for all pieces that look: (B, T, R + H)
            key = key + F.pad(mask[:, 0, :1].transpose(-1, -2).expand(-1, -1, self.heads), (self.own_columns, 0))
        if self.first_alone:
            query = query[:, :1]
        return (query.unsqueeze(1) * self.mixing) @ key.unsqueeze(1).transpose(-1, -2)


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
        own = layer.attention.self
        if hasattr(own, "mixing"):
            layer.attention.self = LightAttention(own)
            _read_whole_width(layer)
        else:
            layer.attention.self = Attention(own)
        _scale_stream(layer)
        layer.output.bottleneck = Sum(layer.output.bottleneck, _take_in(layer.output.bottleneck))
        for owner in (layer.attention, *layer.ffn, layer):
            owner.output = Sum(owner.output)
    last = layers[-1]
    stream = last.bottleneck.input.dense
    last.bottleneck.input.dense = _linear(stream.weight, stream.bias, stream.weight.dtype, FirstPiece)
    last.attention.self.first_alone = last.output.bottleneck.first_alone = True
    return model


def _read_whole_width(layer: Any) -> None:
    """Multiply the bottleneck of query and key, which is linear, into both, where one product is no more work than two.

    512 to 136 instead of 512 to 128 to 136: a fiftieth of an 8-bit model's time, and one rounding less.
    """
    narrow, query = layer.bottleneck.attention.dense, layer.attention.self.query
    (out, width), whole = query.weight.shape, narrow.in_features
    if out * whole <= width * (whole + out):
        weight = query.weight.double()
        bias = weight @ narrow.bias.double() + query.bias.double()
        layer.attention.self.query = _linear(weight @ narrow.weight.double(), bias, query.weight.dtype)
        layer.bottleneck.attention = nn.Identity()


def _scale_stream(layer: Any) -> None:
    """Keep the narrow stream in units of its own: what writes it divides by them, what reads it multiplies.

    Each block's NoNorm scales the stream, and with it what all blocks before have added. In units that grow as it does
    the stream is added to and nothing else; their geometric mean over the blocks is 1.
    """
    blocks = [layer.attention.output, *(ffn.output for ffn in layer.ffn), layer.output]
    readers = [*(ffn.intermediate.dense for ffn in layer.ffn), layer.intermediate.dense, layer.output.bottleneck.dense]
    growth = torch.stack([affine(block.LayerNorm)[0] for block in blocks]).cumprod(0)  # (blocks, C)
    units = growth / growth.abs().log().mean(0).exp()
    for block, reader, unit in zip(blocks, readers, units, strict=True):
        _take_in(block, unit)
        reader.weight.data *= unit
    first = layer.bottleneck.input.dense
    first.weight.data *= (growth / units)[0][:, None]
    first.bias.data *= (growth / units)[0]


def _take_in(block: Any, unit: Tensor | float = 1.0) -> Tensor:
    """Multiply the block's NoNorm into its linear layer, which then writes in units of `unit`; the NoNorm's scale."""
    scale, shift = affine(block.LayerNorm)
    dtype = block.dense.weight.dtype
    folded = fold(block.dense, merge=False, writes=(scale / unit)[None], shift=shift / unit)
    block.dense.weight = nn.Parameter(folded.weight.to(dtype))
    block.dense.bias = nn.Parameter(folded.bias.to(dtype))
    return scale.to(dtype)


def _linear(weight: Tensor, bias: Tensor | None, dtype: torch.dtype, kind: type[nn.Linear] = nn.Linear) -> nn.Linear:
    out, into = weight.shape
    with torch.device("meta"):
        made = kind(into, out, bias=bias is not None)
    made.weight = nn.Parameter(weight.detach().to(dtype))
    if bias is not None:
        made.bias = nn.Parameter(bias.detach().to(dtype))
    return made
