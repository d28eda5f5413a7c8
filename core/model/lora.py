"""A model in, the same model with low-rank adapters out: their places, and what is trained in full beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn
from transformers import PreTrainedModel

from core.config import LoraConfig
from core.model.build_notes import add_build_notes
from core.model.encoder_parts import head_names, linear_of
from core.model.encoders import renamed_note
from core.model.limits import check_targets

if TYPE_CHECKING:
    from peft import PeftModel

NEW_POOLER = "new_pooler"
"""Set on a model whose pooler was not among its weights: it is trained in full, as the head is."""


def add_lora(model: PreTrainedModel, lora: LoraConfig) -> PeftModel:
    """LoRA as paper A has it: adapters on the targets, the head trained in full, biases frozen.

    Raises ValueError for a target that names no linear layer of this model, listing those there are.
    """
    from peft import LoraConfig as PeftLoraConfig
    from peft import TaskType, get_peft_model

    targets = check_targets(lora.targets, linear_of(model))
    add_build_notes(model, renamed_note(lora.targets, targets))
    settings = PeftLoraConfig(
        task_type=TaskType.SEQ_CLS,
        r=lora.r,
        lora_alpha=lora.alpha,  # type: ignore[arg-type]  # a fraction is as good a scale as a whole number
        lora_dropout=lora.dropout,
        bias="none",
        target_modules=targets,
        **_beside_adapters(model),
    )
    return get_peft_model(model, settings)


def _beside_adapters(model: Any) -> dict[str, Any]:
    """What peft has to be told of a head that is more than one layer named classifier, and of a pooler drawn anew."""
    heads = head_names(model)
    saved = [*heads, *(["pooler"] if hasattr(model, NEW_POOLER) and "pooler" not in heads else [])]
    if saved == ["classifier"] and isinstance(model.get_submodule("classifier"), nn.Linear):
        return {}
    return {"modules_to_save": saved, "exclude_modules": rf"(.*\.)?({'|'.join(saved)})(\..*)?"}
