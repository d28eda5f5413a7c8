"""Batches: every row once, of one size, other company each epoch, little padding; and what they cost, counted anew."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from transformers import AutoTokenizer

from core.config import RunConfig
from core.data.sources import load_corpus
from core.demo import DEMO_MODEL_DIR
from core.train.batches import LengthGroupedBatches, encode, pad


def epochs(lengths, size, count=6, seed=13):
    return epochs_of(LengthGroupedBatches(lengths, size, seed), count)


def epochs_of(sampler, count):
    found = []
    for epoch in range(count):
        sampler.set_epoch(epoch)
        found.append(list(sampler))
        assert len(found[-1]) == len(sampler)
    return found


def meets_again(found):
    """Share of the pairs of one batch that share a batch in the next epoch too, by counting pairs."""
    shares = []
    for one, two in itertools.pairwise(found):
        pairs = [{pair for batch in epoch for pair in itertools.combinations(sorted(batch), 2)} for epoch in (one, two)]
        shares.append(len(pairs[0] & pairs[1]) / len(pairs[0]))
    return sum(shares) / len(shares)


def padding(found, lengths):
    """Share of the pieces of all batches that are padding."""
    whole = sum(len(batch) * max(lengths[row] for row in batch) for epoch in found for batch in epoch)
    return 1 - sum(lengths[row] for epoch in found for batch in epoch for row in batch) / whole


@pytest.mark.parametrize(("rows", "size"), [(1, 32), (31, 32), (33, 32), (40, 8), (635, 32), (1000, 1), (7, 3)])
def test_every_row_comes_once_and_sizes_differ_by_one_at_most(rows, size):
    lengths = np.random.default_rng(0).integers(5, 60, rows).tolist()
    for batches in epochs(lengths, size, 3):
        assert sorted(row for batch in batches for row in batch) == list(range(rows))
        sizes = {len(batch) for batch in batches}
        assert max(sizes) <= size
        assert max(sizes) - min(sizes) <= 1
        assert len(batches) == -(-rows // size)


def test_the_smaller_batches_are_drawn_like_any_other():
    """635 rows make 15 batches of 32 and 5 of 31: in many epochs each place is as often one of the small ones."""
    lengths = np.sort(np.random.default_rng(0).integers(5, 60, 635)).tolist()
    places, rows, count = Counter(), Counter(), 400
    for batches in epochs(lengths, 32, count):
        for place, batch in enumerate(batches):
            if len(batch) == 31:
                places[place] += 1
                rows.update(batch)
    expected = count * 5 / 20
    assert all(abs(places[place] - expected) < 5 * np.sqrt(expected) for place in range(20))
    # A quarter of the short rows are in small batches, and of the long ones.
    for third in (range(211), range(424, 635)):
        assert abs(sum(rows[row] for row in third) / (211 * count) - 5 * 31 / 635) < 0.02


@pytest.mark.parametrize(("rows", "size", "most"), [(635, 32, 0.15), (2490, 64, 0.15), (1000, 32, 0.15)])
def test_rows_of_a_batch_part_in_the_next_epoch(rows, size, most):
    lengths = np.random.default_rng(1).lognormal(3, 0.5, rows).astype(int).clip(5, 128).tolist()
    assert meets_again(epochs(lengths, size)) < most


def test_grouping_by_length_saves_padding():
    lengths = np.random.default_rng(1).lognormal(3, 0.5, 1000).astype(int).clip(5, 128).tolist()
    rng = np.random.default_rng(2)
    at_random = [[part.tolist() for part in np.array_split(rng.permutation(1000), 32)] for _ in range(6)]
    assert padding(epochs(lengths, 32), lengths) < 0.6 * padding(at_random, lengths)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("task", "limit", "size", "share", "again"),
    [("WNLI", None, 32, 0.31, 0.11), ("RTE", None, 64, 0.12, 0.12), ("CoLA", 1000, 32, 0.20, 0.10)],
)
def test_the_table_in_the_documentation_is_what_real_rows_give(real_data, task, limit, size, share, again):
    rows = load_corpus(RunConfig(task=task)).train
    rows = rows.take(range(limit or len(rows)))
    tokenizer = AutoTokenizer.from_pretrained(real_data / "mobilebert-uncased")
    lengths = [len(item["input_ids"]) for item in encode(tokenizer, rows, 128)]
    found = epochs(lengths, size, 12)
    assert padding(found, lengths) == pytest.approx(share, abs=0.015)
    assert meets_again(found) == pytest.approx(again, abs=0.02)


def test_order_follows_from_seed_and_epoch_alone():
    lengths = list(range(5, 105))
    assert epochs(lengths, 8, 3) == epochs(lengths, 8, 3)
    assert epochs(lengths, 8, 1) != epochs(lengths, 8, 1, seed=14)
    late = LengthGroupedBatches(lengths, 8, 13)
    late.set_epoch(2)
    assert list(late) == epochs(lengths, 8, 3)[2]


def test_padding_fills_up_to_the_longest_row_and_is_masked():
    tokenizer = AutoTokenizer.from_pretrained(DEMO_MODEL_DIR)
    items = [
        {"input_ids": [2, 9, 3], "token_type_ids": [0, 0, 1], "attention_mask": [1, 1, 1], "labels": 1, "row": 4},
        {"input_ids": [2], "token_type_ids": [0], "attention_mask": [1], "labels": 0, "row": 7},
    ]
    batch = pad(items, tokenizer.pad_token_id)
    assert batch["input_ids"].tolist() == [[2, 9, 3], [2, 0, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert (batch["labels"].tolist(), batch["row"].tolist()) == ([1, 0], [4, 7])
