"""`predict`: what a trained run answers."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import JsonOption, RunsOption, check_text, emit, say
from core.runs.folder.store import Store


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A finished run's id.")],
    text: Annotated[str | None, typer.Option(help="A text.")] = None,
    text_pair: Annotated[str | None, typer.Option(help="The second text of a pair.")] = None,
    file: Annotated[Path | None, typer.Option(help="Or a CSV, TSV or JSONL file with the run's text columns.")] = None,
    weights: Annotated[str, typer.Option(help="`last`, or those of the `best` evaluation.")] = "last",
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """What a trained run answers."""
    from core.analysis import predict as prediction

    if (text is None) == (file is None):
        raise ValueError("give either --text or --file")
    check_text(text, text_pair)
    found = Store(runs).get(run)
    trained = prediction.load_trained(found, weights)
    texts, pairs = ([text or ""], None if text_pair is None else [text_pair])
    if file is not None:
        texts, pairs = prediction.read_texts(file, trained.task)
    answers, milliseconds = prediction.predict(trained, texts, pairs)
    if json:
        emit({"rows": [dataclasses.asdict(answer) for answer in answers], "ms": round(milliseconds, 2)})
        return
    for answer in answers:
        odds = ", ".join(f"{name} {value:.3f}" for name, value in answer.probabilities.items())
        say(f"{answer.label}  ({odds})")
