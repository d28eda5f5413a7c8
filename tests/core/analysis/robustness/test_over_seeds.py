"""Seeds of a setting taken together, and whether one setting helped, with expected numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from core.analysis.intervals import Interval
from core.analysis.robustness.curves import Point
from core.analysis.robustness.over_seeds import cells, helped
from core.config import RunConfig

T_2 = 4.302653  # two-sided 95 % quantile of Student's t with 2 degrees of freedom, from a table


def point(run, level, value, drop=0.0, noise="typo", seen=True):
    at = Interval(value, value - 0.1, value + 0.1, "100 rows")
    return Point(
        run_id=run, noise=noise, level=level, metric="accuracy", value=at,
        drop=Interval(drop, drop - 0.1, drop + 0.1, "100 rows"), draws=3, changed=0.9, seen=seen,
    )  # fmt: skip


def sweep(before, after):
    """Points at 0 and 0.4, and configurations, of one run a seed and setting."""
    points, configs = [], {}
    for name, fraction, scores in (("a", 0.0, before), ("b", 0.4, after)):
        for seed, score in enumerate(scores):
            run = f"{name}{seed}"
            configs[run] = RunConfig(seed=seed).replace({"augment.fraction": fraction})
            points += [point(run, 0.0, 0.9), point(run, 0.4, score, score - 0.9, seen=fraction > 0)]
    return points, configs


def test_losses_are_means_over_seeds_and_settings_are_named_by_what_differs():
    points, configs = sweep([0.6, 0.7, 0.65], [0.8, 0.8, 0.8])
    first, second = [cell for cell in cells(points, configs) if cell.level]
    assert (first.setting, second.setting) == ("rows augmented 0 %", "rows augmented 40 %")
    assert first.drop.value == pytest.approx((-0.3 - 0.2 - 0.25) / 3)
    assert first.drop.half == pytest.approx(T_2 * 0.05 / math.sqrt(3), rel=1e-5)
    assert (first.seen, second.seen) == (False, True)
    assert first.runs == ("a0", "a1", "a2")


def test_no_score_is_said_to_lie_above_1():
    points, configs = sweep([0.9, 1.0], [0.8, 0.8])
    (_, first, *_) = cells(points, configs)
    assert (first.level, first.value.value, first.value.high) == (0.4, pytest.approx(0.95), 1.0)


def test_a_single_seed_keeps_its_interval_over_rows():
    points, configs = sweep([0.6], [0.8])
    assert cells(points, configs)[1].drop.over == "100 rows"


def test_setting_that_helped_is_said_with_its_gain():
    points, configs = sweep([0.60, 0.62, 0.61], [0.70, 0.73, 0.70])
    clean, noisy = helped(points, configs)
    assert noisy.gain.value == pytest.approx((0.10 + 0.11 + 0.09) / 3)
    assert noisy.sentence == "typo at 40 %: helped by 10.0 ± 2.5 points (95 % over 3 seeds, paired)"
    assert clean.sentence == "clean rows: did not help, +0.0 ± 0.0 points (95 % over 3 seeds, paired) is within chance"


def test_seeds_that_differ_alike_cannot_tell_whether_it_helped():
    points, configs = sweep([0.60, 0.70], [0.61, 0.71])
    said = helped(points, configs)[1].sentence
    assert said == "typo at 40 %: cannot be told, +1.0 points over 2 seeds, all alike, paired"


def test_setting_that_did_not_help_is_said_so():
    points, configs = sweep([0.60, 0.70, 0.65], [0.70, 0.60, 0.66])
    assert "typo at 40 %: did not help" in helped(points, configs)[1].sentence
    points, configs = sweep([0.70, 0.73, 0.70], [0.60, 0.62, 0.61])
    assert "did not help, it cost 10.0 ± 2.5 points" in helped(points, configs)[1].sentence


def test_one_pair_of_runs_and_three_seeds_of_one_setting_compare_nothing():
    assert helped(*sweep([0.6], [0.8])) == []
    points, configs = sweep([0.6, 0.7, 0.8], [])
    assert helped(points, configs) == []
