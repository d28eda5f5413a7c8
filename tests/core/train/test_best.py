"""Best beside last: which evaluation it was, its weights, an end before the end; all of it the same after a resume."""

from __future__ import annotations

import numpy as np
import pytest

from core.analysis.predict import load_trained, predict
from core.data.sources import load_corpus
from core.runs.folder.files import RunError
from core.runs.folder.store import Store
from core.train.fit import fit
from core.train.history import History
from tests.core.train.tiny_runs import VARIANTS, assert_equal, config_for


def history(*values):
    found = History("eval_accuracy")
    for step, value in enumerate(values):
        found.add({"step": step, "eval_accuracy": value})
    return found


def test_the_best_is_the_first_of_the_highest_and_undefined_is_never_it():
    assert history(0.2, 0.9, 0.9, 0.7).best_step == 1
    assert history(None, 0.1, None).best_step == 1
    assert history(None, None).best is None
    assert history().best is None
    assert [history(*values).without_better for values in ((0.5,), (0.5, 0.4, 0.5), (0.1, 0.2), (None, None))] == [
        0, 2, 0, 2,
    ]  # fmt: skip


def overshooting(folder, **changes):
    """A rate so high that the last evaluation is seldom the best."""
    return config_for(folder, train__lr=0.05, train__epochs=4, train__eval_every=2, augment__mode="none", **changes)


@pytest.fixture(params=["lora", "full", "light"])
def config(request, tiny_model_dir):
    found = overshooting(tiny_model_dir, **VARIANTS[request.param])
    return found if request.param == "lora" else found.replace({"train.lr": 0.1})


def run_of(config):
    run = Store().create(config)
    assert fit(run) == "finished"
    return run


def evaluations(run):
    return [(row["step"], row["eval_accuracy"]) for row in run.metrics()[0] if "eval_loss" in row]


def test_status_tells_last_from_best_and_predict_takes_either(run_root, config):
    run = run_of(config)
    scores = evaluations(run)
    best_step, best = max(scores, key=lambda pair: (pair[1], -pair[0]))
    status = run.status()
    assert status.metrics["accuracy"] == pytest.approx(scores[-1][1])
    assert (status.best["step"], status.best["accuracy"]) == (best_step, pytest.approx(best))
    assert best_step != scores[-1][0], "the test needs a run whose best is not its last"
    texts = load_corpus(config).evals["dev"].texts
    for weights, step in (("last", scores[-1][0]), ("best", best_step)):
        answers, _ms = predict(load_trained(run, weights), texts)
        kept = run.load_embeddings(step)["logits"].astype(float)
        odds = np.exp(kept - kept.max(axis=1, keepdims=True))
        found = np.array([list(answer.probabilities.values()) for answer in answers])
        assert np.allclose(found, odds / odds.sum(axis=1, keepdims=True), atol=1e-5)


def test_without_keep_best_only_the_last_weights_are_there(run_root, tiny_model_dir):
    run = run_of(overshooting(tiny_model_dir, train__keep_best=False))
    assert run.status().best["step"] != run.status().step
    assert not run.best_dir.exists()
    load_trained(run, "last")
    with pytest.raises(RunError, match=r"kept no weights of its best evaluation \(train.keep_best\)"):
        load_trained(run, "best")
    with pytest.raises(ValueError, match="choose from"):
        load_trained(run, "worst")


def test_patience_ends_a_run_early_and_the_record_says_so(run_root, tiny_model_dir):
    patient = overshooting(tiny_model_dir, train__patience=2)
    run, whole = run_of(patient), run_of(overshooting(tiny_model_dir))
    scores = evaluations(whole)
    # The first evaluation that is, like the one before it, no better than the best before them.
    end = next(
        n for n in range(2, len(scores)) if max(scores[n - 1][1], scores[n][1]) <= max(s for _, s in scores[: n - 1])
    )
    assert end < len(scores) - 1, "the test needs a run that patience ends early"
    assert evaluations(run) == scores[: end + 1]
    assert any("ended early" in note for note in run.record()["notes"])


@pytest.mark.parametrize("cut", [3, 7, 11])
def test_best_and_patience_are_the_same_after_a_stop(run_root, tiny_model_dir, never_stopped, cut):
    config = overshooting(tiny_model_dir, train__patience=4, train__checkpoint_every=4)
    whole, run = never_stopped(config), Store().create(config)
    fit(run, lambda: any(row["step"] >= cut for row in run.metrics()[0] if "loss" in row))
    if run.status().state != "finished":
        assert fit(run) == "finished"
    assert_equal(run, whole)
    assert run.status().best == whole.status().best
    kept, others = (sorted(path.name for path in one.best_dir.glob("step-*")) for one in (run, whole))
    assert kept == others
    for name in others:
        files = [one.best_dir / name / "weights.safetensors" for one in (run, whole)]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_damaged_best_weights_are_named(run_root, tiny_model_dir):
    run = run_of(overshooting(tiny_model_dir))
    (path,) = run.best_dir.glob("step-*/weights.safetensors")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(RunError, match=r"best weights .* damaged: weights.safetensors"):
        load_trained(run, "best")
