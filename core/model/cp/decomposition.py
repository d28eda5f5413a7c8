"""A layer's query and key projections in, shared ones out: CP decomposition of the query-key tensor.

For H heads of size d over n inputs (LightMobileBert, 2023),

    T[q, h, k] = sum_d W_Q[h, d, q] W_K[h, d, k]  ~  sum_r A[q, r] M[h, r] B[k, r]        (n x H x n)

Then W_Q = A^T and W_K = B^T are shared by all heads and M mixes them a head. Alternating least squares finds them
(`core.model.cp.alternating`), from the heads' largest singular directions instead of random numbers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

import numpy as np
import torch

from core.model.cp import cache
from core.model.cp.alternating import SWEEPS, TOLERANCE, alternate
from core.model.cp.query_key import Factors, query_key_tensor, relative_error, tensor_norm
from core.model.threads import single_threads

MOST_TOGETHER = 6
"""Layers in one batch: enough to share what an operation costs to start, few enough to tell how far it is."""
_WIDE = 128
"""Inputs from which a batch a core pays: smaller products leave the threads waiting for Python's one lock."""
_JITTER = 0.03
_VERSION = "2"
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


@dataclass(frozen=True)
class Projections:
    """One layer's query and key, as nn.Linear holds them."""

    query: torch.Tensor
    """(heads * d, inputs)"""
    query_bias: torch.Tensor
    """(heads * d,). The key's bias only shifts each row of scores, which softmax ignores."""
    key: torch.Tensor
    """(heads * d, inputs)"""
    seed: int = 0
    """Of the small noise on the start; the same seed gives the same factors."""

    def by_head(self, heads: int) -> tuple[np.ndarray, np.ndarray]:
        """Q and K, (H, d, n) float64, of the weights in float32."""
        Q, K = (one.detach().to("cpu", torch.float32).double().numpy() for one in (self.query, self.key))
        return Q.reshape(heads, -1, Q.shape[1]), K.reshape(heads, -1, K.shape[1])


def collaborate(
    layers: Sequence[Projections], heads: int, rank: int, progress: Callable[[int, int], None] | None = None
) -> list[Shared]:
    """Shared projections for each layer's attention; read from the cache where they were computed before.

    What a layer gets does not hang on those beside it.

    Args:
        layers: of one shape.
        rank: columns shared by all heads; heads * d or more is exact.
        progress: called with (done, total) layers.

    Raises ValueError when the weights are not finite.
    """
    tensors = [one.by_head(heads) for one in layers]
    if not all(np.isfinite(weight).all() for both in tensors for weight in both):
        raise ValueError("query or key weights hold NaN or infinity; there is nothing sensible to decompose")
    names = [
        cache.key_of(both, f"{_VERSION} {heads} {rank} {one.seed} {SWEEPS} {TOLERANCE}")
        for one, both in zip(layers, tensors, strict=True)
    ]
    stored: dict[int, dict[str, np.ndarray]] = {}
    for place, (_, K) in enumerate(tensors):
        n = K.shape[2]
        found = cache.read(names[place], {"A": (n, rank), "M": (heads, rank), "B": (n, rank)})
        if found is not None:
            stored[place] = found
    missing = [place for place in range(len(layers)) if place not in stored]

    def keep(number: int, factors: Factors) -> None:
        place = missing[number]
        stored[place] = dict(zip("AMB", (factor.astype(np.float32) for factor in factors), strict=True))
        cache.write(names[place], stored[place])
        if progress is not None:
            progress(len(stored), len(layers))

    if missing:
        decompose([(*tensors[place], layers[place].seed) for place in missing], rank, keep)
    return [_shared(one, *tensors[place], stored[place]) for place, one in enumerate(layers)]


def _shared(layer: Projections, Q: np.ndarray, K: np.ndarray, found: dict[str, np.ndarray]) -> Shared:
    A, M, B = (found[name] for name in "AMB")
    content = np.einsum("hd,hdk->hk", layer.query_bias.detach().double().cpu().numpy().reshape(len(Q), -1), K)
    return Shared(
        query=torch.from_numpy(np.ascontiguousarray(A.T)),
        key=torch.from_numpy(np.ascontiguousarray(B.T)),
        mixing=torch.from_numpy(M.copy()),
        content_bias=torch.from_numpy(content.astype(np.float32)),
        error=relative_error(Q, K, (A.astype(np.float64), M.astype(np.float64), B.astype(np.float64))),
    )


def decompose(
    layers: Sequence[tuple[np.ndarray, np.ndarray, int]],
    rank: int,
    found: Callable[[int, Factors], None],
) -> None:
    """CP factors of layers' query-key tensors, several at once on as many cores as there are.

    Args:
        layers: Q, K (H, d, n) float64, and the seed of each.
        rank: 1 or more; from H * d on the decomposition is exact by construction.
        found: called with a layer's place and its A, M, B as they are found, each column's largest mixing weight 1 and
            the rest shared evenly by A and B.
    """
    if rank < 1:
        raise ValueError(f"rank is {rank}; a decomposition needs 1 or more")
    hard = []
    for place, (Q, K, seed) in enumerate(layers):
        draw, n = np.random.default_rng(seed), Q.shape[2]
        if rank >= Q.shape[0] * Q.shape[1]:
            found(place, _exact(Q, K, rank, draw))
        elif not tensor_norm(query_key_tensor(Q, K)):
            found(place, (draw.normal(0, 0.02, (n, rank)), np.zeros((len(Q), rank)), draw.normal(0, 0.02, (n, rank))))
        else:
            hard.append(place)
    if not hard:
        return
    cores = (os.cpu_count() or 1) if layers[0][0].shape[2] >= _WIDE else 1
    together = min(MOST_TOGETHER, -(-len(hard) // cores))
    batches = [hard[first : first + together] for first in range(0, len(hard), together)]
    with single_threads(min(cores, len(batches))) as pool:  # in so small a product, threads only wait for each other
        jobs = {pool.submit(_alternated, [layers[place] for place in batch], rank): batch for batch in batches}
        for job in as_completed(jobs):
            for place, factors in zip(jobs[job], job.result(), strict=True):
                found(place, factors)


def _alternated(layers: Sequence[tuple[np.ndarray, np.ndarray, int]], rank: int) -> list[Factors]:
    norms = [tensor_norm(query_key_tensor(Q, K)) for Q, K, _ in layers]
    scaled = [(Q / np.sqrt(norm), K / np.sqrt(norm)) for (Q, K, _), norm in zip(layers, norms, strict=True)]
    starts = [
        _largest_directions(Q, K, rank, np.random.default_rng(seed))
        for (Q, K), (_, _, seed) in zip(scaled, layers, strict=True)
    ]
    parts = (*zip(*scaled, strict=True), *zip(*starts, strict=True))
    ends = alternate(*(torch.from_numpy(np.stack(part)) for part in parts))
    return [
        _balanced((end.A.numpy() * norm, end.M.numpy(), end.B.numpy())) for end, norm in zip(ends, norms, strict=True)
    ]


def _exact(Q: np.ndarray, K: np.ndarray, rank: int, draw: np.random.Generator) -> Factors:
    """Each head's rows side by side, mixed by ones in its own block; columns beyond carry nothing until trained."""
    heads, size, n = Q.shape
    spare = rank - heads * size
    A = np.concatenate([Q.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    B = np.concatenate([K.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    M = np.concatenate([np.repeat(np.eye(heads), size, axis=1), np.zeros((heads, spare))], axis=1)
    return A, M, B


def _largest_directions(Q: np.ndarray, K: np.ndarray, rank: int, draw: np.random.Generator) -> Factors:
    """The start: of all heads' singular directions of W_Q,h^T W_K,h the `rank` largest, and a little noise.

    The noise keeps columns alive that would start at exactly zero, as in a layer whose projections lack full rank.
    """
    (left, above), (right, below) = (np.linalg.qr(one.transpose(0, 2, 1)) for one in (Q, K))
    U, S, V = np.linalg.svd(above @ below.transpose(0, 2, 1), full_matrices=False)
    U, V = left @ U, V @ right.transpose(0, 2, 1)  # (H, n, d), (H, d, n)
    best = np.argsort(-S, axis=None, kind="stable")[:rank]
    head, column = np.divmod(best, S.shape[1])
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
