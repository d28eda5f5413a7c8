"""`sweep`: a grid over any configuration keys and seeds, started, looked at, stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from core.augment.own_method import opened_in_shell
from core.cli.output import JsonOption, RunsOption, emit, note, say, table
from core.cli.training import read_config
from core.config import RunConfig, parse_assignments
from core.fields import one_of
from core.model.memory import gib
from core.plan.check import check
from core.plan.recipes import SWEEPS
from core.runs.executors import submit_all
from core.runs.folder.store import Store
from core.runs.sweep import (
    Arm,
    SweepInfo,
    create_sweep,
    expand,
    find_sweep,
    grid_arms,
    parse_grid,
    parse_seeds,
    stop_sweep,
)


def sweep(
    task: Annotated[str | None, typer.Option(help="A task's name, or the path of your own file.")] = None,
    model: Annotated[str | None, typer.Option(help="`demo`, a hub id, or a folder.")] = None,
    grid: Annotated[
        list[str] | None, typer.Option(metavar="KEY=V1,V2", help="A key and its values; may be repeated.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="Each seed is one row of comparable runs.")] = "0,1,2",
    preset: Annotated[str | None, typer.Option(help=f"In place of a grid: {', '.join(SWEEPS)}.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key of every run.")
    ] = None,
    name: Annotated[str, typer.Option(help="What to call it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run, and how long it would take.")] = False,
    results: Annotated[str | None, typer.Option(metavar="SWEEP", help="Show the table of a sweep instead.")] = None,
    stop: Annotated[str | None, typer.Option(metavar="SWEEP", help="Stop what waits or runs of a sweep.")] = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Queue a run for every combination of values and seeds; they go on when this command has ended."""
    store = Store(runs)
    if results or stop:
        found = find_sweep(store, results or stop or "")
        if stop:
            stop_sweep(store, found)
            found = find_sweep(store, stop)
        _show(found, json)
        return
    base, arms = _asked(store.task_path(task) if task else None, model, grid or [], preset, set_ or [])
    numbers = parse_seeds(seeds)
    configs = expand(base, arms, numbers)
    ahead = check(configs, store)
    time = f"about {ahead.time.seconds:.0f} s ({ahead.time.source})" if ahead.time else "for an unknown time"
    memory = f", up to {gib(ahead.memory.total)} of memory each" if ahead.memory else ""
    for remark in ahead.notes:
        note(f"note: {remark}")
    if not ahead.ok:
        raise ValueError("; ".join(ahead.errors.values()))
    note(f"{len(configs)} runs, {time}{memory}")
    if dry_run:
        emit({"sweep": None, "runs": [], "plan": {"runs": len(configs), **ahead.to_dict()}}) if json else say(
            "nothing started"
        )
        return
    made = create_sweep(store, base, arms, numbers, name or preset or "")
    submit_all(made.runs)
    if json:
        emit({"sweep": made.id, "runs": [run.id for run in made.runs]})
    else:
        say(f"{made.id}  {len(made.runs)} runs queued; see them with `python -m core sweep --results {made.id}`")


def _asked(
    task: str | None, model: str | None, grid: list[str], preset: str | None, assignments: list[str]
) -> tuple[RunConfig, list[Arm]]:
    """The common configuration and what the rows change. ValueError where neither grid nor preset is named."""
    if bool(grid) == bool(preset):
        raise ValueError(f"give either --grid KEY=V1,V2 or --preset with one of {list(SWEEPS)}")
    if preset:
        one_of("preset", preset, SWEEPS)
        recipe = SWEEPS[preset]
        base = recipe.start(task, model).replace(opened_in_shell(parse_assignments(assignments)))
        return base, recipe.arms(base.model)
    values = parse_grid(grid)
    base = read_config(task or next(iter(values.get("task", ())), None), model, None, assignments)
    return base, grid_arms(values)


def _show(found: SweepInfo, json: bool) -> None:
    from core.runs.sweep_results import sweep_frame

    rows = sweep_frame(found).to_dict("records")
    if json:
        emit({"sweep": found.id, "runs": [i.id for i in found.runs], "states": dict(found.states), "rows": rows})
        return
    say(f"{found.id}  " + ", ".join(f"{count} {state}" for state, count in found.states.items()))
    if rows:
        columns = [*found.keys, "metric", "n", "mean", "spread"]
        table(columns, [[row[column] for column in columns] for row in rows])
        say("of each run's last evaluation")
