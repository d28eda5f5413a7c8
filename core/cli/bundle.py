"""`bundle`: runs in one file, to be looked at elsewhere without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import JsonOption, RunsOption, check_text, emit, say
from core.runs.folder.archive import open_runs, pack_runs
from core.runs.folder.store import Store


def bundle(
    run: Annotated[list[str] | None, typer.Argument(help="Runs that are over.")] = None,
    out: Annotated[Path | None, typer.Option(help="The zip file to write.")] = None,
    open_: Annotated[Path | None, typer.Option("--open", help="A bundle whose runs are put into the run root.")] = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Runs in one zip file, models included; or such a file opened: every page shows them as if they had run here."""
    store = Store(runs)
    if (out is None) == (open_ is None) or (open_ is not None and run):
        raise ValueError("write `bundle RUN [RUN ...] --out FILE`, or `bundle --open FILE`")
    if open_ is not None:
        file, ids = open_, open_runs(store, open_)
    else:
        assert out is not None
        check_text(str(out))
        file, ids = out, pack_runs([store.get(one) for one in run or []], out)
    if json:
        emit({"file": str(file), "runs": ids})
        return
    done = "opened" if open_ is not None else f"{file.stat().st_size / 1e6:.1f} MB written to"
    say(f"{done} {file}: {', '.join(ids)}")
