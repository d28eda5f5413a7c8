"""UMAP's layout (McInnes, Healy and Melville 2018, sections 3 and 4) of rows whose nearest neighbours are known.

In NumPy: the reference implementation does the same, but compiles itself first, which takes longer than all of this.
"""

from __future__ import annotations

import numpy as np

EPOCHS = 200
"""What the reference takes for many rows; begun from principal axes, it is enough for few as well."""
A, B = 1.5769, 0.8951
"""Of the curve 1 / (1 + A d^2B) by which closeness falls with distance in the picture: fitted to `min_dist` 0.1."""
REPELLED = 5
"""Random rows that each drawn edge pushes away."""
SWEEPS = 8
"""Parts of an epoch that move at once: the reference moves edge by edge, and so few that no row is pulled twice."""
_FURTHEST = 4.0  # that one edge moves a row


def lay_out(near: np.ndarray, gaps: np.ndarray, start: np.ndarray, seed: int) -> np.ndarray:
    """(n, 2): rows laid out from `start` (n, 2).

    Args:
        near: (n, k) each row's nearest others, itself left out.
        gaps: (n, k) distances to them, ascending.
        start: where the descent begins.
        seed: of the order of edges and of the rows that are pushed away.
    """
    heads, tails, weights = edges(near, gaps)
    rng = np.random.default_rng(seed)
    picture = np.array(start, dtype=np.float64)
    share = weights / weights.max()
    for epoch in range(EPOCHS):
        rate = 1 - epoch / EPOCHS
        drawn = np.flatnonzero(np.floor(share * (epoch + 1)) > np.floor(share * epoch))  # as often as it weighs
        for part in np.array_split(rng.permutation(drawn), SWEEPS):
            picture += rate * _moves(picture, heads[part], tails[part], rng)
    return picture


def edges(near: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(from, to, weight) of every edge of the fuzzy neighbour graph, each way: w + w' - w w' of both directions."""
    from scipy.sparse import coo_array

    rows, count = near.shape
    weights = memberships(gaps)
    one_way = coo_array(
        (weights.ravel(), (np.repeat(np.arange(rows), count), near.ravel())), shape=(rows, rows)
    ).tocsr()
    both = (one_way + one_way.T - one_way * one_way.T).tocoo()
    return both.row, both.col, both.data


def memberships(gaps: np.ndarray) -> np.ndarray:
    """(n, k) exp(-(d - rho) / sigma): 1 for the nearest; sigma such that a row's weights sum to log2 of its neighbours.

    As in the reference a row counts among its own neighbours, and sigma is at least a thousandth of the mean distance.
    """
    beyond = np.maximum(gaps - gaps[:, :1], 0)
    aim = np.log2(gaps.shape[1] + 1)
    low, high = np.zeros((len(gaps), 1)), np.full((len(gaps), 1), beyond.max() or 1.0)
    for _ in range(64):  # the sum grows with sigma
        middle = (low + high) / 2
        short = np.exp(-beyond / middle).sum(axis=1, keepdims=True) < aim
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.exp(-beyond / np.maximum(high, 1e-3 * gaps.mean()))


def _moves(picture: np.ndarray, heads: np.ndarray, tails: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) the sum of what these edges do: both ends together, random rows away from the first end."""
    others = rng.integers(len(picture), size=(REPELLED, len(heads)))
    gap = picture[heads] - picture[tails]  # (m, 2)
    square = (gap**2).sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = np.where(square > 0, -2 * A * B * square ** (B - 1) / (1 + A * square**B), 0) * gap
    away = picture[heads] - picture[others]  # (5, m, 2)
    square = (away**2).sum(axis=-1, keepdims=True)
    push = 2 * B / ((1e-3 + square) * (1 + A * square**B)) * away
    pull, push = np.clip(pull, -_FURTHEST, _FURTHEST), np.clip(push, -_FURTHEST, _FURTHEST)
    moved = np.concatenate([heads, tails])
    total = np.concatenate([pull + push.sum(axis=0), -pull])
    return np.stack([np.bincount(moved, total[:, axis], len(picture)) for axis in (0, 1)], axis=1)
