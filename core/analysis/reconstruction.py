"""A model and ranks in; how much of each layer's attention a decomposition of that rank loses, and must lose, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from transformers import MobileBertConfig, PreTrainedModel

from core.model.build import load_model, seeded
from core.model.cp.decomposition import Projections, collaborate
from core.model.cp.query_key import error_floor
from core.model.light_mobilebert import LightMobileBertConfig
from core.model.source import resolve_model


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """One layer at one rank; both numbers are shares of |T|, the norm of the layer's query-key tensor."""

    layer: int
    """In the original, from 0."""
    rank: int
    error: float
    """What the surgery's own decomposition misses (the very factors a run would use, from the same cache)."""
    floor: float
    """What every decomposition of this rank misses at least: see `core.model.cp.query_key.error_floor`."""


def reconstruction_curve(
    model: str | PreTrainedModel,
    layers: Sequence[int] | None = None,
    ranks: Sequence[int] = (8, 16, 32, 48, 64, 96, 128),
    seed: int = 13,
    progress: Callable[[int, int], None] | None = None,
) -> list[Reconstruction]:
    """Error against rank, layer by layer, for these weights.

    Args:
        model: a name for `resolve_model` (random weights, drawn from `seed`, where it has none; no tokenizer is
            needed), or a MobileBERT.
        layers: which, from 0; None takes all.
        ranks: each 1 or more; from heads * head size on the error is 0.
        seed: the run's; a layer's place among `range(layers)` is added to it, as the surgery does for `bottom`.
        progress: called with (done, total) decompositions.

    Takes about a tenth of a second a point on the real size, and next to nothing when cached.
    Raises ModelError for a model that cannot be read, ValueError for a LightMobileBERT or a layer that is not there.
    """
    if isinstance(model, str):
        with seeded(seed):
            model = load_model(resolve_model(model, tokenizer=False), 2)
    if not isinstance(model.config, MobileBertConfig) or isinstance(model.config, LightMobileBertConfig):
        raise ValueError(f"only a MobileBERT has attention left to decompose, not {type(model).__name__}")
    available, heads = model.config.num_hidden_layers, model.config.num_attention_heads
    chosen = list(range(available)) if layers is None else list(layers)
    for layer in chosen:
        if not 0 <= layer < available:
            raise ValueError(
                f"layer {layer} asked for; this model has {available}, so choose from 0 to {available - 1}"
            )
    if not all(rank >= 1 for rank in ranks):
        raise ValueError(f"ranks are {list(ranks)}; each must be 1 or more")
    state = getattr(model, "mobilebert", model).state_dict()
    places = [f"encoder.layer.{layer}.attention.self." for layer in chosen]
    projections = [
        Projections(state[f"{place}query.weight"], state[f"{place}query.bias"], state[f"{place}key.weight"], seed + at)
        for place, at in zip(places, chosen, strict=True)
    ]
    tensors = [one.by_head(heads) for one in projections]
    points = []
    for rank in ranks:
        for layer, one, (Q, K) in zip(chosen, collaborate(projections, heads, rank), tensors, strict=True):
            points.append(Reconstruction(layer, rank, one.error, error_floor(Q, K, rank)))
        if progress is not None:
            progress(len(points), len(chosen) * len(ranks))
    return sorted(points, key=lambda point: chosen.index(point.layer))
