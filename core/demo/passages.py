"""What the tiny MobileBERT reads before it learns a task: passages without labels, none a near-copy of a dev row.

A passage is a training text, or one continued: a review with its writer's verdict, a request with the help
desk's answer, a statement told in two ways. The continuations are what teaches the model what a text comes to.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from core.demo import intents, paraphrase, sentiment
from core.demo.corpora import DEMO_LABELS, build_corpus, near_copies
from core.demo.phrases import expand
from core.demo.replies import AGREEMENT, ANSWERS, RATINGS, REMARKS, SUBJECTS, VERDICTS


class Passage(NamedTuple):
    """A text, the second text of a pair, and what is said next."""

    text: str
    pair: str | None = None
    after: str | None = None


def passages(count: int, seed: int) -> list[Passage]:
    """`count` passages for masked language modelling, the training texts of all corpora among them."""
    rng = random.Random(f"reading/{seed}")
    rows = [row for name in DEMO_LABELS for row in build_corpus(name).train]
    read = [Passage(row["text"], row.get("pair")) for row in rows]
    makers = ((_review, "demo-sentiment"), (_dialogue, "demo-intents"), (_retelling, "demo-paraphrase"))
    while len(read) < count:
        for make, name in (*makers, makers[2], makers[2]):  # pairs are the hardest to read
            read += _new_passages(make, name, rng)
    rng.shuffle(read)
    return read[:count]


def _new_passages(
    make: Callable[[random.Random], tuple[dict, Passage]], name: str, rng: random.Random
) -> list[Passage]:
    made = [make(rng) for _ in range(1000)]
    copied = near_copies([row for row, _ in made], build_corpus(name).dev)
    return [passage for (_, passage), copy in zip(made, copied, strict=True) if not copy]


def _review(rng: random.Random) -> tuple[dict, Passage]:
    """A review and what its writer makes of it; now and then a bare clause, so that every clause is read."""
    if rng.random() < 0.35:
        subject, label = rng.choice(sentiment.SUBJECTS), rng.randrange(2)
        clause = rng.choice(subject.praise if label else subject.complaint)
        row: dict = {"text": expand(f"{clause}.", {}, rng), "label": label}
    else:
        row = sentiment.make_row(rng, False)
    return row, Passage(row["text"], after=_reply(RATINGS, VERDICTS, row, rng))


def _dialogue(rng: random.Random) -> tuple[dict, Passage]:
    """A request and the help desk's answer."""
    row = intents.make_row(rng, False)
    return row, Passage(row["text"], after=_reply(SUBJECTS, ANSWERS, row, rng))


def _retelling(rng: random.Random) -> tuple[dict, Passage]:
    """Two statements and whether they agree, or one statement about anybody."""
    if rng.random() < 0.25:
        told = paraphrase.tell(rng)
        return {"text": told}, Passage(told)
    row = paraphrase.make_row(rng, False, for_reading=True)
    return row, Passage(row["text"], row["pair"], _reply(AGREEMENT, REMARKS, row, rng))


def _reply(
    openings: tuple[tuple[str, ...], ...], replies: tuple[tuple[str, ...], ...], row: dict, rng: random.Random
) -> str:
    return expand(f"{rng.choice(openings[row['label']])}: {rng.choice(replies[row['label']])}", {}, rng)
