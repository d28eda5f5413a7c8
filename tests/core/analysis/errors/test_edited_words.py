"""Edits of words in training, counted by hand."""

from __future__ import annotations

import numpy as np

from core.analysis.errors.edited_words import edits_a_word, kinds, word_edits
from core.config import RunConfig
from core.runs.folder.store import Store


def edit(start, end, before, after):
    return {"start": start, "end": end, "before": before, "after": after, "rule": "a rule"}


def test_an_edit_counts_for_each_word_that_it_touches_in_every_epoch_and_on_both_sides(tmp_path):
    run = Store(tmp_path).create(RunConfig())
    edits = [edit(4, 8, "film", "movie"), edit(14, 15, "o", "i")]
    pair = {"pair": "good", "pair_edits": [edit(0, 4, "good", "fine")]}
    run.save_augmented(0, [{"row": 3, "text": "The film was good", "edits": edits, **pair}])
    run.save_augmented(1, [{"row": 5, "text": "a film", "edits": [edit(2, 6, "film", "movie")]}])
    assert word_edits(run) == {"film": 2, "good": 2}


def test_rows_are_parted_by_how_often_their_words_were_edited_on_average():
    words = [["a", "b"], ["b", "b"], ["c"], [], ["a"], ["d"]]
    edited = {"a": 1, "c": 8, "d": 4}
    assert edits_a_word(words, edited).tolist() == [0.5, 0, 8, 0, 1, 4]
    found = dict(kinds(words, edited))
    assert [np.flatnonzero(rows).tolist() for rows in found.values()] == [[1, 3], [0, 4], [5], [2]]
    assert next(iter(found)) == "no word edited in training"
    assert list(found)[1].startswith("words edited 0.5 to 1 times")


def test_many_edits_are_counted_in_whole_numbers():
    words, edited = [["a"], ["b"], ["c"], ["d"]], {"a": 31, "b": 310, "c": 420, "d": 12_345}
    assert list(dict(kinds(words, edited)))[-1] == "words edited 420 to 12,345 times"


def test_run_that_was_not_augmented_has_no_such_kinds(tmp_path):
    assert not word_edits(Store(tmp_path).create(RunConfig()))
