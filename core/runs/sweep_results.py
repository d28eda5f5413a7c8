"""The runs of a sweep in; mean and spread over seeds, fair differences and curves out, as frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.runs.sweep import SweepInfo, coordinates

if TYPE_CHECKING:
    import pandas as pd


def score_frame(sweep: SweepInfo) -> pd.DataFrame:
    """One line a finished run and metric: the sweep's keys, `seed`, `metric`, `score`, `run`."""
    import pandas as pd

    lines = [
        {**coordinates(info, sweep.keys), "seed": info.config.seed, "metric": metric, "score": score, "run": info.id}
        for info in sweep.runs
        if info.state == "finished" and info.status and info.config
        for metric, score in info.status.metrics.items()
        if score is not None
    ]
    return pd.DataFrame(lines, columns=[*sweep.keys, "seed", "metric", "score", "run"])


def sweep_frame(sweep: SweepInfo) -> pd.DataFrame:
    """One line a cell and metric, in the order of the runs: the keys, `metric`, n, mean, spread, low, high, seeds.

    `spread` is the sample standard deviation over seeds, nan for a single one. Only finished runs count.
    """
    scores = score_frame(sweep).sort_values("seed", kind="stable")
    table = scores.groupby([*sweep.keys, "metric"], sort=False).agg(
        n=("score", "size"),
        mean=("score", "mean"),
        spread=("score", "std"),
        low=("score", "min"),
        high=("score", "max"),
        seeds=("seed", list),
    )
    return _in_order(table.reset_index(), sweep)


def paired_differences(sweep: SweepInfo, metric: str) -> pd.DataFrame:
    """The sweep's first cell minus each other one, seed by seed: the keys, n, difference, spread.

    Only seeds that both have finished count: such a pair shares rows, order and everything but the cell.
    """
    import pandas as pd

    scores = score_frame(sweep)
    scores = scores[scores["metric"] == metric]
    cells = cell_order(sweep)
    own = {cell: part.set_index("seed")["score"] for cell, part in scores.groupby(list(sweep.keys), sort=False)}
    first = own.get(cells[0]) if cells else None
    lines = []
    for cell in cells[1:]:
        if first is None or cell not in own:
            continue
        gaps = (first - own[cell]).dropna()
        if len(gaps):
            line = dict(zip(sweep.keys, cell, strict=True))
            lines.append({**line, "n": len(gaps), "difference": gaps.mean(), "spread": gaps.std()})
    return pd.DataFrame(lines, columns=[*sweep.keys, "n", "difference", "spread"])


def curve_frame(sweep: SweepInfo, frames: Mapping[str, pd.DataFrame], metric: str) -> pd.DataFrame:
    """The metric over steps, one line a cell and step: the keys, step, n, mean, spread over the seeds that are there.

    `frames` holds each run's metrics by its id, with columns `step` and such as `eval_accuracy`, the `metric`.
    """
    import pandas as pd

    parts = [pd.DataFrame(columns=[*sweep.keys, "step", metric])]
    for info in sweep.runs:
        frame = frames.get(info.id)
        if frame is not None and metric in frame and len(found := frame[["step", metric]].dropna()):
            parts.append(found.assign(**coordinates(info, sweep.keys)))
    values = pd.concat(parts[1:] or parts).groupby([*sweep.keys, "step"], sort=False)[metric]
    table = values.agg(n="size", mean="mean", spread="std").reset_index().sort_values("step", kind="stable")
    return _in_order(table, sweep)


def cell_order(sweep: SweepInfo) -> list[tuple[Any, ...]]:
    """The sweep's cells in the order in which their runs were made."""
    return list(dict.fromkeys(tuple(coordinates(info, sweep.keys).values()) for info in sweep.runs))


def _in_order(table: pd.DataFrame, sweep: SweepInfo) -> pd.DataFrame:
    place = {cell: number for number, cell in enumerate(cell_order(sweep))}
    found = [place[cell] for cell in table[list(sweep.keys)].itertuples(index=False, name=None)]
    return table.assign(_place=found).sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")
