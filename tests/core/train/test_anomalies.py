"""On a GPU several steps are looked at together: the same curve at those steps, and no bad step slips through."""

from __future__ import annotations

import pytest
import torch

from core.runs.folder.store import Store
from core.train import arguments, trainer
from core.train.anomalies import AnomalyDetector
from core.train.checkpoint import checkpoints
from core.train.divergence import DivergedError
from core.train.fit import fit
from core.train.optimizer import clip_each
from tests.core.train.tiny_runs import config_for, story, weights


@pytest.fixture
def as_on_a_gpu(monkeypatch):
    """The same looks on the processor: every fourth step, and where the curve ends."""
    for module in (arguments, trainer):
        monkeypatch.setattr(module, "look_every", lambda: 4)


def test_the_curve_has_the_steps_that_are_looked_at_and_the_run_is_the_same(
    run_root, tiny_model_dir, never_stopped, as_on_a_gpu
):
    config = config_for(tiny_model_dir, train__loss="supcon_textbook")
    run = Store().create(config)
    assert fit(run) == "finished"
    lines = [row for row in story(run) if "loss" in row]
    assert [row["step"] for row in lines] == [4, 8, 10]
    whole = never_stopped(config)
    assert all(row in story(whole) for row in story(run))
    assert all((weights(run)[name] == tensor).all() for name, tensor in weights(whole).items())


def test_a_bad_step_between_two_looks_is_named_and_never_kept(run_root, tiny_model_dir, as_on_a_gpu, monkeypatch):
    real = trainer.compute_loss

    def at_the_second(*given):
        at_the_second.step += 1
        loss, parts = real(*given)
        return (loss * float("nan") if at_the_second.step == 2 else loss), parts

    at_the_second.step = 0
    monkeypatch.setattr(trainer, "compute_loss", at_the_second)
    run = Store().create(config_for(tiny_model_dir, train__checkpoint_every=1))
    with pytest.raises(DivergedError, match="the loss is not a number at step 2 on training rows"):
        fit(run)
    assert [path.name for path in checkpoints(run.checkpoint_dir)] == ["step-00000001"]


def test_steps_are_looked_at_every_so_often_and_at_the_end():
    assert [step for step in range(1, 24) if AnomalyDetector(10).due(step, 23)] == [10, 20, 23]
    detector = AnomalyDetector(3)
    detector.add(torch.tensor(1.5), True, 1, [7])
    detector.add(torch.tensor(float("inf")), False, 1, [7])
    detector.add(torch.tensor(2e7), True, 2, [8])
    anomaly = detector.look()
    assert (anomaly.step, anomaly.rows, detector.loss) == (1, [7], 1.5)
    assert detector.look() is None  # once


def test_gradients_are_clipped_alike_with_and_without_a_question_to_the_device(monkeypatch):
    torch.manual_seed(0)
    grads = [torch.randn(n, 3) * scale for n, scale in ((4, 5.0), (2, 1e-3), (7, 0.5))]
    asked, unasked = [grad.clone() for grad in grads], [grad.clone() for grad in grads]
    clip_each(asked, 1.0)
    monkeypatch.setattr(torch.Tensor, "is_cuda", property(lambda _: True))
    clip_each(unasked, 1.0)
    for one, two in zip(asked, unasked, strict=True):
        torch.testing.assert_close(one, two)
    bad = [torch.tensor([1.0, float("nan")])]
    clip_each(bad, 1.0)
    assert torch.isnan(bad[0]).all()  # seen, not slipped through
