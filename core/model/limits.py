"""What a model does not have: layers, positions and linear layers that a configuration asks for, said by its key.

The same rules speak before a launch, when only config.json was read, and when the model is built. Of an encoder
that is no MobileBERT the linear layers are read off its class, which needs torch; nothing else here does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from core.config import RunConfig
from core.fields import ConfigError, in_range, one_of, unknown
from core.model.encoders import is_mobilebert, own_targets, positions_of, renamed_note
from core.model.source import find_config

LIGHT = "light_mobilebert"
LINEAR = ("dense", "embedding_transformation", "key", "query", "value")
"""The layers that LoRA can adapt, by the last part of their names."""
_SIZES = (
    "vocab_size",
    "hidden_size",
    "num_attention_heads",
    "intermediate_size",
    "embedding_size",
    "intra_bottleneck_size",
    "max_position_embeddings",
    "type_vocab_size",
    "num_feedforward_networks",
)
_ACTIVATIONS = (
    "gelu", "gelu_10", "gelu_accurate", "gelu_fast", "gelu_new", "gelu_python", "gelu_python_tanh",
    "gelu_pytorch_tanh", "hardswish", "laplace", "leaky_relu", "linear", "mish", "prelu", "quick_gelu", "relu", "relu2",
    "relu6", "sigmoid", "silu", "sqrtsoftplus", "swish", "tanh", "xielu",
)  # fmt: skip
"""transformers' own, written down as its list comes with torch."""
LINEAR_CP = ("content_bias", *LINEAR)
SMALL = 128
"""Hidden size up to which a model's products are too small to share."""
BF16_FROM = 5_000_000
"""Parameters below which a step is all overhead: bf16 gains nothing there and only loses digits."""


def takes_bf16(asked: str, parameters: int, faster: bool) -> bool:
    """Whether to train in bf16: `asked` is `fp32`, `bf16` or `auto` (bf16 where it is `faster` and worth it)."""
    return faster and parameters >= BF16_FROM if asked == "auto" else asked == "bf16"


def check_sizes(values: Mapping[str, Any]) -> None:
    """ValueError for sizes in a config.json that no model can have.

    transformers takes any whole number: zero heads or a milliard layers would only fail later, or never end.
    """
    own = is_mobilebert(values)
    for key in (key for key in _SIZES if key in values):
        _whole_number(key, values[key], 0 if key == "type_vocab_size" and not own else 1, 10**6)
    _whole_number("num_hidden_layers", values.get("num_hidden_layers", 24), 1, 1000)
    for key in ("hidden_act", "activation", "hidden_activation"):
        if isinstance(asked := values.get(key), str):
            one_of(key, asked, _ACTIVATIONS)
    narrow = own and values.get("use_bottleneck", True)
    width = values.get("intra_bottleneck_size", 128) if narrow else values.get("hidden_size", 768)
    heads = values.get("num_attention_heads", 4 if own else 12)
    if width % heads:
        raise ValueError(f"{heads} heads cannot share {width} numbers evenly")


def _whole_number(key: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{key} is {json.dumps(value)}; it must be a whole number from {low} to {high}")
    in_range(key, value, low, high)


def check_layers(layers: int, available: int) -> None:
    """ConfigError for more layers than there are."""
    if not 1 <= layers <= available:
        raise ConfigError(
            "model.layers", f"{layers} layers asked for; this model has {available}, so choose from 1 to {available}"
        )


def check_targets(targets: Sequence[str], linear: Collection[str]) -> list[str]:
    """The targets of LoRA by the model's own names; ConfigError for one that is the name of no linear layer."""
    own, missing = own_targets(targets, linear)
    for target in sorted(missing):
        raise ConfigError("lora.targets", unknown("lora.targets", target, sorted(linear)))
    return own


def check_positions(length: int, positions: int) -> None:
    """ConfigError for texts longer than the model has positions."""
    if length > positions:
        raise ConfigError("data.max_length", f"data.max_length is {length}; this model has {positions} positions")


def check_cut(model: str, have: tuple[int, int], asked: tuple[int, int]) -> None:
    """ConfigError for a LightMobileBERT that is to be cut to another (layers, rank)."""
    layers, rank = have
    if have != asked:
        raise ConfigError(
            "model.variant",
            f"{model} is a LightMobileBERT already, with {layers} layers at rank {rank}; "
            "set model.variant to base to use it as it is",
        )


def model_problems(config: RunConfig) -> dict[str, str]:
    """Configuration key -> why this model cannot have it. Raises ModelError where its config.json cannot be read."""
    found, surgery, problems = find_config(config.model), config.surgery, dict[str, str]()
    is_light, layers = found.get("model_type") == LIGHT, int(found.get("num_hidden_layers", 24))
    rank = int(found.get("attention_rank", 64)) if is_light else 0
    with _noted(problems):
        check_positions(config.data.max_length, positions_of(found))
    if not is_mobilebert(found):
        return problems | _encoder_problems(config, found)
    if surgery.variant == "light":
        with _noted(problems):
            if is_light:
                check_cut(config.model, (layers, rank), (surgery.layers, surgery.rank))
            else:
                check_layers(surgery.layers, layers)
        rank = surgery.rank
    if config.lora.enabled:
        with _noted(problems):
            check_targets(config.lora.targets, LINEAR_CP if rank else LINEAR)
    return problems


def _encoder_problems(config: RunConfig, found: dict[str, Any]) -> dict[str, str]:
    """What an encoder that is no MobileBERT cannot have."""
    from core.model.encoder_parts import linear_names

    problems = dict[str, str]()
    if config.surgery.variant == "light":
        problems["model.variant"] = (
            f"the light variant is cut from a MobileBERT; {config.model} is of type {found['model_type']}, "
            "so set model.variant to base"
        )
    if config.lora.enabled:
        with _noted(problems):
            check_targets(config.lora.targets, linear_names(found))
    return problems


def target_note(config: RunConfig) -> str:
    """What to say of LoRA's layers where this model has other names for them; '' where it has not. ModelError."""
    found = find_config(config.model)
    if is_mobilebert(found) or not config.lora.enabled:
        return ""
    from core.model.encoder_parts import linear_names

    return renamed_note(config.lora.targets, own_targets(config.lora.targets, linear_names(found))[0])


@contextmanager
def _noted(problems: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        problems[error.key] = str(error)
