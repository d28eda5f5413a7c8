"""A layer's query and key projections in, shared ones out: CP decomposition of the query-key tensor.

For H heads of size d over n inputs, T[q, h, k] = sum_d W_Q[h, d, q] W_K[h, d, k] (n x H x n) is written as
sum_r A[q, r] M[h, r] B[k, r] (PARAFAC, by TensorLy): W_Q = A^T and W_K = B^T are shared, M mixes them a head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


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
    """(heads, inputs)"""
    error: float
    """Relative error |T - T'| / |T| of the query-key tensor."""

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
    key_bias: torch.Tensor,
    heads: int,
    rank: int,
    seed: int = 0,
) -> Shared:
    """Shared projections for one layer's attention.

    Args:
        query_weight, key_weight: (heads * d, inputs), as nn.Linear holds them.
        query_bias, key_bias: (heads * d,); the key's is not used, since it only shifts rows of scores.
        rank: columns shared by all heads; heads * d or more is exact.
    """
    Q = query_weight.detach().double().cpu().numpy().reshape(heads, -1, query_weight.shape[1])  # (H, d, n)
    K = key_weight.detach().double().cpu().numpy().reshape(heads, -1, key_weight.shape[1])  # (H, d, n)
    b = query_bias.detach().double().cpu().numpy().reshape(heads, -1)  # (H, d)
    A, M, B = decompose(Q, K, rank, seed)
    T = np.einsum("hdq,hdk->qhk", Q, K)
    error = float(np.linalg.norm(T - np.einsum("qr,hr,kr->qhk", A, M, B)) / max(np.linalg.norm(T), 1e-300))
    content = np.einsum("hd,hdk->hk", b, K)
    parts = (A.T, B.T, M, content)
    return Shared(*(torch.from_numpy(np.ascontiguousarray(part, dtype=np.float32)) for part in parts), error)


def decompose(Q: np.ndarray, K: np.ndarray, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A (n, rank), M (H, rank), B (n, rank) for Q and K of shape (H, d, n)."""
    heads, size, _ = Q.shape
    if rank >= heads * size:
        return _exact(Q, K, rank, seed)
    from tensorly.decomposition import parafac

    start = _largest_directions(Q, K, rank)
    T = np.einsum("hdq,hdk->qhk", Q, K)
    weights, factors = parafac(T, rank, n_iter_max=60, init=(None, list(start)), tol=1e-6, linesearch=True)
    A, M, B = factors
    return A * weights, M, B


def _exact(Q: np.ndarray, K: np.ndarray, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each head's rows side by side, mixed by ones in its own block; columns beyond carry nothing until trained."""
    heads, size, inputs = Q.shape
    spare = rank - heads * size
    draw = np.random.default_rng(seed)
    A = np.concatenate([Q.reshape(-1, inputs).T, draw.normal(0, 0.02, (inputs, spare))], axis=1)
    B = np.concatenate([K.reshape(-1, inputs).T, draw.normal(0, 0.02, (inputs, spare))], axis=1)
    M = np.concatenate([np.repeat(np.eye(heads), size, axis=1), np.zeros((heads, spare))], axis=1)
    return A, M, B


def _largest_directions(Q: np.ndarray, K: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The start: of all heads' singular directions of W_Q,h^T W_K,h, the `rank` largest."""
    heads, size, _ = Q.shape
    U, S, V = np.linalg.svd(np.einsum("hdq,hdk->hqk", Q, K))
    U, S, V = U[:, :, :size], S[:, :size], V[:, :size]
    best = np.argsort(-S.reshape(-1), kind="stable")[:rank]
    head, column = np.divmod(best, size)
    root = np.sqrt(S[head, column])
    M = np.zeros((heads, rank))
    M[head, np.arange(rank)] = 1
    return (U[head, :, column] * root[:, None]).T, M, (V[head, column] * root[:, None]).T
