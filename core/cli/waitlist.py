"""`runs queue`, `runs move`, `runs describe`: what waits and in which order, and what people call their runs."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.output import JsonOption, RunArgument, RunsOption, emit, say, table
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher


def queue(
    slots: Annotated[int | None, typer.Option(help="From now on, run so many at once (1 to 64).")] = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """What waits, next one first, and how many run at once."""
    store = Store(runs)
    launcher = LocalLauncher(store)
    if slots is not None:
        launcher.slots = slots
    running = [info.id for info in store.list() if info.state == "running"]
    order = launcher.queue()
    if json:
        emit({"slots": launcher.slots, "running": running, "waiting": order})
        return
    say(f"{len(running)} running, {len(order)} waiting; as many as {launcher.slots} run at once")
    if order:
        table(("place", "run"), list(enumerate(order, start=1)))


def move(
    run: RunArgument,
    place: Annotated[int, typer.Argument(help="1 is next.")],
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Give a waiting run another place in the queue."""
    store = Store(runs)
    got = LocalLauncher(store).move(store.get(run), place)
    if json:
        emit({"run": run, "place": got})
    else:
        say(f"{run}  place {got}")


def describe(
    run: RunArgument,
    name: Annotated[str | None, typer.Option(help="Shown instead of the id.")] = None,
    notes: Annotated[str | None, typer.Option(help="Free text.")] = None,
    tags: Annotated[str | None, typer.Option(help="Words to filter by, with commas between.")] = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Give a run a name, notes or tags; without any of them, show what it has."""
    found = Store(runs).get(run)
    words = [word.strip() for word in tags.split(",") if word.strip()] if tags is not None else None
    given = {"name": name, "notes": notes, "tags": words}
    meta = found.set_meta(**{key: value for key, value in given.items() if value is not None})
    if json:
        emit({"run": run, "name": meta.name, "notes": meta.notes, "tags": list(meta.tags)})
    else:
        say(f"{run}  {meta.name}  {' '.join(f'[{tag}]' for tag in meta.tags)}  {meta.notes}".rstrip())
