"""95 % intervals that cover what they claim: over rows (half samples), over rows of two runs (paired), over seeds.

Rows share neighbours and centroids, so the values that a silhouette is the mean of are not independent, and their
standard error is 2 to 5 times too small. A delete-half jackknife (Shao and Tu 1995, section 2.3) draws half of the
rows without replacement again and again: how much the figure varies between such halves is how much it varies
between samples of the full size. Nothing is drawn twice, so no row becomes its own nearest neighbour, as it would in
a bootstrap. A simulation in the tests measures that these intervals cover what they should.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

LEVEL = 0.95
PLACES, MOST_PLACES = 3, 6
"""Decimals that an interval is told to, and the most where its ends would read alike, or as zero."""
_ALIKE = 1e-9
"""Figures that are nearer than this are the same but for rounding."""
HALVES = 200
"""Half samples; the standard error is then known to about 5 %."""
LIKE_THESE = "An interval over seeds speaks of seeds that behave like these: one that rarely fails may be missing."
"""Where one seed in ten fails, 3 to 5 show it too rarely for any interval of their mean: 0.34 to 0.72 would cover."""
FEWEST = 12
"""Rows. Of 6 in classes that stand apart the silhouette's interval covers 83 of 100 samples, of 12 95."""


@dataclass(frozen=True)
class Interval:
    """A figure with the range that holds its true value in 95 of 100 samples; nan where that cannot be told."""

    value: float
    low: float
    high: float
    over: str
    """What another sample would draw anew: `480 rows`, `5 seeds`."""
    why: str = ""
    """Why there is none, as a clause, where the figure alone does not tell."""

    @property
    def half(self) -> float:
        """Half its width."""
        return (self.high - self.low) / 2

    @property
    def spans_zero(self) -> bool:
        """Whether zero is not ruled out, as it is not where there is no interval."""
        return not (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        """`0.349 (0.315 to 0.383)`; without a range where there is none."""
        if np.isnan(self.low):
            return fixed(self.value, PLACES)
        return f"{fixed(self.value, self.places)} ({self.ends})"

    @property
    def ends(self) -> str:
        return f"{fixed(self.low, self.places)} to {fixed(self.high, self.places)}"

    @property
    def places(self) -> int:
        """Decimals that show its width and on which side of zero it lies."""
        for places in range(PLACES, MOST_PLACES):
            low, high = fixed(self.low, places), fixed(self.high, places)
            hidden = low == high or any(float(end) == 0 != exact for end, exact in ((low, self.low), (high, self.high)))
            if not hidden or abs(self.high - self.low) < _ALIKE:
                return places
        return PLACES


def untold(value: float, over: str, why: str = "") -> Interval:
    """A figure without a range."""
    return Interval(value, float("nan"), float("nan"), over, why)


def fixed(value: float, places: int) -> str:
    """A number with that many decimals; zero without a sign."""
    return f"{round(value, places) + 0.0:.{places}f}"


def half_samples(rows: int, seed: int = 0, count: int = HALVES) -> np.ndarray:
    """(rows, count) booleans: each column a random half of the rows. The same for every run on these rows."""
    rng = np.random.default_rng(seed)
    order = rng.random((rows, count)).argsort(axis=0, kind="stable")
    return order < rows // 2


def over_rows(value: float, halves: np.ndarray, rows: int, used: int | None = None) -> Interval:
    """The interval of `value`, a figure of `rows` rows, from the same figure of half samples (count,).

    Halves in which the figure is undefined (nan) are left out. `used` is how many rows the halves were drawn from,
    where not all: a standard error shrinks with the root of the number of rows.
    """
    told = halves[np.isfinite(halves)]
    said = f"{rows:,} rows"
    if not np.isfinite(value) or len(told) < max(2, len(halves) // 2) or rows < FEWEST:
        return untold(value, said)
    used = rows if used is None else used
    # Deleting d of n rows: var = (n - d) / d times the variance between what is left; of an odd n one more is left out.
    share = (used // 2) / (used - used // 2)
    error = float(np.sqrt(share * told.var(ddof=1) * used / rows))
    reach = quantile(max(used - 1, 1)) * error
    return Interval(value, value - reach, value + reach, said)


def correlation_over_rows(value: float, halves: np.ndarray, rows: int, used: int | None = None) -> Interval:
    """The same of a correlation: symmetric in its inverse hyperbolic tangent (Fisher), so that it stays below 1."""
    most = 1 - 1e-12
    point, spread = (np.arctanh(np.clip(one, -most, most)) for one in (value, halves))
    found = over_rows(float(point), spread, rows, used)
    return Interval(value, float(np.tanh(found.low)), float(np.tanh(found.high)), found.over)


def amount_over_rows(value: float, halves: np.ndarray, rows: int, used: int | None = None) -> Interval:
    """The same of an amount above zero, such as a distance: symmetric in its logarithm, as large ones lie far out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = over_rows(float(np.log(value)), np.log(halves), rows, used)
    return Interval(value, float(np.exp(found.low)), float(np.exp(found.high)), found.over)


def share_over_rows(value: float, halves: np.ndarray, rows: int, used: int | None = None) -> Interval:
    """The same of a share whose rows hang together, such as neighbour purity, which has no room above 1.

    The exact interval for as many independent rows as would vary as much (Korn and Graubard 1998): near 0 and 1 a
    symmetric one is too narrow exactly where the sample looks best (it covers 88 of 100).
    """
    plain, z = over_rows(value, halves, rows, used), quantile(max((rows if used is None else used) - 1, 1))
    if not np.isfinite(plain.half):
        return plain
    spread, error = value * (1 - value), plain.half / z
    alike = spread / error**2 if spread > 0 and error > 0 else rows
    return Interval(value, *_exact(value, alike * (quantile(None) / z) ** 2), plain.over)


def share_gap_over_rows(value: float, gaps: np.ndarray, rows: int, used: int | None = None, of: int = 0) -> Interval:
    """The interval of `value`, the difference of two shares whose rows hang together, from that of half samples.

    At least as wide as where all rows agree (`share_difference`): of two runs whose every neighbour is of its class
    in this sample, halves differ by nothing, which does not say that no sample tells them apart. `of` is how many rows
    the shares are of, where not all.
    """
    plain, alike = over_rows(value, gaps, rows, used), np.ones(of or rows, dtype=bool)
    if not np.isfinite(plain.half):
        return plain
    reach = max(plain.half, share_difference(alike, alike).half)
    return Interval(value, max(-1.0, value - reach), min(1.0, value + reach), plain.over)


def within(interval: Interval, low: float, high: float) -> Interval:
    """The interval cut to what the figure can be."""
    first, last = np.clip([interval.low, interval.high], low, high).tolist()  # nan stays nan
    return replace(interval, low=first, high=last)


def share(right: np.ndarray, draws: int = 1) -> Interval:
    """A share of rows, such as accuracy: the exact interval, which has a width at 0 and 1, too.

    `right` (N,) are booleans, or shares over so many draws: then for as many independent rows as would vary as much.
    """
    n, said = len(right), f"{len(right):,} rows"
    if not n:
        return untold(float("nan"), said)
    p, varied = float(np.mean(right)), float(np.var(right))
    alike = min(n * p * (1 - p) / varied, n * draws) if varied else n
    return Interval(p, *_exact(p, alike), said)


def _exact(p: float, n: float) -> tuple[float, float]:
    """Clopper and Pearson's interval (1934) by quantiles of beta: 95 of 100 samples or more, at any share.

    Wilson's, shorter by a row or so, covers 83 of 100 of six rows near 0 and 1, and 91 of a hundred.
    """
    from scipy.special import betaincinv

    right, tail = p * n, (1 - LEVEL) / 2
    low = 0.0 if right <= _ALIKE else float(betaincinv(right, n - right + 1, tail))
    return low, 1.0 if n - right <= _ALIKE else float(betaincinv(right + 1, n - right, 1 - tail))


def share_difference(first: np.ndarray, second: np.ndarray) -> Interval:
    """Second minus first of two shares of the same rows: Bonett and Price (2012), which adds one row each way.

    Both (N,) are booleans, or shares over draws.
    """
    n, said = len(first), f"the same {len(first):,} rows"
    if not n:
        return untold(float("nan"), said)
    gaps = np.append(second.astype(float) - first.astype(float), [1.0, -1.0])
    middle = float(gaps.mean())
    reach = quantile(None) * float(np.sqrt(gaps.var() / (n + 2)))
    return Interval(float(gaps[:n].mean()), max(-1.0, middle - reach), min(1.0, middle + reach), said)


def bounds(interval: Interval) -> tuple[float, float, float]:
    """(value, low, high), for those who say themselves what it is over."""
    return interval.value, interval.low, interval.high


def over_seeds(values: Sequence[float] | np.ndarray) -> Interval:
    """Mean over seeds with Student's interval; none for a single seed, nor for seeds that came out alike: a score of
    few rows has so few values that two may meet by chance, which tells nothing of how far others spread."""
    known = np.asarray(values, dtype=float)
    mean, said = float(known.mean()), f"{len(known)} seeds"
    if len(known) < 2:
        return untold(mean, "1 seed")
    if np.ptp(known) < _ALIKE:
        return untold(mean, f"{said}, all alike", "seeds that came out alike tell too little")
    reach = quantile(len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known))
    return Interval(mean, mean - reach, mean + reach, said)


def seeds_difference(first: Mapping[int, float], second: Mapping[int, float]) -> Interval:
    """Second minus first, each a figure by seed: seed by seed where both have at least two in common, else Welch's."""
    common = [seed for seed in first if seed in second]
    if len(common) >= 2:
        gaps = [second[seed] - first[seed] for seed in common]
        if not any(gaps):  # the same run twice, seed by seed
            return Interval(0.0, 0.0, 0.0, f"{len(common)} seeds, paired")
        found = over_seeds(gaps)
        return Interval(found.value, found.low, found.high, f"{found.over}, paired")
    a, b = np.asarray(list(first.values()), dtype=float), np.asarray(list(second.values()), dtype=float)
    value, said = float(b.mean() - a.mean()), f"{len(a)} and {len(b)} seeds"
    if len(a) < 2 or len(b) < 2 or max(np.ptp(a), np.ptp(b)) < _ALIKE:
        return untold(value, said)
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    freedom = parts.sum() ** 2 / (parts**2 / np.array([len(a) - 1, len(b) - 1])).sum()
    reach = quantile(float(freedom)) * np.sqrt(parts.sum())
    return Interval(value, value - reach, value + reach, said)


def same_setting_difference(values: Sequence[float]) -> Interval:
    """Second minus first of several seeds of *one* configuration: the interval that two of its seeds differ by.

    Over rows alone two seeds of one configuration do differ: they are two models. What is asked is whether the
    configuration is another, and for that the spread between its seeds is the measure.
    """
    known = np.asarray(values, dtype=float)
    value = float(known[1] - known[0])
    reach = quantile(len(known) - 1) * known.std(ddof=1) * np.sqrt(2)
    return Interval(value, value - reach, value + reach, f"{len(known)} seeds of one configuration")


def quantile(freedom: float | None) -> float:
    """The two-sided 95 % quantile of Student's t; of the normal distribution for None."""
    from scipy.special import ndtri, stdtrit  # scipy.stats, which gives the same, takes a second to come in

    upper = (1 + LEVEL) / 2
    return float(ndtri(upper) if freedom is None else stdtrit(freedom, upper))
