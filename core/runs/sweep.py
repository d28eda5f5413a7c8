"""One configuration and a grid, or a list of arms, in; the runs of a sweep out, made and found again."""

from __future__ import annotations

import itertools
import math
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import wording
from core.config import RunConfig, keys, parse_assignments
from core.fields import unknown
from core.runs.executors import launcher_of
from core.runs.folder.files import RunError
from core.runs.folder.run import Run
from core.runs.folder.store import RunInfo, Store

MOST_RUNS = 200
MOST_NAME = 120
ARM = "arm"
"""The coordinate of a run whose changes have a name of their own."""
Grid = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Arm:
    """What one row of comparable runs changes: dotted key to value, as `--set` reads it."""

    changes: Mapping[str, str]
    name: str = ""
    """Said in place of the changes, such as `without CP`."""


@dataclass(frozen=True)
class Sweep:
    """The runs of one sweep, in the order in which they were made."""

    id: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class SweepInfo:
    """One line of the list of sweeps."""

    id: str
    runs: tuple[RunInfo, ...]
    """In the order in which they were made."""
    keys: tuple[str, ...]
    """What its runs differ in, seeds left out: configuration keys, or `arm`."""
    states: Mapping[str, int] = field(default_factory=dict)
    """How many of its runs are in each state."""

    @property
    def is_active(self) -> bool:
        return bool(self.states.keys() & {"queued", "running"})


def parse_grid(assignments: Iterable[str]) -> dict[str, list[str]]:
    """`["augment.fraction=0,0.1"]` to a grid; a value of a list key is joined by `+` (`synonym+swap`)."""
    lists = {key for key, value in RunConfig().to_dict().items() if isinstance(value, list)}
    grid: dict[str, list[str]] = {}
    for assignment in assignments:
        for key, text in parse_assignments([assignment]).items():
            if key in grid:
                raise RunError(f"the grid names {key} twice; give its values in one list")
            values = [value.strip() for value in text.split(",") if value.strip()]
            grid[key] = [value.replace("+", ",") for value in values] if key in lists else values
    return grid


def parse_seeds(text: str) -> list[int]:
    """`"0, 1,2"` to seeds. RunError for what is no whole number."""
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise RunError(f"seeds is {text!r}; give whole numbers such as 0,1,2") from None


def grid_arms(grid: Grid) -> list[Arm]:
    """Every combination of a grid's values. RunError for an unknown key, an empty list, or more than 200 runs."""
    if "seed" in grid:
        raise RunError("name the seeds as seeds, not in the grid: each seed is a row of comparable runs")
    for key, values in grid.items():
        if key not in keys():
            raise RunError(unknown("key", key, keys(), keys()))
        if not values:
            raise RunError(f"the grid names no value for {key}")
    _check_count(math.prod(len(values) for values in grid.values()))
    return [Arm(dict(zip(grid, values, strict=True))) for values in itertools.product(*grid.values())]


def expand(base: RunConfig, arms: Sequence[Arm], seeds: Sequence[int]) -> list[RunConfig]:
    """Every arm, seed by seed: all runs of a seed share its data order, and the first seed is whole first.

    Raises RunError for no seed, more than 200 runs or a run that comes twice, ValueError for a bad value.
    """
    if not seeds:
        raise RunError("a sweep needs at least one seed")
    _check_count(len(arms) * len(seeds))
    configs = [base.replace({**arm.changes, "seed": seed}) for seed in seeds for arm in arms]
    if len(set(configs)) < len(configs):
        raise RunError("the sweep makes the same run twice; each value and seed once")
    return configs


def _check_count(total: int) -> None:
    if total > MOST_RUNS:
        raise RunError(f"the grid makes {total:,} runs; {MOST_RUNS} are allowed. Drop values or seeds")


def _slug(name: str, most: int = 80) -> str:
    """A name as part of a folder's: what is too long ends with a whole word."""
    whole = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return whole if len(whole) <= most else whole[: most + 1].rpartition("-")[0] or whole[:most]


def create_sweep(store: Store, base: RunConfig, arms: Sequence[Arm], seeds: Sequence[int], name: str = "") -> Sweep:
    """Make a folder for every run; all or none. Submit them in order."""
    sweep_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{_slug(name or base.task)}-{secrets.token_hex(2)}"
    runs: list[Run] = []
    try:
        for config, (seed, arm) in zip(expand(base, arms, seeds), itertools.product(seeds, arms), strict=True):
            values = config.to_dict()
            cell: dict[str, Any] = {ARM: arm.name} if arm.name else {key: values[key] for key in arm.changes}
            told = arm.name or ", ".join(wording.said(key, value) for key, value in cell.items())
            last = ", ".join(
                filter(None, (told, f"seed {seed}"))
            )  # it tells the runs apart: a long name is cut before it
            head = name[: max(0, MOST_NAME - len(last) - 2)]
            label = (": " if told else ", ").join(filter(None, (head, last)))[:MOST_NAME]
            runs.append(store.create(config, name=label, sweep=sweep_id, cell={**cell, "seed": seed}))
    except (RunError, OSError):
        for run in runs:
            store.delete(run.id)
        raise
    return Sweep(sweep_id, tuple(runs))


def list_sweeps(infos: Iterable[RunInfo]) -> list[SweepInfo]:
    """The sweeps that these runs belong to, newest first."""
    members: dict[str, list[RunInfo]] = {}
    for info in infos:
        if info.meta.sweep is not None and info.config is not None and info.status is not None:
            members.setdefault(info.meta.sweep, []).append(info)
    sweeps = []
    for sweep_id, runs in members.items():
        runs.sort(key=lambda info: info.created)
        states: dict[str, int] = {}
        for info in runs:
            states[info.state] = states.get(info.state, 0) + 1
        names = dict.fromkeys(key for info in runs for key in info.meta.cell if key != "seed")
        sweeps.append(SweepInfo(sweep_id, tuple(runs), tuple(names), states))
    return sorted(sweeps, key=lambda sweep: sweep.runs[0].created, reverse=True)


def find_sweep(store: Store, sweep_id: str) -> SweepInfo:
    """The sweep with that id. RunError where there is none."""
    for sweep in list_sweeps(store.list()):
        if sweep.id == sweep_id:
            return sweep
    raise RunError(f"no sweep {sweep_id[:120]!r} in {store.root}")


def stop_sweep(store: Store, sweep: SweepInfo) -> None:
    """Stop its waiting runs, last one first so that none of them begins meanwhile, then those at work."""
    for state in ("queued", "running"):
        for info in reversed(sweep.runs):
            if info.state == state:
                run = store.get(info.id)
                launcher_of(run).stop(run)


def coordinates(info: RunInfo, names: Iterable[str]) -> dict[str, Any]:
    """Where a run stands in its sweep: each key to a number or a text."""
    cell = info.meta.cell
    return {key: cell[key] if isinstance(cell.get(key), int | float) else shown(cell.get(key)) for key in names}


def shown(value: Any) -> str:
    """A value as the grid takes it."""
    return "+".join(map(str, value)) if isinstance(value, list) else "none" if value is None else str(value)
