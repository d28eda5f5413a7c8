"""transformers' Trainer without what it does anew each step for any model: for ours, most of the time around one."""

from __future__ import annotations

from typing import Any

import torch
from transformers import Trainer


class LeanTrainer(Trainer):
    """Walks through all modules neither for gradients, nor for norms, nor for modes (7 % of a step at full size).

    For one loss a step, and for a model whose trained parameters stay the same.
    """

    unit: float = 1.0
    """What the loss is measured in: gradients are those of the loss in this unit."""

    def __init__(self, model: Any, **given: Any) -> None:
        super().__init__(model=model, **given)
        self.trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        model.zero_grad = self._forget_gradients

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> torch.Tensor:
        """Forth and back; the loss, detached."""
        if not model.training:
            model.train()
        with self.compute_loss_context_manager():
            loss: Any = self.compute_loss(model, self._prepare_inputs(inputs))
        self.accelerator.backward(loss / self.unit)
        return loss.detach()

    def _prepare_input(self, data: Any) -> Any:
        """As the Trainer's, without waiting for the copy: the loader's memory is pinned where there is a GPU."""
        if isinstance(data, torch.Tensor):
            return data.to(self.args.device, non_blocking=True)
        return super()._prepare_input(data)

    def _forget_gradients(self, set_to_none: bool = True) -> None:
        for parameter in self.trained:
            parameter.grad = None

    def _clip_grad_norm(self, model: Any) -> Any:
        return torch.nn.utils.clip_grad_norm_(self.trained, self.args.max_grad_norm)

    def floating_point_ops(self, inputs: dict[str, Any]) -> int:
        """Nobody asks; the Trainer's own counts all parameters anew each step."""
        return 0
