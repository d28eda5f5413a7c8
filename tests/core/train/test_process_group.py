"""Several processes take the same steps as one: real processes, real training."""

import json
import os
import shutil

import pytest
import torch
from safetensors.torch import load_file

from core.config import RunConfig
from core.demo import DEMO_MODEL_DIR
from core.runs.folder.status import LostError
from core.runs.folder.store import Store
from core.train.fit import fit
from core.train.process_group import ProcessGroup
from core.train.ray_workers import MemberError, cause_of
from tests.core.train.group_member import take_part


@pytest.fixture
def still_model(tmp_path):
    """The demo model without dropout, whose draws differ from process to process."""
    folder = shutil.copytree(DEMO_MODEL_DIR, tmp_path / "still")
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "classifier_dropout": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "digests.json").unlink()  # changed on purpose
    return folder


def train(forked, runs, size, tmp_path):
    """`size` processes that train the runs one after the other, and the files of what each prints."""
    folders, said = [str(run.dir) for run in runs], [tmp_path / f"member-{rank}.log" for rank in range(size)]
    return [
        (forked(_print_to, log, take_part, rank, size, f"{tmp_path}/meet-{size}", folders), log)
        for rank, log in enumerate(said)
    ]


def _print_to(path, function, *arguments):
    with path.open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    function(*arguments)


def outcome(run):
    """A run's curve and its weights."""
    return run.metrics()[0], load_file(run.model_dir / "model.safetensors")


def test_two_processes_learn_what_one_learns(tmp_path, still_model, forked):
    config = RunConfig().replace({
        "model": str(still_model),
        "lora.enabled": False,
        "data.max_train_rows": 45,  # batches of 8 and of 7: a share is short
        "data.max_eval_rows": 40,
        "train.batch_size": 8,
        "train.epochs": 2,
        "train.precision": "fp32",
    })  # fmt: skip
    store, configs = Store(tmp_path / "runs"), [config.replace({"train.loss": loss}) for loss in ("ce", "joint")]
    by_one, by_two = ([store.create(config) for config in configs] for _ in range(2))
    members = train(forked, by_two, 2, tmp_path)
    assert [fit(run) for run in by_one] == ["finished"] * 2
    for member, log in members:
        member.join(200)
        assert member.exitcode == 0, log.read_text()[-3000:]
        assert log.read_text().count("finished") == len(by_two)
    for (alone, weights), (together, shared) in zip(map(outcome, by_one), map(outcome, by_two), strict=True):
        assert [row["step"] for row in together] == [row["step"] for row in alone]
        for one, two in zip(alone, together, strict=True):
            for name in ("loss", "contrastive", "grad_norm", "lr", "eval_loss", "eval_accuracy"):
                if name in one:
                    assert two[name] == pytest.approx(one[name], rel=1e-3, abs=1e-4), (name, one["step"])
        assert weights.keys() == shared.keys()
        for name, tensor in weights.items():
            # As a whole: Adam makes a step of any size out of a gradient that is all rounding.
            assert float((shared[name] - tensor).norm()) <= 1e-3 * float(tensor.norm()) + 1e-4, name


def test_process_group_of_one_changes_nothing():
    group, batch = ProcessGroup(), {"input_ids": torch.arange(6).reshape(3, 2)}
    assert group.scatter(batch) is batch
    assert group.gather(batch["input_ids"]) is batch["input_ids"]
    assert [group.on_any(True), group.on_any(False)] == [True, False]


def test_what_one_member_says_is_the_reason_and_silence_is_a_loss(tmp_path):
    errors = pytest.importorskip("ray.train")
    said, silent = MemberError("disk is full"), RuntimeError("the actor died")
    told = cause_of(errors.WorkerGroupError("", {0: silent, 1: said}), tmp_path)
    assert (type(told), str(told)) == (ValueError, "disk is full")
    (tmp_path / "stuck-0").touch()
    lost = cause_of(errors.WorkerGroupError("", {0: silent}), tmp_path)
    assert isinstance(lost, LostError)
    assert str(lost).endswith("resume it")
    stack = (
        'Timeout (0:01:00)!\nThread 0x1:\n  File "/mine.py", line 5 in hang\n  File "/guard.py", line 99 in called\n'
    )
    (tmp_path / "stuck-1").write_text(stack)
    hung = cause_of(errors.WorkerGroupError("", {1: silent}), tmp_path)
    assert type(hung) is ValueError
    assert str(hung).startswith("/mine.py:5: still within one call")
