"""A table of results as text: nothing in it breaks out of its cell."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from core.analysis.results.printed import Printed
from core.analysis.results.table import Result
from core.analysis.results.writing import method_note, to_csv, to_latex, to_markdown
from core.config import RunConfig

ROW = Result("loss_joint & 10 % | x", "my_file.csv", "macro_f1", (90.0, 92.0), (0, 1), ("a", "b"), RunConfig(),
             Printed(70.98, "macro F1", "another metric"))  # fmt: skip


def test_markdown_escapes_what_would_open_a_cell():
    lines = to_markdown([ROW]).splitlines()
    assert lines[2].replace("\\|", "").count("|") == 8
    assert "91.0 ± 1.4" in lines[2]


def test_latex_escapes_its_special_signs():
    text = to_latex([ROW])
    assert r"loss\_joint \& 10 \% \textbar{} x" in text
    assert r"91.0 $\pm$ 1.4" in text
    assert text.startswith("% Mean and sample standard deviation over 2 seeds")
    odd = to_latex([replace(ROW, method="[a] b -- c?`")])
    assert "\n{[}a] b -{}- c?{`}" in odd  # pdflatex took [a] for the height of the line before it
    assert "XeLaTeX" not in odd
    assert "XeLaTeX" in to_latex([replace(ROW, method="字")])


def test_names_cannot_break_out_of_any_form():
    odd = replace(ROW, method=r"\input{x}$^~ <b>*a*</b> [l](u)")
    assert r"\textbackslash input\{x\}\$\textasciicircum \textasciitilde " in to_latex([odd])
    assert r"\textless{}b\textgreater{}*a*\textless{}/b\textgreater{}" in to_latex([odd])
    assert "<b>" not in to_markdown([odd]).replace(r"\<b>", "")  # nor in the note beneath the table
    assert r"\\input{x}$^~ \<b>\*a\*\</b> \[l\](u)" in to_markdown([odd])


def test_csv_has_full_precision():
    [line] = csv.DictReader(io.StringIO(to_csv([ROW])))
    assert (float(line["mean"]), line["printed"]) == (91.0, "70.98")


def test_note_tells_the_settings_and_the_metrics_that_differ():
    note = method_note([ROW])
    assert "LoRA r 8, alpha 32" in note
    assert "10 % of the rows augmented" in note
    assert "not all in the same metric" in note


def test_what_no_row_has_is_no_column_and_what_does_nothing_is_not_said():
    plain = replace(ROW, printed=None, config=RunConfig().replace({"augment.fraction": 0.0, "train.epochs": 1}))
    assert to_markdown([plain]).splitlines()[0] == "| Method | Task | Metric | Ours | Seeds |"
    assert r"\begin{tabular}{lllll}" in to_latex([plain])
    assert "1 epoch, no augmentation" in method_note([plain])
