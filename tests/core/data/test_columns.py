"""Which column is the text and which the label: by names, then by contents, and asked where neither tells."""

from __future__ import annotations

import pytest

from core.data.columns import choose_columns
from core.data.own_file import read_table
from core.data.rows import DataError


def rows(header, *columns, n=24):
    """A CSV file of n rows; a column is a function of the row's number."""
    return header + "\n" + "".join(",".join(str(column(i)) for column in columns) + "\n" for i in range(n))


def words(i):
    return f"a short text of some words number {i}"


def day(i):
    return f"2026-03-{i % 28 + 1:02d}"


def of(*values):
    return lambda i: values[i % len(values)]


GOOD_BAD, DEVICE, XY = of("good", "bad"), of("phone", "tablet"), of("x", "y")
CASES = [
    ("text,price", [lambda i: words(i % 5), lambda i: f"{i}.99"], "text", "price", None),
    ("id,comment,verdict,device", [int, words, GOOD_BAD, DEVICE], "comment", "verdict", None),
    ("when,remark,opinion", [day, words, GOOD_BAD], "remark", "opinion", None),
    ("when,remark,opinion", [of("2026-03-01", "2026-03-02"), words, of("good", "bad", "so-so")],
     "remark", "opinion", None),
    ("opinion,stars", [words, of(1, 2, 3)], "opinion", "stars", None),
    ("Review Text,Rating", [words, of(1, 2, 3)], "Review Text", "Rating", None),
    ("id,premise,hypothesis,label", [int, words, lambda i: words(i + 1), XY], "premise", "label", "hypothesis"),
    ("question1,question2,is_duplicate", [words, lambda i: words(i + 3), of(0, 1)],
     "question1", "is_duplicate", "question2"),
    ("question,answer,correct", [words, lambda i: words(i + 3), of(0, 1)], "question", "correct", "answer"),
    ("question,sentence,label", [words, lambda i: words(i + 3), XY], "question", "label", "sentence"),
    ("query,passage,relevance", [words, lambda i: words(i + 3) * 4, of(0, 1, 2)], "query", "relevance", "passage"),
    ("headline_a,headline_b,winner", [words, lambda i: words(i + 3), XY], "headline_a", "winner", "headline_b"),
    ("question,passage,answer", [words, lambda i: words(i) * 5, of("yes", "no")], "question", "answer", "passage"),
    ("p,q", [words, XY], "p", "q", None),
    ("q,p", [XY, words], "p", "q", None),
    ("text,score,label", [words, lambda i: i / 7, XY], "text", "label", None),
    ("text,price,colour_class", [words, lambda i: f"{i}.50", of("red", "blue")], "text", "colour_class", None),
    ("tweet_id,tweet_text,tweet_label", [int, words, XY], "tweet_text", "tweet_label", None),
    ("date,user,message,topic", [day, of("ann", "bob"), words, XY], "message", "topic", None),
    ("wort,sprache", [lambda i: f"wort{i}", of("de", "en")], "wort", "sprache", None),
    ("номер,отзыв,итог", [int, words, XY], "отзыв", "итог", None),
    ("ts,ticket,resolution", [lambda i: f"Mon Apr {i % 28 + 1:02d} 22:19:45 PDT 2009", words, XY],
     "ticket", "resolution", None),
    ("log,state", [lambda i: f"{day(i)} the lift stood still {i}", XY], "log", "state", None),
    ("title,body,category", [of("A", "B", "C"), lambda i: words(i) * 5, XY], "body", "category", None),
    ("priority,метка,mood", [of("high", "low", "mid"), XY, words], "mood", "метка", None),
    ("annotator,étiquette,Texte", [of("A1", "B2"), XY, words], "Texte", "étiquette", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "columns", "text", "label", "pair"), CASES)
def test_columns_are_found(put, header, columns, text, label, pair):
    found = choose_columns(read_table(put("rows.csv", rows(header, *columns, n=80))), None, None, None)
    assert (found.text, found.label, found.pair) == (text, label, pair)
    assert found.finding().why


UNCLEAR = [
    (rows("text,colour,shape", words, of("red", "blue"), of("round", "flat")), "data.label", "'colour', 'shape'"),
    (rows("text,sentiment,topic", words, of("good", "bad"), of("x", "y")), "data.label", "'sentiment', 'topic'"),
    (rows("first,second,label", words, lambda i: words(i + 1), of("x", "y")), "data.text", "'first', 'second'"),
    (rows("title,selftext,flair", words, lambda i: words(i) * 5, of("x", "y")), "data.text", "'selftext', 'title'"),
    (rows("text,notes2,remarks2", words, words, words), "data.label", "'notes2', 'remarks2'"),
]


@pytest.mark.parametrize(("content", "key", "listed"), UNCLEAR)
def test_what_is_not_clear_is_asked_for_with_the_key_that_settles_it(put, content, key, listed):
    table = read_table(put("rows.csv", content))
    with pytest.raises(DataError, match=listed) as error:
        choose_columns(table, None, None, None)
    assert error.value.key == key
    assert f"set {key} to one" in str(error.value)
    chosen = listed.split("'")[1]
    settled = choose_columns(table, **{"text": None, "label": None, "pair": None, key.removeprefix("data."): chosen})
    assert chosen in (settled.text, settled.label)


def test_a_column_that_is_not_there_lists_those_that_are(put):
    table = read_table(put("rows.csv", rows("text,label", words, of("x", "y"))))
    with pytest.raises(DataError, match=r"no column 'lable'; it has \['text', 'label'\]"):
        choose_columns(table, None, "lable", None)
    with pytest.raises(DataError, match="cannot serve twice"):
        choose_columns(table, "label", "label", None)


def test_a_list_in_a_column_that_nobody_uses_does_no_harm(put):
    lines = "".join(f'{{"text": "row {i}", "label": "{"xy"[i % 2]}", "tokens": ["a"]}}\n' for i in range(8))
    found = choose_columns(read_table(put("rows.jsonl", lines)), None, None, None)
    assert (found.text, found.label) == ("text", "label")


def test_a_second_column_of_texts_that_plays_no_part_is_told_and_a_pair_can_be_refused(put):
    table = read_table(put("rows.csv", rows("text,other text,label", words, lambda i: words(i + 3), XY)))
    found = choose_columns(table, None, None, None)
    assert (found.pair, found.idle) == (None, ("other text",))
    assert "'other text' holds texts as well and plays no part, which data.pair=other text would" in found.finding().why
    pair = read_table(put("pairs.csv", rows("premise,hypothesis,label", words, lambda i: words(i + 3), XY)))
    assert choose_columns(pair, None, None, None).pair == "hypothesis"
    assert choose_columns(pair, None, None, "-").texts == ("premise",)
