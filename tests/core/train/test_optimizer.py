"""Both Adams against a plain loop in float64, their clipping, decay and exact resumption."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch

from core.train.optimizer import BertAdam, LMBertAdam, build_optimizer, clip_each

SHAPES = [(7, 5), (5,), (3, 4, 2), (1,), (40, 30)]


def reference(parameters, gradients, lr, corrects_bias, decays, eps=1e-6):
    """The published update in float64, one number array at a time; `gradients` is a list of steps."""
    values = [np.array(p, dtype=np.float64) for p in parameters]
    first, second = ([np.zeros_like(v) for v in values] for _ in range(2))
    for t, grads in enumerate(gradients, start=1):
        for i, gradient in enumerate(grads):
            g = np.array(gradient, dtype=np.float64)
            length = math.sqrt(float((g * g).sum()))
            if length > 1.0:
                g = g / (length + 1e-6)
            first[i] = 0.9 * first[i] + 0.1 * g
            second[i] = 0.999 * second[i] + 0.001 * g * g
            m, v = first[i], second[i]
            if corrects_bias:
                m, v = m / (1 - 0.9**t), v / (1 - 0.999**t)
            values[i] = values[i] - lr * (m / (np.sqrt(v) + eps) + decays[i] * values[i])
    return values


def draw_run(seed, steps=50):
    draw = np.random.default_rng(seed)
    parameters = [draw.normal(size=shape) for shape in SHAPES]
    # sizes from far below to far above the clipping norm, and one tensor whose gradient is always zero
    sizes = [0.001, 0.3, 1.0, 0.0, 5.0]
    gradients = [[draw.normal(size=s) * k for s, k in zip(SHAPES, sizes, strict=True)] for _ in range(steps)]
    return parameters, gradients


def run(optimizer_class, parameters, gradients, dtype, **settings):
    tensors = [torch.nn.Parameter(torch.tensor(p, dtype=dtype)) for p in parameters]
    groups = [
        {"params": [t for t in tensors if t.ndim > 1]},
        {"params": [t for t in tensors if t.ndim == 1], "weight_decay": 0.0},
    ]
    optimizer = optimizer_class(groups, **settings)
    for grads in gradients:
        for tensor, gradient in zip(tensors, grads, strict=True):
            tensor.grad = torch.tensor(gradient, dtype=dtype)
        optimizer.step()
    return tensors, optimizer


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 2e-6)])
@pytest.mark.parametrize(
    ("optimizer_class", "corrects_bias", "decay"), [(LMBertAdam, True, 0.01), (BertAdam, False, 0)]
)
def test_fifty_steps_equal_the_plain_reference(optimizer_class, corrects_bias, decay, dtype, tolerance):
    parameters, gradients = draw_run(3)
    decays = [decay if len(shape) > 1 else 0.0 for shape in SHAPES]
    expected = reference(parameters, gradients, 1e-3, corrects_bias, decays)
    found, _ = run(optimizer_class, parameters, gradients, dtype, lr=1e-3)
    for tensor, values in zip(found, expected, strict=True):
        np.testing.assert_allclose(tensor.detach().numpy(), values, rtol=tolerance, atol=tolerance)


def test_lmbert_adam_is_adamw_after_clipping_each_tensor():
    parameters, gradients = draw_run(4, steps=20)
    found, _ = run(LMBertAdam, parameters, gradients, torch.float64, lr=2e-3)
    others = [torch.nn.Parameter(torch.tensor(p)) for p in parameters]
    groups = [
        {"params": [t for t in others if t.ndim > 1]},
        {"params": [t for t in others if t.ndim == 1], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=2e-3, eps=1e-6, weight_decay=0.01, foreach=False, fused=False)
    for grads in gradients:
        for tensor, gradient in zip(others, grads, strict=True):
            tensor.grad = torch.tensor(gradient)
            torch.nn.utils.clip_grad_norm_([tensor], 1.0)
        adamw.step()
    for mine, theirs in zip(found, others, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-14)


def test_each_gradient_is_clipped_by_itself():
    small, large = torch.full((4,), 0.25), torch.full((3, 3), 2.0)
    clip_each([small, large], 1.0)
    assert torch.equal(small, torch.full((4,), 0.25))
    assert float(large.norm()) == pytest.approx(1.0, abs=1e-5)
    assert float(large[0, 0]) == pytest.approx(1 / 3, abs=1e-5)
    clip_each([large.fill_(2.0)], 0.0)  # no norm is given
    assert torch.equal(large, torch.full((3, 3), 2.0))


def test_gradient_that_is_not_a_number_is_not_hidden():
    p = torch.nn.Parameter(torch.zeros(2))
    p.grad = torch.tensor([float("nan"), 1.0])
    LMBertAdam([p], lr=0.1).step()
    assert torch.isnan(p).any()


@pytest.mark.parametrize("optimizer_class", [LMBertAdam, BertAdam])
def test_run_goes_on_bit_for_bit_from_a_saved_state(optimizer_class):
    parameters, gradients = draw_run(5, steps=12)
    straight, _ = run(optimizer_class, parameters, gradients, torch.float32, lr=1e-3)
    tensors, optimizer = run(optimizer_class, parameters, gradients[:5], torch.float32, lr=1e-3)
    state = copy.deepcopy(optimizer.state_dict())
    copies = [torch.nn.Parameter(t.detach().clone()) for t in tensors]
    groups = [
        {"params": [t for t in copies if t.ndim > 1]},
        {"params": [t for t in copies if t.ndim == 1], "weight_decay": 0.0},
    ]
    resumed = optimizer_class(groups, lr=1e-3)
    resumed.load_state_dict(state)
    for grads in gradients[5:]:
        for tensor, gradient in zip(copies, grads, strict=True):
            tensor.grad = torch.tensor(gradient, dtype=torch.float32)
        resumed.step()
    assert all(torch.equal(a, b) for a, b in zip(copies, straight, strict=True))


def test_parameter_that_joins_late_counts_its_own_steps():
    parameters, gradients = draw_run(6, steps=6)
    early, late = (torch.nn.Parameter(torch.tensor(parameters[i])) for i in (0, 4))
    optimizer = LMBertAdam([early, late], lr=1e-2)
    for step, grads in enumerate(gradients):
        early.grad = torch.tensor(grads[0])
        late.grad = torch.tensor(grads[4]) if step >= 3 else None
        optimizer.step()
    expected = reference([parameters[4]], [[g[4]] for g in gradients[3:]], 1e-2, True, [0.01])
    np.testing.assert_allclose(late.detach().numpy(), expected[0], rtol=1e-12)


def test_closure_is_called_with_gradients_on():
    p = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = LMBertAdam([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    assert float(optimizer.step(closure)) == 4.0
    assert float(p) < 2.0


@pytest.mark.parametrize(
    ("name", "kind", "decay"),
    [("lmbert_adam", LMBertAdam, 0.02), ("bert_adam", BertAdam, 0.0), ("adamw", torch.optim.AdamW, 0.02)],
)
def test_built_optimizer_is_the_one_named_and_spares_biases_and_frozen_parameters(name, kind, decay):
    model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 2))
    model[0].weight.requires_grad_(False)
    optimizer = build_optimizer(name, model, lr=1e-4, weight_decay=0.02)
    assert type(optimizer) is kind
    decays = {id(p): group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
    assert decays == {id(model[1].weight): decay, id(model[0].bias): 0.0, id(model[1].bias): 0.0}
    assert all(group["lr"] == 1e-4 for group in optimizer.param_groups)


def test_unknown_names_and_settings_are_refused():
    model = torch.nn.Linear(2, 2)
    choices = r"choose from \['lmbert_adam', 'bert_adam', 'adamw'\]"
    with pytest.raises(ValueError, match="unknown train.optimizer 'sgd'; " + choices):
        build_optimizer("sgd", model, 0.1, 0.0)
    with pytest.raises(ValueError, match="no trainable parameter"):
        build_optimizer("lmbert_adam", model.requires_grad_(False), 0.1, 0.0)
    for name in ("lr", "eps", "weight_decay", "max_norm"):
        LMBertAdam(model.parameters(), **{"lr": 0.0, name: 0.0})
        with pytest.raises(ValueError, match="zero or more"):
            LMBertAdam(model.parameters(), **{"lr": 0.0, name: -1e-9})
    with pytest.raises(ValueError, match="betas"):
        LMBertAdam(torch.nn.Linear(2, 2).parameters(), lr=0.1, betas=(0.9, 1.0))
