"""Checkpoints: whole or not at all, capped in number and size, and never taken on trust."""

from __future__ import annotations

import json
import os
import random

import pytest
import torch

from core.runs.folder.contents import size_of
from core.runs.folder.files import RunError
from core.train import checkpoint
from tests.core.test_digests import flip


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run" / "checkpoints"


@pytest.fixture
def save(folder):
    torch.manual_seed(0)
    model = torch.nn.Linear(64, 64)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 64)).sum().backward()
    optimizer.step()
    folder.parent.mkdir(exist_ok=True)

    def save_step(step):
        state = {"eval_pending": False, "epoch": step / 10}
        return checkpoint.save_checkpoint(folder, step, model, optimizer, state, {"global_step": step})

    return save_step


def steps(folder):
    return [int(path.name[-8:]) for path in checkpoint.checkpoints(folder)]


def test_what_is_saved_is_found_and_the_newest_is_taken(folder, save):
    save(3), save(12)
    path, state = checkpoint.newest_checkpoint(folder)
    assert (path.name, state["step"], state["epoch"]) == ("step-00000012", 12, 1.2)


def test_cap_on_the_number_keeps_the_newest(folder, save):
    for step in range(1, 6):
        save(step)
    checkpoint.prune(folder, 2, 10**9)
    assert steps(folder) == [5, 4]


def test_cap_on_the_size_drops_the_oldest_but_never_the_newest(folder, save):
    for step in range(1, 6):
        save(step)
    one = size_of(folder / "step-00000005")
    checkpoint.prune(folder, 9, 3 * one + one // 2)
    assert steps(folder) == [5, 4, 3]
    checkpoint.prune(folder, 9, 1)
    assert steps(folder) == [5]


@pytest.mark.parametrize("name", ["weights.safetensors", "optimizer.safetensors", "state.json", "trainer_state.json"])
@pytest.mark.parametrize("damage", ["missing", "cut", "linked"])
def test_damaged_newest_is_passed_over(folder, save, tmp_path, name, damage):
    save(1)
    path = save(2) / name
    whole = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    if damage == "linked":
        path.symlink_to(tmp_path / "nowhere")
    assert checkpoint.newest_checkpoint(folder)[1]["step"] == 1


@pytest.mark.parametrize("state", ["[]", "{}", '{"step": 7, "epoch": 0, "eval_pending": false}', "[" * 99_999])
def test_state_that_does_not_fit_is_passed_over(folder, save, state):
    save(1)
    (save(2) / "state.json").write_text(state)
    assert checkpoint.newest_checkpoint(folder)[1]["step"] == 1


def test_links_and_leftovers_are_neither_read_nor_followed(folder, save, tmp_path):
    real = save(1)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    (folder / "step-00000009").symlink_to(outside)
    (folder / ".part-00000004").mkdir()
    save(2)
    checkpoint.prune(folder, 1, 10**9)
    assert sorted(os.listdir(folder)) == ["step-00000002", "step-00000009"]
    assert (outside / "precious").exists()
    assert not real.exists()


def test_a_folder_that_leads_elsewhere_is_neither_written_nor_read(folder, save, tmp_path):
    save(1)
    outside = folder.rename(tmp_path / "outside")
    folder.symlink_to(outside)
    with pytest.raises(RunError, match="is a link"):
        save(2)
    checkpoint.prune(folder, 0, 0)
    assert os.listdir(outside) == ["step-00000001"]
    assert checkpoint.newest_checkpoint(folder) is None


def test_a_deleted_run_folder_is_not_made_again(folder, save):
    folder.parent.rmdir()
    with pytest.raises(RunError, match="missing"):
        save(1)
    assert not folder.parent.exists()


@pytest.mark.parametrize("other", [torch.nn.Linear(64, 32), torch.nn.Sequential(torch.nn.Linear(64, 64))])
def test_weights_of_another_shape_or_name_are_refused_in_plain_words(save, other):
    path = save(1)
    with pytest.raises(ValueError, match=r"step-00000001 holds tensors .*; was the configuration changed\?"):
        checkpoint.load_weights(path, other)


def test_records_on_the_disk_are_json(folder, save):
    assert json.loads((save(4) / "trainer_state.json").read_text()) == {"global_step": 4}


@pytest.mark.parametrize("seed", range(24))
def test_a_single_flipped_bit_anywhere_is_noticed_and_the_older_one_taken(folder, save, seed):
    """Five files, digests included, some five times each; most flips leave a readable file with other numbers."""
    save(1)
    newest = save(2)
    path = sorted(newest.iterdir())[seed % 5]
    flip(path, random.Random(seed))
    assert checkpoint.newest_checkpoint(folder)[1]["step"] == 1
    (said,) = checkpoint.damaged(folder)
    assert said.startswith("step-00000002 is damaged (")
    assert path.name in said or path.name == "digests.json"
    assert said.endswith("went on from step-00000001")


def test_with_every_checkpoint_damaged_the_run_begins_anew_and_says_so(folder, save):
    flip(save(1) / "optimizer.safetensors", random.Random(0))
    assert checkpoint.newest_checkpoint(folder) is None
    assert checkpoint.damaged(folder)[0].endswith("the run began anew")
