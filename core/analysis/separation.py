"""How well labelled points separate in the space they live in: silhouette, neighbour purity, distances to centroids.

Each figure comes for all rows, for each class, and for many half samples at once, which its interval is made of. All
distances are Euclidean, in the space that the classifier sees and never in a picture of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 10
MOST_RESAMPLED = 1_500
"""Rows that half samples are drawn from at most; the interval of more rows is scaled from these."""
_BLOCK = 1_000  # rows whose distances are held at once
_MANY = 3_000  # rows beyond which distances are float32


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
    member = labels[:, None] == present[None]  # (n, C)
    silhouette, near = np.empty(len(space)), []
    for start in range(0, len(space), _BLOCK):
        own = slice(start, start + _BLOCK)
        gaps = distances(space[own], space)
        silhouette[own] = _silhouette(gaps @ member.astype(gaps.dtype), member.sum(0), member[own])
        near.append(nearest(gaps, start, NEIGHBOURS))
    found = np.concatenate(near)
    purity = (labels[found] == labels[:, None]).mean(axis=1)
    centroids = (member.T @ space) / member.sum(0)[:, None]
    intra = np.linalg.norm(space - centroids[np.searchsorted(present, labels)], axis=1).mean()
    between = distances(centroids, centroids)[np.triu_indices(len(present), 1)].mean()
    return Separation(
        present, float(silhouette.mean()), float(purity.mean()), float(intra), float(between), silhouette, purity, found
    )


def halves(points: np.ndarray, labels: np.ndarray, taken: np.ndarray) -> dict[str, np.ndarray]:
    """The figures of each half sample; `taken` (n, B) says which rows are in it.

    Returns `silhouette`, `knn_purity`, `intra`, `inter`, `ratio` as (B,), and `class_silhouette`, `class_purity` as
    (C, B). Undefined values are nan.
    """
    present = check(points, labels)
    space = np.asarray(points, dtype=np.float64)
    member = labels[:, None] == present[None]  # (n, C)
    inside = taken[:, None, :] & member[:, :, None]  # (n, C, B)
    counts = inside.sum(0)  # (C, B)
    gaps = distances(space, space)
    rows = len(inside)
    sums = (gaps.astype(np.float32) @ inside.reshape(rows, -1).astype(np.float32)).reshape(inside.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        silhouette = _silhouette(sums, counts, member[:, :, None])  # (n, B)
        purity = _half_purity(gaps, labels, taken)
        own = np.where(taken, 1.0, 0.0)
        found = {}
        for name, each in (("silhouette", silhouette), ("purity", purity)):
            each = np.where(taken, each, 0.0)
            found[f"class_{name}"] = (member.T.astype(float) @ each) / counts
            found[name] = each.sum(0) / own.sum(0)
        found["knn_purity"] = found.pop("purity")
        intra, inter = _half_distances(space, labels, present, inside, counts)
        few = (counts > 0).sum(0) < 2
        found["silhouette"] = np.where(few, np.nan, found["silhouette"])
        found |= {"intra": intra, "inter": np.where(few, np.nan, inter)}
        found["ratio"] = found["intra"] / found["inter"]
    return found


def neighbour_gap(points: np.ndarray, scores: np.ndarray) -> float:
    """Mean difference between a row's score and those of its 10 nearest: small where near rows score alike."""
    total = 0.0
    for start in range(0, len(points), _BLOCK):
        near = nearest(distances(points[start : start + _BLOCK], points), start, NEIGHBOURS)
        total += np.abs(scores[near] - scores[start : start + _BLOCK, None]).mean(axis=1).sum()
    return float(total / len(points))


def half_gaps(gaps: np.ndarray, scores: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """(B,) the neighbour gap of each half sample."""
    near = nearest(gaps, 0, 6 * NEIGHBOURS)
    apart = np.abs(scores[near] - scores[:, None])
    each = _over_nearest(apart, taken[near])
    return np.where(taken, each, 0.0).sum(0) / taken.sum(0)


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n, m) Euclidean distances; exactly 0 between equal rows.

    From inner products, which is several times as fast as row by row (in float32 where there are many); where two rows
    are so close that digits cancel in the difference of squares, row by row after all.
    """
    single = len(second) > _MANY
    middle = second.mean(axis=0)
    a, b = ((rows - middle).astype(np.float32 if single else np.float64) for rows in (first, second))
    sizes = (a * a).sum(1)[:, None] + (b * b).sum(1)
    squares = a @ b.T
    squares *= -2
    squares += sizes
    close = squares < (1e-3 if single else 1e-6) * sizes
    if np.count_nonzero(close) < 0.01 * close.size:
        i, j = close.nonzero()
        squares[i, j] = ((first[i] - second[j]) ** 2).sum(1)
    else:
        from scipy.spatial.distance import cdist

        return cdist(first, second)
    return np.sqrt(squares, out=squares)


def nearest(gaps: np.ndarray, start: int, count: int) -> np.ndarray:
    """(m, count) the nearest others of rows `start` to `start + m`, nearest first; ties by row number."""
    others = gaps.copy()
    here = np.arange(len(gaps))
    others[here, start + here] = np.inf
    count = min(count, gaps.shape[1] - 1)
    close = np.sort(np.argpartition(others, count - 1, axis=1)[:, :count], axis=1)
    order = np.take_along_axis(others, close, axis=1).argsort(axis=1, kind="stable")
    return np.take_along_axis(close, order, axis=1)


def _silhouette(sums: np.ndarray, counts: np.ndarray, member: np.ndarray) -> np.ndarray:
    """(b - a) / max(a, b), from summed distances (n, C, ...) to classes of `counts` (C, ...) rows; 0 in a class of one.

    `member` (n, C, ...) says which class is a row's own; a class without rows is nobody's neighbour.
    """
    own = (sums * member).sum(1)
    size = (counts[None] * member).sum(1)
    a = own / np.maximum(size - 1, 1)
    means = np.where(member | (counts == 0)[None], np.inf, sums / np.maximum(counts, 1)[None])
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    score = np.divide(b - a, larger, out=np.zeros_like(larger), where=(larger > 0) & np.isfinite(larger))
    return np.where(size > 1, score, 0.0)


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
    space: np.ndarray, labels: np.ndarray, present: np.ndarray, inside: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(within, between), each (B,): as `intra` and `inter`, about the half sample's own centroids."""
    centred = space - space.mean(axis=0)
    rows, classes, samples = inside.shape
    weights = inside.reshape(rows, -1).astype(np.float64)
    centroids = (weights.T @ centred).reshape(classes, samples, -1) / counts[:, :, None]
    square = np.einsum("cbd,cbd->cb", centroids, centroids)
    within = np.zeros(samples)
    for number, name in enumerate(present):
        mine = labels == name
        cross = centred[mine] @ centroids[number].T  # (m, B)
        gap = np.sqrt(np.maximum((centred[mine] ** 2).sum(1)[:, None] - 2 * cross + square[number], 0))
        within += np.where(inside[mine, number], gap, 0.0).sum(0)
    total, pairs = np.zeros(samples), np.zeros(samples)
    for one in range(classes):
        gap = np.linalg.norm(centroids[one + 1 :] - centroids[one], axis=-1)  # (C - 1 - one, B)
        total += np.nan_to_num(gap).sum(0)
        pairs += np.isfinite(gap).sum(0)
    return within / inside.any(1).sum(0), total / pairs
