"""Several processes, one batch: each computes its share of the rows, all take the same step.

Every member holds the whole batch and knows every label. It runs its own rows through the model, learns the others'
outputs, and computes the loss of the *whole* batch, of which only its own rows carry a gradient; the sum of the
members' gradients is then the gradient of that loss, for contrastive losses as for cross-entropy. A step differs
from that of one process by the order of sums, and by which units dropout draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist

from core.runs.folder.status import LostError


class ProcessGroup:
    """This process, of `rank`, among `size`; alone it changes nothing."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size
        self._rows = 0

    @property
    def is_main(self) -> bool:
        """Whether this member evaluates and writes; the others compute and keep silent."""
        return self.rank == 0

    def scatter(self, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Every `size`-th row (B, ...) -> (ceil(B / size), ...); row 0 fills up where there are too few."""
        self._rows = len(next(iter(inputs.values())))
        if self.size == 1:
            return inputs
        mine = torch.arange(self.rank, -(-self._rows // self.size) * self.size, self.size)
        mine[mine >= self._rows] = 0
        return {name: tensor[mine.to(tensor.device)] for name, tensor in inputs.items()}

    def gather(self, part: torch.Tensor) -> torch.Tensor:
        """Outputs of the last shared batch from all members, (ceil(B / size), C) -> (B, C); own rows keep gradients."""
        if self.size == 1:
            return part
        parts = [torch.empty_like(part) for _ in range(self.size)]
        with _in_touch():
            dist.all_gather(parts, part.detach().contiguous())
        parts[self.rank] = part
        return torch.stack(parts, dim=1).flatten(0, 1)[: self._rows]

    def sum_gradients(self, model: torch.nn.Module) -> None:
        """Replace each gradient by its sum over the members, in one exchange."""
        if self.size == 1:
            return
        grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        flat = torch.cat([grad.flatten() for grad in grads])
        with _in_touch():
            dist.all_reduce(flat)
        for grad, total in zip(grads, flat.split([grad.numel() for grad in grads]), strict=True):
            grad.copy_(total.view_as(grad))

    def on_any(self, wish: bool) -> bool:
        """True on every member when it is on any; all have to ask."""
        if self.size == 1:
            return wish
        flag = torch.tensor([wish], dtype=torch.int32, device="cuda" if dist.get_backend() == "nccl" else "cpu")
        with _in_touch():
            dist.all_reduce(flag, op=dist.ReduceOp.MAX)
        return bool(flag.item())


@contextmanager
def _in_touch() -> Iterator[None]:
    """An exchange that fails means that another member is gone. Raises LostError."""
    try:
        yield
    except RuntimeError as error:
        raise LostError(f"another process of the run does not answer: {error}") from error
