"""`results`: finished runs in the form of the papers' tables."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.output import JsonOption, RunsOption, emit, note, say, table
from core.fields import one_of
from core.runs.folder.store import Store

FORMATS = ("table", "csv", "markdown", "latex")


def results(
    run: Annotated[list[str] | None, typer.Argument(metavar="[RUN...]", help="Ids of runs; without any, all.")] = None,
    paper: Annotated[str | None, typer.Option(help="`a` or `b`: in the form of that paper's tables.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, markdown or latex.")] = "table",
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Mean and spread over seeds of finished runs, grouped by what differs, with the papers' values beside them."""
    from core.analysis.intervals import LIKE_THESE
    from core.analysis.results import writing
    from core.analysis.results.table import gains
    from core.analysis.results.table import results as tabulate

    one_of("--format", form, FORMATS)
    store = Store(runs)
    wanted = {store.get(run_id).id for run_id in run or ()}
    infos = [info for info in store.list() if not wanted or info.id in wanted]
    rows = tabulate(infos, paper)
    ahead = gains(rows) if paper == "b" else []
    if json:
        emit({
            "rows": [row.to_dict() for row in rows],
            "gains": [{"arm": g.arm, "pairs": g.pairs, "tasks": list(g.tasks), "mean": g.mean, "low": g.low,
                       "high": g.high, "printed": g.printed.value if g.printed else None} for g in ahead],
        })  # fmt: skip
        return
    if not rows:
        note("no finished run belongs here yet; `python -m core sweep --help` tells how to start some")
        return
    if form != "table":
        say({"csv": writing.to_csv, "markdown": writing.to_markdown, "latex": writing.to_latex}[form](rows).rstrip())
        return
    table(writing.columns(rows), writing.frame(rows).itertuples(index=False, name=None))
    for one in ahead:
        say(f"ahead of {one.arm} by {one.points} over {one.pairs} pairs: {one.sentence()}{one.beside}")
    if ahead:
        say(LIKE_THESE)
    say()
    say(writing.method_note(rows))
