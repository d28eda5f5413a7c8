"""Variants in, how long each one's forward pass takes on this machine's processor out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.model.variant import Structure

WARM_UP = 2
"""Passes of each model that are not counted: the first ones allocate."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds of a forward pass over one text, in fp32."""

    median: float
    low: float
    """First quartile."""
    high: float
    """Third quartile."""
    repeats: int
    threads: int
    """Threads torch computed with."""


def measure_latency(
    structures: Sequence[Structure], progress: Callable[[int, int], None] | None = None, repeats: int = 20
) -> list[Latency]:
    """Time variants beside one another: one pass of each in turn, so that a busy moment strikes all of them.

    The weights are random: they do not change the time. Adapters stay unmerged, as in training.

    Args:
        progress: called with (done, total) passes; what it raises ends the measurement.
        repeats: passes that count, 2 or more.

    Raises ModelError for a model that cannot be read, ValueError for more layers than there are, more pieces than the
    model has positions, or fewer than two repeats.
    """
    import torch

    if repeats < 2:
        raise ValueError(f"repeats is {repeats}; a median with its spread needs 2 or more")
    models = [_random_model(structure) for structure in structures]
    times: list[list[float]] = [[] for _ in structures]
    with torch.inference_mode():
        for turn in range(WARM_UP + repeats):
            for i, (structure, model) in enumerate(zip(structures, models, strict=True)):
                pieces = torch.arange(structure.seq_len)[None] % model.config.vocab_size  # (1, T)
                began = time.perf_counter()
                model(input_ids=pieces)
                times[i].append(1000 * (time.perf_counter() - began))
                if progress is not None:
                    progress(turn * len(models) + i + 1, (WARM_UP + repeats) * len(models))
    return [_summed_up(taken[WARM_UP:], torch.get_num_threads()) for taken in times]


def _summed_up(times: list[float], threads: int) -> Latency:
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    return Latency(median, low, high, len(times), threads)


def _random_model(structure: Structure) -> Any:
    import torch

    from core.model.architecture import model_class, shape_for
    from core.model.lora import add_lora
    from core.sections import LoraConfig

    shape = shape_for(structure.config_text(), structure.cut, structure.labels)
    if structure.seq_len > shape.max_position_embeddings:
        raise ValueError(f"seq_len is {structure.seq_len}; this model has {shape.max_position_embeddings} positions")
    with torch.random.fork_rng(devices=[]):
        model = model_class(shape)(shape)
        if structure.adapters:
            model = add_lora(model, LoraConfig(r=structure.adapters))
    return model.eval()
