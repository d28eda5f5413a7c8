"""A layer's query and key projections in, their tensor out: its size, its floor, and cheap products with it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

Factors = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A (n, R), M (H, R), B (n, R)."""


def query_key_tensor(Q: np.ndarray, K: np.ndarray) -> np.ndarray:
    """T of shape (n, H, n) from (H, d, n) twice."""
    return np.matmul(Q.transpose(0, 2, 1), K).transpose(1, 0, 2)


def relative_error(Q: np.ndarray, K: np.ndarray, factors: Factors) -> float:
    """|T - T'| / |T|, entry by entry; 0 when both are zero."""
    A, M, B = factors
    T = query_key_tensor(Q, K)
    difference = float(np.linalg.norm(T - np.matmul((A[None] * M[:, None]), B.T).transpose(1, 0, 2)))
    return difference / float(np.linalg.norm(T)) if difference else 0.0


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
    T = query_key_tensor(Q, K)
    return [np.linalg.svd(np.moveaxis(T, mode, 0).reshape(T.shape[mode], -1), compute_uv=False) for mode in (0, 2, 1)]


class FactoredTensor(np.ndarray):
    """T as an array, which also knows the projections it was made of."""

    Q: np.ndarray
    K: np.ndarray
    norm: float

    @classmethod
    def of(cls, Q: np.ndarray, K: np.ndarray) -> FactoredTensor:
        tensor = np.ascontiguousarray(query_key_tensor(Q, K)).view(cls)
        tensor.Q, tensor.K, tensor.norm = Q, K, float(np.linalg.norm(tensor))
        return tensor

    def times(self, factors: Any, mode: int) -> np.ndarray:
        """unfold(T, mode) @ khatri_rao(the other two), a quarter of the work of the dense product."""
        A, M, B = factors
        heads, size, n = self.Q.shape
        if mode == 0:
            mixed = np.matmul(self.K, B) * M[:, None]  # (H, d, R)
            return self.Q.reshape(-1, n).T @ mixed.reshape(heads * size, -1)
        queries = np.matmul(self.Q, A)  # (H, d, R)
        if mode == 1:
            return (queries * np.matmul(self.K, B)).sum(axis=1)
        return self.K.reshape(-1, n).T @ (queries * M[:, None]).reshape(heads * size, -1)

    def error(self, factors: Any) -> float:
        """|T - T'| / |T| through Gram matrices; good to about 1e-8, which is all that a comparison needs."""
        A, M, B = factors
        own = ((A.T @ A) * (M.T @ M) * (B.T @ B)).sum()
        return float(np.sqrt(abs(self.norm**2 + own - 2 * (self.times(factors, 2) * B).sum())) / self.norm)


@lru_cache(maxsize=1)
def parafac_for_factored() -> Any:
    """TensorLy's parafac, told once how to multiply a FactoredTensor; every other tensor goes its usual way.

    `register_backend_method` is TensorLy's documented place for another MTTKRP.
    """
    from tensorly import tenalg
    from tensorly.decomposition import parafac
    from tensorly.tenalg.core_tenalg.mttkrp import unfolding_dot_khatri_rao as dense

    def unfolding_dot_khatri_rao(tensor: Any, cp_tensor: Any, mode: int) -> Any:
        if not isinstance(tensor, FactoredTensor):
            return dense(tensor, cp_tensor, mode)
        weights, factors = cp_tensor
        product = tensor.times(factors, mode)
        return product if weights is None else product * np.asarray(weights)

    tenalg.register_backend_method("unfolding_dot_khatri_rao", unfolding_dot_khatri_rao)
    tenalg.use_dynamic_dispatch()
    return parafac
