"""Layers' projections and starting factors in; factors after alternating least squares out, all layers in one batch.

Each factor in turn is the least squares solution for the other two. Three things make it fast: the tensor is multiplied
through its projections instead of entry by entry, what one step has multiplied the next one uses again, and every other
sweep is extrapolated. Each layer stops by itself and gets the same bits whichever layers are beside it.

L layers, H heads of size d, n inputs, rank R.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch

SWEEPS = 240
"""At most this many sweeps."""
TOLERANCE = 3e-7
"""Stop when a sweep improves the relative error by less; paper B's 1e-6 stops a little short with this start."""
_WARM_UP = 40
"""Sweeps that are always made: the start lies near a saddle, where the first ones gain almost nothing."""
_RIDGE = 1e-12
_MOST_FAILURES = 4
"""Jumps in a row that did not help, after which a layer jumps less far."""


class State(NamedTuple):
    """Factors, and what the projections make of them."""

    A: torch.Tensor
    """(L, n, R)"""
    M: torch.Tensor
    """(L, H, R)"""
    B: torch.Tensor
    """(L, n, R)"""
    queries: torch.Tensor
    """Q A: (L, H * d, R)"""
    keys: torch.Tensor
    """K B: (L, H * d, R)"""


@dataclass(frozen=True)
class Layers:
    """What is decomposed: T[q, h, k] = sum_d Q[h, d, q] K[h, d, k] of each layer."""

    Q: torch.Tensor
    """(L, H, d, n), as `K`."""
    K: torch.Tensor
    norm: torch.Tensor
    """(L,): |T|."""

    @classmethod
    def of(cls, Q: torch.Tensor, K: torch.Tensor) -> Layers:
        return cls(Q, K, torch.linalg.vector_norm((Q.mT @ K).flatten(1), dim=1))

    def __getitem__(self, which: torch.Tensor) -> Layers:
        return Layers(self.Q[which], self.K[which], self.norm[which])

    def state(self, A: torch.Tensor, M: torch.Tensor, B: torch.Tensor) -> State:
        return State(A, M, B, self.Q.flatten(1, 2) @ A, self.K.flatten(1, 2) @ B)

    def sweep(self, state: State) -> State:
        """Each factor in turn as the least squares solution for the other two."""
        _, M, B, _, keys = state
        q, k = self.Q.flatten(1, 2), self.K.flatten(1, 2)  # (L, H * d, n)
        gram_b = _gram(B)
        A = _solve(_gram(M) * gram_b, q.mT @ self._mixed(keys, M))
        queries, gram_a = q @ A, _gram(A)
        M = _solve(gram_a * gram_b, self._by_head(queries * keys))
        B = _solve(gram_a * _gram(M), k.mT @ self._mixed(queries, M))
        return State(A, M, B, queries, k @ B)

    def errors(self, state: State) -> torch.Tensor:
        """(L,): |T - T'| / |T| through Gram matrices; good to about 1e-8, which is all that a comparison needs."""
        A, M, B, queries, keys = state
        own = (_gram(A) * _gram(M) * _gram(B)).sum((1, 2))
        inner = (self._by_head(queries * keys) * M).sum((1, 2))
        return (self.norm**2 + own - 2 * inner).abs().sqrt() / self.norm

    def _mixed(self, rows: torch.Tensor, M: torch.Tensor) -> torch.Tensor:
        """(L, H * d, R), each head's rows times its own mixing."""
        return (rows.unflatten(1, self.Q.shape[1:3]) * M[:, :, None]).flatten(1, 2)

    def _by_head(self, rows: torch.Tensor) -> torch.Tensor:
        """(L, H, R): each head's rows summed."""
        return rows.unflatten(1, self.Q.shape[1:3]).sum(2)


def alternate(Q: torch.Tensor, K: torch.Tensor, A: torch.Tensor, M: torch.Tensor, B: torch.Tensor) -> list[State]:
    """Pairs of sweeps, each followed by a jump further the same way, kept where it helps (Bro 1998). A `State` a layer.

    Args: Q, K: (L, H, d, n) float64, no layer all zero; A, M, B: as `State` has them.
    """
    layers = Layers.of(Q, K)
    state = layers.state(A, M, B)
    place = torch.arange(len(Q))
    error = torch.full((len(Q),), torch.inf, dtype=Q.dtype)
    root, failures = torch.full_like(error, 2.0), torch.zeros_like(place)
    found: dict[int, State] = {}
    for sweeps in range(2, SWEEPS + 1, 2):
        before, last = state, error
        state = layers.sweep(layers.sweep(before))
        error = layers.errors(state)
        going = torch.full_like(place, sweeps <= _WARM_UP, dtype=torch.bool) | (last - error >= 2 * TOLERANCE)
        if not going.all():
            _keep(found, state, place, ~going)
            layers, place = layers[going], place[going]
            error, root, failures = (each[going] for each in (error, root, failures))
            before, state = (State(*(part[going] for part in one)) for one in (before, state))
            if not len(place):
                break
        jump = (sweeps ** (1 / root))[:, None, None]
        ahead = State(*(old + (new - old) * jump for old, new in zip(before, state, strict=True)))
        ahead_error = layers.errors(ahead)
        better = ahead_error < error
        kept = better[:, None, None]
        state = State(*(torch.where(kept, new, old) for new, old in zip(ahead, state, strict=True)))
        error = torch.where(better, ahead_error, error)
        failures = torch.where(better, 0, failures + 1)
        root += failures == _MOST_FAILURES
        failures[failures == _MOST_FAILURES] = 0
    _keep(found, state, place, torch.ones_like(place, dtype=torch.bool))
    return [found[layer] for layer in range(len(Q))]


def _keep(found: dict[int, State], state: State, place: torch.Tensor, which: torch.Tensor) -> None:
    for row in which.nonzero()[:, 0].tolist():
        found[int(place[row])] = State(*(part[row] for part in state))


def _gram(factor: torch.Tensor) -> torch.Tensor:
    return factor.mT @ factor


def _solve(gram: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """X of X gram = right, (L, rows, R), for grams that may lack full rank: a ridge keeps them solvable."""
    gram.diagonal(dim1=-2, dim2=-1).add_(_RIDGE)
    lower, failed = torch.linalg.cholesky_ex(gram)
    found = torch.cholesky_solve(right.mT, lower).mT
    bad = failed > 0  # rounding took what the ridge gave
    if bad.any():
        found[bad] = torch.linalg.solve(gram[bad], right[bad].mT).mT
    return found
