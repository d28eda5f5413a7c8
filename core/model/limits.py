"""What a model does not have: layers, positions and linear layers that a configuration asks for, said by its key.

The same rules speak before a launch, when only config.json was read, and when the model is built. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.config import RunConfig
from core.fields import ConfigError, in_range, unknown
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
LINEAR_CP = ("content_bias", *LINEAR)
SMALL = 128
"""Hidden size up to which a model's products are too small to share."""


def check_sizes(values: Mapping[str, Any]) -> None:
    """ValueError for sizes in a config.json that no model can have.

    transformers takes any whole number: zero heads or a milliard layers would only fail later, or never end.
    """
    for key in (key for key in _SIZES if key in values):
        in_range(key, values[key], 1, 10**6)
    in_range("num_hidden_layers", values.get("num_hidden_layers", 24), 1, 1000)
    width = values.get("intra_bottleneck_size", 128) if values.get("use_bottleneck", True) else values["hidden_size"]
    if width % values.get("num_attention_heads", 4):
        raise ValueError(f"{values['num_attention_heads']} heads cannot share {width} numbers evenly")


def check_layers(layers: int, available: int) -> None:
    """ConfigError for more layers than there are."""
    if not 1 <= layers <= available:
        raise ConfigError(
            "model.layers", f"{layers} layers asked for; this model has {available}, so choose from 1 to {available}"
        )


def check_targets(targets: Collection[str], linear: Collection[str]) -> None:
    """ConfigError for a target of LoRA that is the name of no linear layer."""
    for target in sorted(set(targets) - set(linear)):
        raise ConfigError("lora.targets", unknown("lora.targets", target, sorted(linear)))


def check_positions(length: int, positions: int) -> None:
    """ConfigError for texts longer than the model has positions."""
    if length > positions:
        raise ConfigError("data.max_length", f"data.max_length is {length}; this model has {positions} positions")


def check_cut(model: str, have: tuple[int, int], asked: tuple[int, int]) -> None:
    """ConfigError for a LightMobileBERT that is to be cut to another (layers, rank)."""
    if have != asked:
        raise ConfigError(
            "model.variant",
            f"{model} is a LightMobileBERT already, with {have[0]} layers at rank {have[1]}; "
            "set model.variant to base to use it as it is",
        )


def model_problems(config: RunConfig) -> dict[str, str]:
    """Configuration key -> why this model cannot have it. Raises ModelError where its config.json cannot be read."""
    found, surgery, problems = find_config(config.model), config.surgery, dict[str, str]()
    is_light, layers = found.get("model_type") == LIGHT, int(found.get("num_hidden_layers", 24))
    rank = int(found.get("attention_rank", 64)) if is_light else 0
    with _noted(problems):
        check_positions(config.data.max_length, int(found.get("max_position_embeddings", 512)))
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


@contextmanager
def _noted(problems: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        problems[error.key] = str(error)
