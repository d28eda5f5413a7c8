"""Embeddings of several runs and steps as pictures in one space: the same embedding lies in the same place everywhere.

PCA has one centre, one pair of axes and one scale for all. t-SNE and UMAP start from that picture and are turned back
onto it, each by itself: equal embeddings give equal pictures, and what moves in the axes stays comparable.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from core.analysis.layouts import NAMES, Progress, ProjectionError, distinct, laid_out

PROJECTIONS = ("pca", "tsne", "umap")
FEWEST = {"pca": 3, "tsne": 8, "umap": 16}
"""Distinct rows that a projection needs; with fewer, positions are an accident."""


def align(
    spaces: Sequence[np.ndarray],
    method: str = "pca",
    seed: int = 0,
    progress: Progress = lambda done, total: None,
    axes_of: Collection[int] | None = None,
) -> list[np.ndarray]:
    """Each space (n, hidden) as a picture (n, 2), all of them on one basis; `progress` hears how many are done.

    `axes_of`: the places of the spaces whose spread decides the axes, such as those after training; else all do.

    Spaces of other width than the first have axes of their own, turned as a whole onto the first, where the last of
    each has as many rows. Raises ProjectionError.
    """
    if method not in PROJECTIONS:
        raise ProjectionError(f"unknown projection {method!r}; choose from {list(PROJECTIONS)}")
    points = [np.asarray(space, dtype=np.float64) for space in spaces]
    for space in points:
        _check(space)
    base = _principal(points, range(len(points)) if axes_of is None else axes_of)
    if method == "pca":
        return base
    for space in points:
        _check_distinct(space, method)
    return [
        _onto(_normalised(picture), reference)
        for picture, reference in zip(laid_out(points, base, method, seed, progress), base, strict=True)
    ]


def explained(spaces: Sequence[np.ndarray]) -> float:
    """Share of the spread within the spaces that the two common axes of PCA show."""
    covariance = _covariance([np.asarray(space, dtype=np.float64) for space in spaces])
    values = np.linalg.eigvalsh(covariance)
    total = float(values.sum())
    return float(values[-2:].sum() / total) if total > 0 else 1.0


def _check(space: np.ndarray) -> None:
    if len(space) < FEWEST["pca"]:
        rows = "1 row" if len(space) == 1 else f"{len(space)} rows"
        raise ProjectionError(f"{rows} cannot be projected; at least {FEWEST['pca']} are needed")
    if not np.isfinite(space).all():
        raise ProjectionError("the embeddings hold values that are no numbers: the run has diverged")


def _check_distinct(space: np.ndarray, method: str) -> None:
    there = len(distinct(space)[0])
    if there < FEWEST[method]:
        places = "one place" if there == 1 else f"{there} different places"
        raise ProjectionError(
            f"{NAMES[method]} needs {FEWEST[method]} rows with different embeddings; these {len(space):,} rows lie in "
            f"{places}: look at them with PCA"
        )


def _principal(points: Sequence[np.ndarray], axes_of: Collection[int]) -> list[np.ndarray]:
    """PCA pictures with one centre, one pair of axes, one scale; one such basis for each width."""
    widths = list(dict.fromkeys(space.shape[1] for space in points))
    found: dict[int, np.ndarray] = {}
    reference: np.ndarray | None = None
    for width in widths:
        members = {at: space for at, space in enumerate(points) if space.shape[1] == width}
        decide = [space for at, space in members.items() if at in axes_of] or list(members.values())
        pictures = dict(zip(members, _one_basis(list(members.values()), decide), strict=True))
        last = pictures[max(pictures)]
        if reference is None:
            reference = last
        elif last.shape == reference.shape:
            turn = _rotation(last, reference)
            pictures = {at: picture @ turn for at, picture in pictures.items()}
        found |= pictures
    return [found[at] for at in range(len(points))]


def _one_basis(spaces: Sequence[np.ndarray], decide: Sequence[np.ndarray]) -> list[np.ndarray]:
    # The axes show the spread within the spaces, not the shift between them; the centre is common, so a shift is seen.
    _, vectors = np.linalg.eigh(_covariance(decide))
    axes = vectors[:, ::-1][:, :2]
    if axes.shape[1] < 2:  # a single dimension
        axes = np.hstack([axes, np.zeros((len(axes), 1))])
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    axes = axes * np.where(signs == 0, 1, signs)
    centre = np.mean([space.mean(axis=0) for space in spaces], axis=0)
    pictures = [(space - centre) @ axes for space in spaces]
    scale = max(_size(picture) for picture in pictures) or 1.0
    return [picture / scale for picture in pictures]


def _covariance(spaces: Sequence[np.ndarray]) -> np.ndarray:
    parts = [(space - space.mean(axis=0)).T @ (space - space.mean(axis=0)) / len(space) for space in spaces]
    return np.mean(parts, axis=0)


def _size(picture: np.ndarray) -> float:
    return float(np.sqrt((picture - picture.mean(axis=0)).var(axis=0).sum()))


def _normalised(picture: np.ndarray) -> np.ndarray:
    return (picture - picture.mean(axis=0)) / (_size(picture) or 1.0)


def _onto(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return picture @ _rotation(picture, reference)


def _rotation(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    from scipy.linalg import orthogonal_procrustes

    return orthogonal_procrustes(picture - picture.mean(axis=0), reference - reference.mean(axis=0))[0]
