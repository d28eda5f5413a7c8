"""Runs that differ in the seed alone taken together: what each setting loses under noise, and whether one helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from core.analysis import intervals
from core.analysis.clusters import Group, groups_of
from core.analysis.intervals import Interval
from core.analysis.robustness.curves import Level, Point
from core.config import RunConfig
from core.wording import percent


@dataclass(frozen=True, kw_only=True)
class Cell(Level):
    """Of one setting: means over seeds with Student's interval; of a single seed its own intervals over rows. It was
    trained with a noise where all of its runs were."""

    setting: str
    """What tells it from the other settings: `rows augmented 40 %`."""
    runs: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"setting": self.setting, **super().to_dict(), "runs": list(self.runs)}


@dataclass(frozen=True)
class Benefit:
    """By how much a setting's score under a noise is above the first setting's, seed by seed."""

    setting: str
    against: str
    noise: str
    """Empty for the clean rows."""
    level: float
    gain: Interval

    @property
    def sentence(self) -> str:
        """`typo at 40 %: helped by 3.1 ± 1.2 points`, or that it did not."""
        where = f"{self.noise} at {percent(self.level)}" if self.level else "clean rows"
        if isnan(self.gain.low):
            return f"{where}: cannot be told, {100 * self.gain.value:+.1f} points over {self.gain.over}"
        span = f"{100 * abs(self.gain.value):.1f} ± {100 * self.gain.half:.1f} points (95 % over {self.gain.over})"
        if self.gain.low > 0:
            return f"{where}: helped by {span}"
        if self.gain.high < 0:
            return f"{where}: did not help, it cost {span}"
        sign = "-" if self.gain.value < 0 else "+"
        return f"{where}: did not help, {sign}{span} is within chance"

    def to_dict(self) -> dict[str, Any]:
        return {"setting": self.setting, "against": self.against, "noise": self.noise, "level": self.level,
                **asdict(self.gain), "sentence": self.sentence}  # fmt: skip


def cells(points: Sequence[Point], configs: Mapping[str, RunConfig]) -> list[Cell]:
    """Every setting under every noise at every level, in the order of the runs. `configs` is by run id."""
    at = _by_run(points)
    found = []
    for group, runs in _groups(configs):
        for noise, level in dict.fromkeys((one.noise, one.level) for one in points):
            own = [at[run, noise, level] for run in runs if (run, noise, level) in at]
            if own:
                value, drop = (
                    intervals.over_seeds([one.value for one in parts]) if len(parts) > 1 else parts[0]
                    for parts in ([one.value for one in own], [one.drop for one in own])
                )  # fmt: skip
                found.append(
                    Cell(
                        setting=group.label, noise=noise, level=level, metric=own[0].metric,
                        value=intervals.within(value, -1, 1),  # no metric has more
                        drop=drop, draws=max(one.draws for one in own), seen=all(one.seen for one in own),
                        runs=tuple(one.run_id for one in own),
                    )
                )  # fmt: skip
    return found


def helped(points: Sequence[Point], configs: Mapping[str, RunConfig]) -> list[Benefit]:
    """Each further setting against the first of its task: on clean rows, and under each noise at its strongest level.

    Only settings with at least two seeds in common are compared: one pair of runs says nothing of another seed.
    """
    at = _by_run(points)
    strongest = {one.noise: one.level for one in sorted(points, key=lambda one: one.level) if one.level}
    first: dict[str, tuple[Group, tuple[str, ...]]] = {}
    found = []
    for group, runs in _groups(configs):
        task = configs[runs[0]].task
        if task not in first:
            first[task] = group, runs
            continue
        base, base_runs = first[task]
        for noise, level in (("", 0.0), *strongest.items()):
            name = noise or next(iter(strongest), "")
            before, after = (
                {seed: at[run, name, level].value.value for seed, run in zip(one.seeds, ids, strict=True)
                 if (run, name, level) in at}
                for one, ids in ((base, base_runs), (group, runs))
            )  # fmt: skip
            if len(before.keys() & after.keys()) >= 2:
                gain = intervals.seeds_difference(before, after)
                found.append(Benefit(group.label, base.label, noise, level, gain))
    return found


def _groups(configs: Mapping[str, RunConfig]) -> list[tuple[Group, tuple[str, ...]]]:
    ids = list(configs)
    return [(group, tuple(ids[at] for at in group.runs)) for group in groups_of(list(configs.values()))]


def _by_run(points: Sequence[Point]) -> dict[tuple[str, str, float], Point]:
    return {(one.run_id, one.noise, one.level): one for one in points}
