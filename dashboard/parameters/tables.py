"""Counted structures in; the tables and sentences about them out; nothing is drawn in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.model.architecture import sizes_for, width_of
from core.model.encoders import is_mobilebert, positions_of
from core.model.latency import Latency
from core.model.limits import LIGHT
from core.model.parameters import ParameterReport, count_parameters
from core.model.source import FULL_SIZE
from core.model.variant import Structure
from core.wording import percent
from dashboard.shared.background import Answer, lane
from dashboard.shared.formatting import byte_size, number, short_count

NAMES = {"base": "base", "lora": "LoRA", "light": "light", "light+lora": "light + LoRA"}
KEPT = ("light:12:0", "light:6:64")
"""Cuts that are offered beside the one that the sliders make: paper B's without its decomposition, and half of it."""
WAIT_S = 0.3
RANK_STEPS = (1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1)
"""Ranks of the reconstruction curve, as shares of the rank that is exact."""


@dataclass(frozen=True)
class Limits:
    """What a model can be cut from."""

    layers: int
    width: int
    """Numbers that go into the attention; a decomposition of this rank is exact."""
    heads: int
    positions: int
    """Word pieces that the model takes."""
    uncut: str
    """Why it can be counted and adapted, but not cut; '' for a MobileBERT, which can."""
    foreign: bool
    """An encoder that is no MobileBERT."""


def limits(model: str) -> Limits:
    """Raises ModelError for a model that cannot be read."""
    shape = sizes_for(Structure(model).config_text(), None)
    own = is_mobilebert({"model_type": shape.model_type})
    return Limits(
        shape.num_hidden_layers,
        width_of(shape),
        shape.num_attention_heads,
        shape.max_position_embeddings if own else positions_of(shape.to_dict()),
        _uncut(shape),
        foreign=not own,
    )


def _uncut(shape: Any) -> str:
    if shape.model_type == LIGHT:
        return "This model's layers are cut and its attention is decomposed already."
    if not is_mobilebert({"model_type": shape.model_type}):
        return f"The light variant is cut from a MobileBERT; this model is of type {shape.model_type}."
    return ""


def ready(model: str) -> Answer:
    """Ready once this model was counted: the first count of an encoder that is no MobileBERT loads libraries for
    seconds, which no page waits for.

    Its error is that of the count, which says it again when it is asked.
    """
    return lane().ask(("count", model), lambda: count_parameters(Structure(model)).unique, wait_s=WAIT_S)


def name_of(variant: str) -> str:
    """What a figure calls a variant, `light`, or a kept cut, `light:8:32`."""
    kind, *sizes = variant.split(":")
    if len(sizes) != 2:
        return NAMES.get(variant, variant)
    rank = f"rank {sizes[1]}" if sizes[1] != "0" else "not decomposed"
    return f"{NAMES.get(kind, kind)}, {sizes[0]} layers, {rank}"


def frame(report: ParameterReport) -> pd.DataFrame:
    """A row a tensor: module, layer (nan outside the layers), part, shape (tuple), params, trainable."""
    names = ("module", "layer", "part", "shape", "params", "trainable")
    table = pd.DataFrame([[getattr(row, name) for name in names] for row in report.rows], columns=list(names))
    table.loc[table["module"].str.contains(".lora_", regex=False), "part"] = "adapters"
    return table


def command(cut: Structure, variant: str) -> list[str]:
    """The words that make `python -m core` look at this very structure."""
    words = ["params", "--model", cut.model, "--variant", variant, "--layers", str(cut.layers)]
    return [*words, "--rank", str(cut.rank), "--lora-r", str(cut.lora_r), "--seq-len", str(cut.seq_len)]


def module_table(rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The tensors of all variants (name -> frame) one below the other; shapes as text."""
    table = pd.concat([of_one.assign(variant=name) for name, of_one in rows.items()], ignore_index=True)
    table["shape"] = [" × ".join(map(str, shape)) for shape in table["shape"]]
    return table[["variant", "module", "layer", "part", "shape", "params", "trainable"]]


def figures(reports: Mapping[str, ParameterReport], times: Mapping[str, Latency]) -> pd.DataFrame:
    """A column a variant: size and cost, in brackets as a share of the base, which `reports` holds; times where
    measured."""
    base, base_time = reports["base"], times.get("base")
    table: dict[str, list[str]] = {}
    for name, report in reports.items():
        time = times.get(name)
        table[name_of(name)] = [
            f"{report.unique:,}{_against(report.unique, base.unique, 'of base')}",
            f"{report.trainable:,}{_against(report.trainable, report.unique, 'of it')}",
            " · ".join(byte_size(report.bytes[kind]) for kind in ("fp32", "bf16", "int8")),
            f"{short_count(report.macs)}{_against(report.macs, base.macs, 'of base')}",
            f"{_milliseconds(time)}{_against(time.median, base_time.median, 'of base')}" if time and base_time else "–",
        ]
    measures = [
        "parameters",
        "of these trainable",
        "memory in fp32 · bf16 · int8",
        f"multiply-accumulates, {base.structure.seq_len} pieces",
        "measured latency, quartiles",
    ]
    return pd.DataFrame({"": measures, **table})


def timing_note(time: Latency, pieces: int | str) -> str:
    """What was measured, and how."""
    return (
        f"Latency: one text (batch of 1) of {pieces} word pieces on this machine's processor, fp32, "
        f"{time.threads} thread{'s' if time.threads != 1 else ''}, random weights; median and quartiles of "
        f"{time.repeats} passes, the variants in turn."
    )


def scores_note(light: ParameterReport, heads: int, width: int) -> str:
    """That fewer parameters need not be fewer operations: a light model beside the same layers left undecomposed."""
    structure = light.structure
    if not structure.rank:
        return "At rank 0 the attention is MobileBERT's own. Move the rank to see what sharing query and key costs."
    plain = count_parameters(replace(structure, rank=0))
    fewer = plain.unique - light.unique
    shared, own = (short_count(report.macs_by_part["scores"]) for report in (light, plain))
    whole = light.macs - plain.macs
    return (
        f"Sharing query and key at rank {structure.rank} leaves these {structure.layers} layers {_change(-fewer)} "
        f"parameters. Their scores take {shared} multiply-accumulates against {own} "
        f"for {structure.seq_len} pieces: each of the {heads} heads compares all {structure.rank} shared columns, "
        f"and {heads} for the query's bias, where it had {width // heads} of its own. All in all the pass takes "
        f"{_change(whole)} multiply-accumulates ({100 * whole / plain.macs:+.2g} %)."
    )


def _change(value: int) -> str:
    return f"{short_count(abs(value))} {'more' if value > 0 else 'fewer'}"


def ranks(width: int, chosen: int) -> tuple[int, ...]:
    """Where the reconstruction curve is worked out: a grid up to the exact rank, and the chosen rank."""
    grid = {max(1, round(step * width)) for step in RANK_STEPS} | ({chosen} if chosen else set())
    return tuple(sorted(grid))


def printed() -> pd.DataFrame:
    """What the papers print beside what is counted here, at the papers' settings, and why the two differ."""
    base, lora, layers, light = (
        count_parameters(Structure(FULL_SIZE, variant, layers=12, rank=rank))
        for variant, rank in (("base", 0), ("lora", 0), ("light", 0), ("light", 64))
    )
    step = layers.unique - light.unique
    lines = [
        ("MobileBERT with a head for two labels", "–", base.unique, "the published architecture"),
        (
            "trained by LoRA, r = 8 (paper A)", "173,058", lora.trainable,
            "24 layers × 8 × ((128 + 128) for query + (512 + 128) for value), and the head's 512 × 2 + 2",
        ),
        (
            "all with LoRA (paper A)", "24,755,972", lora.unique,
            f"peft prints {lora.total:,}: it counts the head twice, as the frozen original and the trained copy. "
            "Paper A's Table 1 prints that number as MobileBERT's own size",
        ),
        (
            "LightMobileBERT (paper B)", "14.47 M", light.unique,
            f"{layers.unique:,} is the size of 12 layers alone, before the decomposition, which takes 12 × "
            f"{step // 12:,} = {step:,} more off: the printed number leaves it out",
        ),
        (
            "LightMobileBERT against MobileBERT (paper B)", "57 %", percent(light.unique / base.unique, 1),
            f"{100 * layers.unique / base.unique:.1f} % for 12 layers alone; 57 % is the share of the 25.3 M that "
            "MobileBERT's own paper prints",
        ),
    ]  # fmt: skip
    table = pd.DataFrame(lines, columns=["what", "printed", "counted here", "why"])
    table["counted here"] = table["counted here"].map(lambda value: value if isinstance(value, str) else f"{value:,}")
    return table


def _milliseconds(time: Latency) -> str:
    median, low, high = (
        number(round(value) if value >= 100 else value) for value in (time.median, time.low, time.high)
    )
    return f"{median} ms, {low} to {high}"


def _against(value: float, whole: float, of: str) -> str:
    """(58.1 % of base), or nothing for the whole itself."""
    return "" if value == whole else f" ({100 * value / whole:.3g}\N{NO-BREAK SPACE}% {of})"
