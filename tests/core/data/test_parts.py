"""A column that says train, dev or test decides which rows are trained on; what it does not say is said."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.rows import DataError
from core.data.sources import load_corpus

SAID = ["train", "Training", " validation", "test"]


def write(put, name, of, values=lambda i: "ab"[i % 2]):
    return put("rows.csv", f"text,label,{name}\n" + "".join(f"row {i} of it,{values(i)},{of(i)}\n" for i in range(60)))


def load(path, **changes):
    corpus = load_corpus(RunConfig(task=str(path)).replace({key.replace("__", "."): v for key, v in changes.items()}))
    return corpus, {finding.kind: finding for finding in corpus.findings}


@pytest.mark.parametrize("name", ["split", "set", "usage"])
def test_rows_go_where_the_file_says_and_those_of_test_stay_out(put, name):
    corpus, told = load(write(put, name, lambda i: SAID[i // 15]))
    assert corpus.train.texts == [f"row {i} of it" for i in range(30)]
    assert corpus.evals["dev"].texts == [f"row {i} of it" for i in range(30, 45)]
    assert told["split column"].example == f"{name}: train 30, dev 15, test 15"
    assert "test are left out" in told["split column"].why


def test_without_dev_rows_those_of_test_are_evaluated(put):
    corpus, told = load(write(put, "split", lambda i: "test" if i % 3 == 0 else "train"))
    assert (len(corpus.train), len(corpus.evals["dev"])) == (40, 20)
    assert told["split column"].remedy == {"data.split": "drawn"}


def test_the_remedy_holds_rows_out_instead_and_is_said(put):
    corpus, told = load(write(put, "split", lambda i: SAID[i // 15]), data__split="drawn")
    assert len(corpus.train) + len(corpus.evals["dev"]) == 60
    assert "plays no part, as data.split=drawn says" in told["split column"].why


def test_folds_by_number_are_not_read_and_that_is_said(put):
    corpus, told = load(write(put, "fold", lambda i: i % 5))
    assert len(corpus.evals["dev"]) == 12
    assert "'fold' plays no part" in told["split column not read"].why


def test_a_side_without_labels_is_refused(put):
    path = write(put, "split", lambda i: SAID[i // 15 * 2 % 4], lambda i: "ab"[i % 2] if i // 15 % 2 == 0 else "")
    with pytest.raises(DataError, match=r"leaves 30 to train on and 0 to evaluate; data\.split=drawn"):
        load(path)
