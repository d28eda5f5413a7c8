"""A run on an encoder of another kind, from its start to what is asked of it afterwards."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from core.__main__ import main
from core.analysis.export import formats
from core.analysis.export.script import write_script
from core.analysis.playground.salience import explain
from core.analysis.predict import load_trained, predict
from core.analysis.preview import shown_rows
from core.analysis.training_effect import training_of
from core.augment.policy import run_policy
from core.config import RunConfig
from core.data.sources import load_corpus
from core.model.pieces import load_pieces
from core.runs.folder.store import Store
from core.train.fit import fit
from tests.tiny_encoders import make_encoder

KINDS = ("distilbert", "roberta", "deberta-v2")
"""Heads of two layers, positions from the padding on, and relative ones; each with a tokenizer of its own.

DeBERTa's is a file of sentencepiece's, as it is published."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    root = tmp_path_factory.mktemp("own-models")

    @cache
    def of(kind):
        config = RunConfig(model=str(make_encoder(kind, root / kind, sentencepiece=kind == "deberta-v2"))).replace(
            {"data.max_train_rows": 24, "data.max_eval_rows": 12, "data.max_length": 32, "train.batch_size": 8,
             "train.max_steps": 2, "augment.fraction": 0.5}
        )  # fmt: skip
        run = Store(root / "runs").create(config)
        run.set_status(state=fit(run))
        return run

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_trained_loaded_again_and_answers_as_it_did(trained, kind):
    run = trained(kind)
    kept, rows = run.load_embeddings(run.embedding_steps()[-1]), run.load_eval_rows()
    assert kept["pooled"].shape == (12, 32)
    model = load_trained(run)
    answers, _ms = predict(model, [row["text"] for row in rows])
    assert [answer.label for answer in answers] == [model.task.labels[i] for i in kept["logits"].argmax(axis=1)]
    notes = " ".join(run.record()["notes"])
    assert ("LoRA sits on" in notes) == (kind != "roberta")


@pytest.mark.parametrize("kind", KINDS)
def test_typed_markers_are_text_and_every_word_has_its_part(trained, kind):
    model = load_trained(trained(kind))
    mark = model.tokenizer.sep_token
    ids = model.tokenizer(f"cancel {mark} now")["input_ids"]
    assert ids.count(model.tokenizer.sep_token_id) == 1  # its own, at the end
    assert mark not in load_pieces(trained(kind).config().model).tokenize(f"cancel {mark} now")
    found = explain(model, "please cancel it, not now")
    assert [word.text for word in found.words] == ["please", "cancel", "it", ",", "not", "now"]
    assert None not in found.gradients
    assert found.sums_up


@pytest.mark.parametrize("kind", KINDS)
def test_the_folder_taken_away_holds_what_answers(trained, tmp_path, kind):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    run = trained(kind)
    formats.write(load_trained(run), run.id, "merged", tmp_path)
    model, tokenizer = (
        AutoModelForSequenceClassification.from_pretrained(tmp_path),
        AutoTokenizer.from_pretrained(tmp_path),
    )
    rows = run.load_eval_rows()[:3]
    batch = tokenizer([row["text"] for row in rows], padding=True, truncation=True, max_length=32, return_tensors="pt")
    logits = model.eval()(**batch).logits.detach().numpy()
    np.testing.assert_allclose(logits, run.load_embeddings(run.embedding_steps()[-1])["logits"][:3], atol=1e-5)
    assert json.loads((tmp_path / "export.json").read_text())["max_length"] == 32


@pytest.mark.parametrize("kind", KINDS)
def test_its_word_pieces_show_what_an_augmentation_does(trained, kind):
    config = trained(kind).config()
    corpus = load_corpus(config)
    changed = run_policy(config, corpus.task).epoch(corpus.train, 0)[1]
    (row, *_) = shown_rows(corpus.train, changed, load_pieces(config.model))
    assert row.pieces_before != row.pieces_after


@pytest.mark.parametrize("kind", KINDS)
def test_what_training_moved_of_a_sentence_is_what_transformers_computes_before_and_after(trained, kind):
    """Before: the folder that the run started from; after: the run's own exported model."""
    import torch
    from transformers import AutoModel

    run = trained(kind)
    subject = training_of(run)
    found, (own, _) = subject.compare("please cancel it"), predict(load_trained(run), ["please cancel it"])
    ids = subject.tokenizer("please cancel it", return_tensors="pt")
    model = AutoModel.from_pretrained(run.config().model, attn_implementation="eager").eval()
    with torch.inference_mode():
        expected = model(**ids, output_attentions=True, output_hidden_states=True)
    np.testing.assert_allclose(found.before.attention, torch.cat(expected.attentions).numpy(), atol=1e-5)
    np.testing.assert_allclose(found.before.outputs, torch.cat(expected.hidden_states[1:]).numpy(), atol=1e-4)
    assert found.after.answer == pytest.approx(own[0].probabilities, abs=1e-5)
    assert found.moved.shape == (2, 4)
    assert 0 < found.moved.max() < 1  # two steps of LoRA
    assert len(found.pieces) == ids["input_ids"].shape[1]
    assert {one.layer for one in subject.adapters("please cancel it")} == {0, 1}


def test_training_in_full_is_seen_from_the_start_under_the_runs_own_head(tmp_path):
    """A body without a head, as sentence-transformers saves one: its layers are its own, the answer is the head's."""
    import torch
    from transformers import AutoModel

    folder = make_encoder("bert", tmp_path / "body", body_only=True)
    config = RunConfig(model=str(folder)).replace(
        {"lora.enabled": False, "data.max_train_rows": 16, "data.max_eval_rows": 8, "data.max_length": 32,
         "train.batch_size": 8, "train.max_steps": 2, "train.lr": 0.01}
    )  # fmt: skip
    run = Store(tmp_path / "runs").create(config)
    run.set_status(state=fit(run))
    subject = training_of(run)
    found, end = subject.compare("please cancel it"), load_trained(run)
    body = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        states = body(**subject.tokenizer("please cancel it", return_tensors="pt"))
        odds = end.model.classifier(states.pooler_output)[0].softmax(-1)
    np.testing.assert_allclose(found.before.outputs[-1], states.last_hidden_state[0].numpy(), atol=1e-5)
    assert found.before.answer == pytest.approx(dict(zip(end.task.labels, odds.tolist(), strict=True)), abs=1e-5)
    assert min(one.cosine for one in found.drift) < 0.9999
    assert subject.adapters("please cancel it") == []


def test_the_command_line_explains_an_answer_word_by_word(trained, capsys):
    run = trained("distilbert")
    capsys.readouterr()  # what training said
    text = "please cancel it, not now"
    assert main(["predict", run.id, "--text", text, "--explain", "--json", "--runs", str(run.dir.parent)]) == 0
    said = json.loads(capsys.readouterr().out)
    words = said["salience"]["words"]
    assert [word["word"] for word in words] == ["please", "cancel", "it", ",", "not", "now"]
    parts = sum(word["gradients"] for word in words) + said["salience"]["rest"]
    assert parts == pytest.approx(said["salience"]["whole"] - said["salience"]["empty"], abs=0.02)
    assert main(["predict", run.id, "--explain", "--file", "x.csv", "--runs", str(run.dir.parent)]) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_its_script_trains_what_the_run_trained(trained, tmp_path, capsys, kind):
    """Adapters by the model's own names, and a head of several layers in full: the logits are the run's."""
    import runpy
    import sys

    import torch

    run, threads, path = trained(kind), torch.get_num_threads(), list(sys.path)
    write_script(run, tmp_path / "again.py")
    try:
        found = runpy.run_path(str(tmp_path / "again.py"))
    finally:
        torch.set_num_threads(threads)
        sys.path[:] = path
    np.testing.assert_allclose(found["logits"], run.load_embeddings(run.embedding_steps()[-1])["logits"], atol=1e-5)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"accuracy": run.status().metrics["accuracy"]}
