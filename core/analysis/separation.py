"""How well labelled points separate in the space they live in: silhouette, neighbour purity, distances to centroids.

Each figure comes for all rows, for each class, and for many half samples at once, which its interval is made of. All
distances are Euclidean, in the space that the classifier sees and never in a picture of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.distances import distance_blocks, distances, nearest

NEIGHBOURS = 10
MOST_RESAMPLED = 1_500
"""Rows that half samples are drawn from at most; the interval of more rows is scaled from these."""


@dataclass(frozen=True)
class Separation:
    """Figures of one set of points; by class in the order of `classes`."""

    classes: np.ndarray
    """(C,) the class ids that occur."""
    silhouette: float
    """Mean silhouette, -1 to 1: nearer to one's own class than to the next is positive (Rousseeuw 1987)."""
    knn_purity: float
    """Share of a row's 10 nearest neighbours that are of its class, averaged over rows."""
    intra: float
    """Mean distance from a row to its class's centroid."""
    inter: float
    """Mean distance between two classes' centroids."""
    row_silhouette: np.ndarray
    """(n,) each row's."""
    row_purity: np.ndarray
    """(n,) each row's."""
    near: np.ndarray
    """(n, 10) each row's nearest others, nearest first."""
    by_chance: float
    """`inter` as it would be, root mean square, if every class had the same centre: sqrt(s^2 (1/n + 1/m)) of a pair."""

    @property
    def ratio(self) -> float:
        """Within over between: smaller is better separated; nan where the centroids coincide."""
        return self.intra / self.inter if self.inter else float("nan")


class UndefinedError(ValueError):
    """These rows have no separation, and why."""


def check(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The classes that occur. UndefinedError with fewer than two, with too few rows, or with what is no number."""
    present = np.unique(labels)
    if len(present) < 2:
        rows = "1 row" if len(labels) == 1 else f"{len(labels)} rows"
        raise UndefinedError(f"{rows} of {len(present)} class: separation needs two classes")
    if len(points) <= len(present):
        raise UndefinedError(f"{len(points)} rows of {len(present)} classes: separation needs more rows than classes")
    if not np.isfinite(points).all():
        raise UndefinedError("the embeddings hold values that are no numbers: the run has diverged")
    return present


def separation(points: np.ndarray, labels: np.ndarray) -> Separation:
    """Figures of `points` (n, hidden) under class ids `labels` (n,). Raises UndefinedError."""
    present = check(points, labels)
    space = np.asarray(points, dtype=np.float64)
    member, place = labels[:, None] == present[None], np.searchsorted(present, labels)  # (n, C), (n,)
    counts, weights = member.sum(0), member.astype(np.float64)
    silhouette, near = np.empty(len(space)), []
    for start, gaps in distance_blocks(space):
        weights = weights.astype(gaps.dtype, copy=False)
        own = slice(start, start + len(gaps))
        sums = gaps @ weights  # (m, C)
        means, mine = sums / counts, (np.arange(len(gaps)), place[own])
        means[mine] = np.inf
        silhouette[own] = _silhouette(sums[mine], counts[place[own]], means.min(axis=1))
        near.append(nearest(gaps, start, NEIGHBOURS))
    found = np.concatenate(near)
    purity = (labels[found] == labels[:, None]).mean(axis=1)
    centroids = (member.T @ space) / counts[:, None]
    within, pairs = np.linalg.norm(space - centroids[place], axis=1), np.triu_indices(len(present), 1)
    spread = (within**2).sum() / (len(space) - len(present))
    between = distances(centroids, centroids)[pairs]
    score, pure, intra, inter = (float(one.mean()) for one in (silhouette, purity, within, between))
    by_chance = np.sqrt(spread * np.add.outer(1 / counts, 1 / counts)[pairs]).mean()
    return Separation(present, score, pure, intra, inter, silhouette, purity, found, float(by_chance))


def halves(points: np.ndarray, labels: np.ndarray, taken: np.ndarray) -> dict[str, np.ndarray]:
    """The figures of each half sample; `taken` (n, B) says which rows are in it.

    Returns `silhouette`, `knn_purity`, `intra`, `inter`, `ratio` as (B,), and `class_silhouette`, `class_purity` as
    (C, B). Undefined values are nan.
    """
    present = check(points, labels)
    space = np.asarray(points, dtype=np.float64)
    classes = [np.flatnonzero(labels == name) for name in present]  # rows of each
    counts = np.stack([taken[mine].sum(0) for mine in classes])  # (C, B)
    gaps = distances(space, space)
    with np.errstate(invalid="ignore", divide="ignore"):
        silhouette = _half_silhouette(gaps, classes, counts, taken)
        purity = _half_purity(gaps, labels, taken)
        found = {}
        for name, each in (("silhouette", silhouette), ("purity", purity)):
            each = np.where(taken, each, 0.0)
            found[f"class_{name}"] = np.stack([each[mine].sum(0) for mine in classes]) / counts
            found[name] = each.sum(0) / taken.sum(0)
        found["knn_purity"] = found.pop("purity")
        intra, inter = _half_distances(space, classes, counts, taken)
        few = (counts > 0).sum(0) < 2
        found["silhouette"] = np.where(few, np.nan, found["silhouette"])
        found |= {"intra": intra, "inter": np.where(few, np.nan, inter)}
        found["ratio"] = found["intra"] / found["inter"]
    return found


def neighbour_gaps(points: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """(n,) mean difference between a row's score and those of its 10 nearest: small where near rows score alike."""
    near = np.concatenate([nearest(gaps, start, NEIGHBOURS) for start, gaps in distance_blocks(points)])
    return np.asarray(np.abs(scores[near] - scores[:, None]).mean(axis=1))


def half_gaps(gaps: np.ndarray, scores: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """(B,) the neighbour gap of each half sample."""
    near = nearest(gaps, 0, 6 * NEIGHBOURS)
    apart = np.abs(scores[near] - scores[:, None])
    each = _over_nearest(apart, taken[near])
    return np.where(taken, each, 0.0).sum(0) / taken.sum(0)


def _silhouette(own: np.ndarray, size: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(b - a) / max(a, b), 0 in a class of one: from the summed distances to one's `own` class of `size` rows, and from
    the mean distance `b` to the nearest other class, infinite where there is none."""
    a = own / np.maximum(size - 1, 1)
    larger = np.maximum(a, b)
    score = np.divide(b - a, larger, out=np.zeros_like(larger), where=(larger > 0) & np.isfinite(larger))
    return np.where(size > 1, score, 0.0)


def _half_silhouette(
    gaps: np.ndarray, classes: Sequence[np.ndarray], counts: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """(n, B) each row's silhouette among the rows of each half sample; a class without rows is nobody's neighbour."""
    gaps, weights = gaps.astype(np.float32), taken.astype(np.float32)
    own, size, b = np.empty(taken.shape), np.empty(taken.shape), np.full(taken.shape, np.inf)
    for mine, count in zip(classes, counts, strict=True):
        sums = gaps[:, mine] @ weights[mine]  # (n, B)
        own[mine], size[mine] = sums[mine], count
        means = np.where(count > 0, sums / count, np.inf)
        means[mine] = np.inf
        np.minimum(b, means, out=b)
    return _silhouette(own, size, b)


def _half_purity(gaps: np.ndarray, labels: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """(n, B) purity of each row's nearest that are in the half sample."""
    near = nearest(gaps, 0, 6 * NEIGHBOURS)  # (n, K)
    return _over_nearest(labels[near] == labels[:, None], taken[near])


def _over_nearest(values: np.ndarray, here: np.ndarray) -> np.ndarray:
    """(n, B) mean of `values` (n, K) over the first 10 that are `here` (n, K, B).

    Of the 60 nearest of all rows about 30 are in a half; that fewer than 10 are happens once in 10^8.
    """
    rank = np.cumsum(here, axis=1, dtype=np.int16)
    counted = here & (rank <= NEIGHBOURS)
    return np.einsum("nk,nkb->nb", values.astype(np.float32), counted) / np.maximum(counted.sum(1), 1)


def _half_distances(
    space: np.ndarray, classes: Sequence[np.ndarray], counts: np.ndarray, taken: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(within, between), each (B,): as `intra` and `inter`, about the half sample's own centroids."""
    centred = space - space.mean(axis=0)
    within, centroids = np.zeros(taken.shape[1]), np.empty((*counts.shape, space.shape[1]))
    for number, (mine, count) in enumerate(zip(classes, counts, strict=True)):
        rows, inside = centred[mine], taken[mine]  # (m, hidden), (m, B)
        middle = (inside.T.astype(float) @ rows) / count[:, None]  # (B, hidden)
        square = (rows**2).sum(1)[:, None] - 2 * rows @ middle.T + (middle**2).sum(1)
        within += np.where(inside, np.sqrt(np.maximum(square, 0)), 0.0).sum(0)
        centroids[number] = middle
    total, pairs = np.zeros(taken.shape[1]), np.zeros(taken.shape[1])
    for number, one in enumerate(centroids):
        gap = np.linalg.norm(centroids[number + 1 :] - one, axis=-1)  # (C - 1 - number, B); nan where one has no rows
        total += np.nan_to_num(gap).sum(0)
        pairs += np.isfinite(gap).sum(0)
    return within / taken.sum(0), total / pairs
