"""A run owns its meaning: figures, class names and answers stay what they were when the file is changed or gone."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
import torch

from core.analysis.predict import load_trained, predict
from core.config import RunConfig
from core.data.rows import Corpus, Rows
from core.lab import lab
from core.runs.folder.store import Store
from core.tasks import get_task
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for


@pytest.fixture
def own_file(tmp_path):
    """60 rows of three classes; names that change their order when `bad` is renamed to `zbad`."""
    dice, path = random.Random(1), tmp_path / "mine" / "own.csv"
    path.parent.mkdir()
    words = {"bad": "awful", "good": "lovely", "so-so": "average"}
    lines = [f"{dice.choice('abcdef')}{row} {words[name]} thing,{name}" for row in range(20) for name in words]
    path.write_text("\n".join(["remark,opinion", *lines]))
    return path


def finished(config):
    run = Store().create(config)
    assert fit(run) == "finished"
    return run


def of_file(path, model, **changes):
    named = {"data.text": "remark", "data.label": "opinion"}
    return config_for(model, task=str(path), **changes).replace(named)


@pytest.mark.parametrize("lora", [True, False])
def test_answers_and_names_stay_when_the_file_is_renamed_changed_or_gone(
    run_root, tiny_model_dir, own_file, tmp_path, monkeypatch, lora
):
    run = finished(of_file(own_file, tiny_model_dir, lora__enabled=lora))
    texts = ["a1 awful thing", "b2 lovely thing", "c3 average thing"]
    before = predict(load_trained(run), texts)[0]
    assert set(before[0].probabilities) == {"bad", "good", "so-so"}
    own_file.write_text(own_file.read_text().replace("bad", "zbad"))
    assert predict(load_trained(run), texts)[0] == before
    own_file.unlink()
    assert predict(load_trained(run), texts)[0] == before
    monkeypatch.chdir(tmp_path)  # and from another folder
    assert predict(load_trained(run), texts)[0] == before


def test_the_base_model_may_be_gone_too(run_root, tiny_model_dir, own_file, tmp_path):
    import shutil

    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    run = finished(of_file(own_file, folder))
    before = predict(load_trained(run), ["a1 awful thing"])[0]
    shutil.rmtree(folder)
    assert predict(load_trained(run), ["a1 awful thing"])[0] == before


def test_the_record_says_what_the_run_means_and_computed_with(run_root, tiny_model_dir, own_file):
    run = finished(of_file(own_file, tiny_model_dir))
    record = json.loads((run.dir / "record.json").read_text())
    assert record == run.record()
    task = record["task"]
    assert (task["kind"], task["labels"]) == ("classes", ["bad", "good", "so-so"])
    assert (task["columns"], task["label_column"], task["evals"]) == (["remark"], "opinion", ["dev"])
    # Of 60 rows a fifth is held out with every class in it; 40 and 24 at most are taken.
    assert record["rows"]["by_class"]["dev"] == {"bad": 4, "good": 4, "so-so": 4}
    assert sum(record["rows"]["by_class"]["train"].values()) == record["rows"]["train"] == 40
    assert {"rows by class", "lengths"} <= {finding["kind"] for finding in record["findings"]}
    computed = record["computed"]
    assert (computed["torch"], computed["threads"]) == (torch.__version__, torch.get_num_threads())
    assert computed["instruction_set"] == torch.backends.cpu.get_cpu_capability()
    assert computed["precision"] == "fp32"
    assert computed["path"] == "fast"
    assert "lemmas" in computed["dictionary"]
    assert computed["lab"] == lab()
    assert record["majority"]["accuracy"] == pytest.approx(2 / 6)
    assert record["end"]["step"] == 10
    assert record["resolved"]["train.lr"] > 0


def test_the_lab_is_another_one_where_code_that_computes_differs(tmp_path):
    def of(name, **files):
        for file, text in files.items():
            path = tmp_path / name / file.replace("__", "/") / "one.py"
            path.parent.mkdir(parents=True)
            path.write_text(text)
        return lab(tmp_path / name)

    first = of("first", train="a = 1", cli="b = 1")
    assert first == of("second", train="a = 1", cli="b = 2")
    assert first != of("third", train="a = 2", cli="b = 1")
    assert first != of("fourth", model__cp="a = 1", cli="b = 1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lora__enabled": False}, "fast"),
        ({"train__fast": "off"}, "reference: train.fast is off"),
    ],
)
def test_the_record_says_why_a_run_took_the_reference_path(run_root, tiny_model_dir, changes, said):
    run = finished(config_for(tiny_model_dir, train__max_steps=1, **changes))
    assert run.record()["computed"]["path"] == said


def test_a_run_of_before_there_were_records_still_answers(run_root, tiny_model_dir):
    run = finished(config_for(tiny_model_dir))
    before = predict(load_trained(run), ["where is my parcel"])[0]
    assert load_trained(run).note == ""
    (run.dir / "record.json").unlink()
    assert run.record() == {}
    assert predict(load_trained(run), ["where is my parcel"])[0] == before
    assert "has no record" in load_trained(run).note


def test_without_a_record_the_saved_models_class_names_count(run_root, tiny_model_dir, own_file):
    run = finished(of_file(own_file, tiny_model_dir))
    before = predict(load_trained(run), ["a1 awful thing"])[0]
    (run.dir / "record.json").unlink()
    own_file.write_text(own_file.read_text().replace("bad", "zbad"))
    assert predict(load_trained(run), ["a1 awful thing"])[0] == before
    assert f"read from {own_file} as it is now" in load_trained(run).note


def test_the_damaged_model_of_a_run_is_named(run_root, tiny_model_dir):
    from core.model.source import ModelError
    from tests.core.test_digests import flip

    run = finished(config_for(tiny_model_dir))
    flip(run.model_dir / "adapter_model.safetensors", random.Random(3))
    with pytest.raises(ModelError, match=r"damaged: adapter_model\.safetensors"):
        load_trained(run)


def test_both_splits_of_mnli_are_in_metrics_best_and_majority(run_root, tiny_model_dir, monkeypatch):
    dice = random.Random(2)

    def rows(count):
        texts = [f"number {dice.randrange(99)}" for _ in range(count)]
        return Rows(texts, texts[::-1], [dice.choice([0, 0, 1, 2]) for _ in range(count)])

    corpus = Corpus(get_task("MNLI"), rows(24), {"matched": rows(12), "mismatched": rows(14)}, "made up")
    monkeypatch.setattr("core.train.fit.load_corpus", lambda config: corpus)
    run = finished(RunConfig(task="MNLI", model=str(tiny_model_dir)).replace({"train.epochs": 1}))
    status = run.status()
    assert set(status.metrics) == set(status.majority) == {"accuracy", "mismatched_accuracy"}
    assert set(status.best) == {"step", "accuracy", "mismatched_accuracy"}
    labels = corpus.evals["mismatched"].labels
    assert status.majority["mismatched_accuracy"] == max(labels.count(c) for c in range(3)) / 14


def test_ten_rows_of_one_class_are_no_full_marks(run_root, tiny_model_dir, monkeypatch):
    from core.data.sources import load_corpus

    config = config_for(tiny_model_dir, train__epochs=1)
    corpus = load_corpus(config)
    dev = Rows(corpus.evals["dev"].texts[:10], None, [1] * 10)
    monkeypatch.setattr("core.train.fit.load_corpus", lambda config: Corpus(corpus.task, corpus.train, {"dev": dev}))
    run = finished(config)
    assert run.status().metrics == {"accuracy": None, "macro_f1": None}
    assert run.status().best == {}
    said = "all 10 rows of dev have the class 'delivery': accuracy, macro_f1 are undefined"
    assert said in run.record()["notes"]
    assert "cannot be told" in run.status().verdict


def test_a_contrastive_term_that_never_was_is_told(run_root, tiny_model_dir):
    one_row = config_for(tiny_model_dir, train__loss="joint", train__batch_size=1, train__max_steps=6)
    notes = finished(one_row).record()["notes"]
    assert any("contrastive term was zero in all 6 steps" in note for note in notes)
    notes = finished(config_for(tiny_model_dir, train__loss="joint")).record()["notes"]
    assert not any("contrastive term was zero" in note for note in notes)


def test_a_damaged_checkpoint_is_named_in_the_record(run_root, tiny_model_dir):
    from core.train.checkpoint import checkpoints
    from tests.core.test_digests import flip

    config = config_for(tiny_model_dir, train__checkpoint_every=2)
    whole, run = finished(config), Store().create(config)
    assert fit(run, lambda: any(row["step"] >= 7 for row in run.metrics()[0] if "loss" in row)) == "stopped"
    newest, older = checkpoints(run.checkpoint_dir)[:2]
    flip(newest / "weights.safetensors", random.Random(0))
    assert fit(run) == "finished"
    said = f"{newest.name} is damaged (weights.safetensors is not what was written (its digest differs))"
    assert f"{said}; the run went on from {older.name}" in run.record()["notes"]
    kept, expected = (one.load_embeddings(10)["logits"] for one in (run, whole))
    assert np.array_equal(kept, expected)
