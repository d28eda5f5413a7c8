"""A layer's query and key projections in, their tensor out, with what a decomposition of it misses, and must miss."""

from __future__ import annotations

import numpy as np

Factors = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A (n, R), M (H, R), B (n, R)."""


def query_key_tensor(Q: np.ndarray, K: np.ndarray) -> np.ndarray:
    """T of shape (n, H, n) from (H, d, n) twice."""
    return np.matmul(Q.transpose(0, 2, 1), K).transpose(1, 0, 2)


def tensor_norm(T: np.ndarray) -> float:
    """The root of the sum of squares, on this thread alone: BLAS would wake others for so little."""
    return float(np.sqrt(np.einsum("qhk,qhk->", T, T)))


def relative_error(Q: np.ndarray, K: np.ndarray, factors: Factors) -> float:
    """|T - T'| / |T|, entry by entry; 0 when both are zero."""
    from tensorly import cp_to_tensor  # only where a model is cut

    T = query_key_tensor(Q, K)
    difference = tensor_norm(T - cp_to_tensor((None, list(factors))))
    return difference / tensor_norm(T) if difference else 0.0


def error_floor(Q: np.ndarray, K: np.ndarray, rank: int) -> float:
    """No decomposition of this rank can have a smaller relative error.

    A tensor of CP rank R unfolds, along each of its three modes, to a matrix of rank R at most; by Eckart and Young
    such a matrix misses at least the singular values beyond the R-th. The floor is the largest of the three misses,
    over |T|. It is a lower bound, in general not reached.
    """
    spectra = unfolding_spectra(Q, K)
    norm = np.sqrt((spectra[0] ** 2).sum())
    return float(max(np.sqrt((s[rank:] ** 2).sum()) for s in spectra) / norm) if norm else 0.0


def unfolding_spectra(Q: np.ndarray, K: np.ndarray) -> list[np.ndarray]:
    """Singular values of the query, key and head unfoldings of T, largest first."""
    from tensorly import unfold

    T = query_key_tensor(Q, K)
    return [np.linalg.svd(unfold(T, mode), compute_uv=False) for mode in (0, 2, 1)]
