"""The joint loss against loops in float64, and on the batches that break copied code."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.train.losses import balanced_weights, compute_loss, contrastive_loss, supcon_textbook


def contrastive_by_loops(z, y, tau=10.0, tau_base=100.0, kappa=1.05):
    """The formula read aloud, one sum at a time."""
    n = len(z)
    total = 0.0
    for i in range(n):
        s = [sum(float(a) * float(b) for a, b in zip(z[i], z[j], strict=True)) / tau for j in range(n)]
        partners = [p for p in range(n) if p != i and y[p] == y[i]]
        highest = max(s)
        anchor = 0.0
        for p in partners:
            others = sum(math.exp(kappa * s[j] - kappa * highest) for j in range(n) if j != i)
            anchor += s[p] - highest - math.log(others)
        total += anchor / (len(partners) + 1)
    return -(tau / tau_base) * total / n


def textbook_by_loops(z, y, tau=0.07):
    n = len(z)
    unit = [np.asarray(row, dtype=float) / np.linalg.norm(row) for row in z]
    losses = []
    for i in range(n):
        partners = [p for p in range(n) if p != i and y[p] == y[i]]
        if partners:
            others = sum(math.exp(float(unit[i] @ unit[a]) / tau) for a in range(n) if a != i)
            logs = [math.log(math.exp(float(unit[i] @ unit[p]) / tau) / others) for p in partners]
            losses.append(-sum(logs) / len(partners))
    return sum(losses) / len(losses) if losses else 0.0


batches = st.tuples(st.integers(2, 9), st.integers(1, 6), st.integers(1, 4), st.integers(0, 2**31 - 1))


@settings(max_examples=60, deadline=None)
@given(batches, st.sampled_from([0.1, 1.0, 4.0]))
def test_contrastive_loss_is_the_published_formula(batch, scale):
    n, width, classes, seed = batch
    draw = np.random.default_rng(seed)
    z, y = draw.normal(size=(n, width)) * scale, draw.integers(classes, size=n)
    expected = contrastive_by_loops(z, y)
    found = contrastive_loss(torch.tensor(z), torch.tensor(y))
    assert float(found) == pytest.approx(expected, rel=2e-5, abs=2e-6)


@settings(max_examples=60, deadline=None)
@given(batches)
def test_textbook_loss_is_khoslas_mean_over_anchors_with_partners(batch):
    n, width, classes, seed = batch
    draw = np.random.default_rng(seed)
    z, y = draw.normal(size=(n, width)), draw.integers(classes, size=n)
    found = supcon_textbook(torch.tensor(z), torch.tensor(y))
    assert float(found) == pytest.approx(textbook_by_loops(z, y), rel=2e-5, abs=2e-5)


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e3])
@pytest.mark.parametrize("spread", [1.0, 1e-3])
def test_contrastive_loss_is_exact_for_logits_of_any_size(scale, spread):
    """Against 50 digits; `spread` small: all rows nearly alike, where what is left of the products is small."""
    mp = mpmath.mp.clone()
    mp.dps = 50
    draw = np.random.default_rng(3)
    z = ((1 + spread * draw.normal(size=(12, 4))) * scale).astype(np.float32)
    y = draw.integers(3, size=12)
    total = mp.mpf(0)
    for i in range(12):
        s = [sum(mp.mpf(float(a)) * mp.mpf(float(b)) for a, b in zip(z[i], row, strict=True)) / 10 for row in z]
        others = mp.log(sum(mp.exp(mp.mpf("1.05") * s[j]) for j in range(12) if j != i)) - mp.mpf("1.05") * max(s)
        partners = [p for p in range(12) if p != i and y[p] == y[i]]
        total += sum(s[p] - max(s) - others for p in partners) / (len(partners) + 1)
    found = contrastive_loss(torch.tensor(z), torch.tensor(y))
    assert float(found) == pytest.approx(float(-total / 10 / 12), rel=2e-7, abs=1e-9)


def test_two_examples_by_hand():
    """z = (1, 0), (0, 2), one class: s = [[.1, 0], [0, .4]]; the only other of each is its partner."""
    first = 0.0 - 0.1 - (1.05 * 0.0 - 1.05 * 0.1)
    second = 0.0 - 0.4 - (1.05 * 0.0 - 1.05 * 0.4)
    expected = -0.1 * ((first / 2 + second / 2) / 2)
    found = contrastive_loss(torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([3, 3]))
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_temperatures_and_kappa_are_settings():
    draw = np.random.default_rng(5)
    z, y = draw.normal(size=(6, 3)), np.array([0, 1, 0, 1, 2, 0])
    found = contrastive_loss(torch.tensor(z), torch.tensor(y), temperature=2.0, base_temperature=3.0, kappa=1.3)
    assert float(found) == pytest.approx(contrastive_by_loops(z, y, 2.0, 3.0, 1.3), rel=1e-5)


def test_gradient_is_that_of_the_formula_by_finite_differences():
    draw = np.random.default_rng(2)
    z, y = draw.normal(size=(5, 3)), np.array([0, 1, 0, 1, 1])
    features = torch.tensor(z, requires_grad=True)
    contrastive_loss(features, torch.tensor(y)).backward()
    step = 1e-6
    for i in range(5):
        for j in range(3):
            up, down = z.copy(), z.copy()
            up[i, j] += step
            down[i, j] -= step
            slope = (contrastive_by_loops(up, y) - contrastive_by_loops(down, y)) / (2 * step)
            assert float(features.grad[i, j]) == pytest.approx(slope, abs=1e-5)


@pytest.mark.parametrize("term", [contrastive_loss, supcon_textbook])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "labels",
    [[0], [1, 1, 1], [0, 1, 2, 3], [0, 0, 1], [0, 1]],
    ids=["one example", "one class", "all singletons", "one singleton", "two singletons"],
)
@pytest.mark.parametrize("size", [0.0, 1.0, 300.0])
def test_odd_batches_stay_finite_and_differentiable(term, dtype, labels, size):
    torch.manual_seed(0)
    features = (torch.randn(len(labels), 4) * size).to(dtype).requires_grad_()
    loss = term(features, torch.tensor(labels))
    loss.backward()
    assert loss.dtype == torch.float32
    assert torch.isfinite(loss)
    assert torch.isfinite(features.grad).all()


@pytest.mark.parametrize("term", [contrastive_loss, supcon_textbook])
def test_without_partners_there_is_nothing_to_pull_together(term):
    features = torch.randn(4, 3, requires_grad=True)
    loss = term(features, torch.arange(4))
    loss.backward()
    assert loss.item() == 0
    assert float(features.grad.abs().sum()) == 0


def test_autocast_does_not_lower_the_precision_of_the_loss():
    torch.manual_seed(0)
    features, labels = torch.randn(8, 6) * 5, torch.tensor([0, 1, 0, 1, 0, 1, 2, 2])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = contrastive_loss(features, labels)
    assert torch.equal(inside, contrastive_loss(features, labels))


def test_joint_loss_is_cross_entropy_plus_the_term_on_the_logits():
    draw = np.random.default_rng(0)
    logits, labels = draw.normal(size=(6, 3)), np.array([0, 1, 2, 0, 1, 2])
    shifted = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    cross_entropy = -np.mean(np.log(shifted[np.arange(6), labels]))
    loss, parts = compute_loss("joint", torch.tensor(logits), torch.tensor(labels))
    assert float(parts["ce"]) == pytest.approx(cross_entropy, rel=1e-5)
    assert float(parts["contrastive"]) == pytest.approx(contrastive_by_loops(logits, labels), rel=1e-4)
    assert float(loss) == pytest.approx(cross_entropy + contrastive_by_loops(logits, labels), rel=1e-5)


def test_features_take_the_place_of_logits_in_the_contrastive_half_only():
    draw = np.random.default_rng(1)
    logits, pooled, labels = draw.normal(size=(4, 2)), draw.normal(size=(4, 7)), np.array([0, 1, 0, 1])
    tensors = (torch.tensor(logits), torch.tensor(labels))
    _, parts = compute_loss("joint", *tensors, features=torch.tensor(pooled))
    assert float(parts["contrastive"]) == pytest.approx(contrastive_by_loops(pooled, labels), rel=1e-5)
    _, plain = compute_loss("ce", *tensors, features=torch.tensor(pooled))
    assert set(plain) == {"ce"}
    assert float(plain["ce"]) == float(parts["ce"])
    _, textbook = compute_loss("supcon_textbook", *tensors, features=torch.tensor(pooled))
    assert float(textbook["contrastive"]) == pytest.approx(textbook_by_loops(pooled, labels), rel=1e-4)


def test_parts_are_detached_and_the_loss_is_not():
    logits = torch.randn(4, 2, requires_grad=True)
    loss, parts = compute_loss("joint", logits, torch.tensor([0, 1, 0, 1]))
    assert loss.requires_grad
    assert not any(part.requires_grad for part in parts.values())


@pytest.mark.parametrize("kind", ["ce", "joint", "supcon_textbook"])
def test_regression_is_squared_error_alone(kind):
    loss, parts = compute_loss(kind, torch.tensor([[1.0], [2.5]]), torch.tensor([0.0, 3.0]), regression=True)
    assert float(loss) == pytest.approx((1.0**2 + 0.5**2) / 2)
    assert set(parts) == {"mse"}


def test_unknown_loss_lists_the_choices():
    with pytest.raises(ValueError, match=r"unknown train.loss 'scl'; choose from \['ce', 'joint', 'supcon_textbook'"):
        compute_loss("scl", torch.zeros(2, 2), torch.zeros(2, dtype=torch.long))


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"expected \(N, D\) and \(N,\)"):
        contrastive_loss(torch.zeros(3, 2), torch.zeros(2, dtype=torch.long))


def test_balanced_weights_give_each_class_the_same_say():
    labels = [0] * 6 + [1] * 3 + [3]
    weights = balanced_weights(labels, 4)
    assert weights.tolist() == pytest.approx([10 / 18, 10 / 9, 0, 10 / 3])
    assert sum(weights[label].item() for label in labels) / len(labels) == pytest.approx(1)


def test_a_weighed_row_counts_so_many_times():
    logits, labels = torch.randn(5, 3), torch.tensor([0, 1, 2, 1, 0])
    one_row = [torch.logsumexp(row, 0) - row[label] for row, label in zip(logits, labels, strict=True)]
    expected = sum(w * loss for w, loss in zip((2.0, 0.5, 0.0, 0.5, 2.0), one_row, strict=True)) / 5
    loss, _ = compute_loss("ce", logits, labels, weights=torch.tensor([2.0, 0.5, 0.0]))
    assert loss.item() == pytest.approx(float(expected), rel=1e-5)
    alone, _ = compute_loss("ce", logits[:1], labels[:1], weights=torch.tensor([2.0, 0.5, 0.0]))
    assert alone.item() == pytest.approx(2 * float(one_row[0]), rel=1e-5)
