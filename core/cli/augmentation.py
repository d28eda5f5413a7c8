"""`augment`: what an augmentation does to texts, epoch by epoch, and how the mix of methods comes out."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from core.analysis.preview import PreviewRow
from core.augment.methods import METHODS
from core.augment.shares import Shares
from core.cli.output import JsonOption, check_text, emit, note, say, table
from core.config import RunConfig, parse_assignments
from core.data.rows import Rows
from core.sections import STYLES, AugmentConfig
from core.tasks import Task
from core.wording import percent


def augment(
    text: Annotated[str | None, typer.Option(help="A text to augment.")] = None,
    text_pair: Annotated[str | None, typer.Option(help="The second text of a pair.")] = None,
    task: Annotated[str | None, typer.Option(help="Or rows of this task's training split.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows of the task.")] = 10,
    methods: Annotated[
        str, typer.Option(help=f"Comma-separated: {', '.join(METHODS)}, or FILE.py:FUNCTION.")
    ] = ",".join(AugmentConfig.methods),
    style: Annotated[str, typer.Option(help=f"{' or '.join(STYLES)}.")] = STYLES[0],
    fraction: Annotated[float | None, typer.Option(help="Share of rows changed an epoch; a text: always.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same edits.")] = 13,
    epochs: Annotated[str, typer.Option(help="Comma-separated epoch numbers, from 0.")] = "0",
    model: Annotated[str, typer.Option(help="Whose word pieces to show.")] = "demo",
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any key, such as augment.min_words=6.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show what an augmentation does to texts, epoch by epoch."""
    from core.analysis.preview import guesser_lack, preview_row, shown_rows, statistics
    from core.augment.filters import filters_asked
    from core.augment.own_method import opened_in_shell
    from core.augment.policy import run_policy
    from core.augment.shares import shares
    from core.data.sources import load_corpus
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer
    from core.runs.folder.store import Store

    if (text is None) == (task is None):
        raise ValueError("give either --text or --task")
    share = fraction if fraction is not None else (1.0 if text is not None else 0.1)
    config = RunConfig(task=Store().task_path(task) if task else "file", model=model, seed=seed).replace(
        {"augment.style": style, "augment.fraction": share}
        | opened_in_shell({"augment.methods": methods} | parse_assignments(assignments or []))
    )
    check_text(text, text_pair)
    numbers = _epochs(epochs)
    source = resolve_model(model)
    if lack := guesser_lack(config, source):
        raise ValueError(lack)
    tokenizer = load_tokenizer(source)
    if text is not None:
        shown = preview_row(config, None, 0, text, text_pair, numbers, tokenizer)
        if unused := filters_asked(config.augment):
            note(f"{' and '.join(unused)}: no part is played by what chooses rows; a text is always changed")
        _show(shown, statistics(shown), None, json)
        return
    corpus = load_corpus(config)
    few = corpus.train.take(range(min(rows, len(corpus.train))))
    policy = run_policy(config, corpus.task)
    drawn = [policy.epoch(few, epoch) for epoch in numbers]
    done = [row for _, changed in drawn for row in changed]
    if not done:
        note(_why_none(config, corpus.task, few))
    shown = shown_rows(few, done, tokenizer)
    resolved = {"weights": policy.weights, "strengths": policy.strengths}
    _show(shown, statistics(shown) | resolved, shares(policy.weights, few, done, policy.sides, policy.table), json)


def _show(shown: list[PreviewRow], stats: dict[str, object], mix: Shares | None, json: bool) -> None:
    if json:
        emit(
            {
                "rows": [dataclasses.asdict(row) for row in shown],
                "stats": stats | ({"shares": dataclasses.asdict(mix)} if mix else {}),
            }
        )
        return
    for row in shown:
        say(f"row {row.row}, epoch {row.epoch}, {row.side}, {row.method}")
        say(f"  - {row.original}")
        say(f"  + {row.augmented}")
        for edit in row.edits:
            say(f"    {edit.start}-{edit.end}: {edit.before!r} -> {edit.after!r}  ({edit.rule})")
        if not row.edits:
            say("    unchanged: there is nothing in it that this method may change")
    if mix and mix.rows:
        lines = [
            [name, *(percent(value, 1) for value in (one.asked, one.applied, one.unchanged))]
            for name, one in mix.methods.items()
        ]
        table(("method", "asked for", "applied", "unchanged"), lines)
        if mix.own_words is not None:
            own = percent(mix.own_words)
            say(f"Of the words that the dictionary knows, {own} are their own first synonym: they stay.")


def _why_none(config: RunConfig, task: Task, rows: Rows) -> str:
    from core.augment.filters import augmentation_notes

    if config.augment.mode == "none":
        return "no row is changed: augment.mode is none"
    return "; ".join(augmentation_notes(config.augment, task, rows)) or "no row is changed: --fraction is 0"


def _epochs(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--epochs is {text!r}; write numbers such as 0,1,2") from None
    if not numbers or min(numbers) < 0 or len(numbers) > 100:
        raise ValueError("--epochs: give 1 to 100 numbers, zero or more")
    return numbers
