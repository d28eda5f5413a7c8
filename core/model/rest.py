"""What follows a folded layer's attention, with LoRA in it or without: a part of the fast path.

`core.model.folded` has the idea and the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from core.model.folding import Drop, Folded, Product, Units

MANY = 768
"""From so many rows on, the ReLUs that wait for the gradient are kept in bf16: it asks only which are above zero, and
bf16 tells that as well. Half of most of a step's memory, for 2.5 % of its time."""


class Rest:
    """What follows the attention: its own product, the blocks of two products with a ReLU between, and the way out."""

    def __init__(
        self,
        attended: Folded,
        feed_forward: Sequence[tuple[Folded, Folded]],
        leave: Folded,
        around: Units,
        dtype: torch.dtype,
    ) -> None:
        self.attended, self.leave, self.around = Product(attended, dtype=dtype), Product(leave, dtype=dtype), around
        self.feed_forward = [(Product(up, dtype=dtype), Product(down, dtype=dtype)) for up, down in feed_forward]
        products = (self.attended, *(one for pair in self.feed_forward for one in pair), self.leave)
        self.adapted = any(product.adapters[0] is not None for product in products)

    def __call__(self, h: Tensor, u: Tensor, x: Tensor, drop: Drop) -> Tensor:
        """What the layer was given, its stream and the attention's output in, the layer's output out."""
        if self.adapted:
            return self._beside_adapters(h, u, x, drop)
        return _Frozen.apply(h, u, x, self) if torch.is_grad_enabled() else self.forth(h, u, x)

    def _beside_adapters(self, h: Tensor, u: Tensor, x: Tensor, drop: Drop) -> Tensor:
        """With LoRA beside some of the products; the gradient is torch's own."""
        u = self.attended.onto(u, x, drop)
        for up, down in self.feed_forward:
            (wide,) = up(u, drop)
            u = down.onto(u, wide.relu_(), drop)
        return self.leave.onto(torch.addcmul(self.around.shift, h, self.around.scale), u, drop)

    def forth(self, h: Tensor, u: Tensor, x: Tensor, kept: list[Tensor] | None = None) -> Tensor:
        """Without LoRA, added in place; each block's ReLUs, (N, wide), go to `kept`, too."""
        u = torch.addmm(u, x, self.attended.weight)
        for up, down in self.feed_forward:
            active = torch.addmm(up.bias, u, up.weight).relu_()
            u.addmm_(active, down.weight)
            if kept is not None:
                kept.append(active.to(torch.bfloat16) if len(u) >= MANY else active)
        out = torch.addcmul(self.around.shift, h, self.around.scale)
        weight = self.leave.weight
        return out.addmm_(u, weight) if weight.dtype == out.dtype else out.add_(u @ weight)

    def back(self, grad: Tensor, kept: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """The gradients of the stream and of the attention's output, of the output's: added in place, too."""
        g = grad.to(self.leave.weight.dtype) @ self.leave.weight.t()
        for (up, down), active in zip(self.feed_forward[::-1], kept[::-1], strict=True):
            wide = g @ down.weight.t()
            torch.ops.aten.threshold_backward.grad_input(wide, active.to(g.dtype), 0, grad_input=wide)
            g.addmm_(wide, up.weight.t())
        return g, g @ self.attended.weight.t()


class _Frozen(torch.autograd.Function):
    """`Rest.forth`, of whose gradients nothing but the stream's is wanted."""

    @staticmethod
    def forward(ctx: Any, h: Tensor, u: Tensor, x: Tensor, rest: Rest) -> Tensor:
        kept: list[Tensor] = []
        out = rest.forth(h, u, x, kept)
        ctx.rest = rest
        ctx.save_for_backward(*kept)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        around = grad * ctx.rest.around.scale if ctx.needs_input_grad[0] else None
        return around, *ctx.rest.back(grad, ctx.saved_tensors), None
