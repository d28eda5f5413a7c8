"""`doctor` and `tasks`: what this machine has, and what can be trained on it."""

from __future__ import annotations

import os
import platform
from typing import Any

from core.cli.output import JsonOption, emit, say, table


def doctor(json: JsonOption = False) -> None:
    """Say what this machine offers: Python, torch, cores, WordNet, hub and data."""
    report = examine()
    if json:
        emit(report)
        return
    for key in ("python", "torch", "device", "bf16", "cores"):
        say(f"{key:8} {report[key]}")
    wordnet = report["wordnet"]
    say(f"wordnet  {wordnet['source']}, {wordnet['lemmas'] or 'not counted yet'} lemmas")
    say(f"hub      {'reached' if report['hub'] else 'not reached'}")
    for task, splits in report["data"].items():
        say(f"data     {task}: " + ", ".join(f"{n} {split}" for split, n in splits.items()))
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
    from core.model.source import ModelError, hub_reachable, resolve_model
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


def tasks(json: JsonOption = False) -> None:
    """List the tasks with their text columns, labels and metric."""
    from core.tasks import TASKS

    rows = [
        {
            "task": task.name,
            "columns": list(task.columns),
            "labels": list(task.labels),
            "metric": task.metrics[0],
            "source": "LAB_DATA or the hub" if task.hub else task.origin,
        }
        for task in TASKS.values()
    ]
    if json:
        emit(rows)
        return
    table(
        ("task", "columns", "labels", "metric", "source"),
        [(r["task"], ", ".join(r["columns"]), ", ".join(r["labels"]), r["metric"], r["source"]) for r in rows],
    )
