"""Logits, labels and features of a batch in; one loss and its parts out.

Cross-entropy, the contrastive term of paper B as its code computes it, and the textbook form it comes from.
Everything is computed in float32 whatever the model's own precision; the products of features, N x N numbers, in
float64, since those of logits of a thousand are millions, of which float32 keeps no second decimal. All stays finite
and differentiable for a batch of one, of one class, or with classes that occur once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the name every torch reader knows

from core.fields import choices, one_of
from core.sections import TrainConfig


def contrastive_loss(
    features: torch.Tensor,
    labels: torch.Tensor,
    temperature: float = 10.0,
    base_temperature: float = 100.0,
    kappa: float = 1.05,
) -> torch.Tensor:
    """The contrastive half of the joint loss (LightMobileBert, 2023, as its published code has it).

    With s_ij = z_i . z_j / tau and P(i) = {p != i : y_p = y_i}:

        l_ip = s_ip - max_j s_ij - log sum_{j != i} exp(kappa s_ij - max_j kappa s_ij)
        L    = -(tau / tau_base) mean_i [ sum_{p in P(i)} l_ip / (|P(i)| + 1) ]

    The maximum runs over all j, i included. It is part of the function here, not a numerical trick: for kappa != 1
    it does not cancel, so the gradient flows through it.

    Args:
        features: (N, D), not normalised; the paper takes the logits.
        labels: (N,) class indices.
        temperature, base_temperature, kappa: tau, tau_base and kappa above.

    Returns: a float32 scalar; 0 where no example has a partner of its class.
    """
    _check(features, labels)
    if len(features) < 2:
        return features.float().sum() * 0.0
    with torch.autocast(features.device.type, enabled=False):
        z = features.double()
        s = z @ z.T / temperature  # (N, N)
        row_max = s.amax(dim=1, keepdim=True)  # (N, 1)
        partner = _partners(labels).double()  # (N, N)
        per_anchor = (partner * (s - row_max - _log_sum_exp_of_others(kappa * (s - row_max)))).sum(1)
        per_anchor = per_anchor / (partner.sum(1) + 1)
        return -(temperature / base_temperature) * per_anchor.mean().float()


def supcon_textbook(features: torch.Tensor, labels: torch.Tensor, temperature: float = 0.07) -> torch.Tensor:
    """Supervised contrastive loss L_out (Khosla et al. 2020, equation 2) on length-normalised features.

    The mean is over anchors that have a partner: for the others equation 2 divides by zero, which is why the widely
    copied code turns NaN on them.

    Args:
        features: (N, D); normalised here.
        labels: (N,) class indices.
        temperature: tau.

    Returns: a float32 scalar; 0 where no example has a partner of its class.
    """
    _check(features, labels)
    partner = _partners(labels)  # (N, N)
    count = partner.sum(1)  # (N,)
    if len(features) < 2:
        return features.float().sum() * 0.0
    with torch.autocast(features.device.type, enabled=False):
        z = F.normalize(features.double(), dim=1)
        s = z @ z.T / temperature  # (N, N)
        log_probability = s - _log_sum_exp_of_others(s)
        per_anchor = -(partner * log_probability).sum(1) / count.clamp(min=1)
        return (per_anchor.sum() / (count > 0).sum().clamp(min=1)).float()


TERMS = {"joint": contrastive_loss, "supcon_textbook": supcon_textbook}
"""What each loss adds to cross-entropy: features (N, D) and labels (N,) in, a scalar out."""


def compute_loss(
    kind: str,
    logits: torch.Tensor,
    labels: torch.Tensor,
    features: torch.Tensor | None = None,
    regression: bool = False,
    weights: torch.Tensor | None = None,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The loss to minimise and its detached parts, for the log.

    Args:
        kind: `ce`, or one of TERMS, which is added to it.
        logits: (N, C), or (N, 1) for regression.
        labels: (N,) class indices, or values for regression.
        features: (N, D) for the contrastive term; None takes the logits.
        regression: squared error alone, whatever `kind` says (`core.train.loss_notes` says so).
        weights: (C,) factors on the cross-entropy of each class's rows (`balanced_weights`); None weighs all alike.

    Returns: (scalar, {"ce": ..., "contrastive": ...}) or (scalar, {"mse": ...}).
    """
    one_of("train.loss", kind, choices(TrainConfig, "loss"))
    if regression:
        mse = F.mse_loss(logits.float().reshape(-1), labels.float().reshape(-1))
        return mse, {"mse": mse.detach()}
    if weights is None:
        ce = F.cross_entropy(logits.float(), labels)
    else:  # over the rows, not over their weights: torch's own mean would undo them in a batch of one class
        ce = (weights[labels] * F.cross_entropy(logits.float(), labels, reduction="none")).mean()
    if kind == "ce":
        return ce, {"ce": ce.detach()}
    contrastive = TERMS[kind](logits if features is None else features, labels)
    return ce + contrastive, {"ce": ce.detach(), "contrastive": contrastive.detach()}


def balanced_weights(labels: Sequence[int], classes: int) -> torch.Tensor:
    """(C,) float32: rows / (classes present * rows of the class), so that every class weighs the same, a row 1 on
    average; 0 for a class without a row."""
    counts = np.bincount(labels, minlength=classes)
    share = len(labels) / np.count_nonzero(counts)
    return torch.tensor(np.where(counts > 0, share / np.maximum(counts, 1), 0.0), dtype=torch.float32)


def _check(features: torch.Tensor, labels: torch.Tensor) -> None:
    if features.ndim != 2 or labels.shape != features.shape[:1]:
        raise ValueError(
            f"features of shape {tuple(features.shape)} and labels of shape {tuple(labels.shape)}; "
            "expected (N, D) and (N,)"
        )


def _partners(labels: torch.Tensor) -> torch.Tensor:
    """(N, N) float32: 1 where two different examples share a label."""
    same = labels[:, None] == labels[None, :]
    return same.fill_diagonal_(False).float()


def _log_sum_exp_of_others(s: torch.Tensor) -> torch.Tensor:
    """(N, 1): log sum_{j != i} exp(s_ij), for N of 2 or more."""
    itself = torch.eye(len(s), dtype=torch.bool, device=s.device)
    return s.masked_fill(itself, float("-inf")).logsumexp(dim=1, keepdim=True)


def plain_loss(logits: np.ndarray, labels: np.ndarray, regression: bool) -> float:
    """Cross-entropy (or mean squared error) of (N, C) logits, whatever loss was trained."""
    loss, _parts = compute_loss("ce", torch.from_numpy(logits), torch.from_numpy(labels), regression=regression)
    return float(loss)
