"""What a run will need, said before it starts: against the real classes, and against what autograd really keeps."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.lengths import text_lengths
from core.data.rows import Rows
from core.model import memory
from core.model.memory import Lengths, count, estimate_memory, remedies, saved_bytes, shortage
from core.model.parameters import count_parameters
from core.model.variant import Structure

VARIANTS = ("base", "lora", "light", "light+lora")


def config(variant: str, model: str = "demo", **changes: object) -> RunConfig:
    shape = {"model.variant": variant.removesuffix("+lora").replace("lora", "base"), "model.layers": 2, "model.rank": 8}
    return RunConfig(model=model).replace({**shape, "lora.enabled": variant.endswith("lora"), **changes})


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("rank", [0, 8])
def test_parameters_are_those_of_the_real_classes(variant, rank):
    report = count_parameters(Structure("demo", variant, layers=2, rank=rank, labels=6))
    assert count(config(variant, **{"model.rank": rank}), 6) == (report.unique, report.trainable)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize(("dropout", "tolerance"), [(0.1, 0.08), (0.0, 0.35)], ids=["dropout", "fused"])
def test_kept_activations_are_what_autograd_keeps(variant, bf16, dropout, tolerance, tiny_model_dir, tmp_path):
    """Independently: hooks on every tensor saved for the backward pass, weights and their bf16 copies left out."""
    import json

    import torch

    from core.model.build import build_model

    settings = json.loads((tiny_model_dir / "config.json").read_text()) | {"attention_probs_dropout_prob": dropout}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")
    run = config(variant, str(tmp_path))
    model = build_model(run, 2)
    texts, pieces, kept = 8, 40, {}
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    shapes = {tuple(p.shape) for p in model.parameters()} | {tuple(p.shape)[::-1] for p in model.parameters()}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        own = tensor.untyped_storage()
        copy = tensor.dtype == torch.bfloat16 and tuple(tensor.shape) in shapes
        if own.data_ptr() not in weights and not copy:
            kept[own.data_ptr()] = (own.nbytes(), tensor)  # held, so that no address is used twice
        return tensor

    ids = torch.randint(5, 100, (texts, pieces))
    hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
    with hooks, torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        model(input_ids=ids, attention_mask=torch.ones_like(ids))
    found = sum(size for size, _ in kept.values())
    assert texts * saved_bytes(run, pieces, bf16) == pytest.approx(found, rel=tolerance)


def test_adam_costs_three_times_the_trainable_weights():
    full = estimate_memory(config("base", **{"train.precision": "fp32"}), 2, Lengths(10, 10), 0)
    total, trainable = count(config("base"), 2)
    assert total == trainable
    assert (full.weights, full.gradients, full.optimizer) == (4 * total, 4 * total, 8 * total)
    assert full.total == sum(vars(full).values())


def test_lengths_are_those_of_the_texts_cut_at_the_limit():
    rows = Rows(["one two three."] * 99 + ["word " * 500], None, [0] * 100)
    lengths = text_lengths(rows, 64)
    assert lengths.longest == 64
    # Three words and a full stop are 4 signs, times 1.2 and up 5, and two special pieces; one row in a hundred is cut.
    assert lengths.mean == pytest.approx(0.99 * 7 + 0.01 * 64)
    assert text_lengths(Rows(["a b"], ["c d"], [0]), 64).longest == 8


def test_shortage_names_need_limit_and_remedies():
    big = config("base", **{"train.batch_size": 4096, "data.max_length": 512})
    lengths = Lengths(500, 512)
    said = shortage(big, 2, lengths, 100, 2**30)
    assert "1 GiB are there" in said
    assert "train.batch_size=2048" in said
    assert "data.max_length=256" in said
    assert "lora.enabled=true" in said
    assert shortage(big, 2, lengths, 100, 2**50) == ""
    assert not [way for way in remedies(config("light+lora"), 2, Lengths(5, 8), 10) if "lora" in way]


def test_control_group_limits_what_there_is(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CONTROL_GROUP", tmp_path)
    there, free = memory.machine_memory()
    assert there >= free > 0
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert memory.machine_memory() == (1000, 600)
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.machine_memory()[0] == there


def test_a_token_budget_needs_what_its_longest_texts_would_and_is_lowered_by_its_own_key():
    fixed, budget = config("base", **{"train.batch_size": 32}), config("base", **{"train.token_budget": 32 * 64})
    lengths = Lengths(20, 64)
    assert estimate_memory(fixed, 2, lengths, 10) == estimate_memory(budget, 2, lengths, 10)
    alone = config("base", **{"train.token_budget": 50})  # a longer text is a batch of its own
    assert estimate_memory(alone, 2, lengths, 10) == estimate_memory(
        config("base", **{"train.batch_size": 1}), 2, lengths, 10
    )
    assert "train.token_budget=1024 " in remedies(budget, 2, lengths, 10)[0] + " "
