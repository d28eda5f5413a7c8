"""What a comparison of clusters comes to, in a sentence or two for people."""

from __future__ import annotations

import numpy as np

from core import wording
from core.analysis.clusters import WORDS, Comparison, Contrast
from core.analysis.intervals import Interval

BETTER = {
    "silhouette": "separates the rows better than",
    "accuracy": "answers better than",
    "neighbour_gap": "has rows of like scores nearer together than",
    "pearson": "follows the scores better than",
}
"""What who is ahead by a measure does, of those that a verdict may be about."""


def verdict(comparison: Comparison) -> str:
    """What the comparison comes to, in a sentence or two of plain text; empty for a single run."""
    return " ".join(_sentence(contrast) for contrast in comparison.contrasts)


def _sentence(contrast: Contrast) -> str:
    main = "silhouette" if "silhouette" in contrast.values else next(iter(contrast.values), "")
    if not main:
        return f"{wording.capital(contrast.first)} and {contrast.second}: no measure is defined for both on these rows."
    one, two = contrast.values[main]
    values = f"{WORDS[main]} {one:.3f} and {two:.3f}"
    found = contrast.figures.get(main)
    both = f"{contrast.first} and {contrast.second}"
    if contrast.one_setting:
        one_setting = f"One configuration with {contrast.seeds} seeds, so nothing to tell apart"
        return f"{one_setting}: {values} for {both} is what the seed does."
    if found is None:
        return f"{wording.capital(both)}: {values}, on other rows, so no difference is drawn."
    if np.isnan(found.low):
        return f"{wording.capital(both)}: {values}; {found.why or f'{_too_few(contrast)} for an interval'}."
    interval = f"95 % interval of the difference {found.ends} over {found.over}"
    if found.spans_zero:
        text = f"No difference between {both}: {values}, {interval}."
    else:
        text = _ahead(contrast, main)
        if contrast.seeds == 1:
            text += " That is one pair: another seed may turn out otherwise."
    return text + "".join(_answers(contrast, name) for name in ("accuracy", "pearson") if name != main)


def _ahead(contrast: Contrast, name: str) -> str:
    """Which of both is better by a measure that tells them apart, the better one's figure first."""
    found, (one, two) = contrast.figures[name], contrast.values[name]
    second = (found.value > 0) == (name not in ("ratio", "neighbour_gap"))
    better, worse = (contrast.second, contrast.first) if second else (contrast.first, contrast.second)
    ahead, behind = (two, one) if second else (one, two)
    gap = found if found.value > 0 else Interval(-found.value, -found.high, -found.low, found.over)
    figures = f"{ahead:.3f} against {behind:.3f}, 95 % interval of the difference {gap.ends} over {gap.over}"
    return f"{wording.capital(better)} {BETTER[name]} {worse}: {WORDS[name]} {figures}."


def _answers(contrast: Contrast, name: str) -> str:
    """What is to be said of the answers beside the separation."""
    found = contrast.figures.get(name)
    if found is None or (np.isnan(found.low) and contrast.seeds == 1):
        return ""
    (one, two), called = contrast.values[name], wording.capital(WORDS[name])
    if np.isnan(found.low):
        return f" {called}: {one:.3f} and {two:.3f}; {_too_few(contrast)} for an interval."
    if found.spans_zero:
        return f" {called} does not differ: {one:.3f} and {two:.3f}, interval {found.ends}."
    return f" {_ahead(contrast, name)}"


def _too_few(contrast: Contrast) -> str:
    return "one seed is too few" if contrast.seeds == 1 else f"{contrast.seeds} seeds that differ alike are too few"
