"""Rows that a labeller turned down count for nothing, whichever program exported them."""

from __future__ import annotations

import json

import pytest

from core.data.rows import DataError

ROWS = [(f"a row of words {i}", "xyz"[i % 3]) for i in range(30)]


def lines_of(field, said, label="label"):
    return "".join(
        json.dumps({"text": text, label: name, field: said[i % len(said)]}) + "\n"
        for i, (text, name) in enumerate(ROWS)
    )


def pairs_of(corpus):
    sides = (corpus.train, *corpus.evals.values())
    return {
        (text, corpus.task.labels[label]) for rows in sides for text, label in zip(rows.texts, rows.labels, strict=True)
    }


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("answer", ["accept", "accept", "reject", "ignore"]),
        ("status", ["submitted", "submitted", "discarded", "discarded"]),
        ("AssignmentStatus", ["Approved", "Approved", "Rejected", "Rejected"]),
        ("was_cancelled", ["false", "false", "true", "true"]),
    ],
)
def test_rows_turned_down_are_left_out_and_counted(load, put, field, said):
    dev = put("dev.jsonl", lines_of(field, said[::-1]))
    corpus = load("rows.jsonl", lines_of(field, said), **{"data.eval_file": str(dev)})
    found = next(one for one in corpus.findings if one.kind == "rows turned down")
    assert (found.count, found.example) == (14, "line 3 of rows.jsonl")
    assert set(corpus.train.texts) == {text for i, (text, _) in enumerate(ROWS) if i % 4 < 2}
    assert corpus.evals["dev"].texts == [text for i, (text, _) in enumerate(ROWS) if i % 4 > 1]


def test_of_one_label_accepted_or_not_the_answers_are_the_classes_when_told(load):
    content = lines_of("answer", ["accept", "reject"]).replace('"x"', '"SPAM"').replace('"y"', '"SPAM"')
    content = content.replace('"z"', '"SPAM"')
    with pytest.raises(DataError, match=r"every row has the label 'SPAM'.*data.label=answer takes the answers"):
        load("rows.jsonl", content)
    corpus = load("rows.jsonl", content, **{"data.label": "answer"})
    assert pairs_of(corpus) == {(text, ("accept", "reject")[i % 2]) for i, (text, _) in enumerate(ROWS)}


def test_a_column_of_that_name_that_says_other_things_is_one_like_any_other(load):
    assert len(pairs_of(load("rows.jsonl", lines_of("status", ["open", "closed", "discarded"])))) == 30
    assert load("rows.jsonl", lines_of("more", ["a b"], "answer")).task.label_column == "answer"


def test_a_choice_kept_as_a_list_is_refused_and_its_answer_no_class(load):
    content = lines_of("answer", ["accept", "ignore"], "accept").replace('"accept": "x"', '"accept": ["x"]')
    with pytest.raises(DataError, match="line 1 has lists or objects in 'accept', and beside them no label"):
        load("rows.jsonl", content)
