"""Factors by hand, for runs of every length."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.train.schedule import build_scheduler, third_schedule


@pytest.mark.parametrize(
    ("total", "factors"),
    [
        (1, [1 / 3]),
        (2, [5 / 6, 1 / 3]),
        (3, [1, 2 / 3, 1 / 3]),
        (4, [1, 5 / 6, 7 / 12, 1 / 3]),
        (6, [1, 1, 5 / 6, 2 / 3, 1 / 2, 1 / 3]),
        (9, [1, 1, 1, 8 / 9, 7 / 9, 6 / 9, 5 / 9, 4 / 9, 3 / 9]),
    ],
)
def test_third_schedule_by_hand(total, factors):
    assert [third_schedule(step, total) for step in range(total)] == pytest.approx(factors, abs=1e-12)


@given(st.integers(1, 5000))
def test_third_schedule_holds_a_third_then_falls_evenly_to_a_third(total):
    factors = [third_schedule(step, total) for step in range(total)]
    assert factors[-1] == pytest.approx(1 / 3, abs=1e-12)
    assert all(factor == 1 for factor in factors[: total // 3])
    assert all(factor < 1 for factor in factors[(total + 2) // 3 :][1:])
    slopes = [a - b for a, b in zip(factors[total // 3 :], factors[total // 3 + 1 :], strict=False)]
    if total % 3 == 0:
        assert slopes == pytest.approx([1 / total] * len(slopes), abs=1e-12)


def test_factor_stays_at_a_third_past_the_end():
    assert third_schedule(10, 10) == third_schedule(99, 10) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("name", "rates"),
    [("third", [3, 2, 1]), ("linear", [3, 2, 1]), ("constant", [3, 3, 3])],
)
def test_scheduler_sets_the_rate_of_each_step(name, rates):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=3.0)
    scheduler = build_scheduler(name, optimizer, 3)
    seen = []
    for _ in range(3):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert seen == pytest.approx(rates)


def test_scheduler_goes_on_where_its_state_was_saved():
    def fresh():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        return optimizer, build_scheduler("third", optimizer, 8)

    optimizer, scheduler = fresh()
    for _ in range(5):
        optimizer.step()
        scheduler.step()
    other, resumed = fresh()
    resumed.load_state_dict(scheduler.state_dict())
    other.step()
    resumed.step()
    assert other.param_groups[0]["lr"] == pytest.approx(third_schedule(6, 8), abs=1e-15)


def test_unknown_name_and_empty_run_are_refused():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    with pytest.raises(
        ValueError, match=r"unknown train.schedule 'cosine'; choose from \['third', 'linear', 'constant'\]"
    ):
        build_scheduler("cosine", optimizer, 3)
    with pytest.raises(ValueError, match="at least one"):
        build_scheduler("third", optimizer, 0)
