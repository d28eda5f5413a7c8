"""A file of texts in, the answers as a file out."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from core.analysis.playground.batch import answer_file
from core.analysis.predict import predict

TEXTS = ["cancel, please", 'say "hi" [SEP]', "grüße\nund mehr"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in TEXTS), encoding="utf-8")
    return path


def test_csv_holds_every_row_in_order(trained_on, file, tmp_path):
    trained, heard = trained_on(), []
    found = answer_file(trained, file, tmp_path / "out.csv", lambda done, total: heard.append((done, total)))
    frame = pd.read_csv(tmp_path / "out.csv")
    expected, _ = predict(trained, TEXTS)
    assert frame["text"].tolist() == TEXTS
    assert frame["answer"].tolist() == [answer.label for answer in expected]
    assert frame["p(refund)"].tolist() == pytest.approx([a.probabilities["refund"] for a in expected], abs=1e-5)
    assert (found.rows, sum(found.counts.values()), heard[-1]) == (3, 3, (3, 3))


def test_jsonl_holds_the_same(trained_on, file, tmp_path):
    trained = trained_on()
    answer_file(trained, file, tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == TEXTS
    assert [sum(row["probabilities"].values()) for row in rows] == pytest.approx([1, 1, 1])


def test_another_ending_is_refused_before_anything_is_answered(trained_on, file, tmp_path):
    with pytest.raises(ValueError, match=r"neither \.csv nor \.jsonl"):
        answer_file(trained_on(), file, tmp_path / "out.xlsx")


def test_a_folder_that_is_not_there_is_named(trained_on, file, tmp_path):
    with pytest.raises(ValueError, match="missing is no folder"):
        answer_file(trained_on(), file, tmp_path / "missing" / "out.csv")
