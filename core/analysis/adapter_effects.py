"""A LoRA model and a sentence in, how far each of its adapters moves what its layer gives out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from core.analysis.drift import AdapterEffect, cosines, lengths
from core.model.encoder_parts import layer_of


def adapter_effects(model: Any, sentence: Mapping[str, torch.Tensor]) -> list[AdapterEffect]:
    """One pass of `sentence` (its ids, and whatever else the model takes), each (1, T); in the order of the pass."""
    found: list[AdapterEffect] = []

    def measure(name: str) -> Callable[..., None]:
        def after(module: Any, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
            bare = module.base_layer(inputs[0])[0].numpy()
            full = output[0].numpy()
            share = lengths(full - bare) / np.maximum(lengths(bare), 1e-12)
            layer = layer_of(name)
            said = (-1 if layer is None else layer, name.rpartition(".")[2])
            found.append(AdapterEffect(*said, float(share.mean()), float(cosines(full, bare).mean())))

        return after

    hooks = [
        module.register_forward_hook(measure(name))
        for name, module in model.named_modules()
        if hasattr(module, "lora_A")
    ]
    try:
        with torch.inference_mode():
            model(**{"attention_mask": torch.ones_like(sentence["input_ids"]), **sentence})
    finally:
        for hook in hooks:
            hook.remove()
    return found
