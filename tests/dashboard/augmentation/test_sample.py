"""The sample's table and files hold what the augmentation did; its figure, every changed row."""

from __future__ import annotations

import io
import json

import pandas as pd

from core.analysis.augment_sample import MIXTURE, Sample
from core.analysis.preview import PreviewRow
from core.augment.edits import Edit, apply_edits
from core.augment.shares import Shares
from dashboard.augmentation import figures, tables

EDIT = Edit(2, 7, "naïve", "<b>", 'synonym, "sense"')
CHANGED = PreviewRow(
    4, 0, "text", "a naïve, «plan»\n", "a <b>, «plan»\n", "synonym", (EDIT,), ["a", "b"], ["a", "b", "c"]
)
SAME = PreviewRow(5, 0, "text", "=1+1", "=1+1", "swap", (), ["[UNK]"], ["[UNK]"])


def test_jsonl_has_a_line_a_text_with_edits_that_rebuild_it() -> None:
    first, second = map(json.loads, tables.as_jsonl([CHANGED, SAME]).splitlines())
    edits = [Edit(**edit) for edit in first["edits"]]
    assert apply_edits(first["original"], edits) == first["augmented"]
    assert (first["row"], first["method"], first["pieces_after"]) == (4, "synonym", ["a", "b", "c"])
    assert second["edits"] == []


def test_csv_survives_quotes_and_line_ends() -> None:
    frame = pd.read_csv(io.StringIO(tables.of_rows([CHANGED, SAME]).to_csv(index=False)))
    assert frame["original"].tolist() == ["a naïve, «plan»\n", "=1+1"]
    (edit,) = json.loads(frame["edits"][0])
    assert edit == {"start": 2, "end": 7, "before": "naïve", "after": "<b>", "rule": 'synonym, "sense"'}


def test_figures_have_a_column_a_method() -> None:
    sample = Sample(
        {"synonym": [CHANGED], "swap": [SAME], MIXTURE: [CHANGED, SAME]}, [], Shares(2, 0.5, {}, 0, {}), "", {}
    )
    plain = tables.by_method(sample, {}).set_index("")
    assert list(plain.columns) == ["synonym", "swap", MIXTURE]
    assert plain.loc["rows changed"].tolist() == ["100 %", "0 %", "50 %"]
    assert plain.loc["word pieces, after / before"].tolist() == ["1.500", "1.000", "1.333"]
    assert plain.loc["unknown pieces before", "swap"] == "100 %"
    measured = tables.by_method(sample, {"synonym": {4: 0.75}, "swap": {}}).set_index("")
    assert measured.loc["similarity, median"].tolist() == ["0.750", "–", "–"]


def test_figure_has_a_box_a_method_and_a_point_a_row() -> None:
    figure = figures.similarity_figure({"synonym": {4: 0.75, 9: 0.5}}, {"synonym": {4: "<i>", 9: "x"}}, "demo")
    (box,) = figure.data
    assert list(box.x) == [0.75, 0.5]
    assert box.text[0] == "row 4: &lt;i&gt;"
    assert "similarity" in figure.layout.xaxis.title.text
