"""A configuration and its rows in; how long augmenting an epoch takes here out, where one of its methods is slow.

The lab's own take some 10 microseconds a text, which no forecast would show. A model's guesses and somebody's own
function take what they take: they are timed on a few rows.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict

from core.augment.methods import method_named
from core.augment.own_method import digests, is_own
from core.augment.policy import AugmentPolicy, run_policy
from core.config import RunConfig
from core.data.rows import Corpus, Rows

SAMPLE, LIMIT_S = 8, 2.0
"""Rows that a method is timed on; seconds after which fewer have to do."""

_TIMED: dict[str, float] = {}


def epoch_seconds(config: RunConfig, corpus: Corpus) -> float:
    """Seconds for the rows that an epoch changes; 0 without a slow method. Each is timed once.

    What is wrong with a method of one's own raises OwnMethodError, with its line.
    """
    augment = config.augment
    slow = [name for name in augment.methods if is_own(name) or method_named(name).needs_model]
    if augment.mode == "none" or not slow:
        return 0.0
    key = json.dumps([asdict(augment), config.model, config.seed, corpus.source, len(corpus.train), digests(slow)])
    if key not in _TIMED:
        policy = run_policy(config, corpus.task)
        chosen, whole = policy.chosen(corpus.train, 0), sum(policy.weights.values())
        each = sum(policy.weights[name] / whole * _row_seconds(policy, name, corpus.train, chosen) for name in slow)
        _TIMED[key] = len(chosen) * each
    return _TIMED[key]


def _row_seconds(policy: AugmentPolicy, method: str, rows: Rows, chosen: Sequence[int]) -> float:
    """The mean of some rows, after one that does not count: with it comes what the method loads."""
    times: list[float] = []
    for index in chosen[:: max(1, len(chosen) // (SAMPLE + 1))]:
        began = time.perf_counter()
        policy.row_by(method, index, rows.texts[index], None if rows.pairs is None else rows.pairs[index], 0)
        times.append(time.perf_counter() - began)
        if sum(times[1:]) > LIMIT_S:
            break
    return statistics.fmean(times[1:] or times or [0.0])
