"""`predict`: what a trained run answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.output import JsonOption, RunsOption, check_text, emit, note, say, table
from core.runs.folder.store import Store

if TYPE_CHECKING:
    from core.analysis.predict import TrainedModel


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A finished run's id.")],
    text: Annotated[str | None, typer.Option(help="A text.")] = None,
    text_pair: Annotated[str | None, typer.Option(help="The second text of a pair.")] = None,
    file: Annotated[Path | None, typer.Option(help="Or a CSV, TSV or JSONL file with the run's text columns.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the answers to --file here, as CSV or JSONL by its ending.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Also what each word of --text did for it.")] = False,
    weights: Annotated[str, typer.Option(help="`last`, or those of the `best` evaluation.")] = "last",
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """What a trained run answers."""
    from core.analysis import predict as prediction

    if (text is None) == (file is None):
        raise ValueError("give either --text or --file")
    if out is not None and file is None:
        raise ValueError("--out takes the answers to a --file")
    if explain and text is None:
        raise ValueError("--explain takes one --text")
    check_text(text, text_pair)
    found = Store(runs).get(run)
    trained = prediction.load_trained(found, weights)
    if trained.note:
        note(trained.note)
    if weights == "last" and (better := found.status().better):
        note(f"these are the run's last weights; its best evaluation was {better}: --weights best")
    if file is None:
        texts, pairs = [text or ""], None if text_pair is None else [text_pair]
    elif out is None:
        texts, pairs = prediction.read_texts(file, trained.task)
    else:
        _answer_file(trained, file, out, json)
        return
    answers, milliseconds = prediction.predict(trained, texts, pairs)
    salience = _explained(trained, text, text_pair) if explain and text is not None else None
    if json:
        document = {"rows": [dataclasses.asdict(answer) for answer in answers], "ms": round(milliseconds, 2)}
        emit({**document, **({"salience": salience} if salience else {})})
        return
    for answer in answers:
        odds = ", ".join(f"{name} {value:.3f}" for name, value in answer.probabilities.items())
        say(f"{answer.label}  ({odds})")
    if salience:
        _print_salience(salience)


def _print_salience(salience: Mapping[str, Any]) -> None:
    say(f"in log-odds of {salience['answer']}; the parts sum to {salience['whole']:.3f} - {salience['empty']:.3f}, "
        f"off by {salience['gap']:.3f}")  # fmt: skip
    table(("word", "left out", "integrated gradients"),
          [(row["word"], row["left_out"], row["gradients"]) for row in salience["words"]])  # fmt: skip


def _answer_file(trained: TrainedModel, file: Path, out: Path, json: bool) -> None:
    from core.analysis.playground.batch import answer_file

    found = answer_file(trained, file, out, lambda done, total: note(f"{done} of {total}"))
    if json:
        emit(dataclasses.asdict(found))
        return
    for name, count in found.counts.items():
        say(f"{count:>7,}  {name}")
    say(f"{found.rows:,} rows answered: {found.out}")


def _explained(trained: TrainedModel, text: str, pair: str | None) -> dict[str, Any]:
    from core.analysis.playground.salience import explain

    found = explain(trained, text, pair)
    words = [
        {"word": word.text, "side": word.side, "left_out": left, "gradients": part}
        for word, left, part in zip(found.words, found.left_out, found.gradients, strict=True)
    ]
    figures = {name: getattr(found, name) for name in ("answer", "whole", "empty", "rest", "gap", "sums_up", "nodes")}
    return {**figures, "words": words}
