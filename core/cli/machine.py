"""`doctor` and `tasks`: what this machine has, what can be trained on it, and what is in the rows of a task."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import JsonOption, RunsOption, emit, say, table

TaskOption = Annotated[str | None, typer.Option(help="Examine the rows of this task, or of a file, instead.")]
ModelOption = Annotated[str, typer.Option(help="Whose word pieces to count: `demo`, a hub id, or a folder.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key; repeatable.")]

tasks = typer.Typer(help="List the tasks, add a file of your own, or check what is in a task's rows.")


def doctor(
    task: TaskOption = None,
    model: ModelOption = "demo",
    set_: SetOption = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Say what this machine offers: Python, torch, cores, WordNet, hub and data; or what is in a task's rows."""
    if task is not None:
        check(task, model, set_, runs, json)
        return
    report = examine()
    if json:
        emit(report)
        return
    for key in ("python", "torch", "device", "bf16", "cores"):
        say(f"{key:8} {report[key]}")
    wordnet = report["wordnet"]
    say(f"wordnet  {wordnet['source']}, {wordnet['lemmas'] or 'not counted yet'} lemmas")
    say(f"hub      {'reached' if report['hub'] else 'not reached'}")
    for name, splits in report["data"].items():
        say(f"data     {name}: " + ", ".join(f"{n} {split}" for split, n in splits.items()))
    for problem in report["problems"]:
        say(f"problem  {problem}")
    say("all well" if report["ok"] else "not ready")


def examine() -> dict[str, Any]:
    """The report that `doctor --json` prints."""
    import torch

    from core.augment.english.dictionary import wordnet_status
    from core.data.local import data_root
    from core.data.rows import DataError
    from core.data.sources import available
    from core.model.hub import hub_reachable
    from core.model.source import ModelError, resolve_model
    from core.tasks import TASKS
    from core.train.precision import computes_bf16

    problems = []
    try:
        resolve_model("demo")
    except ModelError as error:
        problems.append(str(error))
    data = {}
    try:
        data_root()
        data = {name: splits for name, task in TASKS.items() if (splits := available(task))}
    except DataError as error:
        problems.append(str(error))
    source, lemmas = wordnet_status()
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu",
        "bf16": computes_bf16(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "wordnet": {"source": source, "lemmas": lemmas},
        "hub": hub_reachable(),
        "data": data,
        "ok": not problems,
        "problems": problems,
    }


@tasks.callback(invoke_without_command=True)
def list_tasks(context: typer.Context, runs: RunsOption = None, json: JsonOption = False) -> None:
    """List the tasks with their text columns, labels and metric, and the files that were added."""
    if context.invoked_subcommand is not None:
        return
    from core.runs.folder.store import Store
    from core.tasks import TASKS

    rows: list[dict[str, Any]] = [
        {
            "task": task.name,
            "columns": list(task.columns),
            "labels": list(task.labels),
            "metric": task.metrics[0],
            "source": "LAB_DATA or the hub" if task.hub else task.origin,
        }
        for task in TASKS.values()
    ]
    rows += [
        {"task": name, "columns": [], "labels": [], "metric": None, "source": str(path)}
        for name, path in Store(runs).uploads().items()
    ]
    if json:
        emit(rows)
        return
    table(
        ("task", "columns", "labels", "metric", "source"),
        [(r["task"], ", ".join(r["columns"]), ", ".join(r["labels"]), r["metric"], r["source"]) for r in rows],
    )


@tasks.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSONL, JSON or Excel, packed or not.")],
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Keep a copy of a file with the runs: its name without the ending is then a task."""
    from core.data.own_file import read_table
    from core.runs.folder.store import Store

    store = Store(runs)
    read_table(file)
    kept = store.save_upload(file.name, file.read_bytes())
    name = next(name for name, path in store.uploads().items() if path == kept)
    if json:
        emit({"task": name, "file": str(kept)})
    else:
        say(f"{name}  {kept}")


@tasks.command()
def check(
    task: Annotated[str, typer.Argument(metavar="TASK", help="A task's name, or the path of a file.")],
    model: ModelOption = "demo",
    set_: SetOption = None,
    runs: RunsOption = None,
    json: JsonOption = False,
) -> None:
    """Say what is in the rows of a task, and what mends it."""
    from core.config import RunConfig, parse_assignments
    from core.data import doctor as data_doctor
    from core.data.sources import load_corpus
    from core.model.pieces import load_pieces
    from core.runs.folder.store import Store

    config = RunConfig().replace({"task": Store(runs).task_path(task), "model": model, **parse_assignments(set_ or [])})
    corpus = load_corpus(config)
    findings = data_doctor.describe(corpus, config, load_pieces(model))["findings"]
    if json:
        emit(findings)
        return
    say(f"{corpus.task.name}: {len(corpus.train)} training rows from {corpus.source}")
    for finding in findings:
        show(finding)


def show(finding: dict[str, Any], say: Callable[[str], None] = say) -> None:
    """One finding in lines for people."""
    say(f"{finding['kind']} ({finding['count']}): {finding['why']}")
    if finding["example"]:
        say(f"    {finding['example']}")
    for key, value in finding["remedy"].items():
        say(f"    mend with --set {key}={','.join(value) if isinstance(value, list) else value}")
