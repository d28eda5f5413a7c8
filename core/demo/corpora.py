"""A demo task's name in, its training and dev rows out: the same rows on every machine.

A near-copy is a row whose words (lower-cased, both texts of a pair together) overlap with another's by a
Jaccard index of `NEAR_COPY` or more. No training row is a near-copy of a dev row. All texts are CC0.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from core.demo import intents, paraphrase, sentiment

NEAR_COPY = 0.7
"""Jaccard index of two rows' word sets from which they count as copies of each other."""

TRAIN_ROWS, DEV_ROWS = 2400, 480

DEMO_LABELS: dict[str, tuple[str, ...]] = {
    "demo-sentiment": sentiment.LABELS,
    "demo-intents": intents.LABELS,
    "demo-paraphrase": paraphrase.LABELS,
}
"""Label names by task, in the order of the integer labels."""

_MAKERS: dict[str, Callable[[random.Random, bool], dict]] = {
    "demo-sentiment": sentiment.make_row,
    "demo-intents": intents.make_row,
    "demo-paraphrase": paraphrase.make_row,
}


class DemoRows(NamedTuple):
    """Each row has "text", for pairs "pair", and an integer "label"."""

    train: list[dict]
    dev: list[dict]


@cache
def build_corpus(name: str) -> DemoRows:
    """Raises ValueError for an unknown name, listing the choices."""
    if name not in _MAKERS:
        raise ValueError(f"unknown demo corpus {name!r}; choose from {sorted(_MAKERS)}")
    make = _MAKERS[name]
    dev = draw(make, True, DEV_ROWS, f"{name}/dev", avoid=())
    return DemoRows(draw(make, False, TRAIN_ROWS, f"{name}/train", avoid=dev), dev)


def draw(
    make: Callable[[random.Random, bool], dict], held_out: bool, count: int, seed: str, avoid: tuple | list
) -> list[dict]:
    """`count` distinct rows, classes equally often, none of them a near-copy of a row to avoid."""
    rng = random.Random(seed)
    labels = len(DEMO_LABELS[seed.split("/")[0]])
    room = dict.fromkeys(range(labels), count // labels)
    seen: set[frozenset[str] | str] = set()
    rows: list[dict] = []
    for _ in range(40):
        batch = [make(rng, held_out) for _ in range(count)]
        copies = near_copies(batch, avoid)
        for row, copied in zip(batch, copies, strict=True):
            key = " ".join(words(row))
            if room[row["label"]] and not copied and key not in seen:
                seen.add(key)
                room[row["label"]] -= 1
                rows.append(row)
        if not any(room.values()):
            return rows
    raise RuntimeError(f"{seed}: the parts yield too few distinct rows, {room} missing")


def words(row: dict) -> list[str]:
    """The row's words, lower-cased, both texts of a pair."""
    return re.findall(r"[a-zà-ÿ0-9']+", f"{row['text']} {row.get('pair', '')}".lower())


def near_copies(rows: list[dict], others: tuple | list, threshold: float = NEAR_COPY) -> list[bool]:
    """For each row, whether some other row shares so many words that it counts as its copy."""
    if not rows or not others:
        return [False] * len(rows)
    import numpy as np  # the names of the tasks, which need none, stand in this file too

    told = [words(row) for row in (*rows, *others)]
    place: dict[str, int] = {}
    for word in itertools.chain.from_iterable(told):
        place.setdefault(word, len(place))
    bags = np.zeros((len(told), len(place)), dtype=np.float32)
    for line, said in enumerate(told):
        bags[line, [place[word] for word in said]] = 1
    mine, theirs = bags[: len(rows)], bags[len(rows) :]
    shared = mine @ theirs.T  # (rows, others)
    union = mine.sum(1)[:, None] + theirs.sum(1)[None, :] - shared
    return [bool(hit) for hit in (shared >= threshold * union).any(axis=1)]
