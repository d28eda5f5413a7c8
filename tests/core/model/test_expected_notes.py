"""What is said before a run of its head and its padding is what building the model says."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.config import RunConfig
from core.model.build import build_model
from core.model.build_notes import build_notes_of
from core.model.expected_notes import expected_notes
from core.model.source import resolve_model
from core.plan.check import check
from core.runs.folder.store import Store
from tests.core.model.test_saved import NAMES, trained


@pytest.mark.parametrize("lora", [True, False])
@pytest.mark.parametrize("labels", [NAMES, NAMES[::-1], ["yes", "no"], []])
def test_a_finished_runs_head_is_foretold(tmp_path, tiny_model_dir, lora, labels):
    trained(tmp_path / "model", tiny_model_dir, lora)
    source = resolve_model(str(tmp_path / "model"))
    model = build_model(RunConfig(model=source.name), len(labels) or 1, not labels, labels or None)
    assert build_notes_of(model.get_base_model())
    assert expected_notes(source, labels, not labels) == build_notes_of(model.get_base_model())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_the_length_of_the_padding_piece_is_read_off_the_file(tiny_model_dir, dtype):
    path = tiny_model_dir / "model.safetensors"
    tensors = load_file(path)
    name = next(name for name in tensors if name.endswith("word_embeddings.weight"))
    tensors[name][0] = 0
    tensors[name][0, :2] = torch.tensor([3.0, 4.0])
    save_file({key: tensor.to(dtype) for key, tensor in tensors.items()}, path, {"format": "pt"})
    assert "(length 5.00)" in expected_notes(resolve_model(str(tiny_model_dir)), ["a", "b"], False)


def test_the_dry_run_says_it(tmp_path, tiny_model_dir, run_root):
    trained(tmp_path / "model", tiny_model_dir)
    config = RunConfig(task="demo-intents", model=str(tmp_path / "model"))
    assert any("a new head: the model's own is for other classes" in note for note in check([config], Store()).notes)
