"""A configuration in, every tensor's name, shape and part out: as written down, or read off the real classes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.model.encoders import is_mobilebert, with_common_names
from core.model.limits import check_sizes
from core.model.mobilebert_tensors import TensorSpec, mobilebert_tensors, part_of, sizes_of
from core.model.source import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedConfig


@lru_cache(maxsize=64)
def tensors_of(text: str, cut: tuple[int, int] | None, labels: int) -> list[TensorSpec]:
    """Every parameter of the model with this configuration, in the order of its state dict."""
    sizes = sizes_of(text, cut)
    return mobilebert_tensors(sizes, labels) if sizes else read_tensors(text, cut, labels)


def read_tensors(text: str, cut: tuple[int, int] | None, labels: int) -> list[TensorSpec]:
    """As `tensors_of`, read off the real classes on the meta device, whatever the configuration."""
    from core.model import encoder_parts

    shape = shape_for(text, cut, labels)
    own = is_mobilebert({"model_type": shape.model_type})
    model = encoder_parts.on_meta(shape)
    heads, before = encoder_parts.head_names(model), model.base_model_prefix

    def tensor(name: str, parameter: Any) -> TensorSpec:
        part = part_of(name) if own else encoder_parts.part_of(name, before)
        is_head = encoder_parts.is_head(name, heads)
        return TensorSpec(name, encoder_parts.layer_of(name), part, tuple(parameter.shape), _kind(model, name), is_head)

    return [tensor(name, one) for name, one in model.named_parameters()]


def _kind(model: Any, name: str) -> str:
    import torch

    owner, _, leaf = name.rpartition(".")
    kinds = {torch.nn.Linear: "linear", torch.nn.Embedding: "embedding"}
    return kinds.get(type(model.get_submodule(owner)), "other") if leaf == "weight" else "other"


def shape_of(
    values: Mapping[str, Any],
    num_labels: int,
    regression: bool = False,
    label_names: Sequence[str] | None = None,
) -> PreTrainedConfig:
    """A config.json's values with a head of `num_labels`; `classifier_activation` false unless they say otherwise.

    transformers' own default is true, which adds 262,656 parameters that the published model does not have.

    Raises ModelError for values that no model can be built from, ValueError for names that are not one a label.
    """
    from transformers import AutoConfig

    import core.model.light_mobilebert  # noqa: F401 - makes the light configuration known

    if label_names is not None and len(label_names) != num_labels:
        raise ValueError(f"{len(label_names)} label names for {num_labels} labels")
    dropped = ("id2label", "label2id", "num_labels", "problem_type", "dtype", "torch_dtype", "model_type")
    kept = {key: value for key, value in values.items() if key not in dropped}
    if is_mobilebert(values):
        kept.setdefault("classifier_activation", False)
    names = list(label_names or (f"LABEL_{i}" for i in range(num_labels)))
    kept["id2label"] = dict(enumerate(names))
    kept["label2id"] = {name: i for i, name in enumerate(names)}
    kept["problem_type"] = "regression" if regression else "single_label_classification"
    try:
        shape = AutoConfig.for_model(values["model_type"]).from_dict(kept)
        check_sizes(with_common_names(shape.to_dict()))
    except Exception as error:  # strict dataclasses raise their own family
        raise ModelError(f"config.json is not a valid configuration: {' '.join(str(error).split())}") from None
    return shape


def width_of(shape: Any) -> int:
    """Numbers of one piece that the heads share: MobileBERT's bottleneck, others' hidden size."""
    return int(getattr(shape, "true_hidden_size", shape.hidden_size))


def sizes_for(text: str, cut: tuple[int, int] | None) -> Any:
    """The sizes under transformers' own names: written down, or those of the configuration object."""
    return sizes_of(text, cut) or shape_for(text, cut, 2)


@lru_cache(maxsize=64)
def shape_for(text: str, cut: tuple[int, int] | None, labels: int) -> Any:
    """The configuration object; cut to (layers, rank) where asked."""
    from core.model.light_mobilebert import choose_layers, light_config

    shape: Any = shape_of(json.loads(text), labels, regression=labels == 1)
    if cut is None:
        return shape
    if not is_mobilebert({"model_type": shape.model_type}):
        raise ValueError(f"the light variant is cut from a MobileBERT; this model is of type {shape.model_type}")
    layers, rank = cut
    return light_config(shape, choose_layers(shape.num_hidden_layers, layers), rank)


def model_class(shape: Any) -> Any:
    """The classification class of a configuration."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING

    import core.model.light_mobilebert  # noqa: F401 - makes the light class known

    return MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING[type(shape)]
