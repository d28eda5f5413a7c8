"""Separation against second implementations, written row by row from the definitions."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis import intervals, separation
from core.analysis.distances import distance_blocks, distances, nearest
from core.analysis.separation import UndefinedError


def blobs(rows: int, classes: int, hidden: int = 5, apart: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, rows)
    return apart * rng.normal(size=(classes, hidden))[labels] + rng.normal(size=(rows, hidden)), labels


def silhouette_by_row(points: np.ndarray, labels: np.ndarray) -> list[float]:
    """Rousseeuw 1987: (b - a) / max(a, b); 0 for the only row of its class."""
    scores = []
    for i in range(len(points)):
        mean = {}
        for name in set(labels.tolist()):
            others = [j for j in range(len(points)) if labels[j] == name and j != i]
            if others:
                mean[name] = sum(float(np.linalg.norm(points[i] - points[j])) for j in others) / len(others)
        if labels[i] not in mean:
            scores.append(0.0)
            continue
        a = mean.pop(labels[i])
        b = min(mean.values())
        scores.append((b - a) / max(a, b) if max(a, b) else 0.0)
    return scores


def purity_by_row(points: np.ndarray, labels: np.ndarray, count: int = 10) -> list[float]:
    shares = []
    for i in range(len(points)):
        gaps = sorted((float(np.linalg.norm(points[i] - points[j])), j) for j in range(len(points)) if j != i)
        near = [j for _, j in gaps[:count]]
        shares.append(sum(labels[j] == labels[i] for j in near) / len(near))
    return shares


def within_and_between(points: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    centres = {name: points[labels == name].mean(axis=0) for name in set(labels.tolist())}
    within = [float(np.linalg.norm(p - centres[name])) for p, name in zip(points, labels, strict=True)]
    names = sorted(centres)
    between = [float(np.linalg.norm(centres[a] - centres[b])) for a in names for b in names if a < b]
    return sum(within) / len(within), sum(between) / len(between)


@pytest.mark.parametrize(("rows", "classes"), [(40, 3), (23, 7), (60, 2)])
def test_figures_are_those_of_the_definitions(rows, classes):
    points, labels = blobs(rows, classes)
    found = separation.separation(points.astype(np.float32), labels)
    exact = points.astype(np.float32).astype(float)
    assert found.row_silhouette == pytest.approx(silhouette_by_row(exact, labels), abs=1e-6)
    assert found.row_purity == pytest.approx(purity_by_row(exact, labels))
    assert (found.intra, found.inter) == pytest.approx(within_and_between(exact, labels), rel=1e-6)


def test_figures_by_hand():
    points, labels = np.array([[0.0], [1.0], [10.0], [11.0]]), np.array([4, 4, 9, 9])
    found = separation.separation(points, labels)
    # a = 1 for all; b = 10.5, 9.5, 9.5, 10.5
    assert found.silhouette == pytest.approx((9.5 / 10.5 + 8.5 / 9.5) / 2)
    assert (found.intra, found.inter) == (0.5, 10.0)
    assert found.knn_purity == pytest.approx(1 / 3)


@pytest.mark.parametrize("classes", [3, 7])
def test_half_samples_have_the_figures_that_they_would_have_alone(classes):
    points, labels = blobs(46, classes)
    taken = intervals.half_samples(len(points), count=5)
    found = separation.halves(points, labels, taken)
    for at, inside in enumerate(taken.T):
        part, names = points[inside], labels[inside]
        rows = np.array(silhouette_by_row(part, names))
        purity = np.array(purity_by_row(part, names))
        within, between = within_and_between(part, names)
        assert found["silhouette"][at] == pytest.approx(rows.mean(), abs=1e-5)
        assert found["knn_purity"][at] == pytest.approx(purity.mean(), abs=1e-5)
        assert found["intra"][at] == pytest.approx(within)
        assert found["inter"][at] == pytest.approx(between)
        for number, name in enumerate(np.unique(labels)):
            if (names == name).any():
                assert found["class_silhouette"][number, at] == pytest.approx(rows[names == name].mean(), abs=1e-5)
                assert found["class_purity"][number, at] == pytest.approx(purity[names == name].mean(), abs=1e-5)
            else:
                assert np.isnan(found["class_silhouette"][number, at])


def test_equal_rows_are_at_distance_zero_and_others_exact():
    rng = np.random.default_rng(0)
    points = 1e3 + rng.normal(size=(50, 4))
    points[7] = points[3]
    points[9] = points[3] + 1e-7
    gaps = distances(points, points)
    assert gaps[7, 3] == 0 == gaps[5, 5]
    expected = np.array([[np.sqrt(((a - b) ** 2).sum()) for b in points] for a in points])
    assert gaps == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_all_rows_in_one_place_are_measured_without_a_warning(recwarn):
    found = separation.separation(np.ones((20, 3)), np.arange(20) % 2)
    assert found.silhouette == 0.0 == found.inter
    assert not recwarn.list


def test_neighbours_of_equal_rows_are_never_the_row_itself():
    gaps = np.zeros((5, 5))
    near = nearest(gaps, 0, 3)
    assert near.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], [0, 1, 2]]  # ties by row number


def test_nearest_of_many_rows_are_those_that_a_full_sort_has_first():
    gaps = np.random.default_rng(0).integers(0, 90, size=(40, 700)).astype(float)  # full of ties
    exact = gaps.copy()
    exact[np.arange(40), 300 + np.arange(40)] = np.inf
    assert (nearest(gaps, 300, 10) == np.argsort(exact, axis=1, kind="stable")[:, :10]).all()


def test_distances_come_block_by_block_as_in_one_piece():
    points = np.random.default_rng(0).normal(size=(700, 3))
    starts, blocks = zip(*distance_blocks(points), strict=True)
    assert len(starts) > 1
    assert starts == tuple(np.cumsum([0, *map(len, blocks[:-1])]).tolist())
    assert np.concatenate(blocks) == pytest.approx(np.linalg.norm(points[:, None] - points, axis=-1), abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [(1, [0], "1 row of 1 class"), (5, [0] * 5, "5 rows of 1 class"), (3, [0, 1, 2], "more rows than classes")],
)
def test_what_has_no_separation_says_why(rows, labels, said):
    with pytest.raises(UndefinedError, match=said):
        separation.separation(np.random.default_rng(0).normal(size=(rows, 2)), np.array(labels))


def test_diverged_embeddings_say_so():
    points = np.ones((6, 2))
    points[2, 1] = np.nan
    with pytest.raises(UndefinedError, match="diverged"):
        separation.separation(points, np.array([0, 1] * 3))


def test_the_mean_neighbour_gap_is_the_mean_difference_to_the_nearest():
    points = np.arange(12.0)[:, None]
    scores = np.array([0.0, 5.0] * 6)
    expected = []
    for i in range(12):
        near = sorted((abs(i - j), j) for j in range(12) if j != i)[:10]
        expected.append(sum(abs(scores[i] - scores[j]) for _, j in near) / 10)
    assert separation.neighbour_gaps(points, scores).mean() == pytest.approx(sum(expected) / 12)
