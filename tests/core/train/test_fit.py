"""The whole flow on tiny models: what a run leaves, that a seed fixes it, and that a stop changes nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.analysis.predict import load_trained, predict
from core.config import RunConfig
from core.data.sources import load_corpus
from core.runs.folder.run import Run
from core.runs.folder.store import RunError, Store
from core.train.checkpoint import checkpoints
from core.train.fit import fit
from tests.core.train.tiny_runs import VARIANTS, assert_equal, config_for, story, weights


def trained(config: RunConfig) -> Run:
    run = Store().create(config)
    assert fit(run) == "finished"
    return run


def test_a_run_leaves_curves_embeddings_texts_and_a_model(run_root, tiny_model_dir):
    run = trained(config_for(tiny_model_dir))
    rows = run.metrics()[0]
    # 40 rows in batches of 8 are 5 steps an epoch, 10 in all.
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, 11))
    assert [row["step"] for row in rows if "eval_loss" in row] == [0, 3, 6, 9, 10]
    assert run.embedding_steps() == [0, 3, 6, 9, 10]
    kept = run.load_embeddings(10)
    assert kept["pooled"].shape == (24, 32)
    assert kept["logits"].shape == (24, 6)
    assert run.augmented_epochs() == [0, 1]
    assert len(run.load_augmented(0)) == 20
    assert run.load_augmented(0) != run.load_augmented(1)
    mix = run.record()["augmentation"]
    assert (mix["epoch"], mix["rows"]) == (1, 20)
    drawn = [row["method"] for row in run.load_augmented(1)]
    for method, share in mix["methods"].items():
        assert share["asked"] == pytest.approx(1 / 3)
        assert share["applied"] + share["unchanged"] == pytest.approx(drawn.count(method) / 20)
    assert set(run.status().metrics) == {"accuracy", "macro_f1"}
    accuracy = float((kept["logits"].argmax(axis=1) == kept["labels"]).mean())
    assert run.status().metrics["accuracy"] == pytest.approx(accuracy)


def test_a_model_folder_that_leads_elsewhere_is_not_written(run_root, tiny_model_dir, tmp_path):
    (tmp_path / "outside").mkdir()
    run = Store().create(config_for(tiny_model_dir, train__max_steps=1))
    run.model_dir.symlink_to(tmp_path / "outside")
    with pytest.raises(RunError, match="is a link"):
        fit(run)
    assert not list((tmp_path / "outside").iterdir())


def test_evaluation_rows_are_never_augmented(run_root, tiny_model_dir):
    config = config_for(tiny_model_dir, augment__fraction=1.0)
    run = trained(config)
    corpus = load_corpus(config)
    assert [row["text"] for row in run.load_eval_rows()] == corpus.evals["dev"].texts


def test_the_same_seed_gives_the_same_run_and_another_does_not(run_root, tiny_model_dir):
    one, two = (trained(config_for(tiny_model_dir)) for _ in range(2))
    other = trained(config_for(tiny_model_dir, seed=14))
    assert story(one) == story(two)
    assert story(one) != story(other)
    assert all(np.array_equal(weights(one)[name], tensor) for name, tensor in weights(two).items())


def test_the_loss_alone_tells_a_fair_pair_apart(run_root, tiny_model_dir):
    ce, joint = (trained(config_for(tiny_model_dir, train__loss=loss)) for loss in ("ce", "joint"))
    assert ce.load_augmented(1) == joint.load_augmented(1)
    first_ce, first_joint = (next(row for row in story(run) if "loss" in row) for run in (ce, joint))
    assert first_joint["ce"] == pytest.approx(first_ce["loss"], rel=1e-5)
    assert first_joint["loss"] == pytest.approx(first_joint["ce"] + first_joint["contrastive"], rel=1e-5)


@pytest.mark.parametrize(
    ("variant", "cut"),
    [("lora", 1), ("lora", 3), ("lora", 5), ("lora", 7), ("full", 3), ("full", 5), ("light", 5), ("light", 7)],
)
def test_a_stopped_and_resumed_run_equals_one_never_stopped(run_root, tiny_model_dir, never_stopped, variant, cut):
    config = config_for(tiny_model_dir, train__loss="joint", **VARIANTS[variant])
    run = Store().create(config)

    def reached() -> bool:
        return any(row["step"] >= cut for row in run.metrics()[0] if "loss" in row)

    assert fit(run, reached) == "stopped"
    assert not run.model_dir.exists()
    assert fit(run) == "finished"
    assert_equal(run, never_stopped(config))


@pytest.mark.parametrize(
    ("variant", "before"),
    [("lora", 0), ("lora", 3), ("full", 1), ("full", 2), ("light", 1)],
)
def test_a_stop_within_a_step_keeps_the_steps_before_it(run_root, tiny_model_dir, never_stopped, variant, before):
    """Each of the two layers, the light model's one, asks on the way forth and on the way back in the fourth step."""
    config = config_for(tiny_model_dir, **VARIANTS[variant])
    run = Store().create(config)
    asked = 0

    def within_the_fourth() -> bool:
        nonlocal asked
        asked += run.status().step == 3 and run.status().phase == "training"
        return asked > before

    assert fit(run, within_the_fourth) == "stopped"
    assert [path.name for path in checkpoints(run.checkpoint_dir)] == ["step-00000003"]
    assert fit(run, lambda: True) == "stopped"  # before a step was made
    assert fit(run) == "finished"
    assert_equal(run, never_stopped(config))


def test_a_stop_during_an_evaluation_makes_up_for_it_on_resume(run_root, tiny_model_dir, never_stopped):
    config = config_for(tiny_model_dir)
    run = Store().create(config)
    asked = iter([False] * 3 + [True] * 1_000)
    # The untrained model's evaluation takes three batches; the fourth question comes in the training.
    assert fit(run, lambda: next(asked)) == "stopped"
    seen_at_three = iter([False] * 4 + [True] * 1_000)
    assert fit(run, lambda: next(seen_at_three)) == "stopped"
    assert fit(run) == "finished"
    assert story(run) == story(never_stopped(config))


def test_contrastive_features_can_be_the_pooled_embedding(run_root, tiny_model_dir):
    logits, pooled = (
        trained(config_for(tiny_model_dir, train__loss="joint", train__features=features))
        for features in ("logits", "pooled")
    )
    assert story(logits) != story(pooled)


def test_a_saved_run_answers_as_its_last_evaluation_did(run_root, tiny_model_dir):
    for changes in ({}, VARIANTS["full"], VARIANTS["light"]):
        config = config_for(tiny_model_dir, **changes)
        run = trained(config)
        kept = run.load_embeddings(10)
        answers, _ms = predict(load_trained(run), load_corpus(config).evals["dev"].texts)
        odds = np.array([list(answer.probabilities.values()) for answer in answers])
        shifted = np.exp(kept["logits"].astype(float) - kept["logits"].max(axis=1, keepdims=True))
        expected = shifted / shifted.sum(axis=1, keepdims=True)
        assert np.allclose(odds, expected, atol=1e-5)


@pytest.mark.real_data
def test_real_cola_rows_go_all_the_way(run_root, real_data, tmp_path):
    import torch
    from transformers import AutoTokenizer, MobileBertConfig, MobileBertForSequenceClassification

    source = real_data / "mobilebert-uncased"
    folder = tmp_path / "two-layers"
    settings = json.loads((source / "config.json").read_text())
    torch.manual_seed(0)
    shape = MobileBertConfig(**{**settings, "num_hidden_layers": 2})
    MobileBertForSequenceClassification(shape).save_pretrained(folder)
    AutoTokenizer.from_pretrained(source).save_pretrained(folder)
    config = RunConfig(task="CoLA", model=str(folder)).replace(
        {"data.max_train_rows": 128, "data.max_eval_rows": 64, "train.epochs": 1, "train.loss": "joint"}
    )
    run = trained(config)
    rows = run.metrics()[0]
    assert [row["step"] for row in rows if "loss" in row] == [1, 2, 3, 4]
    assert set(run.status().metrics) == {"mcc", "accuracy"}
    assert run.load_embeddings(4)["pooled"].shape == (64, 512)


def test_a_rare_class_is_answered_more_often_when_classes_are_weighed(run_root, tiny_model_dir, tmp_path):
    rows = [f"row {i} of the {'second' if i % 10 == 0 else 'first'} kind,{int(i % 10 == 0)}\n" for i in range(200)]
    (tmp_path / "rows.csv").write_text("text,label\n" + "".join(rows))
    keys = {"data__file": str(tmp_path / "rows.csv"), "data__max_train_rows": None, "data__max_eval_rows": None}
    odds = {}
    for weigh in ("none", "balanced"):
        run = trained(config_for(tiny_model_dir, **keys, augment__mode="none", train__class_weights=weigh))
        kept = run.load_embeddings(run.embedding_steps()[-1])["logits"]
        odds[weigh] = float((kept[:, 1] - kept[:, 0]).mean())
    assert odds["balanced"] > odds["none"] + 0.1
