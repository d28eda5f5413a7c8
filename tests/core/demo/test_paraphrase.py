"""Pairs: never two equal texts, and never a pair that is told with both labels."""

import random

from core.demo.paraphrase import make_row


def test_same_pair_of_texts_never_has_both_labels():
    rng, seen = random.Random(3), {}
    for _ in range(15_000):
        row = make_row(rng, False, for_reading=True)
        pair = frozenset((row["text"].lower(), row["pair"].lower()))
        assert len(pair) == 2
        assert seen.setdefault(pair, row["label"]) == row["label"], pair
    assert len(seen) < 14_000, "some pairs must come twice, or nothing was compared"
