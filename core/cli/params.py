"""`params`: where a model's parameters sit, what they cost in time, and what low-rank attention loses."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Annotated, Any

import typer

from core.cli.output import JsonOption, emit, note, say, table
from core.fields import in_range
from core.model.parameters import ParameterReport, count_parameters
from core.model.variant import Structure


def params(
    model: Annotated[
        str, typer.Option(help="`demo`, `mobilebert` (the full-size architecture), a hub id, or a folder.")
    ] = "demo",
    variant: Annotated[str, typer.Option(help="base, lora, light or light+lora.")] = "base",
    layers: Annotated[int, typer.Option(help="Layers kept, for light.")] = 12,
    rank: Annotated[int, typer.Option(help="CP rank, for light; 0 leaves attention alone.")] = 64,
    lora_r: Annotated[int, typer.Option(help="LoRA rank.")] = 8,
    labels: Annotated[int, typer.Option(help="Outputs of the head.")] = 2,
    seq_len: Annotated[int, typer.Option(help="Word pieces of the text, for operations and latency.")] = 128,
    latency: Annotated[
        str | None, typer.Option(help="Also time a pass of these variants on this machine: base,light,light:8:32.")
    ] = None,
    reconstruct: Annotated[
        str | None, typer.Option(help="Also what a CP decomposition at these ranks loses: 16,32,64.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the decomposition, and of weights that are not there.")] = 13,
    json: JsonOption = False,
) -> None:
    """Count parameters per layer without loading weights."""
    in_range("seed", seed, 0, 2**32 - 1)
    structure = Structure(model, variant, layers, rank, lora_r, labels, seq_len)
    report = count_parameters(structure)
    document: dict[str, Any] = {
        "total": report.total,
        "unique": report.unique,
        "trainable": report.trainable,
        "bytes": report.bytes,
        "macs": {"seq_len": seq_len, "value": report.macs},
        "rows": [
            {key: getattr(row, key) for key in ("module", "layer", "part", "params", "trainable")}
            for row in report.rows
        ],
    }
    if latency is not None:
        document["latency_ms"] = _latency(structure, latency.split(","))
    if reconstruct is not None:
        document["reconstruction"] = _reconstruction(structure, reconstruct, seed)
    if json:
        emit(document)
    else:
        _tell(report, document)


def _latency(structure: Structure, variants: list[str]) -> dict[str, Any]:
    from core.model.latency import measure_latency

    beside = [structure.of(variant) for variant in variants]
    found = measure_latency(beside, _say_how_far)
    return {variant: dataclasses.asdict(one) for variant, one in zip(variants, found, strict=True)}


def _reconstruction(structure: Structure, ranks: str, seed: int) -> list[dict[str, Any]]:
    """Error and floor of the bottom layers that `structure` keeps, at each of the comma-separated ranks."""
    from core.analysis.reconstruction import reconstruction_curve
    from core.model.source import resolve_model

    try:
        wanted = [int(rank) for rank in ranks.split(",")]
    except ValueError:
        raise ValueError(f"--reconstruct is {ranks!r}; write ranks such as 16,32,64") from None
    source = resolve_model(structure.model, tokenizer=False)
    if source.note:
        note(source.note)
    kept = range(structure.layers) if structure.cut else None
    points = reconstruction_curve(structure.model, kept, wanted, seed, _say_how_far)
    return [dataclasses.asdict(point) for point in points]


def _say_how_far(done: int, total: int) -> None:
    note(f"{done} of {total}")


def _tell(report: ParameterReport, document: dict[str, Any]) -> None:
    structure = report.structure
    say(
        f"{structure.variant}: {report.unique:,} parameters, {report.trainable:,} trainable; "
        f"peft prints {report.total:,}"
    )
    say(f"{report.macs:,} multiply-accumulates for {structure.seq_len} word pieces")
    params, trainable = Counter[str](), Counter[str]()
    for row in report.rows:
        params[row.part] += row.params
        trainable[row.part] += row.params * row.trainable
    table(("part", "parameters", "trainable"), [(part, f"{n:,}", f"{trainable[part]:,}") for part, n in params.items()])
    if "latency_ms" in document:
        say("milliseconds for one text, fp32: median and quartiles, the variants in turn")
        table(
            ("variant", "median", "low", "high", "passes", "threads"),
            [(name, *one.values()) for name, one in document["latency_ms"].items()],
        )
    if "reconstruction" in document:
        say("relative error of each layer's query-key tensor, and the least that any factors of that rank can reach")
        table(("layer", "rank", "error", "floor"), [tuple(row.values()) for row in document["reconstruction"]])
