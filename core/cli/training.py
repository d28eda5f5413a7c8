"""`train`: start a run, or say what it would be."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from core.augment.own_method import opened_in_shell
from core.cli.machine import show as show_finding
from core.cli.output import JsonOption, RunsOption, emit, note, say
from core.cli.runs import outcome, score
from core.config import RunConfig, parse_assignments
from core.data.doctor import FIGURES
from core.fields import ConfigError
from core.model.memory import gib
from core.plan.check import Plan, check
from core.plan.command import train_command
from core.runs.executors import launcher_of
from core.runs.folder.run import Run
from core.runs.folder.store import Store


def read_config(task: str | None, model: str | None, config: Path | None, assignments: list[str]) -> RunConfig:
    """The configuration a command line describes: a file, then --task and --model, then --set. ValueError."""
    base = RunConfig()
    if config is not None:
        try:
            base = RunConfig.from_json(config.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{config} cannot be read: {error}") from None
    elif task is None:
        raise ValueError("--task is missing; `python -m core tasks` lists the choices")
    named: dict[str, Any] = {key: value for key, value in (("task", task), ("model", model)) if value is not None}
    return base.replace({**named, **opened_in_shell(parse_assignments(assignments))})


def train(
    task: Annotated[str | None, typer.Option(help="A task's name, or the path of your own file.")] = None,
    model: Annotated[str | None, typer.Option(help="`demo`, a hub id, or a folder.")] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration as JSON; --set changes it.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key; may be repeated.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run is over.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and say what would run.")] = False,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Launch a run in the background; it goes on when this command has ended."""
    store = Store(runs)
    try:
        chosen = read_config(task, model, config, set_ or [])
        chosen = chosen.replace({"task": store.task_path(chosen.task)})
    except ConfigError as error:
        if dry_run and json:
            emit(Plan(errors={error.key: str(error)}).to_dict())
        raise
    ahead = check([chosen], store, thorough=dry_run, examined=True)
    for remark in ahead.notes:
        note(f"note: {remark}")
    if dry_run:
        _say_plan(chosen, ahead, train_command(chosen, runs), json)
    if not ahead.ok:
        raise ValueError("; ".join(ahead.errors.values()))
    if dry_run:
        return
    for finding in ahead.data.get("findings", ()):
        if finding["kind"] not in FIGURES:
            show_finding(finding, note)
    run = store.create(chosen)
    launcher_of(run).submit(run)
    if wait:
        _follow(run)
    status = run.status()
    if json:
        document = {"run": run.id, "dir": str(run.dir), "state": status.state, "metrics": dict(status.metrics)}
        more = {"best": dict(status.best), "verdict": status.verdict, "error": status.error}
        emit({**document, **{key: value for key, value in more.items() if value}})
    else:
        last = score(dict(status.metrics))
        say(f"{run.id}  {status.state}" + (f"  last evaluation: {last}" if last else ""))
        for line in outcome(status):
            say(line)
    if wait and status.state != "finished":
        note(f"{run.id} is {status.state}" + (f": {status.error}" if status.error else ""))
        raise typer.Exit(1)


def _say_plan(config: RunConfig, plan: Plan, command: str, json: bool) -> None:
    """What a dry run found out; what stands in the way is said by the caller."""
    if json:
        emit({**plan.to_dict(), "config": config.to_dict(), "command": command})
        return
    if not plan.ok:
        return
    if plan.task and plan.steps:
        say(f"{plan.task.name}: {plan.train_rows:,} rows from {plan.source}, {plan.steps.total:,} steps")
    if plan.parameters:
        say(f"{plan.parameters.trainable:,} of {plan.parameters.total:,} parameters are trained")
    if plan.time and plan.memory:
        say(f"about {plan.time.seconds:.0f} s ({plan.time.source}), up to {gib(plan.memory.total)} of memory")
    for key, value in plan.resolved.items():
        say(f"{key} is {value}, where nothing else is set")
    for finding in plan.data["findings"] if plan.data else ():
        show_finding(finding)
    say(f"nothing started; it starts with:\n{command}")


def _follow(run: Run) -> None:
    """Print evaluations and now and then the step until the run is over; Ctrl-C leaves it running."""
    tail, seen, last = run.tail(), 0, 0.0
    try:
        while True:
            status = launcher_of(run).status(run)
            tail.update()
            for row in tail.rows[seen:]:
                if "eval_loss" in row:
                    scores = {k.removeprefix("eval_"): v for k, v in row.items() if k.startswith("eval_")}
                    note(f"step {row['step']}: {score(scores)}")
            seen = len(tail.rows)
            if status.is_over:
                return
            if time.monotonic() - last > 5:
                last = time.monotonic()
                eta = f", {status.eta_s:.0f} s left" if status.eta_s is not None else ""
                note(f"{status.state} {status.phase} {status.step}/{status.of or '?'}{eta}")
            time.sleep(0.2 if status.job is None else 1)
    except KeyboardInterrupt:
        note(f"left running: {run.id}; stop it with `python -m core runs stop {run.id}`")
        raise typer.Exit(130) from None
