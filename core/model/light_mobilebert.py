"""A MobileBERT in, a LightMobileBERT out: fewer layers, collaborative attention; saved and loaded like any model.

Importing this module makes the classes known to AutoConfig, AutoModel, AutoModelForSequenceClassification and
AutoTokenizer, so that a saved folder loads without further arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from huggingface_hub.dataclasses import strict
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertTokenizer,
    MobileBertConfig,
    MobileBertForSequenceClassification,
    MobileBertModel,
    PreTrainedModel,
)
from transformers import initialization as init
from transformers.models.mobilebert.modeling_mobilebert import MobileBertLayer, MobileBertSelfAttention

from core.fields import choices, one_of
from core.model.cp.attention import CollaborativeSelfAttention
from core.model.cp.decomposition import Projections, collaborate
from core.model.limits import LIGHT, check_layers
from core.sections import ModelConfig


@strict
class LightMobileBertConfig(MobileBertConfig):
    """MobileBERT's configuration, and what was cut off it."""

    model_type = LIGHT

    attention_rank: int = 64
    """CP rank of the attention; 0 keeps MobileBERT's own attention."""
    kept_layers: list[int] | None = None
    """Which layers of the original these are, counted from 0; None when not made from one."""
    attention_errors: list[float] | None = None
    """Relative error of each layer's query-key tensor after the decomposition; None when not made from one."""


class _Light(PreTrainedModel):
    """What the two model classes add to MobileBERT's own: the attention of their layers, and how they are made."""

    config_class = LightMobileBertConfig
    _supports_flash_attn = False  # wants query, key and value heads of one size
    _supports_flex_attn = False
    _can_record_outputs = {  # noqa: RUF012 - the name and kind transformers reads
        "hidden_states": MobileBertLayer,
        "attentions": [MobileBertSelfAttention, CollaborativeSelfAttention],
    }

    @classmethod
    def from_pretrained(cls, *args: Any, **settings: Any) -> Any:
        """As transformers has it, with every tensor copied to memory of torch's own alignment.

        A safetensors file starts its tensors anywhere, and some products over oddly aligned memory add up in another
        order: without the copy a loaded model could differ from the saved one in the last bit.
        """
        loaded = super().from_pretrained(*args, **settings)
        model = loaded[0] if isinstance(loaded, tuple) else loaded
        for parameter in model.parameters():
            parameter.data = parameter.data.clone()
        return loaded

    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, CollaborativeSelfAttention):
            init.ones_(module.mixing)


def _collaborative_layers(model: MobileBertModel, config: LightMobileBertConfig) -> None:
    if config.attention_rank:
        for layer in model.encoder.layer:
            layer.attention.self = CollaborativeSelfAttention(config)  # type: ignore[union-attr]


class LightMobileBertModel(_Light, MobileBertModel):
    """MobileBERT's encoder with collaborative attention in every layer (LightMobileBert, 2023)."""

    def __init__(self, config: LightMobileBertConfig, add_pooling_layer: bool = True) -> None:
        super().__init__(config, add_pooling_layer)
        _collaborative_layers(self, config)
        self.post_init()

    @classmethod
    def from_mobilebert(cls, model: PreTrainedModel, **settings: Any) -> LightMobileBertModel:
        """As `LightMobileBertForSequenceClassification.from_mobilebert`, without the head."""
        return _convert(cls, model, **settings)


class LightMobileBertForSequenceClassification(_Light, MobileBertForSequenceClassification):
    """LightMobileBertModel with a linear head for classes, or for a number (regression)."""

    def __init__(self, config: LightMobileBertConfig) -> None:
        super().__init__(config)
        _collaborative_layers(self.mobilebert, config)
        self.post_init()

    @classmethod
    def from_mobilebert(cls, model: PreTrainedModel, **settings: Any) -> LightMobileBertForSequenceClassification:
        """Cut a MobileBERT to size.

        Args:
            model: a MobileBERT of any head; its own weights stay as they are.
            layers: how many to keep (default 12).
            keep: `bottom`, or `theseus`: one at random of every two consecutive layers, seeded.
            rank: CP rank of the attention (default 64); 0 keeps MobileBERT's attention.
            seed: for the choice of layers and the start of the decomposition.
            progress: called with (done, total) layers decomposed.

        Returns: a model in evaluation mode, with `config.kept_layers` and `config.attention_errors`.
        Raises ValueError for more layers than there are, and for an unknown `keep`.
        """
        return _convert(cls, model, **settings)


def choose_layers(available: int, layers: int, keep: str = "bottom", seed: int = 0) -> list[int]:
    """Ascending indices of the layers to keep.

    `theseus` draws one of every two consecutive layers (0|1, 2|3, ...), bottom pairs first, as many as asked for;
    beyond half of the layers both of some pairs are kept, drawn from the seed too.
    """
    one_of("model.keep", keep, choices(ModelConfig, "keep"))
    check_layers(layers, available)
    if keep == "bottom":
        return list(range(layers))
    draw = torch.Generator().manual_seed(seed)
    pairs = [list(range(low, min(low + 2, available))) for low in range(0, available, 2)]
    chosen = [pair[int(torch.randint(len(pair), (1,), generator=draw))] for pair in pairs]
    if layers <= len(chosen):
        return chosen[:layers]
    rest = sorted(set(range(available)) - set(chosen))
    order = torch.randperm(len(rest), generator=draw).tolist()
    return sorted(chosen + [rest[i] for i in order[: layers - len(chosen)]])


def _convert(
    cls: Any,
    model: PreTrainedModel,
    layers: int = 12,
    keep: str = "bottom",
    rank: int = 64,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    if not isinstance(model.config, MobileBertConfig) or isinstance(model.config, LightMobileBertConfig):
        raise ValueError(f"from_mobilebert takes a MobileBERT, not {type(model).__name__}")
    if rank < 0:
        raise ValueError(f"rank is {rank}; it must be zero (no decomposition) or more")
    kept = choose_layers(model.config.num_hidden_layers, layers, keep, seed)
    config = light_config(model.config, kept, rank)
    state, errors = _light_state(model, kept, rank, seed, progress)
    config.attention_errors = errors
    with torch.random.fork_rng(devices=[]):  # the head of a model that had none is drawn here
        torch.manual_seed(seed)
        light = cls(config)
    _load(light, state)
    return light.to(next(model.parameters()).dtype).eval()


def light_config(original: MobileBertConfig, kept: list[int], rank: int) -> LightMobileBertConfig:
    """The configuration of a light model of `original`'s layers `kept`. A light original raises ValueError."""
    if isinstance(original, LightMobileBertConfig):
        raise ValueError(
            f"this is a LightMobileBERT already, with {original.num_hidden_layers} layers at rank "
            f"{original.attention_rank}; use the variant base to take it as it is"
        )
    values = original.to_dict()
    for key in ("model_type", "architectures", "transformers_version", "dtype"):
        values.pop(key, None)
    values |= {"num_hidden_layers": len(kept), "attention_rank": rank, "kept_layers": kept}
    config = LightMobileBertConfig.from_dict(values)
    config._attn_implementation = original._attn_implementation
    return config


def _light_state(
    model: PreTrainedModel,
    kept: list[int],
    rank: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[dict[str, torch.Tensor], list[float] | None]:
    """The light model's tensors by name, with layers renumbered and attention decomposed; and each layer's error."""
    renumber = {old: new for new, old in enumerate(kept)}
    base = getattr(model, "mobilebert", model)
    prefix = "mobilebert." if base is not model else ""
    state = {}
    for name, tensor in model.state_dict().items():
        head, marker, rest = name.partition("encoder.layer.")
        if marker:
            old, _, rest = rest.partition(".")
            if int(old) not in renumber:
                continue
            name = f"{head}{marker}{renumber[int(old)]}.{rest}"
        state[name] = tensor.detach()
    if not rank:
        return state, None
    places = [f"{prefix}encoder.layer.{new}.attention.self." for new in range(len(kept))]
    own = [[state.pop(place + name) for name in _REPLACED] for place in places]
    shared = collaborate(
        [Projections(query, bias, key, seed + new) for new, (query, bias, key, _) in enumerate(own)],
        model.config.num_attention_heads, rank, progress,
    )  # fmt: skip
    for place, one in zip(places, shared, strict=True):
        state |= {place + name: tensor for name, tensor in one.tensors().items()}
    return state, [one.error for one in shared]


_REPLACED = ("query.weight", "query.bias", "key.weight", "key.bias")


def _load(light: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Copy what the light model has a place for; a head of another kind (masked words, say) is left out."""
    own = light.state_dict()
    if not any(name in own for name in state):  # a headed model onto a bare one, or the other way round
        state = {f"mobilebert.{name}": tensor for name, tensor in state.items()} | {
            name.removeprefix("mobilebert."): tensor for name, tensor in state.items()
        }
    found = {name: tensor for name, tensor in state.items() if name in own}
    missing = [name for name in own if name not in found and not name.startswith("classifier.")]
    if missing:
        raise ValueError(f"the model lacks {len(missing)} tensors that a LightMobileBERT needs, first {missing[0]}")
    light.load_state_dict(found, strict=False)


AutoConfig.register(LightMobileBertConfig.model_type, LightMobileBertConfig, exist_ok=True)
AutoModel.register(LightMobileBertConfig, LightMobileBertModel, exist_ok=True)
AutoModelForSequenceClassification.register(
    LightMobileBertConfig, LightMobileBertForSequenceClassification, exist_ok=True
)
AutoTokenizer.register(LightMobileBertConfig, tokenizer_class=BertTokenizer, exist_ok=True)
