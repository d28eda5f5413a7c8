"""Numbers, sizes and times as a page shows them."""

from __future__ import annotations

import math

import pytest

from dashboard.shared import formatting


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.91349, "0.913"), (0.5, "0.500"), (12.345, "12.3"), (1234567, "1,234,567"), (2.0, "2"), (None, "–"),
        (float("nan"), "–"), (0.0, "0"), (0.0000123, "1.23e-05"), (-0.0191, "-0.0191"), (99.96, "100"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert formatting.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(14.2, "14 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (None, "–")]
)
def test_durations_read_as_said(seconds, text):
    assert formatting.duration(seconds) == text


def test_counts_and_bytes_are_shortened():
    assert formatting.short_count(24_582_914) == "24.6 M"
    assert formatting.short_count(100_000_000) == "100 M"
    assert formatting.byte_size(98_331_656) == "93.8 MiB"
    assert [formatting.byte_size(1024 * kib) for kib in (999, 1011, 1024)] == ["999 KiB", "0.987 MiB", "1.00 MiB"]
    assert [formatting.short_count(n) for n in (999_400, 999_900)] == ["999 k", "1.00 M"]
    assert [formatting.number(n) for n in (999.4, 999.7, 12_345.6, math.inf)] == ["999", "1,000", "12,346", "inf"]


@pytest.mark.parametrize(
    ("mean", "spread", "said"),
    [
        (0.898, 0.00607, "0.898 ± 0.006"),
        (0.9, 0.0, "0.900 ± 0.000"),
        (12.34, 0.567, "12.3 ± 0.6"),
        (0.5, None, "0.500"),
        (0.5, float("nan"), "0.500"),
    ],
)
def test_a_spread_is_told_to_the_place_of_its_mean(mean, spread, said):
    assert formatting.with_spread(mean, spread) == said


def test_shortened_names_are_as_different_as_they_were():
    assert formatting.short_names(["good", "a very long name of it"], 12) == ["good", "a very long…"]
    alike = ["a very long name 1", "a very long name 2", "another"]
    assert formatting.short_names(alike, 12) == ["a ver…name 1", "a ver…name 2", "another"]
    inside = [f"a very long {what} name of it" for what in ("red", "blue")]
    assert formatting.short_names(inside, 12) == ["a very … 1", "a very … 2"]
