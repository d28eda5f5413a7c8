"""The report: confusion by hand, the hardest rows, and the document of the command line."""

from __future__ import annotations

import json

import numpy as np

from core.__main__ import main
from core.analysis.errors.answers import load_answers
from core.analysis.errors.report import confusion, hardest, report
from core.config import RunConfig


def fill(run, predicted, strength=4.0):
    labels = np.arange(12) % 6
    run.save_eval_rows([{"row": i, "text": f"text <b>{i}</b>", "label": int(y)} for i, y in enumerate(labels)])
    run.save_embeddings(8, np.zeros((12, 2)), strength * np.eye(6)[predicted], labels, np.arange(12))


def test_confusion_counts_labels_down_and_answers_across(run):
    fill(run, [0, 1, 2, 3, 4, 5, 1, 1, 2, 3, 4, 4])
    names, counts = confusion(load_answers(run))
    assert len(names) == 6
    expected = np.diag([1, 2, 2, 2, 2, 1])
    expected[0, 1] = expected[5, 4] = 1
    assert counts.tolist() == expected.tolist()


def test_hardest_rows_are_those_answered_wrong_with_confidence(run):
    fill(run, [0, 1, 2, 3, 4, 5, 1, 1, 2, 3, 4, 4])
    assert sorted(hardest(load_answers(run), 2)) == [6, 11]


def test_two_classes_have_the_areas_under_their_curves_and_more_have_none(run, store):
    fill(run, [0] * 12)
    assert report(run)["calibration"]["roc_auc"] is None
    two = store.create(RunConfig(task="demo-sentiment"))
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])
    two.save_eval_rows([{"row": i, "text": f"text {i}", "label": int(y)} for i, y in enumerate(labels)])
    two.save_embeddings(1, np.zeros((4, 2)), np.log(np.stack([1 - scores, scores], 1)), labels, np.arange(4))
    found = report(two)["calibration"]
    # By hand: of four pairs of a positive and a negative three are ranked right; precision 1 and 2/3 at the positives.
    assert found["roc_auc"] == 3 / 4
    assert np.isclose(found["average_precision"], (1 + 2 / 3) / 2)


def test_the_command_has_the_threshold_and_the_map_that_the_page_draws(store, capsys):
    two = store.create(RunConfig(task="demo-sentiment"))
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])
    two.save_eval_rows([{"row": i, "text": f"text {i}", "label": int(y)} for i, y in enumerate(labels)])
    for step, shift in ((1, 0.0), (2, 0.1)):
        chance = np.log(np.stack([1 - scores - shift, scores + shift], 1))
        two.save_embeddings(step, np.zeros((4, 2)), chance, labels, np.arange(4))
    command = ["errors", two.id, "--runs", str(store.root)]
    assert main([*command, "--cost-alarm", "1", "--cost-miss", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # Step 2 has 0.2, 0.5, 0.45, 0.9: from (0.2 + 0.45) / 2 on one false alarm; at one half a miss (a tie goes to 0).
    threshold = found["calibration"]["threshold"]
    assert np.allclose([threshold[key] for key in ("value", "cost", "cost_at_half")], [0.325, 1 / 4, 3 / 4])
    assert found["map"]["steps"] == [1, 2]
    third = found["map"]["rows"][2]
    assert np.allclose([third["confidence"], third["wavering"], third["correctness"]], [0.4, 0.05, 0])
    assert main(command) == 0
    assert "cheapest threshold" in capsys.readouterr().out
    assert main([*command, "--cost-miss", "0"]) == 2


def test_rows_of_one_class_say_what_their_score_cannot(run):
    fill(run, [0] * 12)
    assert load_answers(run).note == ""
    kept = run.load_embeddings(8)
    run.save_embeddings(8, kept["pooled"], kept["logits"], np.ones(12, dtype=int), kept["rows"])
    name = load_answers(run).name_of(1)
    assert load_answers(run).note.startswith(f"all rows have the class {name!r}: a constant answer")
    assert report(run)["note"] == load_answers(run).note


def test_command_line_prints_one_document(store, capsys):
    first, second = store.create(RunConfig()), store.create(RunConfig())
    fill(first, [0, 1, 2, 3, 4, 5, 1, 1, 2, 3, 4, 4])
    fill(second, [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    assert main(["errors", first.id, second.id, "--runs", str(store.root), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["mcnemar"]["b"] == 0
    assert document["mcnemar"]["c"] == 2
    assert document["mcnemar"]["p"] == 0.5
    assert document["value"] == 10 / 12
    assert len(document["runs"]) == 2
    assert main(["errors", first.id, "--runs", str(store.root)]) == 0
    assert "10" not in capsys.readouterr().err


def test_run_without_evaluation_is_one_line(store, capsys):
    run = store.create(RunConfig())
    assert main(["errors", run.id, "--runs", str(store.root)]) == 2
    assert "kept no evaluation yet" in capsys.readouterr().err
