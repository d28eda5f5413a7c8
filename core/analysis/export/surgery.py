"""LightMobileBERT's surgery (2023), written out: some layers of a MobileBERT, their heads' queries and keys shared.

For H heads of size d over n inputs the tensor T[q, h, k] = sum_d W_Q[h, d, q] W_K[h, d, k] is taken apart by CP into
sum_r A[q, r] M[h, r] B[k, r], by alternating least squares. It lies beside a run's script and stands on public
libraries alone.
"""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from transformers.models.mobilebert.modeling_mobilebert import MobileBertSelfAttention

SWEEPS, WARM_UP, TOLERANCE, RIDGE, JITTER = 240, 40, 3e-7, 1e-12, 0.03


class SharedAttention(MobileBertSelfAttention):
    """score_h(x, y) = [ (W_Q x)^T diag(m_h) (W_K y) + c_h . y ] / sqrt(d), with c_h = W_K,h^T b_Q,h kept exactly."""

    def __init__(self, config, old, rank, seed):
        super().__init__(config)
        heads, n = config.num_attention_heads, config.true_hidden_size
        Q, K = (w.weight.detach().double().numpy().reshape(heads, -1, n) for w in (old.query, old.key))  # (H, d, n)
        A, M, B = (torch.from_numpy(part.astype(np.float32)) for part in decompose(Q, K, rank, seed))
        content = np.einsum("hd,hdk->hk", old.query.bias.detach().double().numpy().reshape(heads, -1), K)
        self.query, self.key = nn.Linear(n, rank, bias=False), nn.Linear(n, rank, bias=False)
        self.content_bias, self.value = nn.Linear(n, heads, bias=False), old.value
        self.query.weight.data, self.key.weight.data, self.mixing = A.T.contiguous(), B.T.contiguous(), nn.Parameter(M)
        self.content_bias.weight.data = torch.from_numpy(content.astype(np.float32))

    def forward(self, query_tensor, key_tensor, value_tensor, attention_mask=None, **_):
        heads, (rows, length) = self.num_attention_heads, query_tensor.shape[:2]
        query = self.query(query_tensor)[:, None] * self.mixing[:, None]  # (B, H, T, R)
        own = torch.eye(heads, dtype=query.dtype)[:, None].expand(*query.shape[:3], heads)  # a one for each head's c_h
        key = torch.cat([self.key(key_tensor), self.content_bias(key_tensor)], dim=-1)[:, None]  # (B, 1, T, R + H)
        value = self.value(value_tensor).view(rows, length, heads, -1).transpose(1, 2)
        drop = self.dropout.p if self.training else 0.0
        seen = F.scaled_dot_product_attention(
            torch.cat([query, own], dim=-1), key.expand(-1, heads, -1, -1), value, attention_mask, drop,
            scale=self.attention_head_size**-0.5,
        )  # fmt: skip
        return seen.transpose(1, 2).reshape(rows, length, -1), None


def cut(model, kept, rank, seed):
    """Leave the layers `kept`; at a rank above 0 also share their heads' queries and keys."""
    encoder = model.mobilebert.encoder
    encoder.layer = nn.ModuleList(encoder.layer[layer] for layer in kept)
    model.config.num_hidden_layers = len(kept)
    for place, layer in enumerate(encoder.layer if rank else ()):
        layer.attention.self = SharedAttention(model.config, layer.attention.self, rank, seed + place)
    return model


def decompose(Q, K, rank, seed):
    """A (n, R), M (H, R), B (n, R)."""
    T = np.matmul(Q.transpose(0, 2, 1), K).transpose(1, 0, 2)  # (n, H, n)
    norm, draw = np.sqrt(np.einsum("qhk,qhk->", T, T)), np.random.default_rng(seed)
    if rank >= Q.shape[0] * Q.shape[1]:
        return exact(Q, K, rank, draw)
    Q, K = Q / np.sqrt(norm), K / np.sqrt(norm)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the run: sums are rounded alike
    found = alternate(*(torch.from_numpy(one[None]) for one in (Q, K, *start(Q, K, rank, draw))))
    torch.set_num_threads(threads)
    A, M, B = (one[0].numpy() for one in found)
    A = A * norm
    # Columns of a size that trains well: mixing at most 1, A and B of equal length.
    peak, a, b = np.abs(M).max(axis=0), np.linalg.norm(A, axis=0), np.linalg.norm(B, axis=0)
    alive = (peak > 0) & (a > 0) & (b > 0)
    peak, a, b = (np.where(alive, value, 1.0) for value in (peak, a, b))
    root = np.sqrt(peak * a * b)
    return A / a * root, M / peak, B / b * root


def exact(Q, K, rank, draw):
    """Each head's rows side by side, mixed by ones in its own block."""
    heads, size, n = Q.shape
    spare = rank - heads * size
    A = np.concatenate([Q.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    B = np.concatenate([K.reshape(-1, n).T, draw.normal(0, 0.02, (n, spare))], axis=1)
    return A, np.concatenate([np.repeat(np.eye(heads), size, axis=1), np.zeros((heads, spare))], axis=1), B


def start(Q, K, rank, draw):
    """Of all heads' singular directions of W_Q,h^T W_K,h the `rank` largest, and a little noise."""
    (left, above), (right, below) = (np.linalg.qr(one.transpose(0, 2, 1)) for one in (Q, K))
    U, S, V = np.linalg.svd(above @ below.transpose(0, 2, 1), full_matrices=False)
    U, V = left @ U, V @ right.transpose(0, 2, 1)
    head, column = np.divmod(np.argsort(-S, axis=None, kind="stable")[:rank], S.shape[1])
    root = np.sqrt(S[head, column])[:, None]
    M = np.zeros((len(Q), rank))
    M[head, np.arange(rank)] = 1
    found = ((U[head, :, column] * root).T, M, (V[head, column] * root).T)
    return [one + JITTER * one.std() * draw.normal(size=one.shape) for one in found]


def alternate(Q, K, A, M, B):
    """Pairs of sweeps, each followed by a jump further the same way, kept where it helps (Bro 1998)."""
    q, k, heads = Q.flatten(1, 2), K.flatten(1, 2), Q.shape[1:3]  # T is multiplied through both: a quarter of the work
    norm = torch.linalg.vector_norm((Q.mT @ K).flatten(1), dim=1)

    def mixed(rows, M):
        return (rows.unflatten(1, heads) * M[:, :, None]).flatten(1, 2)

    def by_head(rows):
        return rows.unflatten(1, heads).sum(2)

    def sweep(A, M, B, queries, keys):
        """Each factor in turn as the least squares solution for the other two."""
        A = solve(gram(M) * gram(B), q.mT @ mixed(keys, M))
        queries = q @ A
        M = solve(gram(A) * gram(B), by_head(queries * keys))
        B = solve(gram(A) * gram(M), k.mT @ mixed(queries, M))
        return A, M, B, queries, k @ B

    def miss(A, M, B, queries, keys):
        """|T - T'| / |T|."""
        own = (gram(A) * gram(M) * gram(B)).sum((1, 2))
        return (norm**2 + own - 2 * (by_head(queries * keys) * M).sum((1, 2))).abs().sqrt() / norm

    state: tuple = A, M, B, q @ A, k @ B
    error, root, failures = float("inf"), torch.full_like(norm, 2.0), 0
    for sweeps in range(2, SWEEPS + 1, 2):
        before, last = state, error
        state = sweep(*sweep(*before))
        error = miss(*state)
        if sweeps > WARM_UP and last - error < 2 * TOLERANCE:
            break
        ahead = tuple(old + (new - old) * sweeps ** (1 / root) for old, new in zip(before, state, strict=True))
        if (further := miss(*ahead)) < error:
            state, error, failures = ahead, further, 0
        else:
            failures += 1
            root, failures = (root + 1, 0) if failures == 4 else (root, failures)
    return state[:3]


def gram(factor):
    return factor.mT @ factor


def solve(gram, right):
    """X of X gram = right, for a gram that may lack full rank: a ridge keeps it solvable."""
    gram.diagonal(dim1=-2, dim2=-1).add_(RIDGE)
    lower, failed = torch.linalg.cholesky_ex(gram)
    return torch.linalg.solve(gram, right.mT).mT if failed.any() else torch.cholesky_solve(right.mT, lower).mT
