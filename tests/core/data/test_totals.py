"""A line of sums beneath the rows is no row, and a word such as `total` among them is one."""

from __future__ import annotations

import pytest

from core.data.rows import DataError

CLASSES = "".join(f"text number {i};{'ab'[i % 2]}\n" for i in range(20))
SCORES = "".join(f"text number {i};{1 + i * 0.37 % 6:.2f}\n" for i in range(40))


@pytest.mark.parametrize(
    ("rows", "last", "line"),
    [
        (CLASSES, "Total;20", 22),
        (CLASSES, "Summe: ;20", 22),
        (SCORES, "TOTAL;148.60", 42),
        (SCORES, "Mean;3.71", 42),
    ],
)
def test_a_sum_beneath_the_rows_is_refused_with_its_line(load, rows, last, line):
    with pytest.raises(DataError, match=f"line {line} looks like the sum of the lines above it"):
        load("rows.csv", f"text;label\n{rows}{last}\n")


@pytest.mark.parametrize(("rows", "last"), [(CLASSES, "total;a"), (CLASSES, "total;odd"), (SCORES, "total;2.25")])
def test_a_row_of_that_word_is_read(load, rows, last):
    corpus = load("rows.csv", f"text;label\n{rows}{last}\n")
    assert "total" in [*corpus.train.texts, *corpus.evals["dev"].texts]
