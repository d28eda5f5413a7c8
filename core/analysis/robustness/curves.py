"""What is left of the score under noise: curves with intervals, the rows that flipped, and what to try about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from core.analysis.intervals import Interval
from core.analysis.metric_change import metric_change
from core.analysis.robustness.measure import Noisy, UnderNoise
from core.analysis.robustness.noise import noisy_rows
from core.augment.edits import Edit
from core.config import RunConfig


@dataclass(frozen=True, kw_only=True)
class Level:
    """What is left under one noise at one level, averaged over the draws."""

    noise: str
    level: float
    metric: str
    value: Interval
    drop: Interval
    """Noisy minus clean on the same rows; below zero is a loss."""
    draws: int
    seen: bool
    """Whether it was trained with this noise."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "noise": self.noise,
            "level": self.level,
            "metric": self.metric,
            **asdict(self.value),
            "drop": asdict(self.drop),
            "draws": self.draws,
            "seen": self.seen,
        }


@dataclass(frozen=True, kw_only=True)
class Point(Level):
    """Of one run; intervals are over rows."""

    run_id: str
    changed: float
    """Share of the rows in which the noise found anything to edit."""

    def to_dict(self) -> dict[str, Any]:
        return {"run": self.run_id, **super().to_dict(), "changed": self.changed}


def points(tested: UnderNoise, config: RunConfig) -> list[Point]:
    """The curves of one run in its task's own metric: level 0 first, then each level of each noise.

    The intervals are over rows, of the mean over draws.
    """
    metric, labels, clean = tested.task.metrics[0], tested.clean.labels, tested.clean.logits
    untouched = metric_change(metric, labels, clean, [clean]).before
    found = []
    for noise in dict.fromkeys(one.noise for one in tested.noisy):
        seen = trained_with(config, noise)
        zero = Interval(0.0, 0.0, 0.0, f"{len(labels):,} rows")
        point = partial(Point, run_id=tested.run_id, noise=noise, metric=metric, seen=seen)
        found.append(point(level=0.0, value=untouched, drop=zero, draws=1, changed=0.0))
        for level in sorted({one.level for one in tested.noisy if one.noise == noise}):
            draws = [one for one in tested.noisy if (one.noise, one.level) == (noise, level)]
            under = metric_change(metric, labels, clean, [one.logits for one in draws])
            changed = float(np.mean([one.changed.mean() for one in draws]))
            found.append(point(level=level, value=under.after, drop=under.change, draws=len(draws), changed=changed))
    return found


def trained_with(config: RunConfig, noise: str) -> bool:
    return config.augment.changes_rows and noise in config.augment.methods


@dataclass(frozen=True)
class FlippedRow:
    """A row that is answered otherwise under noise, with the edits that did it."""

    row: int
    text: str
    noisy: str
    edits: tuple[Edit, ...]
    label: str
    before: str
    after: str
    broke: bool
    """Right before and wrong now; the other way round is a lucky flip."""


def flips(tested: UnderNoise, noise: str, level: float, draw: int = 0) -> list[FlippedRow]:
    """Rows whose answer the noise changed, the broken first. ValueError for scores, and for what was not tested."""
    one = _find(tested, noise, level, draw)
    clean, before, after = tested.clean, tested.clean.predicted, one.logits.argmax(axis=1)
    if clean.is_score:
        raise ValueError("a score does not flip; look at the curve")
    _, done = noisy_rows(tested.rows, tested.task, noise, level, draw)
    by_row = {entry.row: entry for entry in done}
    found = []
    for i in np.flatnonzero(before != after).tolist():
        entry = by_row.get(i)
        if entry is None:
            continue
        side = entry.text if entry.text.changed or entry.pair is None else entry.pair
        original = clean.texts[i] if side is entry.text else (clean.pairs or clean.texts)[i]
        label, was, now = (clean.name_of(value) for value in (clean.labels[i], before[i], after[i]))
        broke = bool(before[i] == clean.labels[i])
        found.append(FlippedRow(int(clean.rows[i]), original, side.text, side.edits, label, was, now, broke))
    return sorted(found, key=lambda flip: not flip.broke)


def _find(tested: UnderNoise, noise: str, level: float, draw: int) -> Noisy:
    for one in tested.noisy:
        if (one.noise, one.level, one.draw) == (noise, level, draw):
            return one
    raise ValueError(f"{noise} at {level:g}, draw {draw}, was not tested")


def proposal(found: Sequence[Point], config: RunConfig) -> dict[str, str]:
    """Changes of the configuration that train against the noises which cost most; empty where none costs anything.

    Weights follow the loss at the strongest level, of those noises whose loss is beyond chance. Whether it helps has
    to be tried: a sweep over seeds of the run as it was and with these changes says so.
    """
    worst = {}
    for one in found:
        if one.level and one.drop.high < 0:
            worst[one.noise] = -one.drop.value  # levels ascend: the strongest one stays
    if not worst:
        return {}
    most = max(worst.values())
    return {
        "augment.mode": "dynamic",
        "augment.methods": ",".join(worst),
        "augment.weights": ",".join(f"{loss / most:.2g}" for loss in worst.values()),
        "augment.fraction": f"{min(1.0, max(0.2, 2 * config.augment.fraction)):g}",
    }
