"""A MobileBERT in, the same function with seven of each layer's eight NoNorms inside its linear layers out.

For graphs: a runtime passes over the whole stream for each NoNorm's product and sum. Modules and their names stay, so
that a node still says which layer it is of. The idea is `core.model.folded`'s: the stream between a layer's bottlenecks
is kept as it comes, and what it stands for is in the weights of whoever reads it.
"""

from __future__ import annotations

import copy
from typing import Any

from torch import nn

from core.model.folded import unfoldable
from core.model.folding import Folded, Units, affine, fold


def with_plain_norms(model: Any) -> Any:
    """A copy, with attention as plain products too; the model as it is where it is no MobileBERT that can be folded."""
    if unfoldable(model):
        return model
    model = copy.deepcopy(model)
    model.set_attn_implementation("eager")  # the exporter guards torch's own against rows that see nothing
    for layer in model.base_model.encoder.layer:
        for half in (layer.bottleneck.input, layer.bottleneck.attention):
            scale, shift = affine(half.LayerNorm)
            _replace(half, fold(half.dense, merge=False, writes=scale[None], shift=shift))
        units = Units.true(len(scale)).after(layer.attention.output)
        _replace(layer.attention.output, fold(layer.attention.output.dense, merge=False), bias=False)
        for wide, back in [*((ffn.intermediate, ffn.output) for ffn in layer.ffn), (layer.intermediate, layer.output)]:
            _put(wide, fold(wide.dense, merge=False, reads=units))
            down = fold(back.dense, merge=False, writes=1 / units.scale[None])
            units = units.after(back)
            _replace(back, down, bias=False)
        leave = layer.output.bottleneck
        _put(leave, fold(leave.dense, merge=False, reads=units))
    return model


def _replace(block: Any, folded: Folded, bias: bool = True) -> None:
    """The block's linear layer and its NoNorm, as one linear layer; without `bias` where the units have it."""
    _put(block, folded, bias)
    block.LayerNorm = nn.Identity()


def _put(block: Any, folded: Folded, bias: bool = True) -> None:
    dtype = block.dense.weight.dtype
    block.dense.weight = nn.Parameter(folded.weight.to(dtype))
    block.dense.bias = nn.Parameter(folded.bias.to(dtype)) if bias else None
