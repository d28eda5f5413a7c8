"""A real tiny run under noise: cached, resumable, and equal to what it answered in training."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.__main__ import main
from core.analysis.errors.answers import load_answers
from core.analysis.robustness.measure import measured, under_noise
from core.analysis.robustness.noise import DRAWS, LEVELS
from core.runs.folder.files import RunError
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def trained(store, tiny_model_dir):
    run = store.create(config_for(tiny_model_dir, task="demo-sentiment", train__epochs=1))
    with run.claim():
        fit(run)
        run.set_status(state="finished")
    return run


def test_clean_answers_are_those_of_the_last_evaluation_and_the_rest_is_kept(trained):
    seen = []
    tested = under_noise(trained, ["typo", "swap"], [0, 0.3], 2, lambda done, of: seen.append((done, of)))
    assert seen == [(done, 5) for done in range(1, 6)]
    np.testing.assert_allclose(tested.clean.logits, load_answers(trained).logits, atol=1e-5)
    assert {(one.noise, one.draw) for one in tested.noisy} == {("typo", 0), ("typo", 1), ("swap", 0), ("swap", 1)}
    assert any(one.changed.any() for one in tested.noisy)
    # A second time nothing is computed: it would fail without the model.
    weights = next(trained.model_dir.glob("*.safetensors"))
    kept = weights.read_bytes()
    weights.write_bytes(b"")
    again = under_noise(trained, ["typo", "swap"], [0, 0.3], 2)
    for one, other in zip(tested.noisy, again.noisy, strict=True):
        np.testing.assert_array_equal(one.logits, other.logits)
    weights.write_bytes(kept)
    # What a model's card tells of it: only what was measured in full, as the mean of the draws.
    assert measured(trained) == []
    full = under_noise(trained, ["typo"], LEVELS, DRAWS)
    found = measured(trained)
    assert [(one.noise, one.level) for one in found] == [("typo", level) for level in LEVELS[1:]]
    labels = full.clean.labels
    right = [np.mean(one.logits.argmax(1) == labels) for one in full.noisy if one.level == LEVELS[1]]
    assert found[0].score == pytest.approx(np.mean(right))


def test_run_without_a_model_is_said(store):
    with pytest.raises(RunError, match="kept no evaluation"):
        under_noise(store.create(config_for("demo")), ["typo"], [0.1], 1)


def test_command_line_prints_points_flips_checks_and_progress(trained, store, capsys):
    words = [
        "robustness",
        trained.id,
        "--noise",
        "typo",
        "--levels",
        "0,0.3",
        "--draws",
        "1",
        "--runs",
        str(store.root),
    ]
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert [(point["noise"], point["level"]) for point in document["runs"]] == [("typo", 0.0), ("typo", 0.3)]
    assert set(document["runs"][0]) >= {"run", "noise", "level", "metric", "value", "low", "high"}
    assert "2 of 2" in err
    assert main(words) == 0
    assert main(["robustness", trained.id, "--levels", "2", "--runs", str(store.root)]) == 2
    assert main(["robustness", trained.id, "--noise", "typos", "--runs", str(store.root)]) == 2
    assert "typo" in capsys.readouterr().err


def test_rows_of_one_class_say_what_their_score_cannot(trained, store, capsys):
    step = trained.embedding_steps()[-1]
    kept = trained.load_embeddings(step)
    trained.save_embeddings(step, kept["pooled"], kept["logits"], np.ones(len(kept["rows"]), dtype=int), kept["rows"])
    words = ["robustness", trained.id, "--noise", "typo", "--levels", "0", "--draws", "1", "--runs", str(store.root)]
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert "a constant answer is right on each of them" in json.loads(out)["tested"][0]["note"]
    assert "a constant answer" in err
