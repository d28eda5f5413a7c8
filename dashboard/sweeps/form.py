"""What was entered on the sweep form in; the runs it means, or what is wrong with it, out.

The widgets' session state is the form's memory, one entry a widget, named `sweep:...`.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from core import wording
from core.config import RunConfig, keys, parse_assignments
from core.plan.command import assignments, shell_command
from core.plan.recipes import SWEEPS
from core.runs.sweep import Arm, expand, grid_arms, parse_grid, parse_seeds
from dashboard.shared import readers

OWN = "own"
LINES = 3
"""Keys that a grid on the page may have; the command line takes any number."""
SEEDS = "13, 14, 15"
NOT_VARIED = ("seed", "run.name", "run.executor", "run.address")
GRID_KEYS = tuple(key for key in keys() if key not in NOT_VARIED)


@dataclass(frozen=True)
class Entered:
    """A sweep as the form has it."""

    preset: str
    base: RunConfig = field(default_factory=RunConfig)
    arms: tuple[Arm, ...] = ()
    seeds: tuple[int, ...] = ()
    configs: tuple[RunConfig, ...] = ()
    name: str = ""
    error: str = ""
    """What is wrong and what to do; there are no configurations then."""


def fill(session: MutableMapping[Any, Any], preset: str) -> None:
    """Put a preset, or an empty grid of one's own, into the form; to be called before its widgets are drawn."""
    base = SWEEPS[preset].base if preset in SWEEPS else RunConfig()
    grid = list(SWEEPS[preset].grid.items()) if preset in SWEEPS else []
    for line in range(LINES):
        key, values = grid[line] if line < len(grid) else (None, ())
        session[f"sweep:key{line}"] = key
        session[f"sweep:values{line}"] = ", ".join(wording.as_entered(key or "", value) for value in values)
    session["sweep:settings"] = "\n".join(assignments(base, RunConfig()))
    session["sweep:task"], session["sweep:model"] = base.task, base.model
    session["sweep:name"] = ""
    session.setdefault("sweep:seeds", SEEDS)
    session["sweep:filled"] = preset


def read(session: Mapping[Any, Any], preset: str) -> Entered:
    """The sweep that stands in the form. Never raises: what is wrong is said in `error`."""
    name = session["sweep:name"].strip() or (preset if preset in SWEEPS else "")
    try:
        settings = [line for line in session["sweep:settings"].splitlines() if line.strip()]
        task = (session["sweep:task"] or "").strip()
        named = {"task": readers.own_tasks().get(task, task), "model": session["sweep:model"] or ""}
        base = RunConfig().replace({**named, **parse_assignments(settings)})
        arms = SWEEPS[preset].arms(base.model) if is_named(preset) else grid_arms(parse_grid(grid_lines(session)))
        seeds = parse_seeds(session["sweep:seeds"])
        return Entered(preset, base, tuple(arms), tuple(seeds), tuple(expand(base, arms, seeds)), name)
    except ValueError as error:
        return Entered(preset, name=name, error=wording.in_percent(str(error)))


def is_named(preset: str) -> bool:
    """Whether the preset's rows have names of their own in place of a grid."""
    return preset in SWEEPS and not SWEEPS[preset].grid


def grid_lines(session: Mapping[Any, Any]) -> list[str]:
    """`KEY=V1,V2` of each line of the grid that names a key. ValueError for values of no key."""
    lines = [(session[f"sweep:key{line}"], session[f"sweep:values{line}"]) for line in range(LINES)]
    for key, values in lines:
        if not key and values.strip():
            raise ValueError(f"no setting stands beside the values {values.strip()!r}: choose one, or empty the field")
    return [f"{key}={_values(key, values)}" for key, values in lines if key]


def _values(key: str, entered: str) -> str:
    return ",".join(wording.from_entered(key, value.strip()) for value in entered.split(","))


def arm_table(arms: tuple[Arm, ...]) -> pd.DataFrame:
    """Named rows and what each changes, in words; a model that is not cut has neither layers kept nor a rank."""
    cut = ("model.layers", "model.rank")

    def told(arm: Arm, key: str) -> str:
        uncut = key in cut and arm.changes["model.variant"] == "base"
        return "–" if uncut else wording.value(key, arm.changes[key])

    frame = pd.DataFrame(
        [{"Row": arm.name} | {wording.axis(key): told(arm, key) for key in arm.changes} for arm in arms]
    )
    return frame.loc[:, [column == "Row" or frame[column].nunique() > 1 for column in frame.columns]]


def command_line(entered: Entered, session: Mapping[Any, Any]) -> str:
    """The same sweep from a shell, an option a line."""
    options = [("--task", entered.base.task), ("--model", entered.base.model)]
    start = RunConfig()
    if is_named(entered.preset):
        options.append(("--preset", entered.preset))
        start = SWEEPS[entered.preset].start(entered.base.task, entered.base.model)
    else:
        options += [("--grid", line.replace(" ", "")) for line in grid_lines(session)]
    options.append(("--seeds", ",".join(map(str, entered.seeds))))
    options += [("--set", text) for text in assignments(entered.base, start)]
    return shell_command("sweep", options, lines=True)
