"""A head for scores learns alike whatever unit they are in: the standardised problem's answers, in that unit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from core.model.score_head import ScoreScale, scale_of, start_head
from core.train.optimizer import build_optimizer


class Scorer(nn.Module):
    """An encoder of one layer and a head, as the lab names a model's parts."""

    base_model_prefix = "encoder"

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.encoder = nn.Linear(6, 8)
        self.classifier = nn.Linear(8, 1)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.tanh(self.encoder(x))).reshape(-1)


def answers(scores: torch.Tensor, scale: ScoreScale | None) -> torch.Tensor:
    """After 30 steps on the same 40 rows; without a scale as a head of before was trained."""
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(40, 6))).float()
    model = Scorer()
    if scale:
        start_head(model, scale)
    optimizer = build_optimizer("adamw", model, 1e-2, 0.01, scale and scale.spread)
    for _ in range(30):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), scores).backward()
        optimizer.step()
    return model(x).detach()


@pytest.mark.parametrize(("unit", "zero"), [(0.01, 0.5), (30.0, 50.0), (5e4, 2e5)])
def test_scores_in_any_unit_are_learnt_as_their_standardised_values_are(unit, zero):
    plain = torch.from_numpy(np.random.default_rng(2).normal(size=40)).float()
    plain = (plain - plain.mean()) / plain.std(unbiased=False)
    wanted = answers(plain, None)
    assert wanted.std() > 0.3  # something was learnt
    got = answers(plain * unit + zero, scale_of((plain * unit + zero).tolist(), regression=True))
    assert ((got - zero) / unit - wanted).abs().max() < 0.02  # AdamW's steps do not hang on the size of gradients


def test_a_head_that_was_trained_before_goes_on_as_it_is():
    model = Scorer()
    nn.init.constant_(model.classifier.bias, 0.1)
    before = model.classifier.weight.detach().clone()
    start_head(model, ScoreScale(3.0, 2.0))
    assert torch.equal(model.classifier.weight, before)
    assert model.classifier.bias.item() == pytest.approx(0.1)


def test_equal_scores_have_a_spread_of_one():
    assert scale_of([2.0, 2.0], regression=True) == ScoreScale(2.0, 1.0)
