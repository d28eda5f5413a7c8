"""Finished runs, folded over seeds, in the form of the papers' tables: ours with spread, theirs as printed beside."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, NamedTuple

from core.analysis.fairness import without_seed
from core.analysis.intervals import bounds, over_seeds
from core.analysis.results.methods import method_a, method_b, namer
from core.analysis.results.printed import LIGHT, PAPER_A, PAPER_B_GAINS, Printed
from core.config import RunConfig
from core.runs.folder.store import RunInfo

PAPERS = ("a", "b")


@dataclass(frozen=True)
class Result:
    """One method on one task in one metric, over the seeds that have finished; scores in points of 100."""

    method: str
    task: str
    metric: str
    scores: tuple[float, ...]
    seeds: tuple[int, ...]
    runs: tuple[str, ...]
    config: RunConfig
    """Of the first run; the others differ from it in the seed alone."""
    printed: Printed | None = None
    setting: str = ""
    """What tells the row from others of the same method and task; '' where there is none."""

    @property
    def title(self) -> str:
        """The method, with its setting where several were tried."""
        return f"{self.method}, {self.setting}" if self.setting else self.method

    @property
    def mean(self) -> float:
        return statistics.fmean(self.scores)

    @property
    def sd(self) -> float | None:
        """Sample standard deviation over seeds; None for one seed."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        """As the verb `results` prints it."""
        return {
            "method": self.method,
            "task": self.task,
            "metric": self.metric,
            "mean": self.mean,
            "sd": self.sd,
            "seeds": list(self.seeds),
            "runs": list(self.runs),
            "printed": self.printed.value if self.printed else None,
            "printed_metric": self.printed.metric if self.printed else None,
            "remark": self.printed.remark if self.printed else "",
            "setting": self.setting,
        }


class _Scored(NamedTuple):
    run: RunInfo
    score: float


def results(infos: Iterable[RunInfo], paper: str | None = None) -> list[Result]:
    """Rows of paper `a`'s or `b`'s table from these runs, or of a table of their own, grouped by what differs.

    Only finished runs with a score count. Runs that differ in more than the seed are never folded into one row: of a
    seed that was run twice with the same settings the newest counts. Every metric of the task has its row.
    """
    finished = [info for info in infos if info.state == "finished" and info.config and _scores(info)]
    named = _namer(paper, [info.config for info in finished if info.config])
    groups: dict[tuple[str, str, str, RunConfig], dict[int, _Scored]] = {}
    for info in sorted(finished, key=lambda info: info.created):
        assert info.config is not None
        method = named(info.config)
        if method is None:
            continue
        for metric, value in _scores(info).items():
            key = (method, info.task, metric, without_seed(info.config))
            groups.setdefault(key, {})[info.config.seed] = _Scored(info, 100 * value)
    found = _told_apart([_result(key, by_seed, paper) for key, by_seed in groups.items()])
    return sorted(found, key=lambda one: (one.task, _rank(one.method, paper), one.title))


def _told_apart(rows: Sequence[Result]) -> list[Result]:
    """A paper's method tried with several settings says in each row which."""
    configs: dict[tuple[str, str], list[RunConfig]] = {}
    for row in rows:
        configs.setdefault((row.method, row.task), []).append(row.config)
    names = {key: namer(found) for key, found in configs.items() if len({*map(without_seed, found)}) > 1}
    return [
        replace(row, setting=names[key](row.config)) if (key := (row.method, row.task)) in names else row
        for row in rows
    ]


def _scores(info: RunInfo) -> dict[str, float]:
    return {name: value for name, value in (info.status.metrics if info.status else {}).items() if value is not None}


def _namer(paper: str | None, configs: Sequence[RunConfig]) -> Callable[[RunConfig], str | None]:
    if paper is not None and paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}; choose from {list(PAPERS)}")
    if paper:
        return method_a if paper == "a" else method_b
    return namer(configs)


def _result(key: tuple[str, str, str, RunConfig], by_seed: dict[int, _Scored], paper: str | None) -> Result:
    method, task, metric, _ = key
    seeds = tuple(sorted(by_seed))
    runs, scores = zip(*(by_seed[seed] for seed in seeds), strict=True)
    first = runs[0].config
    assert first is not None
    printed = PAPER_A.get(method, {}).get(task) if paper == "a" and _is_main(metric, by_seed) else None
    return Result(method, task, metric, scores, seeds, tuple(run.id for run in runs), first, printed)


def _is_main(metric: str, by_seed: dict[int, _Scored]) -> bool:
    """The printed value stands beside the task's own metric alone, which comes first."""
    return metric == next(iter(_scores(next(iter(by_seed.values())).run)))


def _rank(method: str, paper: str | None) -> int:
    order = list(PAPER_A) if paper == "a" else [LIGHT, *PAPER_B_GAINS] if paper == "b" else []
    return order.index(method) if method in order else len(order)


@dataclass(frozen=True)
class Gain:
    """By how many points LightMobileBERT is ahead of one of paper B's arms, on tasks and seeds that both have run."""

    arm: str
    pairs: int
    """Pairs of runs of the same task and seed."""
    tasks: tuple[str, ...]
    mean: float
    low: float
    """95 % over pairs (Student's t); nan for one pair, and for pairs that differ alike."""
    high: float
    printed: Printed | None

    @property
    def points(self) -> str:
        """`+4.00 (-8.71 to 16.71)`; without a range where there is none."""
        return f"{self.mean:+.2f}" + ("" if isnan(self.low) else f" ({self.low:.2f} to {self.high:.2f})")

    @property
    def beside(self) -> str:
        """What the paper prints, and of what; empty where it prints nothing."""
        return f"; printed {self.printed.value:+.2f}, {self.printed.metric}" if self.printed else ""

    def sentence(self) -> str:
        """What it says of the claim, for people."""
        if isnan(self.low):
            pairs = "one pair tells" if self.pairs < 2 else f"{self.pairs} pairs that differ alike tell"
            return f"{pairs} nothing of chance"
        if self.low > 0:
            return "ahead, beyond chance"
        return "behind, beyond chance" if self.high < 0 else "no difference beyond chance"


def gains(rows: Sequence[Result]) -> list[Gain]:
    """Paper B's claims on these rows (`results(infos, "b")`), in each task's own metric, paired by task and seed.

    Where methods were run with several settings (CP ranks, learning rates), only settings that are nearest to each
    other are paired: rank 32 with rank 32."""
    own = {row.task: row.metric for row in reversed(rows)}  # the first metric of a task is its own
    main = [row for row in rows if row.metric == own[row.task]]
    found = []
    for arm in dict.fromkeys(row.method for row in rows if row.method != LIGHT):
        pairs, tasks = [], []
        for ours, other in _beside([row for row in main if row.method == LIGHT], [r for r in main if r.method == arm]):
            mine, theirs = (dict(zip(one.seeds, one.scores, strict=True)) for one in (ours, other))
            shared = [mine[seed] - theirs[seed] for seed in mine if seed in theirs]
            pairs += shared
            tasks += [ours.task] if shared else []
        if pairs:
            tasks = list(dict.fromkeys(tasks))
            found.append(Gain(arm, len(pairs), tuple(tasks), *bounds(over_seeds(pairs)), PAPER_B_GAINS.get(arm)))
    return found


def _beside(ours: Sequence[Result], others: Sequence[Result]) -> list[tuple[Result, Result]]:
    """Pairs of one task, each the other's nearest by its settings."""
    apart = {(one, other): _apart(one.config, other.config) for one in ours for other in others
             if one.task == other.task}  # fmt: skip
    return [
        pair for pair, keys in apart.items()
        if keys == min(far for (one, other), far in apart.items() if one == pair[0] or other == pair[1])
    ]  # fmt: skip


def _apart(one: RunConfig, other: RunConfig) -> int:
    """In how many settings two configurations differ, seeds aside."""
    first, second = without_seed(one).to_dict(), without_seed(other).to_dict()
    return sum(first[key] != second[key] for key in first)
