"""What goes wrong around a real training, and how the run says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.config import RunConfig
from core.runs.folder.store import Store
from core.train.checkpoint import newest_checkpoint
from core.train.divergence import DivergedError
from core.train.fit import fit
from tests.core.train.tiny_runs import assert_equal, config_for, finish


def wait_for(condition, seconds=200.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


def test_full_disk_ends_the_run_clearly_and_it_goes_on_exactly(run_root, small_disk, fill, tiny_model_dir, start):
    config = config_for(tiny_model_dir, train__checkpoint_every=1)
    run, whole = Store(small_disk).create(config), Store().create(config)
    child = start(run)
    wait_for(lambda: newest_checkpoint(run.checkpoint_dir))
    fill(small_disk)
    child.join(250)
    status = run.status()
    assert (status.state, status.error[:12]) == ("failed", "disk is full")
    assert newest_checkpoint(run.checkpoint_dir)
    shutil.copytree(run.dir, run_root / run.id)  # what was left, on a disk with room
    start(whole).join(250)
    saved = Store().get(run.id)
    finish(saved, start)
    assert_equal(saved, whole)


def test_run_folder_deleted_in_the_middle_ends_the_worker_and_stays_deleted(run_root, tiny_model_dir, start):
    run = Store().create(config_for(tiny_model_dir, train__checkpoint_every=1, train__max_steps=100_000))
    child = start(run)
    wait_for(lambda: newest_checkpoint(run.checkpoint_dir))
    grave = run_root / ".gone"
    run.dir.rename(grave)  # at once, as a removal by hand is not
    shutil.rmtree(grave)
    child.join(250)
    assert not child.is_alive()
    assert not run.dir.exists()
    assert Store().list() == []


def test_run_that_runs_out_of_memory_says_how_much_it_needs_and_what_lowers_it(run_root, start):
    """The demo model on 512 texts a step, which takes some 2 GiB, in 300 MiB."""
    changes = {"train.batch_size": 512, "data.max_train_rows": 512, "data.max_eval_rows": 8, "train.max_steps": 2}
    run = Store().create(RunConfig().replace(changes))
    start(run, room=300 * 2**20).join(250)
    said = re.fullmatch(
        # Only torch's allocator says how much it asked for; Python's own does not.
        r"out of memory(?: \(it asked for [\d.e-]+ GiB more\))?: up to ([\d.]+) GiB are needed; "
        r"clone it with train\.batch_size=256 \(([\d.]+) GiB\) or .*data\.max_length=64 .*; or run .*",
        run.status().error,
    )
    assert said, run.status().error
    assert run.status().state == "failed"
    assert 1.5 < float(said[1]) < 4
    assert float(said[2]) < float(said[1])


def test_run_that_has_not_even_the_memory_to_begin_says_so(run_root, tiny_model_dir):
    run = Store().create(config_for(tiny_model_dir))
    begin = [sys.executable, "-P", "-m", "core.worker", str(run.dir)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(["prlimit", f"--as={400 * 2**20}", *begin], env=environment, capture_output=True)
    assert ended.returncode == 1
    assert (run.status().state, run.status().error[:13]) == ("failed", "out of memory")


@pytest.mark.parametrize("optimizer", ["bert_adam", "adamw"])
def test_a_diverging_run_names_step_rows_cause_and_remedy(run_root, tiny_model_dir, optimizer):
    config = config_for(tiny_model_dir, train__lr=1.0, train__optimizer=optimizer, lora__enabled=False)
    said = (
        r"at (step|the evaluation of step) \d+ on .*rows.* \(\d+, .*"
        r"likely cause: .*learning rate 1 .*; try a lower learning rate \(train\.lr\)"
    )
    with pytest.raises(DivergedError, match=said):
        fit(Store().create(config))


def damage(folder, name, value):
    (path,) = folder.glob("*.safetensors")
    tensors = load_file(path)
    tensors[name] = torch.full_like(tensors[name], value)
    save_file(tensors, path, metadata={"format": "pt"})


def test_damaged_starting_weights_are_named_as_the_cause(run_root, tiny_model_dir, tmp_path):
    folder = shutil.copytree(tiny_model_dir, tmp_path / "model")
    damage(folder, "mobilebert.embeddings.LayerNorm.weight", float("nan"))
    with pytest.raises(DivergedError, match=r"step 0 .*starting weights are damaged.*LayerNorm.*try another model"):
        fit(Store().create(config_for(folder)))


def test_gradient_that_is_not_a_number_stops_before_the_weights_are_touched(run_root, tiny_model_dir):
    """Weights so large that the loss is finite while its gradient overflows; the step taken must be none."""
    from core.data.sources import load_corpus
    from core.model.source import resolve_model
    from core.train.fit import prepare
    from core.train.recorder import Recorder
    from core.train.trainer import LabTrainer

    config = config_for(tiny_model_dir, lora__enabled=False)
    run = Store().create(config)
    setup = prepare(run, config, load_corpus(config), resolve_model(config.model), lambda: False)
    trainer = LabTrainer(setup, Recorder(setup))
    before = {name: p.detach().clone() for name, p in setup.model.named_parameters()}
    setup.model.classifier.weight.register_hook(lambda gradient: gradient * float("inf"))
    with pytest.raises(DivergedError, match=r"gradient is not a number .*at step 1 on training rows \(\d+"):
        trainer.train()
    assert all(torch.equal(p, before[name]) for name, p in setup.model.named_parameters())
