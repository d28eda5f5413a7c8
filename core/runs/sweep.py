"""One configuration and a grid in; many runs out, and afterwards one table with mean and spread over seeds."""

from __future__ import annotations

import itertools
import math
import secrets
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.config import RunConfig, keys, parse_assignments
from core.runs.files import RunError
from core.runs.run import Run
from core.runs.store import RunInfo, Store

if TYPE_CHECKING:
    import pandas as pd

MOST_RUNS = 200
Grid = Mapping[str, Sequence[str]]

PRESETS: dict[str, dict[str, list[str]]] = {
    "augmentation ratio": {"augment.fraction": ["0", "0.1", "0.2", "0.3", "0.4"]},
    "loss": {"train.loss": ["ce", "joint"]},
    "batch size": {"train.batch_size": ["8", "16", "32", "64"]},
}
"""Paper A's figures 3 and 4; paper B's comparison of losses; paper B's figure 4."""


@dataclass(frozen=True)
class Sweep:
    """The runs of one grid, in the order in which they should run."""

    id: str
    runs: tuple[Run, ...]


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


def count_runs(grid: Grid, seeds: Sequence[int]) -> int:
    """How many runs a grid makes. Raises RunError for an unknown key, an empty list, or more than 200 runs."""
    if "seed" in grid:
        raise RunError("name the seeds as seeds, not in the grid: each seed is a row of comparable runs")
    for key, values in grid.items():
        if key not in keys():
            raise RunError(f"unknown key {key!r}; choose from {list(keys())}")
        if not values:
            raise RunError(f"the grid names no value for {key}")
    if not seeds:
        raise RunError("a sweep needs at least one seed")
    total = math.prod(len(values) for values in grid.values()) * len(seeds)
    if total > MOST_RUNS:
        raise RunError(f"the grid makes {total:,} runs; {MOST_RUNS} are allowed. Drop values or seeds")
    return total


def expand_grid(base: RunConfig, grid: Grid, seeds: Sequence[int]) -> list[RunConfig]:
    """Every combination, seed by seed: all runs of a seed share its data order, and the first seed is whole first.

    Values are read as `--set` reads them. Raises RunError (see `count_runs`) and ValueError for a bad value.
    """
    count_runs(grid, seeds)
    configs = [
        base.replace({**dict(zip(grid, values, strict=True)), "seed": seed})
        for seed in seeds
        for values in itertools.product(*grid.values())
    ]
    if len(set(configs)) < len(configs):
        raise RunError("the grid makes the same run twice; each value and seed once")
    return configs


def create_sweep(store: Store, base: RunConfig, grid: Grid, seeds: Sequence[int], name: str = "") -> Sweep:
    """Make a folder for every run of the grid; all or none. Submit them in order."""
    sweep_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    runs: list[Run] = []
    try:
        for config in expand_grid(base, grid, seeds):
            values = config.to_dict()
            cell = {key: values[key] for key in (*grid, "seed")}
            label = " ".join(f"{key.rpartition('.')[2]}={_shown(value)}" for key, value in cell.items())
            label = f"{name} {label}".strip()[:120]
            runs.append(store.create(config, name=label, sweep=sweep_id, cell=cell))
    except (RunError, OSError):
        for run in runs:
            store.delete(run.id)
        raise
    return Sweep(sweep_id, tuple(runs))


def sweep_frame(infos: Iterable[RunInfo], sweep_id: str | None = None) -> pd.DataFrame:
    """One line a cell and metric: the grid's keys, metric, n, mean, spread, low, high, seeds.

    `spread` is the sample standard deviation over seeds, None for a single one. Only finished runs count.
    """
    import pandas as pd

    cells: dict[tuple[Any, ...], dict[str, list[tuple[int, float]]]] = {}
    names: list[str] = []
    for info in infos:
        belongs = info.meta.sweep is not None and sweep_id in (None, info.meta.sweep)
        if not belongs or info.state != "finished" or info.status is None or info.config is None:
            continue
        cell = {key: value for key, value in info.meta.cell.items() if key != "seed"}
        names = names or list(cell)
        place = tuple(_shown(cell.get(name)) if isinstance(cell.get(name), list) else cell.get(name) for name in names)
        for metric, score in info.status.score.items():
            if score is not None:
                cells.setdefault(place, {}).setdefault(metric, []).append((info.config.seed, score))
    lines = []
    for place, metrics in cells.items():
        for metric, pairs in metrics.items():
            pairs.sort()
            lines.append({**dict(zip(names, place, strict=True)), "metric": metric, **_summary(pairs)})
    columns = [*names, "metric", "n", "mean", "spread", "low", "high", "seeds"]
    frame = pd.DataFrame(lines, columns=columns)
    return frame.sort_values([*names, "metric"], kind="stable", ignore_index=True)


def _summary(pairs: list[tuple[int, float]]) -> dict[str, Any]:
    scores = [score for _, score in pairs]
    return {
        "n": len(scores),
        "mean": statistics.fmean(scores),
        "spread": statistics.stdev(scores) if len(scores) > 1 else None,
        "low": min(scores),
        "high": max(scores),
        "seeds": [seed for seed, _ in pairs],
    }


def _shown(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)
