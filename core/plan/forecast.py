"""Configurations and their rows in; how long they will take here out, before any of them starts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.config import RunConfig
from core.data.rows import Corpus
from core.plan.augmenting import epoch_seconds
from core.plan.speed import Speed, known_speed, measure, question, run_seconds, speed_key
from core.runs.folder.store import Store
from core.runs.local.threads import threads_for
from core.runs.local.waitlist import Waitlist
from core.train.steps import Steps


@dataclass(frozen=True)
class Forecast:
    """What these runs will take."""

    seconds: float
    """Until the last of them ends, were the queue empty."""
    timed: bool
    """Some of their settings were timed just now, since no like run is known."""

    @property
    def source(self) -> str:
        return "from a few steps timed now" if self.timed else "from like runs"


def forecast(
    configs: Sequence[RunConfig], corpora: Mapping[str, Corpus], steps: Sequence[Steps], store: Store
) -> Forecast:
    """How long these runs take, of so many steps each; `corpora` holds the rows of each by its `data_key`.

    What no like run tells is timed, which takes some seconds. Raises ValueError where no step could be timed.
    """
    speeds: dict[str, Speed | None] = {}
    infos = store.list()
    like = {speed_key(config): config for config in reversed(configs)}
    per_epoch = {speed_key(config): of.per_epoch for config, of in zip(reversed(configs), reversed(steps), strict=True)}
    for key, config in like.items():
        speeds[key] = known_speed(config, infos, store)
    unknown: dict[int, list[str]] = {}  # by the threads that a worker would take
    for key, speed in speeds.items():
        if speed is None:
            unknown.setdefault(threads_for(like[key].model, store.root), []).append(key)
    for threads, keys in unknown.items():
        questions = [question(like[key], corpora[data_key(like[key])], per_epoch[key]) for key in keys]
        speeds |= zip(keys, measure(questions, threads), strict=True)
    total = 0.0
    for config, of in zip(configs, steps, strict=True):
        speed = speeds[speed_key(config)]
        assert speed is not None  # known or measured
        total += run_seconds(speed, of) + of.epochs * epoch_seconds(config, corpora[data_key(config)])
    return Forecast(total / min(Waitlist(store.root).read().slots, len(configs)), bool(unknown))


def data_key(config: RunConfig) -> str:
    """Equal for configurations with as many and like rows; which of them a seed draws does not matter here."""
    return json.dumps([value for key, value in config.to_dict().items() if key == "task" or key.startswith("data.")])
