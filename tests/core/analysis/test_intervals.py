"""Intervals cover what they claim: measured by simulation, and against formulas written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import betainc
from scipy.stats import binom, binomtest

from core.analysis import intervals, separation
from core.analysis.kept_rows import KeptRows
from core.analysis.measures import class_difference, difference, measure

SIMULATIONS = 250
COVERS = (0.90, 0.99)
NAMES = ("silhouette", "knn_purity", "intra", "inter", "ratio")


def draw(rng: np.random.Generator, rows: int = 60, apart: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Three unequal classes, one of them wider."""
    labels = rng.choice(3, size=rows, p=[0.5, 0.3, 0.2])
    centres = np.random.default_rng(1).normal(size=(3, 4)) * apart
    return centres[labels] + rng.normal(size=(rows, 4)) * (1 + 0.5 * (labels == 1))[:, None], labels


def kept(points: np.ndarray, labels: np.ndarray, right: np.ndarray | None = None) -> KeptRows:
    logits = np.eye(3)[labels if right is None else np.where(right, labels, (labels + 1) % 3)]
    return KeptRows("run", 1, points, logits, labels, np.arange(len(labels)))


@pytest.mark.parametrize("apart", [1.0, 3.0])
def test_intervals_of_separation_cover_the_expected_value_in_95_of_100_samples(monkeypatch, apart):
    monkeypatch.setattr(intervals, "HALVES", 80)
    monkeypatch.setattr(intervals.half_samples, "__defaults__", (0, 80))
    rng = np.random.default_rng(3)
    truth = {name: [] for name in NAMES}
    for _ in range(1_500):
        found = separation.separation(*draw(rng, apart=apart))
        for name in NAMES:
            truth[name].append(getattr(found, name))
    covered = dict.fromkeys(NAMES, 0)
    for _ in range(SIMULATIONS):
        figures = measure(kept(*draw(rng, apart=apart))).measures.figures
        for name in NAMES:
            covered[name] += not (figures[name].low > np.mean(truth[name]) or figures[name].high < np.mean(truth[name]))
    shares = {name: count / SIMULATIONS for name, count in covered.items()}
    assert all(COVERS[0] <= share for share in shares.values()), shares
    always = NAMES[:3] if apart == 1 else NAMES  # so near to each other distances between classes have none
    assert all(shares[name] <= COVERS[1] for name in always), shares


def test_paired_difference_covers_too_and_is_narrower_than_two_runs_apart(monkeypatch):
    monkeypatch.setattr(intervals.half_samples, "__defaults__", (0, 80))
    rng = np.random.default_rng(4)
    truth, inside, widths, apart = [], 0, [], []

    def pair() -> tuple[KeptRows, KeptRows]:
        points, labels = draw(rng)
        moved = 1.3 * points + 0.2 * rng.normal(size=points.shape)  # another run sees the same rows
        return kept(points, labels), kept(moved, labels)

    for _ in range(1_200):
        one, two = pair()
        truth.append(
            separation.separation(two.pooled, two.labels).silhouette
            - separation.separation(one.pooled, one.labels).silhouette
        )
    for _ in range(SIMULATIONS):
        one, two = (measure(run) for run in pair())
        found = difference(one, two)["silhouette"]
        inside += found.low <= np.mean(truth) <= found.high
        widths.append(found.half)
        apart.append(math.hypot(one.measures.figures["silhouette"].half, two.measures.figures["silhouette"].half))
    assert COVERS[0] <= inside / SIMULATIONS <= COVERS[1]
    assert np.mean(widths) < 0.6 * np.mean(apart)


def test_purity_of_one_in_both_runs_leaves_a_difference_with_a_width():
    """Of 40 rows in two heaps 0.15 of the intervals covered: no half differs, and a rare sample does."""
    labels = np.arange(40) % 2
    points = np.random.default_rng(0).normal(size=(40, 4)) + 20 * labels[:, None]
    one, two = (measure(kept(points * scale, labels)) for scale in (1, 2))
    found = difference(one, two)["knn_purity"]
    reach = 1.95996 * math.sqrt(2) / 42  # one row each way: a variance of 2 / 42 over 42
    assert (found.low, found.value, found.high) == pytest.approx((-reach, 0, reach), abs=1e-5)
    reach = 1.95996 * math.sqrt(2) / 22
    assert class_difference(one, two, labels)[1]["knn_purity"].high == pytest.approx(reach, abs=1e-5)


@pytest.mark.parametrize("truth", [0.9, 0.5])
def test_share_covers(truth):
    rng = np.random.default_rng(0)
    found = [intervals.share(rng.random(60) < truth) for _ in range(2_000)]
    assert 0.93 <= np.mean([one.low <= truth <= one.high for one in found]) <= 0.98


def test_share_difference_covers_where_few_rows_disagree():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2_000):
        u = rng.random(100)
        first, second = u < 0.9, (u < 0.87) | (u > 0.95)  # 0.9 and 0.92, disagreeing on 8 of 100
        found = intervals.share_difference(first, second)
        inside += found.low <= 0.02 <= found.high
    assert 0.93 <= inside / 2_000 <= 0.99


def test_seeds_difference_covers_paired_and_not():
    rng = np.random.default_rng(0)
    paired = apart = 0
    for _ in range(2_000):
        common = rng.normal(size=5)
        a = dict(enumerate(common + 0.3 * rng.normal(size=5)))
        b = dict(enumerate(common + 0.5 + 0.3 * rng.normal(size=5)))
        found = intervals.seeds_difference(a, b)
        paired += found.low <= 0.5 <= found.high
        other = intervals.seeds_difference(a, {seed + 10: 0.5 + rng.normal() for seed in range(4)})
        apart += other.low <= 0.5 <= other.high
    assert 0.93 <= paired / 2_000 <= 0.97
    assert 0.93 <= apart / 2_000 <= 0.98


def test_seeds_that_come_out_alike_have_no_interval_of_no_width():
    alike = intervals.seeds_difference({0: 0.902, 1: 0.906}, {0: 0.900, 1: 0.904})
    assert np.isnan([alike.low, alike.high]).all()
    assert alike.spans_zero
    apart = intervals.seeds_difference({0: 0.9, 1: 0.9}, {2: 0.8, 3: 0.8})
    assert np.isnan([apart.low, apart.high]).all()
    assert np.isnan(intervals.over_seeds([0.875, 0.875, 0.875]).low)
    same = intervals.seeds_difference({0: 0.9, 1: 0.8}, {0: 0.9, 1: 0.8})
    assert (same.low, same.value, same.high) == (0, 0, 0)


def test_a_share_of_rows_that_hang_together_has_the_exact_interval_of_as_many_as_would_vary_so():
    halves = 0.9 + 0.03 * np.array([1, -1] * 50)  # of an even number of rows: a standard error of 0.03 and a bit
    error, student = 0.03 * math.sqrt(100 / 99), 1.9842  # Student's quantile for 99 degrees of freedom
    n = 0.09 / error**2 * (1.959964 / student) ** 2  # about 97 rows
    found = intervals.share_over_rows(0.9, halves, 100)
    assert betainc(0.9 * n, 0.1 * n + 1, found.low) == pytest.approx(0.025, abs=1e-4)
    assert betainc(0.9 * n + 1, 0.1 * n, found.high) == pytest.approx(0.975, abs=1e-4)
    sure = intervals.share_over_rows(1.0, np.ones(100), 100)
    assert (sure.low, sure.high) == (pytest.approx(0.025 ** (student**2 / 1.959964**2 / 100), abs=1e-4), 1.0)


def test_shares_over_draws_vary_less_than_single_answers():
    drawn = np.random.default_rng(0).binomial(3, 0.8, size=90) / 3
    found, single = intervals.share(drawn, draws=3), intervals.share(drawn > 0.5)
    low, high = binomtest(round(270 * drawn.mean()), 270).proportion_ci(method="exact")
    assert found.half >= (high - low) / 2 - 1e-6  # at most as sure as of 270 single answers
    assert found.half < single.half
    change = intervals.share_difference(np.ones(90), drawn)
    assert change.value == pytest.approx(drawn.mean() - 1)


def test_shares_at_their_limits_have_a_width_all_the_same():
    every = intervals.share(np.ones(20, dtype=bool))
    assert (every.value, every.high) == (1.0, 1.0)
    assert every.low == pytest.approx(0.025 ** (1 / 20), abs=1e-6)  # of 20 right ones the exact end: low^20 = 0.025
    same = intervals.share_difference(np.ones(20, dtype=bool), np.ones(20, dtype=bool))
    assert same.low < 0 < same.high


def test_over_seeds_is_students_interval():
    found = intervals.over_seeds([1.0, 2.0, 4.0])
    sd = math.sqrt(((1 - 7 / 3) ** 2 + (2 - 7 / 3) ** 2 + (4 - 7 / 3) ** 2) / 2)
    assert found.high - found.value == pytest.approx(4.302653 * sd / math.sqrt(3), rel=1e-6)  # t of 2 at 97.5 %
    assert found.over == "3 seeds"
    assert math.isnan(intervals.over_seeds([1.0]).low)


def test_three_seeds_of_one_configuration_are_never_called_different():
    rng = np.random.default_rng(0)
    for _ in range(500):
        values = rng.normal(size=3) * rng.uniform(0.001, 100)
        assert intervals.same_setting_difference(values).spans_zero


def test_halves_are_halves_and_the_same_each_time():
    taken = intervals.half_samples(41)
    assert (taken.sum(axis=0) == 20).all()
    assert (taken == intervals.half_samples(41)).all()


def test_more_rows_than_are_resampled_give_an_interval_scaled_by_the_root(monkeypatch):
    points, labels = draw(np.random.default_rng(0), rows=400)
    full = measure(kept(points, labels)).measures.figures["silhouette"]
    monkeypatch.setattr(separation, "MOST_RESAMPLED", 100)
    part = measure(kept(points, labels)).measures.figures["silhouette"]
    assert part.value == full.value
    assert part.half == pytest.approx(full.half, rel=0.35)
    assert part.over == "400 rows"


def test_rows_of_which_a_half_tells_nothing_have_figures_without_intervals():
    points, labels = np.random.default_rng(0).normal(size=(5, 4)), np.array([0, 1, 0, 1, 0])
    figures = measure(kept(points, labels)).measures.figures
    assert all(math.isnan(figures[name].low) and math.isnan(figures[name].high) for name in NAMES)
    assert np.isfinite([figures[name].value for name in NAMES]).all()
    same = measure(kept(np.ones((20, 4)), np.arange(20) % 2)).measures.figures["ratio"]  # 0 / 0
    assert np.isnan([same.value, same.low, same.high]).all()


def test_classes_whose_centres_chance_alone_may_put_apart_have_no_interval_of_that():
    """Of two heaps of 200 rows in a plane at one place 0.77 to 0.89 of the intervals of within / between covered."""
    points, labels = np.random.default_rng(0).normal(size=(200, 2)), np.arange(200) % 2
    alike, apart = (measure(kept(points + shift * labels[:, None], labels)) for shift in (0.1, 1.0))
    by_chance = math.sqrt(points.var(axis=0).sum() * 2 / 100)
    assert separation.separation(points, labels).by_chance == pytest.approx(by_chance, rel=0.02)
    for name in ("inter", "ratio"):
        assert math.isnan(alike.measures.figures[name].low)
        assert math.isnan(difference(alike, apart)[name].low)
        assert apart.measures.figures[name].low < apart.measures.figures[name].value
    assert alike.measures.figures["silhouette"].low < 0 < alike.measures.figures["silhouette"].high
    assert "as chance alone puts them" in alike.measures.why
    assert not apart.measures.why


def test_undefined_figures_say_so_and_have_no_interval():
    found = intervals.over_rows(float("nan"), np.full(10, np.nan), 5)
    assert math.isnan(found.low)
    assert found.spans_zero
    one = measure(kept(np.ones((1, 2)), np.zeros(1, dtype=int)))
    assert "two classes" in one.measures.why
    assert not one.measures.figures


def test_scores_are_measured_as_scores():
    rng = np.random.default_rng(0)
    labels = rng.uniform(0, 5, 80)
    points = labels[:, None] + 0.1 * rng.normal(size=(80, 3))
    good = KeptRows("run", 1, points, (labels + 0.1 * rng.normal(size=80))[:, None], labels, np.arange(80))
    found = measure(good).measures.figures
    assert set(found) == {"neighbour_gap", "pearson"}
    assert found["pearson"].value == pytest.approx(np.corrcoef(labels, good.logits[:, 0])[0, 1])
    assert np.isnan([found["pearson"].low, found["neighbour_gap"].low]).all()
    assert "80 rows are too few for an interval over scores" in measure(good).measures.why
    constant = KeptRows("run", 1, points, np.ones((80, 1)), labels, np.arange(80))
    assert "no correlation" in measure(constant).measures.why


@pytest.mark.parametrize(
    ("value", "low", "high", "told"),
    [
        (0.349, 0.3151, 0.3829, "0.349 (0.315 to 0.383)"),
        (0.00021, 0.00012, 0.00031, "0.0002 (0.0001 to 0.0003)"),  # not 0.000 to 0.000, which says nothing
        (-0.00104, -0.0014, -0.0002, "-0.0010 (-0.0014 to -0.0002)"),  # not to -0.000: it leaves zero out
        (0.0, 0.0, 0.0, "0.000 (0.000 to 0.000)"),
        (-0.0001, -0.1, 0.1, "0.000 (-0.100 to 0.100)"),
        (0.9, math.nan, math.nan, "0.900"),
    ],
)
def test_an_interval_is_told_with_the_places_it_needs(value, low, high, told):
    assert str(intervals.Interval(value, low, high, "480 rows")) == told


@pytest.mark.parametrize("n", [6, 39, 100])
def test_the_interval_of_a_share_covers_what_it_claims_at_any_share(n):
    """By the binomial distribution itself; Wilson's covers 0.83, 0.93 and 0.91 at its worst here."""
    ends = [intervals.bounds(intervals.share(np.arange(n) < right))[1:] for right in range(n + 1)]
    for p in (0.5, 0.6, 0.73, 0.81, 0.9, 0.96, 0.97, 0.98, 0.99, 0.995):
        odds = binom.pmf(np.arange(n + 1), n, p)
        assert sum(odd for odd, (low, high) in zip(odds, ends, strict=True) if low <= p <= high) >= 0.95
