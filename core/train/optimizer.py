"""A model's parameters in, an optimizer out: paper B's two Adams on torch's fused kernel, and AdamW.

Both papers' optimizers clip each tensor's gradient to norm 1 on its own before the update. The fused kernel reads
parameter, gradient and both moments once a step instead of once an operation, which is what makes a step fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.optim import AdamW, Optimizer

from core.fields import choices, one_of
from core.model.score_head import head_parameters
from core.sections import TrainConfig

_LONG_AGO = 1e9
"""A step count at which 1 - beta^t is exactly 1 in float32 and float64: no bias correction."""


class LMBertAdam(Optimizer):
    """Adam with bias correction, decoupled decay and per-tensor clipping (LMBert_Adam, LightMobileBert 2023).

        g = g * min(1, max_norm / (|g| + 1e-6))          each tensor alone, as clip_grad_norm_ does
        m = b1 m + (1 - b1) g;   v = b2 v + (1 - b2) g^2
        p = p - lr wd p - lr [m / (1 - b1^t)] / (sqrt(v / (1 - b2^t)) + eps)

    Args:
        params: parameters or parameter groups; decay is set a group (`build_optimizer` spares the biases).
        lr: learning rate.
        betas, eps, weight_decay: as above.
        max_norm: gradient norm a tensor is clipped to; 0 switches clipping off.

    Gradients are scaled in place, as `clip_grad_norm_` does. Sparse and complex gradients raise ValueError.
    """

    corrects_bias = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.01,
        max_norm: float = 1.0,
    ) -> None:
        if lr < 0 or eps < 0 or weight_decay < 0 or max_norm < 0:
            raise ValueError("lr, eps, weight_decay and max_norm must be zero or more")
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas are {betas}; each must lie in [0, 1)")
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "max_norm": max_norm}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Clip and update every parameter that has a gradient; returns the closure's loss, if one is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for step, columns in self._buckets(group):
                self._update(group, step, *columns)
        return loss

    def _buckets(self, group: dict[str, Any]) -> list[tuple[int, list[list[torch.Tensor]]]]:
        """(step, [parameters, gradients, m, v]) by device, dtype and step: what one fused call takes together."""
        buckets: dict[Any, list[list[torch.Tensor]]] = defaultdict(lambda: [[], [], [], []])
        for p in group["params"]:
            if p.grad is None:
                continue
            if p.grad.is_sparse or p.is_complex():
                raise ValueError("sparse and complex gradients are not supported")
            state = self.state[p]
            if not state:
                state["step"] = 0
                state["exp_avg"] = torch.zeros_like(p, memory_format=torch.preserve_format)
                state["exp_avg_sq"] = torch.zeros_like(p, memory_format=torch.preserve_format)
            state["step"] += 1
            params, grads, exp_avgs, exp_avg_sqs = buckets[p.device, p.dtype, state["step"]]
            params.append(p)
            grads.append(p.grad)
            exp_avgs.append(state["exp_avg"])
            exp_avg_sqs.append(state["exp_avg_sq"])
        return [(step, columns) for (_, _, step), columns in buckets.items()]

    def _update(
        self,
        group: dict[str, Any],
        step: int,
        params: list[torch.Tensor],
        grads: list[torch.Tensor],
        exp_avgs: list[torch.Tensor],
        exp_avg_sqs: list[torch.Tensor],
    ) -> None:
        clip_each(grads, group["max_norm"])
        count = torch.full((), step if self.corrects_bias else _LONG_AGO, dtype=torch.float32, device=params[0].device)
        torch._fused_adamw_(
            params,
            grads,
            exp_avgs,
            exp_avg_sqs,
            [],
            [count] * len(params),
            lr=float(group["lr"]),
            beta1=group["betas"][0],
            beta2=group["betas"][1],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=False,
            maximize=False,
            grad_scale=None,
            found_inf=None,
        )


class BertAdam(LMBertAdam):
    """The same without bias correction, and by default without decay (Bert_Adam, paper B's baseline)."""

    corrects_bias = False

    def __init__(self, params: Iterable[Any], lr: float, weight_decay: float = 0.0, **settings: Any) -> None:
        super().__init__(params, lr, weight_decay=weight_decay, **settings)


def clip_each(grads: list[torch.Tensor], max_norm: float) -> None:
    """Scale each gradient in place to at most `max_norm`, by itself; only those above it are touched."""
    if not max_norm or not grads:
        return
    factors = max_norm / (torch.stack(torch._foreach_norm(grads)) + 1e-6)  # (tensors,)
    if factors.is_cuda:  # which ones are above it is not asked: the step would wait for the answer
        torch._foreach_mul_(grads, list(factors.clamp(max=1).unbind()))
        return
    # NaN compares false and would slip through unscaled: it must reach the parameters and be seen, as it is
    over = [(grad, factor) for grad, factor in zip(grads, factors.tolist(), strict=True) if factor < 1]
    if over:
        large, scale = zip(*over, strict=True)
        torch._foreach_mul_(list(large), list(scale))


def build_optimizer(
    name: str, model: torch.nn.Module, lr: float, weight_decay: float, score_spread: float | None = None
) -> Optimizer:
    """An optimizer over the trainable parameters, with no decay on biases.

    `score_spread`: of the scores that are learnt; the head's last layer moves in units of it, and its gradients are
    those of weights in such units (`core.model.score_head`).

    `lmbert_adam` and `adamw` (betas .9/.999, eps 1e-8) take `weight_decay`; `bert_adam` has none, whatever is given.
    Unknown names, and a model with nothing to train, raise ValueError.
    """
    one_of("train.optimizer", name, choices(TrainConfig, "optimizer"))
    decayed: list[torch.Tensor] = []
    spared: list[torch.Tensor] = []
    head = [] if score_spread is None else head_parameters(model)
    apart = {id(parameter) for parameter in head}
    for parameter_name, parameter in model.named_parameters():
        if parameter.requires_grad and id(parameter) not in apart:
            (spared if parameter_name.endswith("bias") else decayed).append(parameter)
    if not decayed and not spared and not head:
        raise ValueError("the model has no trainable parameter")
    decay = 0.0 if name == "bert_adam" else weight_decay
    groups: list[dict[str, Any]] = [{"params": decayed, "weight_decay": decay}, {"params": spared, "weight_decay": 0.0}]
    spread = score_spread or 1.0
    for parameter in head:
        own_decay = decay / spread * (parameter.dim() > 1)
        groups.append({"params": [parameter], "lr": lr * spread, "weight_decay": own_decay})
    groups = [group for group in groups if group["params"]]
    if name == "adamw":
        return AdamW(groups, lr=lr, fused=True)
    return LMBertAdam(groups, lr=lr) if name == "lmbert_adam" else BertAdam(groups, lr=lr)
