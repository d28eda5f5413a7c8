"""`runs`: see to the runs there are: list, show, stop, resume, order and delete them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.cli import waitlist
from core.cli.output import JsonOption, RunArgument, RunsOption, emit, note, say, table
from core.config import RunConfig
from core.runs.executors import launcher_of
from core.runs.folder.run import Run
from core.runs.folder.status import Status
from core.runs.folder.store import RunError, Store

runs = typer.Typer(help="List, show, stop, resume, order and delete runs.", no_args_is_help=True)
for verb in (waitlist.queue, waitlist.move, waitlist.describe):
    runs.command()(verb)


@runs.command("list")
def list_runs(runs: RunsOption = None, json: JsonOption = False) -> None:
    """All runs, newest first."""
    infos = Store(runs).list()
    bests = [info.status.best_said if info.status else "" for info in infos]
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
        for info in infos
    ]
    if json:
        emit(rows)
    elif not rows:
        say("no runs yet; start one with `python -m core train --task demo-intents --wait`")
    else:
        table(
            ("run", "task", "model", "state", "step", "last evaluation", "best"),
            [
                (
                    r["run"],
                    r["task"],
                    r["model"],
                    r["state"],
                    f"{r['step']}/{r['of'] or '?'}",
                    score(r["metrics"]),
                    best,
                )
                for r, best in zip(rows, bests, strict=True)
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
    for line in (status.error, status.weights_note, *outcome(status)):
        if line:
            say(line)
    for key, (value, default) in config.differences(RunConfig()).items():
        say(f"  {key} = {value}  (default {default})")
    if evals:
        last = {key: value for key, value in evals[-1].items() if key.startswith("eval_")}
        say(f"  last evaluation, step {evals[-1]['step']}: {score(last)}")


def outcome(status: Status) -> list[str]:
    """Whether a finished run has learned, and which of its evaluations was the best."""
    best = dict(status.best)
    step = best.pop("step", None)
    return [line for line in (status.verdict, f"best at step {step}: {score(best)}" if best else "") if line]


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


def score(score: dict[str, Any]) -> str:
    return ", ".join(f"{name.removeprefix('eval_')} {value:.3f}" for name, value in score.items() if value is not None)
