"""A visitor's own file: read whole whatever wrote it, or refused with its line before a run."""

from __future__ import annotations

import gzip
import io
import json

import openpyxl
import pytest

from core.analysis.predict import read_texts
from core.config import RunConfig
from core.data.own_file import read_table
from core.data.rows import DataError
from core.data.sources import load_corpus
from core.tasks import get_task

ROWS = [(f"sentence number {i} is {'good' if i % 2 else 'bad'}", str(i % 2)) for i in range(40)]
GOOD = "text,label\n" + "".join(f"{text},{label}\n" for text, label in ROWS)


def pairs_of(corpus):
    """(text, class name) of every row, whichever split it is in."""
    found = set()
    for rows in (corpus.train, *corpus.evals.values()):
        found |= {(text, corpus.task.labels[label]) for text, label in zip(rows.texts, rows.labels, strict=True)}
    return found


def kinds(corpus):
    return {finding.kind: finding for finding in corpus.findings}


def workbook(rows, second_sheet=False):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if second_sheet:
        book.create_sheet("notes").append(["do not read"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", GOOD),
        ("rows.csv", GOOD.replace(",", ";")),
        ("rows.csv", GOOD.replace(",", "|")),
        ("rows.csv", "sep=;\n" + GOOD.replace(",", ";")),
        ("rows.csv", '"sep=;"\r\n' + GOOD.replace(",", ";").replace("\n", "\r\n")),
        ("rows.tsv", GOOD.replace(",", "\t")),
        ("rows.txt", GOOD.replace(",", "\t")),
        ("rows.csv", "\ufeff" + GOOD),
        ("rows.csv", '"\ufefftext","label"' + GOOD.removeprefix("text,label")),
        ("rows.csv", "\ufeff" + GOOD + "\ufeff" + GOOD.split("\n")[0] + "\n"),
        ("rows.csv", GOOD.replace("\n", "\r\n")),
        ("rows.csv", GOOD.replace("\n", "\r")),
        ("rows.csv", GOOD.replace("\n", "\r\n", 7)),
        ("rows.csv", GOOD.replace("text,label", '"text\n(required)","label (0 or 1)"')),
        ("rows.csv", GOOD.replace("text,label", "0,1")),
        ("rows.csv", GOOD.replace("text,label", "What did you think of it?,How would you rate it?")),
        ("rows.csv", GOOD.replace("\n", "\n\n")),
        ("rows.csv", GOOD.replace("\n", ",,\n")),
        ("rows.csv", GOOD + ",\n,\n"),
        ("rows.csv", GOOD + "Text, LABEL\n"),
        ("rows.csv", GOOD.encode("utf-16")),
        ("rows.csv", GOOD.encode("utf-16-le")),
        ("rows.csv", GOOD.encode("utf-16-be")),
        ("rows.csv", GOOD.encode("utf-32")),
        ("rows.csv.gz", gzip.compress(GOOD.encode())),
        ("rows.xlsx", workbook([("text", "label"), *((text, int(label)) for text, label in ROWS)])),
        ("rows.jsonl", "".join(json.dumps({"text": text, "label": int(label)}) + "\n" for text, label in ROWS)),
        ("rows.jsonl", "\r\n".join(json.dumps({"text": text, "label": label}) for text, label in ROWS)),
        ("rows.json", json.dumps([{"text": text, "label": label} for text, label in ROWS], indent=1)),
    ],
)
def test_every_usual_kind_of_file_gives_the_same_rows(load, name, content):
    corpus = load(name, content)
    assert pairs_of(corpus) == set(ROWS)
    assert corpus.task.labels == ("0", "1")
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"{text},{'pos' if int(label) else 'neg'}\n" for text, label in ROWS),
        "".join(f"{text}\t{label}\n" for text, label in ROWS),
        "".join(f"{'pos' if int(label) else 'neg'};{text}\n" for text, label in ROWS),
        "".join(f'"{text}, they say",{label}\n' for text, label in ROWS),
        "".join(f"{text},{i / 7:.2f}\n" for i, (text, _) in enumerate(ROWS)),
    ],
)
def test_a_file_without_a_header_line_loses_no_row_and_says_so(load, content):
    corpus = load("rows.csv", content)
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40
    assert "first line is a row" in kinds(corpus)["no header line"].why


def test_a_class_called_as_columns_are_does_not_make_a_header(load):
    rows = [f"what is {i},question\nit is number {i},answer\n" for i in range(10)]
    assert len(pairs_of(load("rows.csv", "".join(rows)))) == 20


def test_a_header_that_nobody_knows_is_one(load):
    corpus = load("rows.csv", "spruch;urteilchen\n" + "".join(f"{text};{label}\n" for text, label in ROWS))
    assert pairs_of(corpus) == set(ROWS)
    assert "no header line" not in kinds(corpus)


def test_files_put_together_repeat_their_header_which_is_no_row(load):
    corpus = load("rows.csv", GOOD + "text,label\nanother one,1\n")
    assert pairs_of(corpus) == {*ROWS, ("another one", "1")}
    assert "line 42" in kinds(corpus)["repeated header line"].why


def test_quoted_cells_of_a_tab_file_may_hold_line_breaks_and_tabs(load):
    content = "text\tlabel\n" + "".join(f'"first {i}\nsecond\t""so"""\t{i % 2}\n' for i in range(10))
    corpus = load("rows.tsv", content)
    assert pairs_of(corpus) == {(f'first {i}\nsecond\t"so"', str(i % 2)) for i in range(10)}


def test_a_quotation_mark_in_an_unquoted_tab_file_joins_no_lines(load):
    content = "text\tlabel\n" + "".join(f"{mark}film {i}\t{i % 2}\n" for i in range(10) for mark in ('"', ""))
    corpus = load("rows.tsv", content)
    assert len(corpus.train) + len(corpus.evals["dev"]) == 20
    assert ('"film 3', "1") in pairs_of(corpus)


def test_an_open_quotation_mark_among_doubled_ones_is_refused_with_its_line(load):
    rows = [f'"""film {i}"" they said"\t{i % 2}\n' if i % 5 == 0 else f"film {i}\t{i % 2}\n" for i in range(30)]
    quoted = load("rows.tsv", "text\tlabel\n" + "".join(rows))
    assert ('"film 5" they said', "1") in pairs_of(quoted)
    rows[12] = '"' + rows[12]
    with pytest.raises(DataError, match=r"line 14 cannot be read"):
        load("rows.tsv", "text\tlabel\n" + "".join(rows))


def test_a_space_before_a_quotation_mark_is_no_part_of_the_text(load):
    content = "label, text\n" + "".join(f'{"xy"[i % 2]}, "number {i}, they say"\n' for i in range(10))
    assert ("number 3, they say", "y") in pairs_of(load("rows.csv", content))
    quoting = content.replace(
        'number 3, they say"', 'number 3" they say'
    )  # cannot be quoted: marks are signs of the text
    with pytest.raises(DataError, match="line 2 has 3 columns"):
        load("rows.csv", quoting)


def test_backslashes_before_quotation_marks_are_understood(load):
    content = "text,label\n" + "".join(f'"they said \\"no {i}\\", twice",{i % 2}\n' for i in range(10))
    assert ('they said "no 3", twice', "1") in pairs_of(load("rows.csv", content))


def test_a_comma_in_every_text_does_not_win_over_the_semicolon(load):
    content = "text;score\n" + "".join(f"well, number {i};{i},5\n" for i in range(30))
    corpus = load("rows.csv", content)
    assert corpus.task.is_regression
    assert sorted([*corpus.train.labels, *corpus.evals["dev"].labels]) == [i + 0.5 for i in range(30)]


@pytest.mark.parametrize(
    "form", ["{0:<60}{1}\n", "{0}   {1}\n", "{1:<12}{0}\n", "{0}\t{1}\n", "{0};{1}\n", "{0}|{1}\n"]
)
@pytest.mark.parametrize("header", ["", "text      label\n"])
def test_a_comma_in_every_text_cuts_no_columns_that_something_else_lines_up(load, form, header):
    rows = [(f"plot {i} is thin, but cast {i * i} shines", "good" if i % 3 else "bad") for i in range(30)]
    if header and not form.startswith("{0}   "):
        header = form.format("text", "label")
    corpus = load("rows.csv", header + "".join(form.format(*row) for row in rows))
    found = [*corpus.train.texts, *corpus.evals["dev"].texts]
    assert sorted(found) == sorted(text for text, _ in rows)
    assert corpus.task.labels == ("bad", "good")


def test_two_spaces_in_every_text_are_no_columns_where_commas_are(load):
    rows = [f"Film {i * i}.  Loved it,{'good' if i % 3 else 'bad'}\n" for i in range(30)]
    corpus = load("rows.csv", "".join(rows))
    assert corpus.task.labels == ("bad", "good")
    assert "Film 4.  Loved it" in [*corpus.train.texts, *corpus.evals["dev"].texts]


@pytest.mark.parametrize("rule", ["| --- | :---: |", "|===|===|", "| *** | --- |"])
def test_a_drawn_line_is_no_class(load, rule):
    rows = [f"| film {i} | {'good' if i % 2 else 'bad'} |" for i in range(20)]
    with pytest.raises(DataError, match="line 2 is a rule"):
        load("rows.txt", "\n".join(["| text | label |", rule, *rows, ""]))
    corpus = load("rows.txt", "\n".join(["| text | label |", *rows, ""]))
    assert ("film 3", "good") in [(text.strip(), label) for text, label in pairs_of(corpus)]


def test_windows_1252_is_read_and_said(load):
    content = "text,label\n" + "".join(f"café number {i} “well”,{'fein' if i % 2 else 'übel'}\n" for i in range(20))
    corpus = load("rows.csv", content.encode("cp1252"))
    assert ("café number 3 “well”", "fein") in pairs_of(corpus)
    said = kinds(corpus)["encoding mended"]
    assert "Windows-1252" in said.why
    assert said.count == 20


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("text,label\nпривет мир,1\n".encode("cp1251"), 2),
        ("text,label\nfine,0\nto słowo,1\n".encode("cp1250"), 3),
        ("text,label\n日本語の文,1\n".encode("shift-jis"), 2),
        ("text,label\n你好世界,1\n".encode("gb18030"), 2),
        ("text,label\nnaïve café,1\n".encode() + b"caf\xe9,0\n", 3),
    ],
)
def test_letters_that_would_come_out_wrong_are_refused_with_their_line(load, content, line):
    with pytest.raises(DataError, match=f"line {line}.*UTF-8"):
        load("rows.csv", content)


def test_held_out_rows_are_the_same_for_every_seed_and_never_trained_on(put):
    path = put("rows.csv", GOOD)
    one, two = (load_corpus(RunConfig(task=str(path), seed=seed)) for seed in (1, 2))
    assert one.evals == two.evals
    assert not set(one.train.texts) & set(one.evals["dev"].texts)
    other = load_corpus(RunConfig(task=str(path)).replace({"data.split_seed": 1}))
    assert other.evals != one.evals


def test_a_folder_is_called_one(tmp_path):
    (tmp_path / "rows.csv").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path / "rows.csv")


def test_the_path_of_a_file_is_a_task(put):
    corpus = load_corpus(RunConfig(task=str(put("rows.csv.gz", gzip.compress(GOOD.encode())))))
    assert (corpus.task.name, corpus.task.origin) == ("rows.csv.gz", "file")


def test_an_evaluation_file_is_read_under_the_training_files_names(put, load):
    dev = put("dev.csv", "text,label\nsomething new,1.0\nsomething else, 0\n")
    assert load("train.csv", GOOD, **{"data.eval_file": str(dev)}).evals["dev"].labels == [1, 0]


@pytest.mark.parametrize(
    ("train", "dev", "said"),
    [
        (GOOD, "text,label\nnew,1\nelse,7\n", "line 3 has the label '7', which the training file does not have"),
        (GOOD, "text,label\nnew,nan\n", "line 2 has the label 'nan'"),
        (GOOD, "text,class\nnew,1\n", "has no column 'label', as the training file"),
        (GOOD, "text,label\nnew,\n", "has no usable row"),
        ("text,score\n" + "".join(f"row {i},{i / 7}\n" for i in range(30)), "text,score\nnew,inf\n", "line 2 .* 'inf'"),
        (
            "text,score\n" + "".join(f"row {i},{i / 7}\n" for i in range(30)),
            "text,score\na,1\nb,nan\n",
            "line 3 .*'nan'",
        ),
    ],
)
def test_a_wrong_evaluation_file_is_refused_with_its_line(put, load, train, dev, said):
    with pytest.raises(DataError, match=rf"dev\.csv.*{said}"):
        load("train.csv", train, **{"data.eval_file": str(put("dev.csv", dev))})


@pytest.mark.parametrize(
    ("content", "said"),
    [("text\u2028one\u2028two", "end in U.2028"), ("- text: a\n- text: b\n", "holds YAML"),
     ("---\n- text: a\n  label: b\n", "holds YAML")],
)  # fmt: skip
def test_texts_to_predict_are_refused_where_their_lines_are_none(put, content, said):
    with pytest.raises(DataError, match=said):
        read_texts(put("ask.txt", content), get_task("file"))


def test_a_list_of_texts_with_dashes_is_no_yaml(put):
    content = "- Anna: hello\n- Ben: good morning\n"
    assert read_texts(put("ask.txt", content), get_task("file"))[0] == content.splitlines()


def test_a_file_that_may_have_been_cut_short_says_so(load):
    assert "open end" not in kinds(load("rows.csv", GOOD))
    assert kinds(load("rows.csv", GOOD[:-1]))["open end"].example == "sentence number 39 is good,1"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.csv", "", "is empty"),
        ("rows.csv", "\ufeff", "is empty"),
        ("rows.csv", "text,label\n", "no rows"),
        ("rows.csv", "Results of Q3;\n;\nBemerkung;Wertung\n" + GOOD.replace(",", ";"), "line 4 looks like the header"),
        (
            "rows.csv",
            "Results of Q3;\n;\nBemerkung;Wertung\n" + GOOD.replace(",", ";").split("\n", 1)[1],
            "line 1 has 1 column, most lines have more",
        ),
        ("rows.csv", GOOD.replace("\n", "\n(free text),(0 or 1)\n", 1), "line 2 looks like another header line"),
        (
            "rows.csv",
            GOOD.replace("\n", '\nYour text?,Yours?\n"{""ImportId"":""Q1""}","{""ImportId"":""Q2""}"\n', 1),
            "line 3 looks like another header line",
        ),
        ("rows.csv", "input,\n" + GOOD, "line 2 looks like another header line"),
        ("rows.jsonl", '{"id": 1, "data": {"text": "a"}, "marks": [1]}\n' * 9, "line 1 has lists or objects in 'data'"),
        ("rows.csv", "text,label\x85a,1\x85b,2\x85", r"its lines end in U\+0085"),
        ("rows.csv", GOOD + "\n\ncity,size\nBern,3\nUlm,4\n", "line 44, behind an empty one, .*another table"),
        ("rows.txt", "1 |words a b\n0 |words c d\n" * 9, "Vowpal Wabbit's form"),
        ("rows.txt", "- text: a\n  label: b\n- text: c\n  label: d\n", "holds YAML by its first line"),
        ("rows.txt", "('a, b', 'x'),\n('c', 'y'),\n", "as a program prints them"),
        ("rows.txt", "INSERT INTO t (text, label) VALUES\n('a', 'x'),\n('b', 'y');\n", "holds SQL"),
        ("rows.csv", "text=a,label=x\ntext=b,label=y\n", "names the columns in each line"),
        ("rows.txt", "a, x \\\\\nb, y \\\\\n", "rows of a LaTeX table"),
        (
            "rows.csv",
            "text,label\n" + "".join(f"row {i},{'xy'[i % 2]}\n{'xy'[i % 2]},line {i}\n" for i in range(20)),
            "22 different labels in 40 rows, 20 of them once",
        ),
        ("rows.csv", "text\nonly one column\n", "has one column, 'text'"),
        ("rows.csv", "text,label\n" + "a row,same\n" * 9, "every row has the label 'same'"),
        ("rows.csv", "text,label\na,1\nb,2\n", "2 usable rows; at least 4"),
        ("rows.csv", b"text,label\na\x00b,1\n", "line 2 holds zero bytes"),
        ("rows.csv", "text,label\na,b,c,d\n", "line 2 has 4 columns, the header has 2"),
        ("rows.csv", "text,label\na,1\nlone\n", "line 3 has 1 column, the header has 2"),
        ("rows.csv", 'text,label\nfine,0\n"never closed,1\nx,0\n', "line 3 .*check its quotation marks"),
        ("rows.csv", "text,text\na,1\n", "names the column 'text' twice"),
        ("rows.jsonl", '{"text": "a"\n', "line 1 is not a JSON object"),
        ("rows.jsonl", "[1, 2]\n", "line 1 is not a JSON object"),
        ("rows.jsonl", '{"text": "a", "label": "b", "label": "c"}\n', "line 1 .*'label' stands twice"),
        ("rows.json", '[{"text": "a", "label": 1},\n 7]', "line 2 is not a JSON object"),
        ("rows.json", '[{"text": "a", "label": 1},\n', "is it whole"),
        ("rows.jsonl", '{"text": "a", "label": "x"}\n{"text": "b", "label": ["x"]}\n', "line 2 has a list.*'label'"),
        (
            "rows.jsonl",
            '{"text": "a", "label": "x"}\n{"text": {"de": "b"}, "label": "x"}\n',
            "line 2 has a list.*'text'",
        ),
        (
            "r.jsonl",
            '{"text": "a", "label": "b"}\n{"text": "\\ud83d", "label": "c"}\n',
            "line 2 holds half a character",
        ),
        ("rows.pdf", "text,label\na,1\n", "neither CSV, TSV, JSONL nor Excel"),
        ("rows", "text,label\na,1\n", "its name has no ending.; give it the ending of what it is"),
        ("rows.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx or CSV"),
        ("rows.zip", b"PK\x03\x04", "unpack it first"),
        ("rows.csv", b"PK\x03\x04 and more", "must end in .xlsx"),
        ("rows.xlsx", b"PK\x03\x04 and no more", "cannot be read as an Excel workbook"),
        ("rows.csv.gz", b"\x1f\x8b\x08 and no more", "cannot be unpacked"),
        ("rows.csv.gz", gzip.compress(gzip.compress(GOOD.encode())), "packed twice"),
        ("rows.xlsx", workbook([]), "is empty"),
        (
            "rows.csv",
            "# from a tool\n" + GOOD,
            "line 2 looks like the header line \\(text, label\\); remove the lines above",
        ),
        (
            "rows.xlsx",
            workbook([("Survey 2024", None), (None, None), ("text", "label"), *ROWS]),
            "line 3 looks like the header line",
        ),
        ("rows.csv", '{"text": "a, b", "label": "x"}\n' * 20, "holds JSON by its first line"),
        ("rows.txt", '[{"text": "a", "label": "x"},\n{"text": "b", "label": "y"}]', "holds JSON by its first line"),
        (
            "notes.csv",
            "text,label\n" + "".join(f"row {i},note {i}.50\n" for i in range(30)),
            "30 different labels in 30",
        ),
        (
            "ids.csv",
            "text,intent\n" + "".join(f"row {i},{i}.25\n" for i in range(30)),
            "data.label_kind=score as amounts",
        ),
        ("ids.csv", "text,label\n" + "".join(f"row {i},c{i}\n" for i in range(300)), "300 different labels"),
    ],
)
def test_what_cannot_be_used_is_said_in_plain_words(load, name, content, said):
    with pytest.raises(DataError, match=said):
        load(name, content)


def test_a_workbook_with_several_sheets_says_which_is_read(load):
    corpus = load("rows.xlsx", workbook([("text", "label"), *ROWS], second_sheet=True))
    assert pairs_of(corpus) == set(ROWS)
    assert kinds(corpus)["one sheet of several"].count == 2


def test_rows_that_lack_something_are_left_out_and_counted(load):
    content = "text,label\n" + "".join(f"good film {i},a\nbad film {i},b\n" for i in range(20)) + ",a\nno label here,\n"
    corpus = load("rows.csv", content)
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40
    assert (kinds(corpus)["empty texts"].count, kinds(corpus)["missing labels"].count) == (1, 1)
    assert "line 43" in kinds(corpus)["missing labels"].example


def test_emoji_control_characters_and_escapes_survive(load):
    odd = 'text,label\n"👩‍👩‍👧 ok\u0007 \u202e",a\nplain,b\nplainer,a\nplainest,b\n'
    assert ("👩‍👩‍👧 ok\u0007 \u202e", "a") in pairs_of(load("rows.csv", odd))
    lines = '{"text": "good \\ud83d\\ude00 %d", "label": "a"}\n{"text": "bad %d", "label": "b"}\n'
    corpus = load("rows.jsonl", "".join(lines % (i, i) for i in range(8)))
    assert ("good \N{GRINNING FACE} 3", "a") in pairs_of(corpus)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("text\nhello, world\nfine\n", ["hello, world", "fine"]),
        ("hello, world\nfine, too\nwell\n", ["hello, world", "fine, too", "well"]),
        ("a first text here\nanother one\n", ["a first text here", "another one"]),
        ('text\n"quoted, text"\nplain\n', ["quoted, text", "plain"]),
        ("id,text\n1,hello\n2,world\n", ["hello", "world"]),
    ],
)
def test_a_file_to_predict_on_loses_no_row(put, content, texts):
    assert read_texts(put("ask.csv", content), get_task("file"))[0] == texts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,text\n1,hello\n2,well, well\n3,fine\n", "line 3 has 3 columns, the header has 2"),
        ("text label\n1 a b\n".replace(" ", ";"), "line 2 has 3 columns"),  # R's numbers of rows
        ("review,stars\nfine,5\nwell, well,4\n", "line 3 has 3 columns"),
        ("'text','label'\n'well, well','a'\n'fine','b'\n", "line 2 has 3 columns"),
        ("'text';'label'\n'well';'a'\n'fine';'b'\n", "no column 'text'; it has"),
        ("| text | label |\n|------|-------|\n| fine | a |\n", "line 2 is a rule"),
        (" text | label\n------+-------\n fine | a\n(1 row)\n", "line 2 has 1 column"),
        ("<rows>\n<row><text>fine</text></row>\n</rows>\n", "holds XML or HTML"),
    ],
)
def test_a_table_to_predict_on_is_not_taken_for_lines_of_text(put, content, said):
    with pytest.raises(DataError, match=said):
        read_texts(put("ask.csv", content), get_task("file"))


def test_lines_are_those_of_the_file(put):
    table = read_table(put("rows.csv", 'text,label\n"two\nlines",a\n\nnext,b\n'))
    assert table.frame.index.tolist() == [2, 5]


def test_a_column_without_a_name_is_numbered_where_a_row_has_something_in_it(put):
    table = read_table(put("spam.csv", "v1,v2,,,\nham,hello you,,,\nspam,win now,more,,\n"))
    assert table.frame.columns.tolist() == ["v1", "v2", "column 3"]
    assert table.frame.iloc[1].tolist() == ["spam", "win now", "more"]


def test_a_column_called_text_is_the_text_even_of_numbers(load):
    corpus = load("rows.jsonl", "".join(f'{{"text": {i}, "label": "{"xy"[i % 2]}"}}\n' for i in range(20)))
    assert corpus.task.columns == ("text",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"columns": ["text", "label"], "data": [["a", "b"], ["c", "d"]]}', "keeps names and rows apart"),
        ('{"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}', "holds columns, not rows"),
        ('{\n  "text": ["a", "b"],\n  "label": ["x", "y"]\n}\n', "holds columns, not rows"),
        ('{"version": {"n": 1}, "rows": [{"text": "a", "label": "x"}]}', "keeps its rows under the key 'rows'"),
        ('{"version": "1.1", "rows": [{"text": "a", "label": "x"}]}', "keeps its rows under the key 'rows'"),
    ],
)
def test_an_object_of_lists_is_told_how_rows_are_written(load, content, said):
    with pytest.raises(DataError, match=f'{said}.*orient="records"'):
        load("rows.json", content)


def test_one_object_with_a_list_of_what_was_marked_in_its_text_is_a_row(put):
    line = '{"review": "a text of Bonn", "marks": [{"id": 1, "type": "city"}]}'
    assert read_table(put("one.jsonl", line), labelled=False).frame["review"].tolist() == ["a text of Bonn"]


@pytest.mark.parametrize(("bad", "said"), [(b"\xff", "is not UTF-8"), (b"\0", "holds zero bytes")])
def test_lines_are_counted_by_any_line_ending(load, bad, said):
    lines = [f"ein schöner Text {i};{'ab'[i % 2]}".encode() for i in range(20)]
    lines[6] += bad
    for ending in (b"\n", b"\r\n", b"\r"):
        with pytest.raises(DataError, match=f"line 8 {said}"):
            load("rows.csv", ending.join([b"text;label", *lines]))


def test_an_object_that_names_its_own_fields_is_no_row_and_said(load):
    lines = [json.dumps({"text": text, "label": label}) for text, label in ROWS]
    corpus = load("rows.jsonl", "\n".join([*lines[:7], '{"text": "text", "label": "label"}', *lines[7:]]))
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40
    assert corpus.task.labels == ("0", "1")
    assert "the object in line 8" in kinds(corpus)["repeated header line"].why


def test_a_header_line_that_stands_again_is_no_class_beside_a_column_without_a_name(load):
    rows = [f"{text},,{'pos' if int(label) else 'neg'}" for text, label in ROWS]
    corpus = load("rows.csv", "\n".join(["text,,label", *rows[:9], "text,,label", *rows[9:]]) + "\n")
    assert corpus.task.labels == ("neg", "pos")
    assert len(corpus.train) + len(corpus.evals["dev"]) == 40
