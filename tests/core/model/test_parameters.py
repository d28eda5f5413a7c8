"""Counts against the real classes, peft and torch's own operation counter."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from core.config import RunConfig
from core.model import architecture, parameters
from core.model.build import build_model
from core.model.mobilebert_tensors import PARTS, sizes_of
from core.model.parameters import ParameterReport
from core.model.source import FULL_SIZE, ModelError
from core.model.variant import VARIANTS, Structure

SMALL = {"layers": 3, "rank": 8, "lora_r": 2, "labels": 3}


def count_parameters(model: str, variant: str = "base", **settings: int) -> ParameterReport:
    return parameters.count_parameters(Structure(model, variant, **settings))


def built(folder, variant):
    changes = {
        "model": str(folder),
        "model.variant": "light" if variant.startswith("light") else "base",
        "model.layers": 3,
        "model.rank": 8,
        "lora.enabled": variant.endswith("lora"),
        "lora.r": 2,
    }
    return build_model(RunConfig().replace(changes), 3).eval()


def test_the_papers_figures():
    assert count_parameters(FULL_SIZE, "base").total == 24_582_914
    lora = count_parameters(FULL_SIZE, "lora")
    assert (lora.trainable, lora.total, lora.unique) == (173_058, 24_755_972, 24_754_946)
    assert count_parameters(FULL_SIZE, "light", layers=12, rank=0).total == 14_476_034
    assert count_parameters(FULL_SIZE, "light", layers=12, rank=64).total == 14_285_570


def test_figures_by_hand():
    assert 173_058 == 24 * 8 * ((128 + 128) + (512 + 128)) + 512 * 2 + 2
    assert count_parameters(FULL_SIZE, "light+lora").trainable == 12 * 8 * ((128 + 64) + (512 + 128)) + 512 * 2 + 2
    assert 14_476_034 - 14_285_570 == 12 * (2 * (128 * 128 + 128) - (2 * 64 * 128 + 4 * 64 + 4 * 128))


@pytest.mark.parametrize("variant", VARIANTS)
def test_rows_are_the_tensors_of_the_model_itself(folder, variant):
    report, model = count_parameters(str(folder), variant, **SMALL), built(folder, variant)
    found = sorted((row.shape, row.trainable) for row in report.rows)
    assert found == sorted((tuple(p.shape), p.requires_grad) for p in model.parameters())
    assert report.total == sum(row.params for row in report.rows) == sum(p.numel() for p in model.parameters())
    assert report.trainable == sum(p.numel() for p in model.parameters() if p.requires_grad)
    if not variant.endswith("lora"):
        assert [row.module for row in report.rows] == [name for name, _ in model.named_parameters()]
        assert report.unique == report.total
    else:
        assert report.total - report.unique == 48 * 3 + 3


OTHER_SIZES = [
    {},
    {"num_feedforward_networks": 1, "intra_bottleneck_size": 12, "true_hidden_size": 12},
    {"hidden_size": 40, "intermediate_size": 24, "embedding_size": 7},
]


@pytest.mark.parametrize("change", OTHER_SIZES)
@pytest.mark.parametrize("cut", [None, (2, 0), (3, 5)])
def test_what_is_written_down_of_mobilebert_is_what_its_classes_have(folder, change, cut):
    text = json.dumps(json.loads((folder / "config.json").read_text(encoding="utf-8")) | change)
    assert sizes_of(text, cut) is not None
    assert architecture.tensors_of(text, cut, 3) == architecture.read_tensors(text, cut, 3)


@pytest.mark.parametrize("cut", [None, (24, 64), (1, 128)])
def test_so_it_is_at_the_published_size(cut):
    text = Structure(FULL_SIZE).config_text()
    assert architecture.tensors_of(text, cut, 2) == architecture.read_tensors(text, cut, 2)


@pytest.mark.parametrize("change", [{"key_query_shared_bottleneck": False}, {"use_bottleneck_attention": True},
                                    {"normalization_type": "layer_norm"}, {"classifier_activation": True},
                                    {"trigram_input": False}, {"use_bottleneck": False},
                                    {"intra_bottleneck_size": 12}])  # fmt: skip
def test_of_an_unusual_plan_the_classes_are_read(folder, tmp_path, change):
    values = json.loads((folder / "config.json").read_text(encoding="utf-8")) | change
    (tmp_path / "config.json").write_text(json.dumps(values), encoding="utf-8")
    report = count_parameters(str(tmp_path), labels=3)
    model = architecture.model_class(architecture.shape_of(values, 3))(architecture.shape_of(values, 3))
    assert [(row.module, row.shape) for row in report.rows] == [
        (n, tuple(p.shape)) for n, p in model.named_parameters()
    ]


def test_counting_a_mobilebert_loads_no_torch():
    script = """
import sys
from core.model.parameters import count_parameters
from core.model.variant import Structure
for variant in ("base", "lora", "light", "light+lora"):
    count_parameters(Structure("mobilebert", variant))
print("torch" in sys.modules, "transformers" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_every_row_has_a_part_and_the_encoders_a_layer(folder):
    report = count_parameters(str(folder), "light+lora", **SMALL)
    assert {row.part for row in report.rows} == set(PARTS)
    assert {row.layer for row in report.rows if ".encoder." in row.module} == {0, 1, 2}
    assert {row.layer for row in report.rows if ".encoder." not in row.module} == {None}
    parts = {row.module.rpartition("layer.0.")[2]: row.part for row in report.rows if row.layer == 0}
    assert parts["attention.self.mixing"] == parts["attention.output.dense.weight"] == "attention"
    assert parts["attention.self.query.lora_A.weight"] == "attention"
    assert parts["attention.output.LayerNorm.weight"] == parts["bottleneck.input.LayerNorm.bias"] == "norms"
    assert parts["output.bottleneck.dense.weight"] == parts["bottleneck.attention.dense.bias"] == "bottleneck"
    assert parts["ffn.0.output.dense.weight"] == parts["output.dense.weight"] == "feed-forward"


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("length", [5, 16])
def test_multiply_accumulates_are_what_torch_counts_in_a_forward_pass(folder, variant, length):
    model = built(folder, variant)
    model.set_attn_implementation("eager") if hasattr(model, "set_attn_implementation") else None
    inner = model.get_base_model() if variant.endswith("lora") else model
    inner.set_attn_implementation("eager")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(input_ids=torch.arange(length)[None])
    report = count_parameters(str(folder), variant, **SMALL, seq_len=length)
    assert 2 * report.macs == counter.get_total_flops()
    assert sum(report.macs_by_part.values()) == report.macs


def test_fewer_parameters_are_not_fewer_operations_in_the_scores():
    plain = count_parameters(FULL_SIZE, "light", layers=12, rank=0)
    shared = count_parameters(FULL_SIZE, "light", layers=12, rank=64)
    assert shared.total < plain.total
    assert shared.macs_by_part["scores"] > plain.macs_by_part["scores"]
    assert plain.macs_by_part["scores"] == 12 * 4 * 128 * 128 * (32 + 32)


def test_bytes_by_hand(folder):
    report = count_parameters(str(folder), "base", labels=3)
    model = built(folder, "base")
    matrices = [m.weight for m in model.modules() if isinstance(m, torch.nn.Linear | torch.nn.Embedding)]
    inside = sum(weight.numel() for weight in matrices)
    assert report.bytes["fp32"] == 4 * report.total
    assert report.bytes["bf16"] == 2 * report.total
    assert report.bytes["int8"] == inside + 4 * len(matrices) + 4 * (report.total - inside)


def test_a_slider_moves_the_counts_at_once():
    count_parameters(FULL_SIZE, "base")
    began = time.process_time()
    for rank in range(16, 116, 10):
        count_parameters(FULL_SIZE, "light+lora", layers=7, rank=rank, lora_r=rank)
    assert (time.process_time() - began) / 10 < 0.3


def test_saved_light_model_is_counted_as_it_is(folder, tmp_path):
    light = built(folder, "light")
    light.save_pretrained(tmp_path / "light")
    report = count_parameters(str(tmp_path / "light"), "base", labels=3)
    assert report.total == sum(p.numel() for p in light.parameters())
    with pytest.raises(ValueError, match="LightMobileBERT already"):
        count_parameters(str(tmp_path / "light"), "light", layers=1)


def test_bad_input_is_answered(folder, tmp_path):
    with pytest.raises(
        ValueError, match=r"unknown variant 'tiny'; choose from \['base', 'lora', 'light', 'light\+lora'\]"
    ):
        count_parameters(str(folder), "tiny")
    with pytest.raises(ValueError, match="this model has 4"):
        count_parameters(str(folder), "light", layers=12)
    with pytest.raises(ValueError, match="labels is 0"):
        count_parameters(str(folder), labels=0)
    with pytest.raises(ModelError, match=r"holds no config.json"):
        count_parameters(str(tmp_path))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("num_attention_heads", 0),
        ("num_attention_heads", 3),
        ("num_hidden_layers", -3),
        ("num_hidden_layers", 10**9),
        ("vocab_size", -1),
        ("hidden_size", "wide"),
    ],
)
def test_configuration_no_model_can_have_is_refused_in_one_line(tmp_path, key, value):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "mobilebert", key: value}))
    with pytest.raises(ModelError, match="not a valid configuration") as refused:
        count_parameters(str(tmp_path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("rank", [-1, 10**6])
def test_rank_out_of_range_is_refused(rank):
    with pytest.raises(ValueError, match="rank is"):
        Structure("demo", "light", layers=2, rank=rank)
