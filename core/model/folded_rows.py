"""The pieces of a batch as rows without padding, and the attention among each text's own: parts of the fast path.

`core.model.folded` has the idea and the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the name every torch reader knows
from torch import Tensor

from core.model.folding import Drop

LONG = 128
"""Up to so many pieces plain products are as fast as torch's own attention or faster (25 pieces: three times)."""

FEWEST = 16
"""Keys a text has in the attention, with padding if need be, or twice as many: of fewer than a processor's register
holds (32 in bf16), torch takes a softmax one by one, in ten times the time."""

ROWS = 32
"""In bf16 rows come in multiples of so many, the last ones empty: oneDNN compiles its products for each number of rows
anew, and keeps 12 MB a step where no two batches have as many pieces."""


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, heads: int, drop: Drop, p: float) -> Tensor:
    """Attention of queries that hold the scores' scale already.

    Args:
        q: (B, S, heads * d).
        k: (B, T, heads * d), or (B, T, d) where all heads share it.
        v: (B, T, heads * e).
        mask: added to the scores, (B, 1 or H, 1, T).

    Returns: (B, S, heads * e).
    """
    q, v = q.unflatten(2, (heads, -1)).transpose(1, 2), v.unflatten(2, (heads, -1)).transpose(1, 2)
    k = k.unflatten(2, (-1, q.shape[-1])).transpose(1, 2)  # (B, H or 1, T, d)
    mask = None if mask is None else mask.to(q.dtype)
    if not (drop.active and p) and k.shape == v.shape and k.shape[2] > LONG:
        x = F.scaled_dot_product_attention(q, k, v, mask, scale=1.0)
    else:
        asked = q if k.shape[1] == heads else q.flatten(1, 2)[:, None]
        scores = (asked @ k.mT).view(*q.shape[:3], -1)  # (B, H, S, T)
        weights, factor = drop((scores if mask is None else scores + mask).softmax(-1), p)
        x = (weights @ v) * factor
    return x.transpose(1, 2).flatten(2)


class RowLayer:
    """One layer over rows; whoever inherits says what its parts are."""

    enter: Callable[[Tensor, Drop], Sequence[Tensor]]
    """(N, hidden) in; the stream between the bottlenecks, the attention's input and the values out, (N, width) each."""
    query_key: Callable[[Tensor, Drop], Sequence[Tensor]]
    """The attention's input in; queries with the scores' scale inside, keys and, of a LightMobileBERT, what a piece's
    content adds to each head's scores, whoever asks, (N, H), out."""

    def __init__(self, heads: int, dropout: float) -> None:
        self.heads, self.dropout = heads, dropout

    def after(self, h: Tensor, u: Tensor, x: Tensor, drop: Drop) -> Tensor:
        """What the layer was given, its stream and the attention's output in, the layer's output out."""
        raise NotImplementedError

    def __call__(self, h: Tensor, rows: PackedBatch, drop: Drop, last: bool) -> Tensor:
        """(N, hidden) in and out; of the last layer (B, hidden), of the first pieces."""
        u, a, v = self.enter(h, drop)
        q, k, *content = self.query_key(a, drop)
        if last:
            h, u, q = (x.index_select(0, rows.first) for x in (h, u, q))
        mask = rows.mask
        if content:
            bias = rows.keys.spread(content[0]).transpose(1, 2)[:, :, None]  # (B, H, 1, T)
            mask = bias if mask is None else mask + bias
        asking = q[:, None] if last else rows.queries.spread(q)
        x = attend(asking, rows.keys.spread(k), rows.keys.spread(v), mask, self.heads, drop, self.dropout)
        return self.after(h, u, x.flatten(0, 1) if last else rows.queries.gather(x.flatten(0, 1)), drop)


class PackedBatch:
    """Where the pieces of a batch's B texts stand: one row each, padding left out; (B, T) in the attention alone."""

    def __init__(self, shape: tuple[int, int], visible: Tensor | None, dtype: torch.dtype) -> None:
        seen = torch.ones(shape, dtype=torch.bool) if visible is None else visible != 0
        more = -shape[1] % FEWEST if shape[1] < 2 * FEWEST else 0
        asked = F.pad(seen, (0, more))  # (B, K)
        self.mask: Tensor | None = None
        if not bool(asked.all()):
            self.mask = torch.zeros(asked.shape, dtype=dtype).masked_fill_(~asked, -torch.inf)[:, None, None]
        seen[:, 0] = asked[:, 0] = True  # what the pooler sees, whatever the mask says
        multiple = ROWS if dtype == torch.bfloat16 else 1
        self.queries = Places(seen, multiple)
        self.keys = Places(asked, multiple) if asked.shape != seen.shape else self.queries
        self.first = self.queries.latest[:, 0]


class Places:
    """(B, width) places, and the row that stands at each."""

    def __init__(self, seen: Tensor, multiple: int) -> None:
        self.shape = (seen.shape[0], seen.shape[1])
        self.latest = seen.flatten().cumsum(0).view(self.shape) - 1  # at padding, the row of the last one before it
        count = int(self.latest[-1, -1]) + 1
        self.rows = count + -count % multiple
        whole = count == self.rows == seen.numel()
        self.index = None if whole else seen.flatten().nonzero()[:, 0]  # the place of a row

    def spread(self, x: Tensor) -> Tensor:
        """(N, width) to (B, T, width); what stands at the padding is some row of the text, and nobody looks at it."""
        if self.index is not None:
            x = _Spread.apply(x, self.latest.flatten(), self.index)
        return x.unflatten(0, self.shape)

    def gather(self, x: Tensor) -> Tensor:
        """(B * T, width) without what stands at the padding, (N, width)."""
        return x if self.index is None else Gathered.apply(x, self.index, self.rows)


class _Spread(torch.autograd.Function):
    """Rows copied to where they stand; a place of padding has no gradient, so that each row has its own alone."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, latest: Tensor, index: Tensor) -> Tensor:
        ctx.index, ctx.rows = index, len(x)
        return x.index_select(0, latest)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        return _at(grad, ctx.index, ctx.rows), None, None


class Gathered(torch.autograd.Function):
    """The rows that `index` says. torch's own gradient of this adds row by row, as an index could come twice."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, index: Tensor, rows: int) -> Tensor:
        ctx.index, ctx.length = index, len(x)
        return _at(x, index, rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        whole = grad.new_zeros(ctx.length, grad.shape[1])
        return whole.index_copy_(0, ctx.index, grad[: len(ctx.index)]), None, None


def _at(x: Tensor, index: Tensor, rows: int) -> Tensor:
    """The rows of `x` that `index` says, and as many empty ones as are missing to `rows`."""
    if len(index) == rows:
        return x.index_select(0, index)
    out = x.new_zeros(rows, x.shape[1])
    torch.index_select(x, 0, index, out=out[: len(index)])
    return out
