"""The demo corpora: the same everywhere, balanced, clean, and with nothing of dev in train."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from core.demo import DEMO_MODEL_DIR
from core.demo.corpora import DEMO_LABELS, NEAR_COPY, build_corpus, near_copies, words

NAMES = sorted(DEMO_LABELS)


def sides(rows):
    return [row[side] for row in rows for side in ("text", "pair") if side in row]


def digest(name):
    return hashlib.sha256(json.dumps(build_corpus(name)).encode()).hexdigest()


def test_another_process_builds_the_same_rows_without_torch():
    code = """
import hashlib, json, sys
from core.demo.corpora import DEMO_LABELS, build_corpus
print(json.dumps({n: hashlib.sha256(json.dumps(build_corpus(n)).encode()).hexdigest() for n in DEMO_LABELS}))
assert "torch" not in sys.modules and "transformers" not in sys.modules
"""
    root = DEMO_MODEL_DIR.parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {name: digest(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_sizes_and_class_balance(name):
    train, dev = build_corpus(name)
    assert len(train) >= 2000
    assert len(dev) >= 400
    for rows in (train, dev):
        counts = Counter(row["label"] for row in rows)
        assert sorted(counts) == list(range(len(DEMO_LABELS[name])))
        assert max(counts.values()) == min(counts.values())


def jaccard(one, other):
    one, other = set(words(one)), set(words(other))
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("name", NAMES)
def test_no_dev_row_has_a_copy_or_near_copy_in_train(name):
    train, dev = build_corpus(name)
    bags = [set(words(row)) for row in train]
    closest = 0.0
    for row in dev:
        bag = set(words(row))
        closest = max(closest, max(len(bag & other) / len(bag | other) for other in bags))
    assert 0.3 < closest < NEAR_COPY


@pytest.mark.parametrize("name", NAMES)
def test_no_row_twice(name):
    for rows in build_corpus(name):
        said = [(row["text"].lower(), row.get("pair", "").lower()) for row in rows]
        assert len(set(said)) == len(said)


def test_near_copies_are_found():
    rows = [{"text": "The soup was cold, but the bread was warm."}, {"text": "Where is my parcel?"}]
    others = [{"text": "the bread was warm, but the soup was cold"}]
    assert near_copies(rows, others) == [True, False]
    assert near_copies(rows, []) == [False, False]
    assert jaccard(rows[0], others[0]) == 1


@pytest.mark.parametrize("name", NAMES)
def test_texts_read_clean(name):
    for text in sides(row for rows in build_corpus(name) for row in rows):
        assert text == text.strip()
        assert text[0].isalnum(), text
        assert not re.search(r"  |[<>{}|_]| [,.;:?!]|[.?!,;:]{2}|\b[Aa] [aeio]", text), text
        assert not re.search(r"\b(\w+) \1\b", text.lower()), text
        assert 3 <= len(text.split()) <= 45, text
        if name != "demo-intents":
            assert text[-1] in ".?!", text
            assert not re.search(r"(^|[.?!] )[a-z]", text), text


def test_requests_are_typed_by_people_with_and_without_capitals():
    texts = sides(build_corpus("demo-intents").train)
    lower = sum(text == text.lower() for text in texts) / len(texts)
    assert 0.08 < lower < 0.3
    assert all(text[0].isupper() or text == text.lower() for text in texts)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_short_and_varied(name):
    texts = sides(build_corpus(name).train)
    openings = Counter(" ".join(text.lower().split()[:3]) for text in texts)
    assert openings.most_common(1)[0][1] < 0.05 * len(texts)
    assert len({word for row in build_corpus(name).train for word in words(row)}) > 250


def test_the_order_of_words_decides_in_reviews():
    labels = {}
    for row in build_corpus("demo-sentiment").train:
        labels.setdefault(frozenset(words(row)), set()).add(row["label"])
    assert sum(len(kinds) == 2 for kinds in labels.values()) >= 10


def test_pairs_share_as_many_words_in_both_classes():
    overlap = {0: [], 1: []}
    for row in build_corpus("demo-paraphrase").train:
        overlap[row["label"]].append(jaccard({"text": row["text"]}, {"text": row["pair"]}))
    means = [sum(shares) / len(shares) for shares in overlap.values()]
    assert min(means) > 0.45
    assert sum(share == 1 for share in overlap[0]) >= 30


def test_unknown_corpus_lists_the_choices():
    with pytest.raises(ValueError, match=r"unknown demo corpus 'demo-x'; choose from \['demo-intents'"):
        build_corpus("demo-x")
