"""Latency is taken of the real models, in turn, and says how."""

from __future__ import annotations

import statistics
from types import SimpleNamespace

import pytest
import torch

from core.model import latency
from core.model.latency import measure_latency
from core.model.variant import VARIANTS, Structure


def small(folder, variant="base", **changes):
    return Structure(str(folder), variant, **({"layers": 3, "rank": 8, "lora_r": 2, "seq_len": 8} | changes))


def test_every_variant_is_timed_and_tells_how(folder):
    seen = []
    structures = [small(folder, variant) for variant in VARIANTS]
    found = measure_latency(structures, lambda *step: seen.append(step), repeats=4)
    assert seen == [(done, 4 * 6) for done in range(1, 4 * 6 + 1)]
    for one in found:
        assert 0 < one.low <= one.median <= one.high < 1000
        assert (one.repeats, one.threads) == (4, torch.get_num_threads())


def test_longer_text_and_more_layers_take_longer():
    short, long = Structure("demo", "light", layers=1, seq_len=8), Structure("demo", "light", layers=6, seq_len=64)
    little, much = measure_latency([short, long], repeats=15)
    assert little.low < much.low  # the quickest quarter: a busy machine can hold up any single pass


def test_warm_up_is_not_counted_and_quartiles_are_those_of_the_rest(folder, monkeypatch):
    clock = iter([0, 9, 0, 9, 0, 0.001, 0, 0.002, 0, 0.003, 0, 0.004])
    monkeypatch.setattr(latency, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    (found,) = measure_latency([small(folder)], repeats=4)
    assert found.median == pytest.approx(statistics.median([1, 2, 3, 4]))
    assert (found.low, found.high) == pytest.approx((1.75, 3.25))


def test_random_state_of_the_caller_is_left_alone(folder):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    measure_latency([small(folder, "lora")], repeats=2)
    assert torch.equal(torch.rand(3), expected)


def test_impossible_measurements_are_refused(folder):
    with pytest.raises(ValueError, match="seq_len is 65; this model has 64 positions"):
        measure_latency([small(folder, seq_len=65)])
    with pytest.raises(ValueError, match="repeats is 1"):
        measure_latency([small(folder)], repeats=1)
    with pytest.raises(ValueError, match="this model has 4"):
        measure_latency([small(folder, "light", layers=5)])
