"""A head for scores learns alike whatever unit they are in: the standardised problem's answers, in that unit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from core.fields import choices
from core.model.score_head import ScoreScale, head_parameters, scale_gradients, scale_of, start_head
from core.runs.folder.store import Store
from core.sections import TrainConfig
from core.train.fit import fit
from core.train.optimizer import build_optimizer
from tests.core.train.tiny_runs import config_for


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


def answers(scores: torch.Tensor, scale: ScoreScale | None, name: str) -> torch.Tensor:
    """After 30 steps on the same 40 rows; without a scale as any optimizer trains on scores of mean 0 and spread 1."""
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(40, 6))).float()
    model = Scorer()
    if scale:
        start_head(model, scale)
    unit = scale.spread if scale else 1.0
    optimizer = build_optimizer(name, model, 1e-2, 0.01, scale and scale.spread)
    for _ in range(30):
        optimizer.zero_grad()
        (nn.functional.mse_loss(model(x), scores) / unit**2).backward()
        scale_gradients(head_parameters(model) if scale else [], unit)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model(x).detach()


@pytest.mark.parametrize("name", choices(TrainConfig, "optimizer"))
@pytest.mark.parametrize(("unit", "zero"), [(0.01, 0.5), (30.0, 50.0), (5e4, 2e5)])
def test_scores_in_any_unit_are_learnt_as_their_standardised_values_are(name, unit, zero):
    plain = torch.from_numpy(np.random.default_rng(2).normal(size=40)).float()
    plain = (plain - plain.mean()) / plain.std(unbiased=False)
    wanted = answers(plain, None, name)
    assert wanted.std() > 0.3  # something was learnt
    got = answers(plain * unit + zero, scale_of((plain * unit + zero).tolist(), regression=True), name)
    assert ((got - zero) / unit - wanted).abs().max() < 2e-4


@pytest.mark.parametrize("optimizer", ["lmbert_adam", "adamw"])
def test_a_run_on_scores_is_the_same_run_in_any_unit(tmp_path, tiny_model_dir, optimizer):
    draws = np.random.default_rng(4)
    found = []
    scores = [round(float(value), 3) for value in draws.normal(size=48)]
    for unit in (1, 250):
        file = tmp_path / f"{unit}.csv"
        lines = [f"{['good', 'bad', 'fine'][row % 3]} text {row},{score * unit}" for row, score in enumerate(scores)]
        file.write_text("\n".join(["text,score", *lines]))
        config = config_for(tiny_model_dir, task=str(file), train__optimizer=optimizer, lora__dropout=0.0)
        run = Store(tmp_path / "runs").create(config)
        fit(run)
        found.append(run.load_embeddings(run.embedding_steps()[-1])["logits"] / unit)
    assert np.abs(found[0]).max() > 0.05
    np.testing.assert_allclose(found[1], found[0], atol=1e-3)


def test_a_head_that_was_trained_before_goes_on_as_it_is():
    model = Scorer()
    nn.init.constant_(model.classifier.bias, 0.1)
    before = model.classifier.weight.detach().clone()
    start_head(model, ScoreScale(3.0, 2.0))
    assert torch.equal(model.classifier.weight, before)
    assert model.classifier.bias.item() == pytest.approx(0.1)


def test_equal_scores_have_a_spread_of_one():
    assert scale_of([2.0, 2.0], regression=True) == ScoreScale(2.0, 1.0)
