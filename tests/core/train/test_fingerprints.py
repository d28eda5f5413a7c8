"""What a checkpoint leaves out is read anew by a resume: it must be what it was, or the run says what has changed."""

from __future__ import annotations

import json
import shutil

import pytest

from core.augment.draws import METHOD
from core.data.sources import load_corpus
from core.digests import write_digests
from core.runs.folder.store import Store
from core.train.checkpoint import newest_checkpoint
from core.train.fingerprints import ChangedError
from core.train.fit import fit
from tests.core.train.test_faults import damage
from tests.core.train.tiny_runs import assert_equal, config_for


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "own.csv"
    lines = [f"a text about {'cats' if row % 2 else 'dogs'} number {row},{row % 2}" for row in range(60)]
    path.write_text("\n".join(["text,label", *lines]))
    return path


@pytest.fixture
def cut():
    """`cut(config)`: a run of it that was stopped in its training."""

    def stopped(config):
        run = Store().create(config)
        assert fit(run, lambda: len(run.metrics()[0]) > 4) == "stopped"
        return run

    return stopped


def test_changed_rows_stop_a_resume_and_rows_put_back_let_it_go_on_to_the_same_bits(
    run_root, tiny_model_dir, own_file, cut
):
    config = config_for(tiny_model_dir, task=str(own_file))
    run, whole = cut(config), Store().create(config)
    before, text = run.metrics()[0], own_file.read_text()
    drawn = load_corpus(config).train.texts[0]
    own_file.write_text(text.replace(f"{drawn},", f"{drawn} indeed,"))
    with pytest.raises(ChangedError, match="the rows of the task have changed since the checkpoint"):
        fit(run)
    assert run.metrics()[0] == before
    own_file.write_text(text)
    assert fit(run) == fit(whole) == "finished"
    assert_equal(run, whole)


def test_another_base_model_under_the_same_name_stops_a_resume(run_root, tiny_model_dir, tmp_path, cut):
    """LoRA's checkpoint holds the adapter alone: on other weights it would go on without a word."""
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    run = cut(config_for(folder))
    damage(folder, "mobilebert.embeddings.LayerNorm.weight", 0.5)
    with pytest.raises(ChangedError, match="the files of the model have changed"):
        fit(run)


def test_another_dictionary_stops_a_resume_only_where_it_is_used(run_root, tiny_model_dir, monkeypatch, cut):
    run, plain = cut(config_for(tiny_model_dir)), cut(config_for(tiny_model_dir, augment__mode="none"))
    monkeypatch.setattr("core.train.fingerprints.fingerprint", lambda style: "another, 6005 lemmas")
    with pytest.raises(ChangedError, match="dictionary"):
        fit(run)
    assert fit(plain) == "finished"


def test_an_augmentation_that_draws_otherwise_stops_a_resume_only_where_it_is_used(
    run_root, tiny_model_dir, monkeypatch, cut
):
    """As after a change of the lab that gives the same seed other texts."""
    run, plain = cut(config_for(tiny_model_dir)), cut(config_for(tiny_model_dir, augment__mode="none"))
    monkeypatch.setattr("core.augment.policy.METHOD", METHOD + 10)
    with pytest.raises(ChangedError, match="augmentation makes other texts of the rows"):
        fit(run)
    assert fit(plain) == "finished"


def test_scores_stopped_before_their_head_was_trained_in_their_unit_are_not_gone_on_with(
    run_root, tiny_model_dir, own_file, cut
):
    """Its optimizer's state is kept by place, and full fine-tuning has the head's last layer in another place now."""
    own_file.write_text("text,score\n" + "".join(f"a text of number {row},{row / 7:.3f}\n" for row in range(60)))
    config = config_for(tiny_model_dir, task=str(own_file), lora__enabled=False)
    run, whole = cut(config), Store().create(config)
    state = newest_checkpoint(run.checkpoint_dir).path / "state.json"
    now = state.read_text()
    earlier = json.loads(now)
    del earlier["fingerprints"]["score head"]
    state.write_text(json.dumps(earlier))
    write_digests(state.parent)
    with pytest.raises(ChangedError, match="how a head for scores is trained has changed with the lab's version"):
        fit(run)
    state.write_text(now)
    write_digests(state.parent)
    assert fit(run) == fit(whole) == "finished"
    assert_equal(run, whole)


def test_defaults_of_another_version_stop_a_resume(run_root, tiny_model_dir, own_file, cut):
    run = cut(config_for(tiny_model_dir, task=str(own_file)))
    before = run.record()["resolved"]
    run.save_record(resolved={**before, "train.lr": before["train.lr"] / 2})
    with pytest.raises(ChangedError, match=r"another value since the checkpoint of step \d+: train.lr \(was "):
        fit(run)
