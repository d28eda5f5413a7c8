"""Collaborative attention against an einsum in float64, at every shape, rank and mask."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.cp.attention import CollaborativeSelfAttention


def attention(heads, size, inputs_of_value, rank, seed, implementation="sdpa"):
    config = SimpleNamespace(
        num_attention_heads=heads,
        true_hidden_size=heads * size,
        hidden_size=inputs_of_value,
        use_bottleneck_attention=False,
        attention_probs_dropout_prob=0.0,
        attention_rank=rank,
        _attn_implementation=implementation,
    )
    torch.manual_seed(seed)
    module = CollaborativeSelfAttention(config).double().eval()
    for parameter in module.parameters():
        parameter.data = torch.randn_like(parameter) * 0.5
    return module


def by_einsum(module, x, y, v, allowed):
    """softmax([ (W_Q x)^T diag(m_h) (W_K y) + c_h . y ] / sqrt(d)) times the head's values."""
    weights = {name: p.detach().numpy() for name, p in module.named_parameters()}
    x, y, v = (t.numpy() for t in (x, y, v))
    size = module.attention_head_size
    scores = np.einsum(
        "rn,btn,hr,rm,bsm->bhts", weights["query.weight"], x, weights["mixing"], weights["key.weight"], y
    )
    scores = (scores + np.einsum("hn,bsn->bhs", weights["content_bias.weight"], y)[:, :, None]) / np.sqrt(size)
    scores = np.where(allowed, scores, -np.inf)
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    shares = shares / shares.sum(-1, keepdims=True)
    values = v @ weights["value.weight"].T + weights["value.bias"]
    values = values.reshape(*values.shape[:2], -1, size)
    return np.einsum("bhts,bshd->bthd", shares, values).reshape(*x.shape[:2], -1), shares


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([(1, 4), (2, 3), (4, 8), (3, 5)]),
    st.integers(1, 20),
    st.tuples(st.integers(1, 3), st.integers(1, 7)),
    st.sampled_from(["none", "padding", "lower"]),
    st.integers(0, 10**6),
)
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_output_is_the_formula(implementation, shape, rank, batch, mask, seed):
    heads, size = shape
    module = attention(heads, size, 6, rank, seed, implementation)
    examples, length = batch
    x, y = (torch.randn(examples, length, heads * size, dtype=torch.float64) for _ in range(2))
    v = torch.randn(examples, length, 6, dtype=torch.float64)
    allowed = np.ones((examples, 1, length, length), dtype=bool)
    if mask == "padding":
        allowed[:, :, :, (length + 1) // 2 :] = False
    if mask == "lower":
        allowed &= np.tri(length, dtype=bool)
    added = None if mask == "none" else torch.tensor(np.where(allowed, 0.0, -np.inf))
    with torch.no_grad():
        found, shares = module(x, y, v, added)
    expected, expected_shares = by_einsum(module, x, y, v, allowed)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-9, atol=1e-10)
    if implementation == "eager":
        np.testing.assert_allclose(shares.numpy(), expected_shares, rtol=1e-9, atol=1e-10)


def test_heads_share_one_key_in_memory():
    module = attention(4, 8, 6, 5, 0)
    x = torch.randn(2, 3, 32, dtype=torch.float64)
    _, key = module.heads_of(x, x)
    assert key.shape == (2, 4, 3, 5 + 4)
    assert key.stride(1) == 0


def test_parameters_of_a_real_layer_are_those_of_the_paper():
    module = attention(4, 32, 512, 64, 0)
    shared = sum(p.numel() for name, p in module.named_parameters() if not name.startswith("value"))
    assert shared == 64 * 128 + 64 * 128 + 4 * 64 + 4 * 128 == 17_152
