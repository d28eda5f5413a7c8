"""Neighbours, distortion and suggestions against counting by hand."""

from __future__ import annotations

import numpy as np

from core.analysis import neighbours as nb


def near_by_row(points: np.ndarray, count: int) -> list[list[int]]:
    return [
        [j for _, j in sorted((float(((p - q) ** 2).sum()), j) for j, q in enumerate(points) if j != i)[:count]]
        for i, p in enumerate(points)
    ]


def test_neighbours_are_the_nearest_in_order():
    points = np.random.default_rng(0).normal(size=(50, 4))
    assert nb.neighbours(points, 7).tolist() == near_by_row(points, 7)


def test_distortion_is_the_share_of_true_neighbours_that_the_picture_loses():
    points = np.random.default_rng(0).normal(size=(40, 6))
    picture = points[:, :2]
    true, shown = near_by_row(points, 10), near_by_row(picture, 10)
    expected = [1 - len(set(a) & set(b)) / 10 for a, b in zip(true, shown, strict=True)]
    assert nb.distortion(nb.neighbours(points), picture).tolist() == np.array(expected).tolist()


def test_picture_without_loss_distorts_nothing():
    points = np.random.default_rng(0).normal(size=(40, 2))
    assert (nb.distortion(nb.neighbours(points), 3 * points) == 0).all()


def test_suggestions_find_the_rows_that_were_moved():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 30)
    before = 20 * np.eye(3)[labels] + rng.normal(size=(90, 3))
    after = before.copy()
    after[:5] += 20 * (np.eye(3)[1] - np.eye(3)[0])  # five rows of class 0 move to class 1
    predicted = labels.copy()
    worse = labels.copy()
    worse[:5] = 1
    found = nb.suggestions(labels, {0: "card", 1: "refund", 2: "other"}, (nb.neighbours(before), nb.neighbours(after)),
                           (predicted, worse), ("ce", "joint"))  # fmt: skip
    titles = {one.title: set(one.rows) for one in found}
    torn = next(one.rows for one in found if "torn away from their class in joint" in one.title)
    assert set(torn[:5]) == set(range(5))  # worst first; rows of class 1 beside the newcomers follow
    assert set(torn[5:]) <= set(range(30, 60))
    assert titles["5 rows only ce gets right"] == set(range(5))
    assert not [title for title in titles if "only joint" in title]
    of_class = next(rows for title, rows in titles.items() if "of card whose neighbours changed most" in title)
    assert set(range(5)) <= of_class <= set(range(30))


def test_two_equal_runs_suggest_nothing():
    points = np.random.default_rng(0).normal(size=(30, 3))
    near = nb.neighbours(points)
    labels = np.arange(30) % 2
    assert nb.suggestions(labels, {}, (near, near), (labels, labels), ("a", "b")) == []


def test_three_neighbours_of_ten_are_much_whatever_the_digits():
    """0.7 - 0.4 is less than 0.3 as a computer holds it."""
    labels, rows = np.repeat([0, 1], 11), np.arange(22)
    near = np.array([rows[(labels == labels[row]) & (rows != row)] for row in rows])
    for of_its_class in range(3, 11):
        before, after = near.copy(), near.copy()
        before[0, of_its_class:] = rows[11 : 21 - of_its_class]
        after[0, of_its_class - 3 :] = rows[11 : 24 - of_its_class]
        found = nb.suggestions(labels, {}, (before, after), (labels, labels), ("a", "b"))
        assert [one.rows for one in found if "torn away" in one.title] == [(0,)]
