"""`bundle`: runs in one file, to be looked at elsewhere without a network."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from core.augment.opened import VARIABLE
from core.augment.own_method import is_own, unopened
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
    notes = _code_left_behind(store, ids, opening=open_ is not None)
    if json:
        emit({"file": str(file), "runs": ids, "notes": notes})
        return
    done = "opened" if open_ is not None else f"{file.stat().st_size / 1e6:.1f} MB written to"
    say(f"{done} {file}: {', '.join(ids)}")
    for note in notes:
        say(note)


def _code_left_behind(store: Store, ids: list[str], opening: bool) -> list[str]:
    """A line for each run that was trained with a method of one's own: its file stays where it was."""
    notes = []
    for one in ids:
        with suppress(ValueError):  # a run whose settings cannot be read is shown as such by `runs list`
            methods = store.get(one).config().augment.methods
            if opening and (missing := unopened(methods)):
                notes.append(
                    f"{one}: {', '.join(missing)} is not open here, as no code comes in a bundle; the run can be "
                    f"looked at and exported, and trained on once the file lies there and {VARIABLE} names its folder"
                )
            elif not opening and (own := list(filter(is_own, methods))):
                notes.append(
                    f"{one}: {', '.join(own)} is not in it, as no code goes into a bundle; hand on the file too"
                )
    return notes
