"""bf16 is tried on the first batch, and trained in only where it does what fp32 does."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from core.runs.folder.store import Store
from core.train.bf16_check import GRADIENT_LIMIT, Deviation
from core.train.fit import fit
from tests.core.train.tiny_runs import config_for, story, weights


def trained(config):
    run = Store().create(config)
    assert fit(run) == "finished"
    return run


@pytest.fixture
def too_large_for_bf16(tiny_model_dir, tmp_path):
    """Weights that add ten thousand in one product and take it away after it: bf16 keeps the ten thousand alone."""
    folder = tmp_path / "large"
    shutil.copytree(tiny_model_dir, folder)
    (file,) = folder.glob("*.safetensors")
    tensors = load_file(file)
    layers = json.loads((folder / "config.json").read_text())["num_hidden_layers"]
    (last,) = {key.partition("dense")[0] for key in tensors if f"layer.{layers - 1}.output.bottleneck.dense" in key}
    tensors[f"{last}dense.bias"] += 1e4
    tensors[f"{last}LayerNorm.bias"] -= 1e4 * tensors[f"{last}LayerNorm.weight"]
    save_file(tensors, file, metadata={"format": "pt"})
    (folder / "digests.json").unlink(missing_ok=True)
    return folder


@pytest.mark.parametrize("fast", ["auto", "off"])
@pytest.mark.parametrize("lora", [True, False])
def test_a_sound_model_trains_in_bf16_and_its_record_says_how_far_that_is_off(run_root, lora, fast):
    changes = {"train__precision": "bf16", "train__max_steps": 1, "train__fast": fast, "lora__enabled": lora}
    record = trained(config_for("demo", **changes)).record()
    assert record["computed"]["precision"].startswith("bf16")
    assert 0 < record["bf16"]["gradient"] < GRADIENT_LIMIT / 2
    assert record["bf16"]["bf16"] == pytest.approx(record["bf16"]["fp32"], abs=0.02)
    assert not any("bf16" in note for note in record["notes"])


def test_a_model_that_bf16_breaks_trains_in_fp32_as_if_asked_for_it_and_says_so(run_root, too_large_for_bf16):
    unfolded = {"train__fast": "off"}  # what is folded cancels before anything is multiplied
    run = trained(config_for(too_large_for_bf16, train__precision="bf16", **unfolded))
    assert run.record()["computed"]["precision"] == "fp32"
    (said,) = [note for note in run.record()["notes"] if "bf16 strays" in note]
    assert said.endswith("trained in fp32")
    assert said in run.status().weights_note
    exact = trained(config_for(too_large_for_bf16, train__precision="fp32", **unfolded))
    assert story(run) == story(exact)
    mine, theirs = weights(run), weights(exact)
    assert all(np.array_equal(mine[name], theirs[name]) for name in theirs)
    assert "bf16" not in exact.record()


@pytest.mark.parametrize(
    ("fp32", "bf16", "gradient", "small"),
    [(2.0, 2.05, 0.1, True), (2.0, 2.15, 0.1, False), (0.1, 0.14, 0.1, True), (2.0, 2.0, 0.4, False),
     (2.0, float("nan"), 0.1, False), (2.0, 2.0, float("nan"), False)],
)  # fmt: skip
def test_what_counts_as_small(fp32, bf16, gradient, small):
    assert Deviation(fp32, bf16, gradient).small == small
