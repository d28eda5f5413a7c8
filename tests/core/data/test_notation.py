"""What a comma, a point or a space between digits means, told by the whole column; what stays open is refused."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.notation import UnclearNumberError, notation_of
from core.data.rows import DataError
from core.data.sources import load_corpus


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (["0.5", "1,000", "3.75"], [0.5, 1000, 3.75]),
        (["12", "750", "1,096", "12,000"], [12, 750, 1096, 12000]),
        (["1,234.50", "3,000", "20"], [1234.5, 3000, 20]),
        (["2,500,000", "1,000"], [2_500_000, 1000]),
        (["0,5", "1,250", "3,75"], [0.5, 1.25, 3.75]),
        (["1.234,50", "0,75", "1.096"], [1234.5, 0.75, 1096]),
        (["12,50", "1.096"], [12.5, 1096]),
        (["1.096", "2.5", "0.125"], [1.096, 2.5, 0.125]),
        (["1.096", "2.345"], [1.096, 2.345]),
        (["1'096", "12’000.5", "4"], [1096, 12000.5, 4]),
        (["1 096", "12\u00a0000,5", "4\u202f000"], [1096, 12000.5, 4000]),
        (["-1,000", "+2,000.5"], [-1000, 2000.5]),
        (["50%", "12,5 %"], [50, 12.5]),
        (["$12.50", "-$3", "$1,200.75"], [12.5, -3, 1200.75]),
        (["3,50 €", "12 €", "1.200,00 €"], [3.5, 12, 1200]),
        (["CHF 1'200.50", "CHF 7"], [1200.5, 7]),
        (["US$5", "US$ 0.5"], [5, 0.5]),
        (["\u22123.5", "2"], [-3.5, 2]),
        (["1,23,456.50", "12,34,567", "98,765.25"], [123456.5, 1234567, 98765.25]),
        (["٣٫٥", "١٢٫٢٥", "١٬٢٥٠"], [3.5, 12.25, 1250]),
        (["1e-3", "2.5E4", "inf"], [0.001, 25000, float("inf")]),
    ],
)
def test_the_column_tells_what_a_mark_means(column, values):
    notation = notation_of(column)
    assert [notation.read(text) for text in column] == pytest.approx(values)


@pytest.mark.parametrize(
    "column",
    [
        ["1,096", "2,345"],  # a thousand, or one and a bit
        ["1", "2", "1,000"],
        ["0,5", "2.75", "1,000"],  # both are decimal marks here
        ["137", "274", "1.096"],  # a point after whole hundreds
        ["1,234.5", "1.234,5"],
        ["50%", "0.5"],
        ["$5", "€5"],
        ["12 kr", "13"],
    ],
)
def test_what_may_mean_two_amounts_is_refused(column):
    with pytest.raises(UnclearNumberError):
        notation_of(column)


@pytest.mark.parametrize("text", ["1,00,0", "1,0000", "12:30", "1,000,00", "1.2.3", "a1", "", "$", "A$$5", "12 EUR 5"])
def test_other_marks_make_no_number_of_groups(text):
    assert notation_of(["1,234.5", text]).read(text) is None


@pytest.mark.parametrize(("mark", "values"), [(".", [1096, 2345, 12.5]), (",", [1.096, 2.345, None])])
def test_the_decimal_mark_can_be_said(mark, values):
    notation = notation_of(["1,096", "2,345"], mark)
    assert [notation.read(text) for text in ("1,096", "2,345", "12.5")] == values


def test_the_key_settles_what_the_file_leaves_open(tmp_path):
    path = _write(tmp_path / "amounts.csv", [f"USD {i},{100 + i}" for i in range(1, 41)])
    ask = r"line 2 has 'USD 1,101' in 'score'.*data\.decimal=point or comma"
    with pytest.raises(DataError, match=ask) as refusal:
        load_corpus(RunConfig.from_dict({"task": str(path)}))
    assert refusal.value.key == "data.decimal"
    read = {
        mark: load_corpus(RunConfig.from_dict({"task": str(path), "data.decimal": mark})) for mark in ("point", "comma")
    }
    assert max(read["point"].train.labels + read["point"].evals["dev"].labels) == 40140
    assert max(read["comma"].train.labels + read["comma"].evals["dev"].labels) == 40.14
    assert ("currency", "USD 1,101 is 1101") in {(found.kind, found.example) for found in read["point"].findings}


def _write(path, cells):
    rows = [f'text number {i} is here,"{cell}"' for i, cell in enumerate(cells)]
    path.write_text("text,score\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_an_evaluation_file_is_read_by_what_both_files_show(tmp_path):
    train = _write(tmp_path / "train.csv", [f"{i}.25" for i in range(40)])
    dev = _write(tmp_path / "dev.csv", ["1,000", "2,500", "3", "4"])
    corpus = load_corpus(RunConfig.from_dict({"task": str(train), "data.eval_file": str(dev)}))
    assert corpus.evals["dev"].labels == [1000, 2500, 3, 4]


def test_a_refusal_names_line_and_remedy(tmp_path):
    path = _write(tmp_path / "amounts.csv", ["1", "2", "3", "1,000"] * 10)
    with pytest.raises(DataError, match=r"amounts\.csv: line 5 has '1,000' in 'score'.*data\.decimal=point or comma"):
        load_corpus(RunConfig.from_dict({"task": str(path), "data.label_kind": "score"}))


def test_thousands_are_said(tmp_path):
    path = _write(tmp_path / "amounts.csv", [f"{i * 137:,}" for i in range(40)])
    corpus = load_corpus(RunConfig.from_dict({"task": str(path)}))
    assert max(corpus.train.labels + corpus.evals["dev"].labels) == 39 * 137
    assert ("thousands", "1,096 is 1096") in {(found.kind, found.example) for found in corpus.findings}
