"""What would fail when a model is built is refused before, with the file's name and the reason, without torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.activations import ACT2FN

from core.config import RunConfig
from core.model.build import build_model
from core.model.files import check_files
from core.model.limits import check_sizes
from core.model.source import ModelError, resolve_model
from core.model.tokenizer import load_tokenizer


@pytest.fixture
def model(tiny_model_dir, tmp_path):
    return shutil.copytree(tiny_model_dir, tmp_path / "model")


def without(folder, word):
    path = folder / "model.safetensors"
    save_file({k: v for k, v in load_file(path).items() if word not in k}, path, metadata={"format": "pt"})


def configured(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def halved(folder, name):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors[name] = tensors[name][: len(tensors[name]) // 2].clone()
    save_file(tensors, path, metadata={"format": "pt"})


def unfinished(folder, number, kind=torch.float32):
    path = folder / "model.safetensors"
    tensors = {name: tensor.to(kind) for name, tensor in load_file(path).items()}
    tensors[VALUE][1, 2] = number
    save_file(tensors, path, metadata={"format": "pt"})


VALUE = "mobilebert.encoder.layer.1.attention.self.value.weight"
FAULTS = {
    "layer": (lambda folder: without(folder, "layer.1."), r"lack \d+ of this model's tensors, first encoder.layer.1"),
    "tensor": (lambda folder: without(folder, "layer.1.ffn.0.output.dense.bias"), r"lack 1 of .*1\.ffn\.0\.output"),
    "words": (lambda folder: without(folder, "word_embeddings"), "first embeddings.word_embeddings"),
    "layers": (lambda folder: configured(folder, num_hidden_layers=3), "first encoder.layer.2"),
    "shape": (lambda folder: halved(folder, VALUE), r"have \[\d+, \d+\] for .*1.attention.self.value"),
    "heads": (lambda folder: configured(folder, num_attention_heads=3), "3 heads cannot share"),
    "depth": (lambda folder: configured(folder, num_hidden_layers=-1), "num_hidden_layers is -1"),
    "depth in words": (lambda folder: configured(folder, num_hidden_layers="two"),
                       'num_hidden_layers is "two"; it must be a whole number from 1 to 1000'),
    "no heads": (lambda folder: configured(folder, num_attention_heads=None), "num_attention_heads is null; it must"),
    "activation": (lambda folder: configured(folder, hidden_act="rleu"), "unknown hidden_act 'rleu'; did you mean"),
    "positions": (lambda folder: configured(folder, max_position_embeddings=16), "position_embeddings"),
    "vocabulary": (lambda folder: configured(folder, vocab_size=100), r"tokenizer.json has 2570 pieces, the model 100"),
    "cut short": (lambda folder: (folder / "model.safetensors").write_bytes(
        (folder / "model.safetensors").read_bytes()[:-9]), "model.safetensors cannot be read: it has"),
    "no weights": (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 30), "model.safetensors cannot be"),
}  # fmt: skip


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16, torch.float16, torch.float64])
@pytest.mark.parametrize("number", [float("nan"), float("-inf")])
def test_weights_that_are_no_numbers_are_named_before_a_run(model, kind, number):
    unfinished(model, 1.0, kind)
    check_files(resolve_model(str(model)))
    unfinished(model, number, kind)
    with pytest.raises(ModelError, match=rf"model.safetensors holds NaN or infinity in {VALUE}"):
        check_files(resolve_model(str(model)))


def make(folder):
    return load_tokenizer(resolve_model(str(folder))), build_model(RunConfig(model=str(folder)), 2)


@pytest.mark.parametrize(("fault", "said"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_built_is_refused_before(model, fault, said):
    check_files(resolve_model(str(model)))
    fault(model)
    with pytest.raises(ModelError, match=said):
        check_files(resolve_model(str(model)))
    with pytest.raises(ModelError):  # as the run itself would
        make(model)


@pytest.mark.parametrize("changes", [{}, {"model.variant": "light", "model.layers": 1, "model.rank": 8}])
def test_what_a_run_saves_is_whole(tiny_model_dir, tmp_path, changes):
    built = build_model(RunConfig(model=str(tiny_model_dir)).replace({"lora.enabled": False, **changes}), 3)
    built.save_pretrained(tmp_path)
    load_tokenizer(resolve_model(str(tiny_model_dir))).save_pretrained(tmp_path)
    check_files(resolve_model(str(tmp_path)))
    check_files(resolve_model("demo"))


def test_the_activations_are_those_of_transformers():
    for name in ACT2FN:
        check_sizes({"model_type": "bert", "hidden_act": name})


def test_it_needs_no_torch():
    code = (
        "import sys; from core.model.files import check_files; from core.model.source import resolve_model; "
        "check_files(resolve_model('demo')); sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
