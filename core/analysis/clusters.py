"""Pooled embeddings in; how well classes separate, and aligned pictures of it, out.

Scores are computed in the space the classifier sees, never in a projection: a picture in two dimensions can
separate classes that overlap, and the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PROJECTIONS = ("pca", "tsne", "umap")
NEIGHBOURS = 10


@dataclass(frozen=True)
class ClusterScores:
    """Separation of labelled points in their original space."""

    rows: int
    silhouette: float
    """Mean silhouette, -1 to 1: nearer to one's own class than to the next is positive (Rousseeuw 1987)."""
    silhouette_error: float
    """Half the width of its 95 % interval over rows."""
    knn_purity: float
    """Share of a row's 10 nearest neighbours that are of its class, averaged over rows."""
    intra: float
    """Mean distance from a row to its class's centroid."""
    inter: float
    """Mean distance between two classes' centroids."""

    @property
    def ratio(self) -> float:
        """Within over between: smaller is better separated."""
        return self.intra / self.inter if self.inter else float("inf")


def as_classes(labels: np.ndarray) -> np.ndarray:
    """Class ids; a score (STS-B's 0 to 5) is rounded to whole steps."""
    return np.rint(labels).astype(int) if np.issubdtype(labels.dtype, np.floating) else labels.astype(int)


def cluster_scores(pooled: np.ndarray, labels: np.ndarray) -> ClusterScores:
    """Scores of `pooled` (n, hidden) under `labels` (n,). ValueError with fewer than two classes or three rows."""
    from sklearn.metrics import silhouette_samples
    from sklearn.neighbors import NearestNeighbors

    classes = as_classes(labels)
    present = np.unique(classes)
    if len(present) < 2 or len(pooled) <= len(present):
        raise ValueError(f"{len(pooled)} rows of {len(present)} classes: separation needs two classes and more rows")
    points = np.asarray(pooled, dtype=np.float64)
    each = silhouette_samples(points, classes)
    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(points) - 1)).fit(points)
    # With no argument a point is not its own neighbour, even where several coincide.
    indices = near.kneighbors(return_distance=False)
    centroids = np.stack([points[classes == c].mean(axis=0) for c in present])
    intra = np.mean(
        [np.linalg.norm(p - centroids[np.searchsorted(present, c)]) for p, c in zip(points, classes, strict=True)]
    )
    gaps = np.linalg.norm(centroids[:, None] - centroids[None], axis=-1)
    return ClusterScores(
        rows=len(points),
        silhouette=float(each.mean()),
        silhouette_error=float(1.96 * each.std(ddof=1) / np.sqrt(len(each))),
        knn_purity=float((classes[indices] == classes[:, None]).mean()),
        intra=float(intra),
        inter=float(gaps[np.triu_indices(len(present), 1)].mean()),
    )


def project(spaces: Sequence[np.ndarray], method: str = "pca", seed: int = 0) -> list[np.ndarray]:
    """Each space (n, hidden_i) as a picture (n, 2), turned onto the first where the rows are the same in number.

    Axes of a projection are arbitrary in turn and sign. An orthogonal Procrustes fit takes that difference away,
    and only that: distances within a picture stay as they are, up to one common scale per picture.
    """
    pictures = [_normalised(_reduce(space, method, seed)) for space in spaces]
    return pictures[:1] + [_turned(picture, pictures[0]) for picture in pictures[1:]]


def project_steps(steps: Sequence[np.ndarray], reference: np.ndarray | None = None, seed: int = 0) -> list[np.ndarray]:
    """One run's embeddings through training in the principal axes of its last step, so that motion is real motion.

    `reference` (n, 2) turns all of them alike, to lie beside another run's picture.
    """
    from sklearn.decomposition import PCA

    last = np.asarray(steps[-1], dtype=np.float64)
    axes = PCA(n_components=2, random_state=seed).fit(last)
    pictures = [axes.transform(np.asarray(step, dtype=np.float64)) for step in steps]
    scale = _scale(pictures[-1])
    pictures = [picture / scale for picture in pictures]
    if reference is not None and reference.shape == pictures[-1].shape:
        turn = _rotation(pictures[-1], reference)
        pictures = [picture @ turn for picture in pictures]
    return pictures


def _reduce(space: np.ndarray, method: str, seed: int) -> np.ndarray:
    points = np.asarray(space, dtype=np.float64)
    if method not in PROJECTIONS:
        raise ValueError(f"unknown projection {method!r}; choose from {list(PROJECTIONS)}")
    if len(points) < 3:
        raise ValueError(f"{len(points)} rows cannot be projected; at least 3 are needed")
    if method == "pca":
        from sklearn.decomposition import PCA

        return PCA(n_components=2, random_state=seed).fit_transform(points)
    if method == "tsne":
        from sklearn.manifold import TSNE

        perplexity = min(30.0, (len(points) - 1) / 3)
        return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(points).astype(np.float64)
    import umap

    neighbours = min(15, len(points) - 1)
    reducer = umap.UMAP(n_neighbors=neighbours, random_state=seed, n_jobs=1)
    return np.asarray(reducer.fit_transform(points), dtype=np.float64)


def _scale(picture: np.ndarray) -> float:
    return float(np.sqrt((picture - picture.mean(axis=0)).var(axis=0).sum())) or 1.0


def _normalised(picture: np.ndarray) -> np.ndarray:
    centred = picture - picture.mean(axis=0)
    return centred / _scale(picture)


def _turned(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return picture @ _rotation(picture, reference) if picture.shape == reference.shape else picture


def _rotation(picture: np.ndarray, reference: np.ndarray) -> np.ndarray:
    from scipy.linalg import orthogonal_procrustes

    return orthogonal_procrustes(picture - picture.mean(axis=0), reference - reference.mean(axis=0))[0]
