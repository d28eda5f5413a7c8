"""UMAP's layout: the weights of its graph by their definition, and neighbours that stay together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.analysis.neighbours import neighbours
from core.analysis.umap_layout import edges, lay_out, memberships


def blobs(rows: int = 120, hidden: int = 8) -> np.ndarray:
    rng = np.random.default_rng(0)
    return 6 * rng.normal(size=(3, hidden))[np.arange(rows) % 3] + rng.normal(size=(rows, hidden))


def graph(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    near = neighbours(points, count)
    return near, np.linalg.norm(points[near] - points[:, None], axis=2)


def test_weights_of_a_row_sum_to_the_logarithm_of_its_neighbourhood():
    _, gaps = graph(blobs(), 14)
    weights = memberships(gaps)
    assert weights.sum(axis=1) == pytest.approx(math.log2(15), abs=1e-6)
    assert (weights[:, 0] == 1).all()
    assert (np.diff(weights, axis=1) <= 0).all()


def test_rows_at_one_distance_weigh_the_same_and_stay_finite():
    weights = memberships(np.ones((4, 6)))
    assert (weights == 1).all()


def test_edge_weighs_as_the_union_of_its_two_directions():
    near, gaps = graph(blobs(30), 5)
    one_way = np.zeros((30, 30))
    for row, (others, weights) in enumerate(zip(near, memberships(gaps), strict=True)):
        one_way[row, others] = weights
    found = np.zeros((30, 30))
    heads, tails, weights = edges(near, gaps)
    found[heads, tails] = weights
    expected = [[1 - (1 - one_way[i, j]) * (1 - one_way[j, i]) for j in range(30)] for i in range(30)]
    assert found == pytest.approx(np.array(expected))


def test_classes_stay_together_and_the_same_seed_gives_the_same_picture():
    points = blobs()
    near, gaps = graph(points, 14)
    picture = lay_out(near, gaps, points[:, :2], seed=3)
    apart = np.linalg.norm(picture[:, None] - picture[None], axis=2) + np.diag(np.full(120, np.inf))
    closest = apart.argsort(axis=1)[:, :10]
    assert (closest % 3 == (np.arange(120) % 3)[:, None]).mean() > 0.99
    assert (lay_out(near, gaps, points[:, :2], seed=3) == picture).all()
