"""A visitor's own file: guessed, counted, and refused in plain words before a run."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.own_file import choose_columns, guess_columns, inspect, read_table
from core.data.rows import DataError
from core.data.sources import load_corpus

GOOD = "text,label\n" + "".join(f"sentence number {i} is {'good' if i % 2 else 'bad'},{i % 2}\n" for i in range(40))


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def corpus_of(path, **keys):
    return load_corpus(RunConfig(task="file").replace({"data.file": str(path), **keys}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", GOOD),
        ("rows.csv", GOOD.replace(",", ";")),
        ("rows.tsv", GOOD.replace(",", "\t")),
        ("rows.csv", "\ufeff" + GOOD),
        ("rows.csv", GOOD.replace("\n", "\r\n")),
        ("rows.jsonl", "".join(f'{{"text": "row {i} here", "label": {i % 2}}}\n' for i in range(40))),
    ],
)
def test_csv_tsv_and_jsonl_are_read(tmp_path, name, content):
    corpus = corpus_of(put(tmp_path, name, content))
    assert corpus.task.labels == ("0", "1")
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40
    assert len(corpus.evals["dev"]) == 4


def test_held_out_rows_are_the_same_for_every_seed_and_never_trained_on(tmp_path):
    path = put(tmp_path, "rows.csv", GOOD)
    one, two = (corpus_of(path, seed=seed) for seed in (1, 2))
    assert one.evals == two.evals
    assert not set(one.train.texts) & set(one.evals["dev"].texts)


def test_the_path_of_a_file_is_a_task(tmp_path):
    corpus = load_corpus(RunConfig(task=str(put(tmp_path, "rows.csv", GOOD))))
    assert corpus.task.name == "file"


def test_columns_are_guessed_from_names_then_from_content(tmp_path):
    named = read_table(put(tmp_path, "a.csv", "id,premise,hypothesis,label\n1,a b,c d,x\n2,e f,g h,y\n"))
    assert vars(guess_columns(named)) == {"text": "premise", "label": "label", "pair": "hypothesis"}
    unnamed = read_table(put(tmp_path, "b.csv", "p,q\nlong words here,x\nother long words,y\nthird row text,x\n"))
    assert (guess_columns(unnamed).text, guess_columns(unnamed).label) == ("p", "q")


def test_many_numbers_are_a_score_and_few_are_classes(tmp_path):
    scores = "text,score\n" + "".join(f"row {i} text,{i / 7:.2f}\n" for i in range(30))
    assert corpus_of(put(tmp_path, "scores.csv", scores)).task.is_regression
    assert not corpus_of(put(tmp_path, "rows.csv", GOOD)).task.is_regression


def test_an_evaluation_file_may_be_given(tmp_path):
    train = put(tmp_path, "train.csv", GOOD)
    dev = put(tmp_path, "dev.csv", "text,label\nsomething new,1\nsomething else,0\n")
    assert len(corpus_of(train, **{"data.eval_file": str(dev)}).evals["dev"]) == 2
    bad = put(tmp_path, "bad.csv", "text,label\nsomething new,7\nelse,0\n")
    with pytest.raises(DataError, match="label '7', which the training file does not have"):
        corpus_of(train, **{"data.eval_file": str(bad)})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.csv", "", "is empty"),
        ("rows.csv", "text,label\n", "no rows"),
        ("rows.csv", "text\nonly one column\n", "has one column, 'text'"),
        ("rows.csv", "text,label\n" + "a row,same\n" * 9, "every row has the label 'same'"),
        ("rows.csv", "text,label\na,1\nb,2\n", "2 usable rows; at least 4"),
        ("rows.csv", b"text,label\ncaf\xe9,1\n", "is not UTF-8"),
        ("rows.csv", "text,label\n".encode("utf-16"), "not UTF-8|zero bytes"),
        ("rows.csv", "text,label\na,b,c,d\n", "line 2 has 4 columns, the header 2"),
        ("rows.csv", 'text,label\n"never closed,1\n', "check its quotation marks"),
        ("rows.csv", "text,text\na,1\n", "names the column 'text' twice"),
        ("rows.jsonl", '{"text": "a"\n', "line 1 is not a JSON object"),
        ("rows.jsonl", "[1, 2]\n", "line 1 is not a JSON object"),
        (
            "rows.jsonl",
            '{"text": "a", "label": "b"}\n{"text": "\\ud83d", "label": "c"}\n',
            "line 2 holds half a character",
        ),
        ("rows.pdf", "text,label\na,1\n", "neither CSV, TSV nor JSONL"),
        ("ids.csv", "text,label\n" + "".join(f"row {i},c{i}\n" for i in range(300)), "300 different labels"),
    ],
)
def test_what_cannot_be_used_is_said_in_plain_words(tmp_path, name, content, said):
    with pytest.raises(DataError, match=said):
        corpus_of(put(tmp_path, name, content))


def test_a_column_that_is_not_there_lists_those_that_are(tmp_path):
    frame = read_table(put(tmp_path, "rows.csv", GOOD))
    with pytest.raises(DataError, match=r"no column 'lable'; it has \['text', 'label'\]"):
        choose_columns(frame, None, "lable", None, "rows.csv")
    with pytest.raises(DataError, match="cannot serve twice"):
        choose_columns(frame, "label", "label", None, "rows.csv")


def test_problems_are_reported_without_forbidding_the_run(tmp_path):
    content = "text,label\n" + "good film here,a\n" * 30 + "bad film here,b\n" + ",a\n" + "no label here,\n"
    frame = read_table(put(tmp_path, "rows.csv", content))
    report = inspect(frame, guess_columns(frame), "rows.csv")
    said = " ".join(report.problems)
    assert "1 rows have an empty 'text'" in said
    assert "1 rows have no 'label'" in said
    assert "repeat an earlier text" in said
    assert "class 'b' has 1 rows" in said
    assert "share one label" in said
    assert report.rows == 31


def test_whole_pairs_of_escapes_are_characters(tmp_path):
    lines = '{"text": "good \\ud83d\\ude00", "label": "a"}\n{"text": "bad", "label": "b"}\n' * 8
    assert "good \N{GRINNING FACE}" in corpus_of(put(tmp_path, "rows.jsonl", lines)).train.texts


def test_emoji_and_control_characters_survive(tmp_path):
    odd = 'text,label\n"👩‍👩‍👧 ok\u0007 \u202e",a\nplain,b\nplainer,a\nplainest,b\n'
    assert corpus_of(put(tmp_path, "rows.csv", odd)).task.labels == ("a", "b")
