"""The decomposition: exact at full rank, sound below it, the same each time, and remembered."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.cp import cache
from core.model.cp import decomposition as cp
from core.model.cp.alternating import Layers
from core.model.cp.decomposition import Projections
from core.model.cp.query_key import error_floor, relative_error


def draw_layer(heads=4, size=32, inputs=128, seed=0, scale=0.02):
    draw = np.random.default_rng(seed)
    return tuple(draw.normal(size=(heads, size, inputs)) * scale for _ in range(2))


def decompose(Q, K, rank, seed=0):
    """A, M, B of one layer."""
    found = []
    cp.decompose([(Q, K, seed)], rank, lambda _place, factors: found.append(factors))
    (factors,) = found
    return factors


def collaborate(query, bias, key, heads, rank, seed=0):
    """What one layer's attention gets."""
    (shared,) = cp.collaborate([Projections(query, bias, key, seed)], heads, rank)
    return shared


def error_by_hand(Q, K, factors):
    """|T - T'| / |T| with T and T' written out entry by entry through einsum."""
    T = np.einsum("hdq,hdk->qhk", Q, K)
    return np.sqrt(((T - np.einsum("qr,hr,kr->qhk", *factors)) ** 2).sum() / (T**2).sum())


def as_linear(Q, K, seed=1):
    flat = [torch.tensor(part.reshape(-1, part.shape[2]), dtype=torch.float32) for part in (Q, K)]
    bias = torch.randn(len(flat[0]), generator=torch.Generator().manual_seed(seed))
    return flat[0], bias, flat[1]


@pytest.mark.parametrize("rank", [128, 160])
def test_scores_of_a_real_layer_are_kept_at_full_rank_biases_included(rank):
    """Up to b_K's and the query bias's own terms, which are constant along a row: softmax does not see them."""
    Q, K = draw_layer(scale=0.1)
    query, bias, key = as_linear(Q, K)
    shared = collaborate(query, bias, key, heads=4, rank=rank)
    x, y = (torch.randn(20, 128, dtype=torch.float64) for _ in range(2))
    key_bias = torch.randn(4, 32, dtype=torch.float64)
    left = (x @ query.double().T + bias.double()).view(20, 4, 32)
    right = (y @ key.double().T).view(20, 4, 32)
    full = torch.einsum("thd,shd->hts", left, right + key_bias) / 32**0.5
    without_row_constants = torch.einsum("thd,shd->hts", left, right) / 32**0.5
    torch.testing.assert_close(full.softmax(-1), without_row_constants.softmax(-1))
    queries = torch.einsum("rn,tn,hr->htr", shared.query.double(), x, shared.mixing.double())
    scores = torch.einsum("htr,rn,sn->hts", queries, shared.key.double(), y)
    scores = (scores + torch.einsum("hn,sn->hs", shared.content_bias.double(), y)[:, None]) / 32**0.5
    assert float((scores - without_row_constants).abs().max()) < 1e-4
    assert shared.error < 1e-6


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([(1, 4, 6), (2, 3, 6), (4, 8, 32), (3, 5, 9)]), st.integers(1, 40), st.integers(0, 10**6))
def test_error_is_what_it_says_and_never_below_the_floor(shape, rank, seed):
    Q, K = draw_layer(*shape, seed=seed)
    factors = decompose(Q, K, rank, seed)
    assert [factor.shape for factor in factors] == [(shape[2], rank), (shape[0], rank), (shape[2], rank)]
    error = error_by_hand(Q, K, factors)
    assert relative_error(Q, K, factors) == pytest.approx(error, abs=1e-9)
    assert error >= error_floor(Q, K, rank) - 1e-9
    assert error <= 1 + 1e-9
    if rank >= shape[0] * shape[1]:
        assert error < 1e-9


def test_floor_is_the_largest_miss_of_the_three_unfoldings():
    Q, K = draw_layer(2, 3, 6, seed=4)
    T = np.einsum("hdq,hdk->qhk", Q, K)
    misses = []
    for mode in range(3):
        matrix = np.moveaxis(T, mode, 0).reshape(T.shape[mode], -1)
        eigenvalues = np.sort(np.linalg.eigvalsh(matrix @ matrix.T))[::-1]
        misses.append(np.sqrt(max(eigenvalues[3:].sum(), 0) / eigenvalues.sum()))
    assert error_floor(Q, K, 3) == pytest.approx(max(misses), rel=1e-6)


def test_single_head_reaches_its_floor_since_it_is_a_matrix():
    Q, K = draw_layer(1, 12, 20, seed=2)
    assert error_by_hand(Q, K, decompose(Q, K, 5)) == pytest.approx(error_floor(Q, K, 5), abs=1e-4)


def test_more_rank_loses_less():
    Q, K = draw_layer(seed=3)
    errors = [error_by_hand(Q, K, decompose(Q, K, rank)) for rank in (8, 32, 64, 96, 128)]
    assert errors == sorted(errors, reverse=True)


def test_no_worse_than_tensorlys_random_start_at_500_iterations_and_twelve_layers_within_ten_seconds():
    import tensorly
    from tensorly.decomposition import parafac

    Q, K = draw_layer(seed=7)
    T = np.einsum("hdq,hdk->qhk", Q, K)
    theirs = parafac(T, 64, n_iter_max=500, init="random", tol=1e-6, random_state=0)
    their_error = np.linalg.norm(T - tensorly.cp_to_tensor(theirs)) / np.linalg.norm(T)
    began = time.process_time()
    ours = error_by_hand(Q, K, decompose(Q, K, 64))
    assert ours <= their_error
    assert 12 * (time.process_time() - began) < 10


def test_a_sweep_is_tensorlys():
    """Each of two layers in one batch, against parafac of the tensor written out entry by entry."""
    from tensorly.cp_tensor import CPTensor
    from tensorly.decomposition import parafac

    projections = [draw_layer(4, 8, 32, seed, scale=0.3) for seed in (0, 1)]
    draw = np.random.default_rng(2)
    starts = [tuple(draw.normal(size=(side, 12)) for side in (32, 4, 32)) for _ in projections]
    Q, K, *start = (torch.from_numpy(np.stack(part)) for part in (*zip(*projections), *zip(*starts)))  # noqa: B905
    layers = Layers.of(Q, K)
    state = layers.sweep(layers.sweep(layers.state(*start)))
    for place, own in enumerate(projections):
        T = np.einsum("hdq,hdk->qhk", *own)
        theirs, errors = parafac(
            T, 12, n_iter_max=2, init=CPTensor((None, list(starts[place]))), tol=0, l2_reg=1e-12, return_errors=True
        )
        for factor, expected in zip(state, theirs.factors, strict=False):
            np.testing.assert_allclose(factor[place].numpy(), expected, rtol=1e-6, atol=1e-8)
        assert float(layers.errors(state)[place]) == pytest.approx(float(errors[-1]), abs=1e-7)


def test_what_a_layer_gets_does_not_hang_on_those_beside_it(monkeypatch):
    layers = [(*draw_layer(4, 8, 32, seed), seed) for seed in range(5)]
    found = []
    monkeypatch.setattr(cp, "_WIDE", 32)
    for cores in (1, 2, 5):  # batches of 5; 3 and 2; 1 each
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        there = {}
        cp.decompose(layers, 16, there.__setitem__)
        found.append([there[place] for place in range(5)])
    alone = [decompose(*layer[:2], 16, layer[2]) for layer in layers]
    for together in found:
        for factors, expected in zip(together, alone, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(factors, expected, strict=True))


def test_threads_are_left_as_they_were():
    before = torch.get_num_threads()
    decompose(*draw_layer(4, 8, 32), 16)
    assert torch.get_num_threads() == before


def test_same_seed_same_factors():
    Q, K = draw_layer(4, 8, 32)
    first, again, other = (decompose(Q, K, 16, seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("kind", ["zero", "one head zero", "one rank", "equal heads"])
def test_degenerate_layers_give_finite_factors(kind):
    Q, K = draw_layer(4, 8, 32)
    if kind == "zero":
        Q, K = Q * 0, K * 0
    if kind == "one head zero":
        Q[1] = 0
    if kind == "one rank":
        Q, K = Q * 0 + Q[:1, :1, :], K * 0 + K[:1, :1, :]
    if kind == "equal heads":
        Q, K = np.repeat(Q[:1], 4, 0), np.repeat(K[:1], 4, 0)
    factors = decompose(Q, K, 10)
    assert all(np.isfinite(factor).all() for factor in factors)
    if kind == "one rank":
        assert error_by_hand(Q, K, factors) < 1e-4
    if kind == "equal heads":
        assert error_by_hand(Q, K, decompose(Q, K, 8)) < 1e-3
    if kind == "zero":
        assert not np.einsum("qr,hr,kr->qhk", *factors).any()


def test_second_call_reads_the_factors_and_gives_the_same_bits(monkeypatch):
    query, bias, key = as_linear(*draw_layer(4, 8, 32))
    first = collaborate(query, bias, key, 4, 16)

    def refuse(*_):
        raise AssertionError("decomposed again")

    monkeypatch.setattr(cp, "decompose", refuse)
    second = collaborate(query, bias, key, 4, 16)
    assert first.error == second.error
    assert all(torch.equal(first.tensors()[name], second.tensors()[name]) for name in first.tensors())
    for changed in ((query + 1e-3, bias, key, 4, 16), (query, bias, key, 4, 17), (query, bias, key, 2, 16)):
        with pytest.raises(AssertionError, match="decomposed again"):
            collaborate(*changed)


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\xff" * 4096])
def test_damaged_cache_file_is_computed_again(content):
    query, bias, key = as_linear(*draw_layer(4, 8, 32))
    first = collaborate(query, bias, key, 4, 16)
    (file,) = cache.folder().glob("*.safetensors")
    file.write_bytes(content)
    assert torch.equal(collaborate(query, bias, key, 4, 16).query, first.query)
    assert file.stat().st_size > len(content)
    assert not list(cache.folder().glob(".part-*"))


def test_cache_that_cannot_be_written_only_costs_time(tmp_path, monkeypatch):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    query, bias, key = as_linear(*draw_layer(4, 8, 32))
    assert collaborate(query, bias, key, 4, 16).error < 1


def test_weights_that_are_not_numbers_are_refused():
    query, bias, key = as_linear(*draw_layer(4, 8, 32))
    query[0, 0] = float("nan")
    with pytest.raises(ValueError, match="NaN or infinity"):
        collaborate(query, bias, key, 4, 16)
    with pytest.raises(ValueError, match="1 or more"):
        decompose(*draw_layer(4, 8, 32), 0)
