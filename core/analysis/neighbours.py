"""Who is near whom: how badly a picture distorts it, how it changes between two runs, and which rows to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.analysis.distances import distance_blocks, nearest
from core.analysis.separation import NEIGHBOURS

MUCH = 0.3
"""By so much a row's neighbour purity has to fall or rise to be called torn away or mended."""
MOST_SUGGESTED = 40
"""Rows of one suggestion."""


@dataclass(frozen=True)
class Suggestion:
    """Rows worth a look, and why."""

    title: str
    rows: tuple[int, ...]


def neighbours(points: np.ndarray, count: int = NEIGHBOURS) -> np.ndarray:
    """(n, count) each row's nearest others, nearest first."""
    space = np.asarray(points, dtype=np.float64)
    if space.shape[1] <= 3:
        return _in_picture(space, min(count, len(space) - 1))
    return np.concatenate([nearest(gaps, start, count) for start, gaps in distance_blocks(space)])


def _in_picture(space: np.ndarray, count: int) -> np.ndarray:
    """The same in two or three dimensions, where a tree finds them at once."""
    from scipy.spatial import KDTree

    found = KDTree(space).query(space, k=count + 1)[1]
    own = found == np.arange(len(space))[:, None]
    own[~own.any(axis=1), -1] = True  # where many coincide, a row may not be among its own nearest
    return found[~own].reshape(len(space), count)


def kept_share(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(n,) share of each row's neighbours in `first` (n, k) that are in `second` (n, k) as well."""
    return (first[:, :, None] == second[:, None, :]).any(axis=2).mean(axis=1)


def distortion(near: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """(n,) share of each row's true neighbours `near` (n, k) that are not among its k nearest in the picture."""
    return 1 - kept_share(near, neighbours(picture, near.shape[1]))


def suggestions(
    labels: np.ndarray,
    names: Mapping[int, str],
    near: tuple[np.ndarray, np.ndarray],
    predicted: tuple[np.ndarray, np.ndarray],
    called: tuple[str, str],
) -> list[Suggestion]:
    """Rows that two runs, or two steps of one, see most differently; what holds for no row is left out.

    `near` and `predicted` are each row's neighbours and predicted class in both, `called` their names.
    """
    before, after = ((labels[one] == labels[:, None]).mean(axis=1) for one in near)
    moved = np.round(after - before, 9)  # 0.7 - 0.4 falls short of 0.3 by its last digit
    change = 1 - kept_share(*near)
    found = []
    by_class = {int(name): float(change[labels == name].mean()) for name in np.unique(labels)}
    if by_class and max(by_class.values()) > 0:
        name = max(by_class, key=lambda each: by_class[each])
        mine = np.flatnonzero(labels == name)
        order = mine[np.argsort(-change[mine], kind="stable")]
        most = [int(row) for row in order if change[row] >= max(0.5, float(np.median(change[mine])))]
        found.append(("whose neighbours changed most", names.get(name, str(name)), most))
    torn = np.flatnonzero(moved <= -MUCH)
    mended = np.flatnonzero(moved >= MUCH)
    (one, other), (one_right, other_right) = called, (answers == labels for answers in predicted)
    made = [Suggestion(f"{_rows(rows)} of {name} {why}", _first(rows)) for why, name, rows in found if rows]
    for rows, why in (
        (torn[np.argsort(moved[torn], kind="stable")], f"torn away from their class in {other}"),
        (mended[np.argsort(-moved[mended], kind="stable")], f"back among their class in {other}"),
        (np.flatnonzero(one_right & ~other_right), f"only {one} gets right"),
        (np.flatnonzero(other_right & ~one_right), f"only {other} gets right"),
    ):
        if len(rows):
            made.append(Suggestion(f"{_rows(rows)} {why}", _first(rows)))
    return made


def _rows(rows: np.ndarray | list[int]) -> str:
    count = min(len(rows), MOST_SUGGESTED)
    more = f"{count} of {len(rows)}" if len(rows) > count else f"{count}"
    return f"{more} row{'s' if len(rows) != 1 else ''}"


def _first(rows: np.ndarray | list[int]) -> tuple[int, ...]:
    return tuple(int(row) for row in rows[:MOST_SUGGESTED])
