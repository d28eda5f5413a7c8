"""Numbers, sizes and times as people read them; plain text, no Streamlit in here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from dashboard import theme


def number(value: float | int | None, unit: str = "") -> str:
    """Three significant digits; whole numbers in full with thousands; an en dash for nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float) and not value.is_integer() and not 999.5 <= abs(value) < math.inf:
        text = f"{value:.3g}" if abs(value) < 1e-3 else f"{value:#.3g}".rstrip(".")
    else:
        text = f"{round(value):,}"
    return f"{text} {unit}".rstrip()


def with_spread(mean: float, spread: float | None) -> str:
    """A mean and its spread to the same place, as one measures: 0.898 ± 0.006; the mean alone where there is none."""
    text = number(float(mean))
    if spread is None or math.isnan(spread):
        return text
    return f"{text} ± {spread:.{len(text.partition('.')[2]) if 'e' not in text else 3}f}"


def short_names(names: Sequence[str], width: int) -> list[str]:
    """Names of at most `width` characters, as different as they were: cut at the end, or in the middle where what tells
    them apart stands at theirs, or numbered by their place. A figure draws two of one name on one line."""
    tail = width // 2
    ways = (
        [name if len(name) <= width else name[: width - 1] + "…" for name in names],
        [name if len(name) <= width else name[: width - 1 - tail] + "…" + name[-tail:] for name in names],
        [f"{name[: width - 5]}… {place}" for place, name in enumerate(names, start=1)],
    )
    once = [Counter(way) for way in ways]
    shown = [next((way[i] for way, count in zip(ways, once, strict=True) if count[way[i]] == 1), ways[-1][i])
             for i in range(len(names))]  # fmt: skip
    return shown if len(set(shown)) == len(set(names)) else ways[-1]


def short_count(value: float) -> str:
    """24,582,914 -> 24.6 M."""
    return _in_units(value, 1000, ("G", "M", "k")) or number(value)


def byte_size(value: float) -> str:
    return _in_units(value, 1024, ("GiB", "MiB", "KiB")) or f"{value:.0f} B"


def _in_units(value: float, step: int, units: Sequence[str]) -> str:
    """In the largest of `units`, each `step` of the one after it, that it has enough of; empty where it is less.

    What would be 1,000 or more of a unit in three digits is written in the next: 999,900 is 1.00 M, 1,011 KiB are 0.987
    MiB; else 1.00e+03 k would stand there.
    """
    for power, unit in zip(range(len(units), 0, -1), units, strict=True):
        if abs(value) >= 999.5 * step ** (power - 1):
            return f"{value / step**power:#.3g}".rstrip(".") + f" {unit}"
    return ""


def duration(seconds: float | None) -> str:
    """Seconds as a person would say them: 14 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None or seconds < 0 or not math.isfinite(seconds):
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def ago(then: float | None, now: float) -> str:
    """How long ago `then` was, in the largest unit."""
    if not then:
        return "–"
    seconds = max(0.0, now - then)
    if seconds < 10:
        return "just now"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return f"{int(seconds)} s ago"


def state_word(state: str) -> str:
    """Sign and word of a run's state."""
    return f"{theme.state_sign(state).sign} {state}"


def signed(points: float) -> str:
    """A gain or loss in points: `+1.2`, `-0.4`, and `+0.0` for what rounds to nothing."""
    return f"{round(points, 1) + 0.0:+.1f}"
