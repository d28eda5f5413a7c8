"""A comparison of runs by how well they separate the classes: figures, differences with intervals.

Runs that differ in the seed alone are one group. Two groups of several seeds are compared seed by seed; a single pair
row by row; several seeds of one configuration are not two things, and are never called different.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.analysis import fairness, intervals, measures
from core.analysis.fairness import Judgement
from core.analysis.intervals import Interval
from core.analysis.kept_rows import KeptRows, load_kept
from core.analysis.measures import Measured
from core.config import RunConfig
from core.runs.folder.run import Run

WORDS = {
    "silhouette": "silhouette",
    "knn_purity": "neighbour purity",
    "intra": "within",
    "inter": "between",
    "ratio": "within / between",
    "accuracy": "accuracy",
    "neighbour_gap": "score difference of neighbours",
    "pearson": "Pearson correlation",
}
"""Measure -> what people call it."""
SECTIONS = {"augment": "the augmentation", "lora": "LoRA", "model": "the architecture"}
"""Sections of a configuration that can be what a comparison is about, besides the loss."""


@dataclass(frozen=True)
class Group:
    """Runs of one configuration, whatever their seeds."""

    label: str
    """What tells it from the other groups: `loss joint`."""
    runs: tuple[int, ...]
    """Places in the comparison's lists, one a seed: the last where a seed came twice."""
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Contrast:
    """Second minus first of two groups, or of two seeds of one group."""

    first: str
    second: str
    figures: Mapping[str, Interval]
    values: Mapping[str, tuple[float, float]]
    """Each measure of both: of the run, or the mean over seeds."""
    by_class: Mapping[int, Mapping[str, Interval]] = field(default_factory=dict)
    seeds: int = 1
    """Seeds in the smaller of both."""
    one_setting: bool = False
    """Both are the same configuration."""


@dataclass(frozen=True)
class Comparison:
    """Everything measured of some runs."""

    runs: tuple[Run, ...]
    kept: tuple[KeptRows, ...]
    measured: tuple[Measured, ...]
    groups: tuple[Group, ...]
    contrasts: tuple[Contrast, ...]
    """Each group against the first; two seeds against each other where there is one group."""
    judged: Judgement


def compare(
    runs: Sequence[Run],
    steps: Mapping[str, int] | None = None,
    rows: int | None = None,
    space: str = "pooled",
    measure: Callable[[Sequence[KeptRows], str], list[Measured]] = measures.measure_all,
) -> Comparison:
    """Measure the runs at `steps` (run id -> step), or at their last one. Raises RunError."""
    kept = [load_kept(run, steps[run.id] if steps is not None else None) for run in runs]
    if rows is not None:
        kept = [one.first(rows) for one in kept]
    measured = measure(kept, space)
    groups = groups_of([run.config() for run in runs])
    judged = judge(runs, groups, {one.run_id: one.step for one in kept})
    return Comparison(tuple(runs), tuple(kept), tuple(measured), groups, _contrasts(groups, kept, measured), judged)


def judge(runs: Sequence[Run], groups: Sequence[Group], steps: Mapping[str, int]) -> Judgement:
    """Whether the runs compare fairly in the loss, or where that is the same in the one thing in which their settings
    differ. Where every group has the same seeds they are judged seed by seed, as their difference is drawn: pairs that
    were added after an update of the lab are as fair as those of before."""
    keys, words = _compared([run.config() for run in runs])
    if len({tuple(sorted(group.seeds)) for group in groups}) == 1 < len(groups):
        at = [dict(zip(group.seeds, group.runs, strict=True)) for group in groups]
        sets = [[runs[places[seed]] for places in at] for seed in groups[0].seeds]
    else:
        sets, keys = [list(runs)], keys if len(groups) > 1 else (*keys, "seed")
    found = {one.key: one for these in sets for one in fairness.judge(these, keys, steps).differences}
    return Judgement(tuple(found.values()), words)


def _compared(configs: Sequence[RunConfig]) -> tuple[tuple[str, ...], str]:
    """(keys, for people) of what such configurations are compared in."""
    flat = [fairness.without_seed(config).to_dict() for config in configs]
    varied = [key for key in (flat[0] if flat else {}) if any(one[key] != flat[0][key] for one in flat)]
    parts = {key.partition(".")[0] for key in varied}
    if len(parts) == 1 and parts <= SECTIONS.keys():
        (part,) = parts
        return tuple(key for key in flat[0] if key.startswith(f"{part}.")), SECTIONS[part]
    return fairness.OF_THE_LOSS, "the loss"


def groups_of(configs: Sequence[RunConfig]) -> tuple[Group, ...]:
    """The configurations among `configs`, seeds and names left out, in the order in which they come."""
    places: dict[RunConfig, dict[int, int]] = {}
    for at, config in enumerate(configs):
        places.setdefault(fairness.without_seed(config), {})[config.seed] = at
    flat = [config.to_dict() for config in places]
    varied = [key for key in (flat[0] if flat else {}) if any(one[key] != flat[0][key] for one in flat)]
    labels = [fairness.in_words(one, varied) for one in flat]
    return tuple(
        Group(label or config.task, tuple(seeds.values()), tuple(seeds))
        for label, (config, seeds) in zip(labels, places.items(), strict=True)
    )


def _contrasts(groups: Sequence[Group], kept: Sequence[KeptRows], measured: Sequence[Measured]) -> tuple[Contrast, ...]:
    if len(groups) == 1:
        return _within_group(groups[0], measured)
    found = []
    first = groups[0]
    for second in groups[1:]:
        if len(first.runs) == len(second.runs) == 1:
            one, two = first.runs[0], second.runs[0]
            same = kept[one].labels.shape == kept[two].labels.shape and (kept[one].rows == kept[two].rows).all()
            same = bool(same and (kept[one].labels == kept[two].labels).all())
            figures = measures.difference(measured[one], measured[two]) if same else {}
            by_class = measures.class_difference(measured[one], measured[two], kept[one].labels) if same else {}
            values = _values(measured, [one], [two])
            found.append(Contrast(first.label, second.label, figures, values, by_class))
        else:
            found.append(_over_seeds(first, second, measured))
    return tuple(found)


def _within_group(group: Group, measured: Sequence[Measured]) -> tuple[Contrast, ...]:
    if len(group.runs) < 2:
        return ()
    figures = {
        name: intervals.same_setting_difference([measured[at].measures.figures[name].value for at in group.runs])
        for name in _names(measured, group.runs)
    }
    first, second = (f"seed {seed}" for seed in group.seeds[:2])
    values = _values(measured, group.runs[:1], group.runs[1:2])
    return (Contrast(first, second, figures, values, seeds=len(group.runs), one_setting=True),)


def _over_seeds(first: Group, second: Group, measured: Sequence[Measured]) -> Contrast:
    common = set(first.seeds) & set(second.seeds)
    if len(common) > 1:  # the difference is seed by seed: the means beside it are of the same seeds
        first, second = _of_seeds(first, common), _of_seeds(second, common)
    figures = {}
    for name in _names(measured, (*first.runs, *second.runs)):
        by_seed = [
            {seed: measured[at].measures.figures[name].value for seed, at in zip(group.seeds, group.runs, strict=True)}
            for group in (first, second)
        ]
        figures[name] = intervals.seeds_difference(*by_seed)
    values = _values(measured, first.runs, second.runs)
    seeds = min(len(first.seeds), len(second.seeds))
    return Contrast(first.label, second.label, figures, values, seeds=seeds)


def _of_seeds(group: Group, seeds: Collection[int]) -> Group:
    chosen = [(run, seed) for run, seed in zip(group.runs, group.seeds, strict=True) if seed in seeds]
    return Group(group.label, tuple(run for run, _ in chosen), tuple(seed for _, seed in chosen))


def _names(measured: Sequence[Measured], places: Sequence[int]) -> list[str]:
    """Measures that all of these have."""
    first, *others = [measured[at].measures.figures for at in places]
    return [name for name in first if all(name in other for other in others)]


def _values(
    measured: Sequence[Measured], first: Sequence[int], second: Sequence[int]
) -> dict[str, tuple[float, float]]:
    def mean(name: str, places: Sequence[int]) -> float:
        return float(np.mean([measured[at].measures.figures[name].value for at in places]))

    return {name: (mean(name, first), mean(name, second)) for name in _names(measured, (*first, *second))}
