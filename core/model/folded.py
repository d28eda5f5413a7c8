"""A MobileBERT whose base is frozen in; the same function, in fewer and larger products, out: the fast path.

MobileBERT's NoNorm is affine, x * weight + bias. While the base does not train, each one can therefore be multiplied
into the linear layers around it, once and exactly; and linear layers that read the same input become one product:

    h (512) --+--[ W_b | W_a | W_v ]----> b, a, v      bottleneck and value: one product, two NoNorms inside
              |       a --[ W_q | W_k ]--> q, k        one product, the scores' scale inside
              |       u = b + attention(q, k, v) W_o
              |       u = u + relu(u W_1) W_2          four times; each NoNorm is inside the next W_1 and W_2
              |                         |
              +---------------+         |
                              v         v
              h' = weight * h + bias + u W_out         the one NoNorm that remains, on the way round

u is the residual stream between a layer's bottlenecks. Each NoNorm on its way would scale and shift it; instead it is
kept as it is, and what it stands for is remembered as `Units`: true = scale * u + shift. Whoever reads it has the units
in its weights, whoever adds to it has divided by them, so that adding is part of the product (addmm) and costs nothing.

LoRA stays beside the products, on the true input, with its own dropout; gradients are torch's own, but of what follows
the attention without LoRA (`core.model.rest`). Padding is left out but in the attention, and the last layer computes
the first piece alone, which is all that the pooler sees: both also where the base trains, which is then not folded
(`core.model.unpadded`). The model's modules, names and state dict stay as they are: only its encoder's forward is lent
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from transformers import MobileBertModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

from core.model.folded_rows import PackedBatch, RowLayer
from core.model.folding import Drop, Product, Units, affine, fold, is_plain, query_and_key
from core.model.rest import Rest
from core.model.unpadded import UnpaddedLayer

SMALLEST = 1e-30
"""A NoNorm whose weight is smaller cannot be divided by."""


class FoldedLayer(RowLayer):
    """One MobileBertLayer, as drawn above."""

    def __init__(self, layer: Any, dtype: torch.dtype, merge: bool) -> None:
        attention, output = layer.attention.self, layer.output.bottleneck
        super().__init__(attention.num_attention_heads, attention.dropout.p)
        narrow = []
        for half in (layer.bottleneck.input, layer.bottleneck.attention):
            scale, shift = affine(half.LayerNorm)
            narrow.append(fold(half.dense, merge, writes=scale[None], shift=shift))
        self.enter = Product(*narrow, fold(attention.value, merge), dtype=dtype)
        self.query_key = Product(*query_and_key(attention, merge), dtype=dtype)
        attended = fold(layer.attention.output.dense, merge)
        units = Units.true(len(scale)).after(layer.attention.output)
        feed_forward = []
        blocks = [(ffn.intermediate, ffn.output) for ffn in getattr(layer, "ffn", ())]
        for wide, back in [*blocks, (layer.intermediate, layer.output)]:
            up, down = fold(wide.dense, merge, units), fold(back.dense, merge, writes=1 / units.scale[None])
            feed_forward.append((up, down))
            units = units.after(back)
        scale, shift = affine(output.LayerNorm)
        leave = fold(output.dense, merge, units, scale[None], shift)
        around = Units(scale, leave.bias).to(output.LayerNorm.weight.dtype)
        self.rest = Rest(attended, feed_forward, leave, around, dtype)

    def after(self, h: Tensor, u: Tensor, x: Tensor, drop: Drop) -> Tensor:
        """What follows the attention."""
        return self.rest(h, u, x, drop)


class FoldedEncoder:
    """Takes the place of a MobileBertModel's forward. What trains is not folded, only left without its padding."""

    def __init__(self, model: Any, dtype: torch.dtype | None = None, merge: bool = False) -> None:
        self.model = model
        self.dtype = dtype or model.dtype
        layers, self.layers = model.encoder.layer, list[RowLayer]()
        if _trains(model.encoder) and not merge:
            self.layers += [UnpaddedLayer(layer, self.dtype) for layer in layers]
        else:
            self.layers += [FoldedLayer(layer, self.dtype, merge) for layer in layers]

    def __call__(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        **asked: Any,
    ) -> Any:
        """As MobileBertModel's, but that `last_hidden_state` holds the first piece alone.

        A call for anything else (hidden states, say, or with a mask that is more than padding) is the reference's.
        """
        odd = any(asked[name] is not None for name in asked if name != "return_dict")
        if attention_mask is not None:
            odd = odd or attention_mask.dim() != 2 or not bool(attention_mask.any(1).all())
        if odd or input_ids is None:
            return type(self.model).forward(self.model, input_ids, attention_mask, token_type_ids, **asked)
        h = self.model.embeddings(input_ids, token_type_ids=token_type_ids).flatten(0, 1)
        rows = PackedBatch((input_ids.shape[0], input_ids.shape[1]), attention_mask, self.dtype)
        h = rows.queries.gather(h)
        drop = Drop(self.model.training)
        with torch.autocast("cpu", enabled=False):  # products are in the folded weights' own precision
            for number, (layer, folded_layer) in enumerate(zip(self.model.encoder.layer, self.layers, strict=True), 1):
                h = folded_layer(h, rows, drop, number == len(self.layers))
                for hook in layer._forward_hooks.values():  # as torch would call them
                    hook(layer, (), h)
        states = h[:, None]  # (B, 1, hidden)
        pooled = self.model.pooler(states) if self.model.pooler is not None else None
        return BaseModelOutputWithPooling(last_hidden_state=states, pooler_output=pooled)


def unfoldable(model: nn.Module, trains: bool = False) -> str:
    """Why `model` cannot be folded, in a few words; '' where it can. With `trains`, for training what is not frozen."""
    encoders = _encoders(model)
    if len(encoders) != 1:
        return "it is not one MobileBERT"
    config, layers = encoders[0].config, encoders[0].encoder
    if encoders[0].device.type != "cpu":
        return "the model is not on the processor"
    if not config.use_bottleneck or config.use_bottleneck_attention or not config.key_query_shared_bottleneck:
        return "its bottlenecks are not MobileBERT's"
    if config.normalization_type != "no_norm" or config.hidden_act != "relu" or config.hidden_dropout_prob:
        return "its norms, activations or hidden dropout are not MobileBERT's"
    if trains and _trains(layers):
        beside = any(hasattr(module, "lora_A") for module in layers.modules())
        return "the base is trained beside LoRA" if beside else ""
    if not all(is_plain(module) for module in layers.modules() if hasattr(module, "lora_A")):
        return "its adapter is not one plain LoRA"
    norms = [p for name, p in layers.named_parameters() if name.endswith("LayerNorm.weight")]
    return "a norm's weight is zero" if any(bool((p.abs() < SMALLEST).any()) for p in norms) else ""


def _trains(part: nn.Module) -> bool:
    """Whether what LoRA would leave frozen is trained."""
    return any(p.requires_grad for name, p in part.named_parameters() if ".lora_" not in name)


def fold_for_training(model: nn.Module, bf16: bool = False) -> None:
    """From now on passes through `model`, which is not `unfoldable`, take the fast path."""
    (encoder,) = _encoders(model)
    encoder.forward = FoldedEncoder(encoder, torch.bfloat16 if bf16 else None)


def unfold(model: nn.Module) -> None:
    """Back to the model's own passes."""
    for encoder in _encoders(model):
        encoder.__dict__.pop("forward", None)


@contextmanager
def folded(model: nn.Module, keep: bool = False) -> Iterator[None]:
    """Within, passes through `model` without gradients take the fast path where it can be folded.

    With `keep` what was folded is kept with the model for the next time, until a weight changes; not for one that
    trains, as fused optimizers change weights unseen. LoRA is merged in, as for whoever asks the trained model later:
    a run's scores are what its model answers, and folding takes 0.2 s at full size.
    """
    encoder: Any = next(iter(_encoders(model)), None)
    found = None if encoder is None else _folded_once(encoder, model, keep)
    if found is None:
        yield
        return
    before = encoder.__dict__.get("forward")
    encoder.forward = found
    try:
        yield
    finally:
        del encoder.forward
        if before is not None:
            encoder.forward = before


def _folded_once(encoder: Any, model: nn.Module, keep: bool) -> FoldedEncoder | None:
    state = _state(encoder) if keep else None
    known, found = encoder.__dict__.pop("folded_once", (None, None))
    if state is None or state != known:
        found = None if unfoldable(model) else FoldedEncoder(encoder, merge=True)
    if keep:
        encoder.folded_once = (state, found)
    return found


def _state(encoder: Any) -> list[Any]:
    """Equal as long as no weight changes and no adapter is merged, switched on or off."""
    adapters = [(one.merged, one.disable_adapters) for one in encoder.modules() if "lora_A" in one._modules]
    return [*adapters, *((p.data_ptr(), p._version) for p in encoder.parameters())]


def _encoders(model: nn.Module) -> list[Any]:
    return [module for module in model.modules() if isinstance(module, MobileBertModel)]
