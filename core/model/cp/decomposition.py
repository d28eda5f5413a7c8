"""A layer's query and key projections in, shared ones out: CP decomposition of the query-key tensor.

For H heads of size d over n inputs (LightMobileBert, 2023),

    T[q, h, k] = sum_d W_Q[h, d, q] W_K[h, d, k]  ~  sum_r A[q, r] M[h, r] B[k, r]        (n x H x n)

Then W_Q = A^T and W_K = B^T are shared by all heads and M mixes them a head. TensorLy's PARAFAC does the alternating
least squares. Three things make it fast and good: it starts from the heads' largest singular directions instead of
random numbers, it multiplies T through its factors instead of entry by entry, and every other sweep is extrapolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.model.cp import cache
from core.model.cp.query_key import FactoredTensor, Factors, parafac_for_factored, query_key_tensor, relative_error

SWEEPS = 240
"""At most this many sweeps of alternating least squares."""
TOLERANCE = 3e-7
"""Stop when a sweep improves the relative error by less; paper B's 1e-6 stops a little short with this start."""
_WARM_UP = 40
"""Sweeps that are always made: the start lies near a saddle, where the first ones gain almost nothing."""
_JITTER = 0.03
_RIDGE = 1e-12
_VERSION = "1"
"""Part of the cache's key: change it when the same weights and settings should give other factors."""


@dataclass(frozen=True)
class Shared:
    """What a CollaborativeSelfAttention holds, float32."""

    query: torch.Tensor
    """(rank, inputs)"""
    key: torch.Tensor
    """(rank, inputs)"""
    mixing: torch.Tensor
    """(heads, rank)"""
    content_bias: torch.Tensor
    """(heads, inputs): row h is W_K,h^T b_Q,h."""
    error: float
    """Relative error |T - T'| / |T| of the query-key tensor, computed from the float32 factors."""

    def tensors(self) -> dict[str, torch.Tensor]:
        """By parameter name within the attention."""
        return {
            "query.weight": self.query,
            "key.weight": self.key,
            "mixing": self.mixing,
            "content_bias.weight": self.content_bias,
        }


def collaborate(
    query_weight: torch.Tensor,
    query_bias: torch.Tensor,
    key_weight: torch.Tensor,
    heads: int,
    rank: int,
    seed: int = 0,
) -> Shared:
    """Shared projections for one layer's attention; read from the cache where this was computed before.

    Args:
        query_weight, key_weight: (heads * d, inputs), as nn.Linear holds them.
        query_bias: (heads * d,). The key's bias only shifts each row of scores, which softmax ignores.
        rank: columns shared by all heads; heads * d or more is exact.
        seed: of the small noise on the start; the same seed gives the same factors.

    Raises ValueError when the weights are not finite.
    """
    weights = [weight.detach().to("cpu", torch.float32).numpy() for weight in (query_weight, key_weight)]
    if not all(np.isfinite(weight).all() for weight in weights):
        raise ValueError("query or key weights hold NaN or infinity; there is nothing sensible to decompose")
    Q, K = (weight.astype(np.float64).reshape(heads, -1, weight.shape[1]) for weight in weights)  # (H, d, n)
    settings = f"{_VERSION} {heads} {rank} {seed} {SWEEPS} {TOLERANCE}"
    key = cache.key_of(weights, settings)
    expected = {"A": (Q.shape[2], rank), "M": (heads, rank), "B": (Q.shape[2], rank)}
    stored = cache.read(key, expected)
    if stored is None:
        factors = (factor.astype(np.float32) for factor in decompose(Q, K, rank, seed))
        stored = dict(zip(expected, factors, strict=True))
        cache.write(key, stored)
    A, M, B = (stored[name] for name in "AMB")
    content = np.einsum("hd,hdk->hk", query_bias.detach().double().cpu().numpy().reshape(heads, -1), K)
    return Shared(
        query=torch.from_numpy(np.ascontiguousarray(A.T)),
        key=torch.from_numpy(np.ascontiguousarray(B.T)),
        mixing=torch.from_numpy(M.copy()),
        content_bias=torch.from_numpy(content.astype(np.float32)),
        error=relative_error(Q, K, (A.astype(np.float64), M.astype(np.float64), B.astype(np.float64))),
    )


def decompose(Q: np.ndarray, K: np.ndarray, rank: int, seed: int = 0) -> Factors:
    """CP factors of the query-key tensor.

    Args:
        Q, K: (H, d, n) float64.
        rank: 1 or more; from H * d on the decomposition is exact by construction.

    Returns: A, M, B, with each column's largest mixing weight 1 and the rest shared evenly by A and B.
    """
    if rank < 1:
        raise ValueError(f"rank is {rank}; a decomposition needs 1 or more")
    norm = np.linalg.norm(query_key_tensor(Q, K))
    draw = np.random.default_rng(seed)
    if rank >= Q.shape[0] * Q.shape[1]:
        return _exact(Q, K, rank, draw)
    if norm == 0:
        n = Q.shape[2]
        return draw.normal(0, 0.02, (n, rank)), np.zeros((len(Q), rank)), draw.normal(0, 0.02, (n, rank))
    A, M, B = _alternate(Q / np.sqrt(norm), K / np.sqrt(norm), rank, draw)
    return _balanced((A * norm, M, B))


def _exact(Q: np.ndarray, K: np.ndarray, rank: int, draw: np.random.Generator) -> Factors:
    """Each head's rows side by side, mixed by ones in its own block; columns beyond carry nothing until trained."""
    heads, size, n = Q.shape
    spare = rank - heads * size
    A = np.concatenate([Q.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    B = np.concatenate([K.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    M = np.concatenate([np.repeat(np.eye(heads), size, axis=1), np.zeros((heads, spare))], axis=1)
    return A, M, B


def _alternate(Q: np.ndarray, K: np.ndarray, rank: int, draw: np.random.Generator) -> Factors:
    """Pairs of TensorLy's sweeps, each followed by a jump further the same way, kept where it helps (Bro 1998)."""
    from tensorly.cp_tensor import CPTensor

    parafac, tensor = parafac_for_factored(), FactoredTensor.of(Q, K)
    factors = _largest_directions(Q, K, rank, draw)
    error, root, failures = float("inf"), 2.0, 0
    for sweeps in range(2, SWEEPS + 1, 2):
        before, last = factors, error
        cp, errors = parafac(
            tensor,
            rank,
            n_iter_max=2,
            init=CPTensor((None, list(before))),
            tol=0,
            l2_reg=_RIDGE,
            return_errors=True,
        )
        factors, error = tuple(cp.factors), float(errors[-1])
        if sweeps > _WARM_UP and last - error < 2 * TOLERANCE:
            break
        jump = sweeps ** (1 / root)
        ahead = tuple(old + (new - old) * jump for old, new in zip(before, factors, strict=True))
        ahead_error = tensor.error(ahead)
        if ahead_error < error:
            factors, error, failures = ahead, ahead_error, 0
        else:
            failures += 1
            root, failures = (root + 1, 0) if failures == 4 else (root, failures)
    return factors


def _largest_directions(Q: np.ndarray, K: np.ndarray, rank: int, draw: np.random.Generator) -> Factors:
    """The start: of all heads' singular directions of W_Q,h^T W_K,h the `rank` largest, and a little noise.

    The noise keeps columns alive that would start at exactly zero, as in a layer whose projections lack full rank.
    """
    size = Q.shape[1]
    U, S, V = np.linalg.svd(np.matmul(Q.transpose(0, 2, 1), K))
    U, S, V = U[:, :, :size], S[:, :size], V[:, :size]
    best = np.argsort(-S, axis=None, kind="stable")[:rank]
    head, column = np.divmod(best, size)
    root = np.sqrt(S[head, column])[:, None]
    M = np.zeros((len(Q), rank))
    M[head, np.arange(rank)] = 1
    starts = ((U[head, :, column] * root).T, M, (V[head, column] * root).T)
    A, M, B = (start + _JITTER * start.std() * draw.normal(size=start.shape) for start in starts)
    return A, M, B


def _balanced(factors: Factors) -> Factors:
    """The same product, with columns of a size that trains well: mixing at most 1, A and B of equal length."""
    A, M, B = factors
    peak = np.abs(M).max(axis=0)
    a, b = np.linalg.norm(A, axis=0), np.linalg.norm(B, axis=0)
    alive = (peak > 0) & (a > 0) & (b > 0)
    peak, a, b = (np.where(alive, value, 1.0) for value in (peak, a, b))
    root = np.sqrt(peak * a * b)
    return A / a * root, M / peak, B / b * root
