"""`augment` and `predict`: look at texts and answers."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import JsonOption, RunsOption, emit, say
from core.config import RunConfig
from core.runs.folder.store import Store


def augment(
    text: Annotated[str | None, typer.Option(help="A text to augment.")] = None,
    text_pair: Annotated[str | None, typer.Option(help="The second text of a pair.")] = None,
    task: Annotated[str | None, typer.Option(help="Or rows of this task's training split.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows of the task.")] = 10,
    methods: Annotated[str, typer.Option(help="Comma-separated: synonym, swap, typo, context.")] = "synonym,swap,typo",
    style: Annotated[str, typer.Option(help="`careful` or `paper`.")] = "careful",
    fraction: Annotated[float | None, typer.Option(help="Share of rows changed an epoch; a text: always.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same edits.")] = 13,
    epochs: Annotated[str, typer.Option(help="Comma-separated epoch numbers, from 0.")] = "0",
    model: Annotated[str, typer.Option(help="Whose word pieces to show.")] = "demo",
    json: JsonOption = False,
) -> None:
    """Show what an augmentation does to texts, epoch by epoch."""
    from core.analysis.preview import preview_row, preview_rows, statistics
    from core.data.sources import load_corpus
    from core.model.build import load_tokenizer
    from core.model.source import resolve_model

    if (text is None) == (task is None):
        raise ValueError("give either --text or --task")
    share = fraction if fraction is not None else (1.0 if text is not None else 0.1)
    config = RunConfig(task=task or "file", model=model, seed=seed).replace(
        {"augment.methods": methods, "augment.style": style, "augment.fraction": share}
    )
    _check_text(text, text_pair)
    numbers = _epochs(epochs)
    tokenizer = load_tokenizer(resolve_model(model))
    if text is not None:
        shown = preview_row(config, None, 0, text, text_pair, numbers, tokenizer)
    else:
        corpus = load_corpus(config)
        shown = preview_rows(
            config, corpus.task, corpus.train.take(range(min(rows, len(corpus.train)))), numbers, tokenizer
        )
    if json:
        emit({"rows": [dataclasses.asdict(row) for row in shown], "stats": statistics(shown)})
        return
    for row in shown:
        say(f"row {row.row}, epoch {row.epoch}, {row.side}, {row.method}")
        say(f"  - {row.original}")
        say(f"  + {row.augmented}")
        for edit in row.edits:
            say(f"    {edit.start}-{edit.end}: {edit.before!r} -> {edit.after!r}  ({edit.rule})")
        if not row.edits:
            say("    unchanged: there is nothing in it that may be changed")
    if not shown:
        say("no row was chosen; raise --fraction or --rows")


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A finished run's id.")],
    text: Annotated[str | None, typer.Option(help="A text.")] = None,
    text_pair: Annotated[str | None, typer.Option(help="The second text of a pair.")] = None,
    file: Annotated[Path | None, typer.Option(help="Or a CSV, TSV or JSONL file with the run's text columns.")] = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """What a trained run answers."""
    from core.analysis import predict as prediction

    if (text is None) == (file is None):
        raise ValueError("give either --text or --file")
    _check_text(text, text_pair)
    found = Store(runs).get(run)
    trained = prediction.load_trained(found)
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


def _check_text(*texts: str | None) -> None:
    for text in texts:
        if text is not None and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValueError("the text is not UTF-8; write it as UTF-8")  # the shell's odd bytes arrive as surrogates


def _epochs(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--epochs is {text!r}; write numbers such as 0,1,2") from None
    if not numbers or min(numbers) < 0 or len(numbers) > 100:
        raise ValueError("--epochs: give 1 to 100 numbers, zero or more")
    return numbers
