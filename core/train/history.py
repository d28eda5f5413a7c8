"""The evaluations of a run so far: which was best by the task's own metric, and how many came since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class History:
    """Rows of evaluations in the order of their steps, read off the run's records, so that a resume has them too."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        """The key that decides, such as `eval_accuracy`; every metric is better when larger."""
        self.rows: list[Mapping[str, Any]] = []

    def restore(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Begin with what the records hold up to where training goes on."""
        self.rows = [row for row in rows if "eval_loss" in row]

    def add(self, row: Mapping[str, Any]) -> None:
        self.rows.append(row)

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The first of the best; None where the metric was defined in none."""
        defined = [row for row in self.rows if row.get(self.metric) is not None]
        return max(defined, key=lambda row: row[self.metric], default=None)

    @property
    def best_step(self) -> int | None:
        return None if self.best is None else self.best["step"]

    @property
    def without_better(self) -> int:
        """Evaluations since the best one; all of them where there is none."""
        return len(self.rows) if self.best is None else sum(row["step"] > self.best["step"] for row in self.rows)


def figures(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """An evaluation's metrics by the names that status.json has: without `eval_`, without losses."""
    named = {key.removeprefix("eval_"): value for key, value in (row or {}).items() if key.startswith("eval_")}
    return {key: value for key, value in named.items() if not key.endswith("loss")}
