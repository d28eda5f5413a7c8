"""`train` and `runs`: start a run, and see to those there are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from core.augment.own import opened_in_shell
from core.cli import waitlist
from core.cli.machine import show as show_finding
from core.cli.output import JsonOption, RunArgument, RunsOption, emit, note, say, table
from core.config import RunConfig, parse_assignments
from core.data.doctor import FIGURES
from core.fields import ConfigError
from core.model.memory import gib
from core.plan.check import Plan, check
from core.plan.command import command_line
from core.runs.executors import launcher_of
from core.runs.folder.run import Run
from core.runs.folder.status import Status
from core.runs.folder.store import RunError, Store

runs = typer.Typer(help="List, show, stop, resume, order and delete runs.", no_args_is_help=True)
for verb in (waitlist.queue, waitlist.move, waitlist.describe):
    runs.command()(verb)


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
        _say_plan(chosen, ahead, json)
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
        say(f"{run.id}  {status.state}  {_score(dict(status.metrics))}".rstrip())
        for line in _outcome(status):
            say(line)
    if wait and status.state != "finished":
        note(f"{run.id} is {status.state}" + (f": {status.error}" if status.error else ""))
        raise typer.Exit(1)


def _say_plan(config: RunConfig, plan: Plan, json: bool) -> None:
    """What a dry run found out; what stands in the way is said by the caller."""
    if json:
        emit({**plan.to_dict(), "config": config.to_dict(), "command": command_line(config)})
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
    say(f"nothing started; it starts with:\n{command_line(config)}")


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
                    note(f"step {row['step']}: {_score(scores)}")
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


@runs.command("list")
def list_runs(runs: RunsOption = None, json: JsonOption = False) -> None:
    """All runs, newest first."""
    rows: list[dict[str, Any]] = [
        {
            "run": info.id,
            "name": info.name,
            "task": info.task,
            "model": info.model,
            "state": info.state,
            "phase": info.status.phase if info.status else "",
            "step": info.status.step if info.status else None,
            "of": info.status.of if info.status else None,
            "metrics": dict(info.status.metrics) if info.status else {},
            "best": dict(info.status.best) if info.status else {},
        }
        for info in Store(runs).list()
    ]
    if json:
        emit(rows)
    elif not rows:
        say("no runs yet; start one with `python -m core train --task demo-intents --wait`")
    else:
        table(
            ("run", "task", "model", "state", "step", "last evaluation"),
            [
                (r["run"], r["task"], r["model"], r["state"], f"{r['step']}/{r['of'] or '?'}", _score(r["metrics"]))
                for r in rows
            ],
        )
    for row in rows:
        if row["state"] == "queued" and row["phase"]:
            note(f"{row['run']} {row['phase']}")
    cut = sum(row["state"] == "interrupted" for row in rows)
    if cut:
        note(
            f"{cut} interrupted; `python -m core runs resume --interrupted` goes on with {'it' if cut == 1 else 'them'}"
        )


def _rows_of(run: Run) -> list[dict[str, Any]]:
    """What the run has measured; what cannot be read of it is said, and hides nothing else."""
    tail = run.tail()
    try:
        tail.update()
    except RunError as error:
        note(str(error))
    if tail.unread:
        note(f"{tail.unread} line{'s' if tail.unread > 1 else ''} of metrics.jsonl cannot be read")
    return tail.rows


@runs.command()
def show(run: RunArgument, runs: RunsOption = None, json: JsonOption = False) -> None:
    """One run: its state, what differs from the defaults, its last evaluation."""
    found = Store(runs).get(run)
    status, config = found.status(), found.config()
    rows = _rows_of(found)
    evals = [row for row in rows if "eval_loss" in row]
    if json:
        document = {"run": found.id, "dir": str(found.dir), **status.to_dict(), "config": config.to_dict()}
        emit({**document, "evaluations": evals, "size": found.size()})
        return
    say(f"{found.id}  {status.state} {status.phase}  step {status.step}/{status.of or '?'}")
    for line in (status.error, status.weights_note, *_outcome(status)):
        if line:
            say(line)
    for key, (value, default) in config.differences(RunConfig()).items():
        say(f"  {key} = {value}  (default {default})")
    if evals:
        say(f"  step {evals[-1]['step']}: {_score({k: v for k, v in evals[-1].items() if k.startswith('eval_')})}")


def _outcome(status: Status) -> list[str]:
    """Whether a finished run has learned, and which of its evaluations was the best."""
    best = dict(status.best)
    step = best.pop("step", None)
    return [line for line in (status.verdict, f"best at step {step}: {_score(best)}" if best else "") if line]


@runs.command()
def log(
    run: RunArgument,
    runs: RunsOption = None,
    max_bytes: Annotated[int, typer.Option(help="At most so much of its end.")] = 20_000,
    json: JsonOption = False,
) -> None:
    """The end of a run's log."""
    text = Store(runs).get(run).log_tail(max_bytes)
    if json:
        emit({"run": run, "log": text})
    else:
        say(text.rstrip("\n"))


@runs.command()
def stop(run: RunArgument, runs: RunsOption = None, json: JsonOption = False) -> None:
    """End a run at its next step, keeping a checkpoint; by force after 3 s."""
    store = Store(runs)
    found = store.get(run)
    _report(run, launcher_of(found).stop(found).state, json)


@runs.command()
def resume(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run's id; or use --interrupted.")] = None,
    interrupted: Annotated[bool, typer.Option("--interrupted", help="All that a kill or a reboot cut off.")] = False,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a stopped, failed or interrupted run from its newest checkpoint."""
    store = Store(runs)
    if interrupted == (run is not None):
        raise ValueError("name a run, or say --interrupted")
    named = [run] if run is not None else [info.id for info in store.list() if info.state == "interrupted"]
    resumed, refused = [], []
    for found in map(store.get, named):
        try:
            launcher_of(found).resume(found)
            resumed.append({"run": found.id, "state": found.status().state})
        except RunError as error:
            if run:
                raise
            refused.append(str(error))  # such as a cluster out of reach; the others go on
    if json:
        emit(resumed if interrupted else resumed[0])
    else:
        for line in resumed:
            say(f"{line['run']}  {line['state']}")
        if not named:
            say("no run was interrupted")
    for why in refused:
        note(why)
    if refused:
        raise typer.Exit(1)


@runs.command()
def delete(
    run: RunArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a run's folder for good."""
    store = Store(runs)
    found = store.get(run)
    if not yes and not json:
        typer.confirm(f"delete {found.dir}?", abort=True)
    store.delete(run)
    _report(run, "deleted", json)


def _report(run: str, state: str, json: bool) -> None:
    if json:
        emit({"run": run, "state": state})
    else:
        say(f"{run}  {state}")


def _score(score: dict[str, Any]) -> str:
    return ", ".join(f"{name.removeprefix('eval_')} {value:.3f}" for name, value in score.items() if value is not None)
