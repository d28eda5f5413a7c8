"""Distances between rows, of many rows a block at a time, and who is nearest to whom by them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_BLOCK = 256  # rows whose distances to all are held at once: of 10,000 rows they fit a processor's cache
_MANY = 3_000  # rows beyond which distances are float32
_FEW = 10_000  # pairs that are measured one by one, however many there are


class _Points:
    """Points about a middle, with the squares of their sizes: what inner products make distances of."""

    def __init__(self, points: np.ndarray, middle: np.ndarray, single: bool) -> None:
        self.exact = points
        self.moved = (points - middle).astype(np.float32 if single else np.float64)
        self.sizes = (self.moved * self.moved).sum(1)

    def part(self, own: slice) -> _Points:
        found = object.__new__(_Points)
        found.exact, found.moved, found.sizes = self.exact[own], self.moved[own], self.sizes[own]
        return found


def distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n, m) Euclidean distances; exactly 0 between equal rows.

    From inner products, which is several times as fast as row by row (in float32 where there are many); where two rows
    are so close that digits cancel in the difference of squares, row by row after all.
    """
    middle, single = second.mean(axis=0), len(second) > _MANY
    return _distances(_Points(first, middle, single), _Points(second, middle, single))


def distance_blocks(points: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, (m, n) distances from it and the m - 1 rows after it to every row), for all rows."""
    every = _Points(points, points.mean(axis=0), len(points) > _MANY)
    for start in range(0, len(points), _BLOCK):
        yield start, _distances(every.part(slice(start, start + _BLOCK)), every)


def _distances(first: _Points, second: _Points) -> np.ndarray:
    small = 1e-3 if second.moved.dtype == np.float32 else 1e-6
    squares = first.moved @ second.moved.T
    squares *= -2
    squares += first.sizes[:, None]
    squares += second.sizes
    close = np.flatnonzero(squares < small * first.sizes[:, None] + small * second.sizes)
    if len(close) > max(0.01 * squares.size, _FEW):
        from scipy.spatial.distance import cdist

        return cdist(first.exact, second.exact)
    i, j = np.divmod(close, squares.shape[1])
    squares[i, j] = ((first.exact[i] - second.exact[j]) ** 2).sum(1)
    return np.sqrt(squares, out=squares)


def nearest(gaps: np.ndarray, start: int, count: int) -> np.ndarray:
    """(m, count) the nearest others of rows `start` to `start + m`, nearest first; ties by row number."""
    rows, columns = gaps.shape
    here, count = np.arange(rows), min(count, columns - 1)
    others = gaps.copy()
    others[here, start + here] = np.inf
    # The count-th smallest of the least of each part is no less than the count-th smallest of all: few are below it.
    parts = np.minimum.reduceat(others, np.arange(0, columns, max(1, columns // (12 * count))), axis=1)
    limit = np.partition(parts, count - 1, axis=1)[:, count - 1]
    close = np.flatnonzero(others <= limit[:, None])
    row, column = np.divmod(close, columns)
    order = np.lexsort((others.ravel()[close], row))  # stable: columns stay in their order
    first = np.searchsorted(row, here)
    return column[order][first[:, None] + np.arange(count)]
