"""The figures of one run at one step, each with its interval, and the difference between two runs row by row.

For classes: silhouette, neighbour purity, within and between distances, accuracy, all of them by class as well. For
scores (STS-B's 0 to 5) there are no classes to separate: how far apart neighbours' scores are, and the correlation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.analysis import influence, intervals, separation
from core.analysis.distances import distances
from core.analysis.intervals import Interval
from core.analysis.kept_rows import KeptRows
from core.analysis.neighbours import neighbours

LIMITS = {"silhouette": (-1, 1), "knn_purity": (0, 1), "intra": (0, np.inf), "inter": (0, np.inf),
          "ratio": (0, np.inf), "neighbour_gap": (0, np.inf), "pearson": (-1, 1)}  # fmt: skip

APART = 3
"""Times the distance between classes that chance alone makes, from which on that distance has an interval. Nearer to
chance a half sample's distance is mostly noise: of 2 to 10 classes in 1 to 64 dimensions, 60 to 400 rows, intervals of
within / between miss 5 to 20 of 100 samples without this bound, and 0 to 5 with it."""
_TOGETHER = (
    f"the classes' centres lie less than {APART} times as far apart as chance alone puts them, too near for an "
    "interval of between and within / between"
)
_NO_CORRELATION = "the predicted scores or the labels are all the same: no correlation"
_OVER_ROWS = {
    "knn_purity": intervals.share_over_rows,
    **dict.fromkeys(("intra", "inter", "ratio", "neighbour_gap"), intervals.amount_over_rows),
}


@dataclass(frozen=True)
class Measures:
    """Figures by name; `why` says what is missing and why."""

    figures: Mapping[str, Interval]
    by_class: Mapping[int, Mapping[str, Interval]] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Measured:
    """The measures of one run with what their difference to another run's is made of."""

    measures: Measures
    halves: Mapping[str, np.ndarray]
    class_halves: Mapping[str, np.ndarray]
    classes: Sequence[int]
    right: np.ndarray
    rows: int
    used: int
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Of a measure over scores each row's influence (n,)."""


def measure(kept: KeptRows, space: str = "pooled") -> Measured:
    """Everything there is to say about the separation of one run's rows; never raises for rows that have none."""
    points, labels, rows = kept.space(space), kept.labels, len(kept.labels)
    if kept.is_score:
        return _of_scores(kept, points)
    right = kept.predictions == labels
    figures: dict[str, Interval] = {}
    try:
        whole = separation.separation(points, labels)
    except separation.UndefinedError as error:
        # Of one class alone no answer can be told from a constant one: its accuracy is undefined, as in training.
        accuracy = {"accuracy": intervals.share(right)} if len(np.unique(labels)) > 1 else {}
        return Measured(Measures(accuracy, why=str(error)), {}, {}, (), right, rows, rows)
    chosen = _drawn(rows)
    half = separation.halves(points[chosen], labels[chosen], intervals.half_samples(len(chosen)))
    if np.isfinite(whole.ratio) and np.isfinite(half["ratio"]).any():
        half["ratio"] = half["ratio"] * (whole.ratio / np.nanmean(half["ratio"]))  # a half's centroids are noisier
    for name in ("silhouette", "knn_purity", "intra", "inter", "ratio"):
        value = getattr(whole, name)
        together = name in ("inter", "ratio") and whole.inter < APART * whole.by_chance
        figures[name] = (
            intervals.untold(value, f"{rows:,} rows", _TOGETHER)
            if together
            else _over_rows(name, value, half[name], rows, len(chosen))
        )
    figures["accuracy"] = intervals.share(right)
    by_class: dict[int, dict[str, Interval]] = {}
    known = np.unique(labels[chosen]).tolist()
    for number in whole.classes.tolist():
        mine = labels == number
        at = known.index(number) if number in known else None
        by_class[number] = {"accuracy": intervals.share(right[mine])}
        for name, each, source in (
            ("silhouette", whole.row_silhouette, "class_silhouette"),
            ("knn_purity", whole.row_purity, "class_purity"),
        ):
            values = half[source][at] if at is not None else np.full(intervals.HALVES, np.nan)
            found = _over_rows(name, float(each[mine].mean()), values, rows, len(chosen))
            by_class[number][name] = Interval(*intervals.bounds(found), f"{int(mine.sum()):,} rows")
    counts = {int(number): int((labels == number).sum()) for number in whole.classes}
    by_name = {"silhouette": half["class_silhouette"], "knn_purity": half["class_purity"]}
    few = f"{rows} rows are too few for intervals" if rows < intervals.FEWEST else figures["ratio"].why
    return Measured(Measures(figures, by_class, counts, few), half, by_name, known, right, rows, len(chosen))


def measure_all(kept: Sequence[KeptRows], space: str = "pooled") -> list[Measured]:
    return [measure(one, space) for one in kept]


def _over_rows(name: str, value: float, halves: np.ndarray, rows: int, used: int) -> Interval:
    """The interval of a measure, cut to what it can be."""
    over = _OVER_ROWS.get(name, intervals.over_rows)
    return intervals.within(over(value, halves, rows, used), *LIMITS[name])


def _gap_over_rows(name: str, value: float, gaps: np.ndarray, measured: Measured, of: int) -> Interval:
    """The interval of a measure's difference over `of` of the rows that were `measured`."""
    if name == "knn_purity":
        return _same(intervals.share_gap_over_rows(value, gaps, measured.rows, measured.used, of))
    return _same(intervals.over_rows(value, gaps, measured.rows, measured.used))


def difference(first: Measured, second: Measured) -> dict[str, Interval]:
    """Second minus first by measure, paired: both in the same half samples. Empty where their rows are not as many."""
    if first.rows != second.rows:
        return {}
    found = {}
    for name, figure in second.measures.figures.items():
        other = first.measures.figures.get(name)
        if other is None:
            continue
        value = figure.value - other.value
        if name == "accuracy":
            found[name] = intervals.share_difference(first.right, second.right)
        elif np.isnan(figure.low) or np.isnan(other.low):
            found[name] = _same(intervals.untold(value, figure.over, figure.why or other.why))
        elif name == "pearson":
            parts = second.parts[name] - first.parts[name]
            found[name] = _same(influence.over_influences("the difference in Pearson's correlation", value, parts))
        else:
            gaps = second.halves[name] - first.halves[name]
            found[name] = _gap_over_rows(name, value, gaps, first, first.rows)
    return found


def class_difference(first: Measured, second: Measured, labels: np.ndarray) -> dict[int, dict[str, Interval]]:
    """The same for each class that both have."""
    if first.rows != second.rows or first.classes != second.classes:
        return {}
    found: dict[int, dict[str, Interval]] = {}
    for at, number in enumerate(second.classes):
        one, two = first.measures.by_class[number], second.measures.by_class[number]
        mine = labels == number
        found[number] = {"accuracy": intervals.share_difference(first.right[mine], second.right[mine])}
        for name in ("silhouette", "knn_purity"):
            gaps = second.class_halves[name][at] - first.class_halves[name][at]
            value = two[name].value - one[name].value
            found[number][name] = _gap_over_rows(name, value, gaps, first, int(mine.sum()))
    return found


def _of_scores(kept: KeptRows, points: np.ndarray) -> Measured:
    """How far apart the scores of near rows are, and how well predicted scores follow the labels."""
    labels, predicted, rows = kept.labels.astype(float), kept.predictions, len(kept.labels)
    empty = np.zeros(0, dtype=bool)
    if rows < 4 or not np.isfinite(points).all():
        why = f"{rows} rows: too few to measure" if rows < 4 else "the embeddings hold values that are no numbers"
        return Measured(Measures({}, why=why), {}, {}, (), empty, rows, rows)
    space = np.asarray(points, dtype=np.float64)
    chosen = _drawn(rows)
    taken = intervals.half_samples(len(chosen))
    gaps = distances(space[chosen], space[chosen])
    half = {"neighbour_gap": separation.half_gaps(gaps, labels[chosen], taken)}
    each, pearson = separation.neighbour_gaps(space, labels), _pearson(labels, predicted)
    gap, why = float(each.mean()), influence.why_untold("the score difference of neighbours", each)
    near = (
        intervals.untold(gap, f"{rows:,} rows", why)
        if why
        else _over_rows("neighbour_gap", gap, half["neighbour_gap"], rows, len(chosen))
    )
    parts = {"pearson": influence.correlation_influences(predicted, labels)}
    figures = {"neighbour_gap": near, "pearson": influence.correlation(pearson, parts["pearson"])}
    lacks = [one.why for one in figures.values()] + ([] if np.isfinite(pearson) else [_NO_CORRELATION])
    said = "; ".join(dict.fromkeys(filter(None, lacks)))
    return Measured(Measures(figures, why=said), half, {}, (), empty, rows, len(chosen), parts)


def _pearson(first: np.ndarray, second: np.ndarray) -> float:
    if first.std() == 0 or second.std() < 1e-12:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def _drawn(rows: int) -> np.ndarray:
    """The rows that half samples are drawn from: all, or a fixed draw of so many."""
    if rows <= separation.MOST_RESAMPLED:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).permutation(rows)[: separation.MOST_RESAMPLED])


def _same(interval: Interval) -> Interval:
    return replace(interval, over=f"the same {interval.over}")


@dataclass(frozen=True)
class QuickMeasures:
    """Figures without intervals, and each row's nearest others: what a picture needs of every step."""

    figures: Mapping[str, float]
    near: np.ndarray
    """(n, 10)"""

    @property
    def nbytes(self) -> int:
        return self.near.nbytes


def plain(kept: KeptRows, space: str = "pooled") -> QuickMeasures:
    """The figures in one pass over the distances; none for rows that have none."""
    points = kept.space(space)
    if kept.is_score:
        near = neighbours(points) if np.isfinite(points).all() else _nobody(len(points))
        scores = kept.labels.astype(float)
        gap = float(np.abs(scores[near] - scores[:, None]).mean()) if near.size else float("nan")
        return QuickMeasures({"neighbour_gap": gap, "pearson": _pearson(scores, kept.predictions)}, near)
    several = len(np.unique(kept.labels)) > 1
    accuracy = {"accuracy": float((kept.predictions == kept.labels).mean())} if several else {}
    try:
        found = separation.separation(points, kept.labels)
    except separation.UndefinedError:
        finite = np.isfinite(points).all() and len(points) > 1
        return QuickMeasures(accuracy, neighbours(points) if finite else _nobody(len(points)))
    figures = {"silhouette": found.silhouette, "knn_purity": found.knn_purity, "ratio": found.ratio, **accuracy}
    return QuickMeasures(figures, found.near)


def _nobody(rows: int) -> np.ndarray:
    return np.zeros((rows, 0), dtype=int)
