"""A configuration and the lengths of its texts in; the memory a run will need out, before it starts.

Imports no torch, but for the parameters of an encoder that is no MobileBERT: pages and `python -m core train` ask
before every launch. The sizes of what autograd keeps are those that saved-tensor hooks report of the real classes (a
test compares them); what a process needs besides is measured.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.config import RunConfig
from core.model.encoders import is_mobilebert
from core.model.limits import takes_bf16
from core.model.source import find_config
from core.processor import is_faster_in_bf16
from core.sections import LoraConfig

PROGRAM = 590 * 2**20
"""Bytes of a worker with torch and transformers loaded, before any weight; measured."""
PEFT = 100 * 2**20
"""Bytes that loading peft adds; measured."""
ALLOCATOR_OVERHEAD = 1.3
"""What the allocator keeps beside live activations, as a factor; measured on full-size runs of 6 to 32 texts a step."""
CONTROL_GROUP = Path("/sys/fs/cgroup")
_DEFAULTS = {
    "vocab_size": 30522, "hidden_size": 512, "num_hidden_layers": 24, "num_attention_heads": 4,
    "intermediate_size": 512, "embedding_size": 128, "max_position_embeddings": 512, "type_vocab_size": 2,
    "intra_bottleneck_size": 128, "num_feedforward_networks": 4, "attention_rank": 0,
    "attention_probs_dropout_prob": 0.1,
}  # fmt: skip


@dataclass(frozen=True)
class Lengths:
    """Word pieces of the texts, about: words and signs are counted, and not tokenised."""

    mean: float
    longest: int


@dataclass(frozen=True)
class Memory:
    """Bytes a run needs at its peak, by what needs them."""

    program: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    rows: int

    @property
    def total(self) -> int:
        return sum(asdict(self).values())


def shape_of(config: RunConfig) -> dict[str, Any]:
    """The sizes of the model a run trains, read off its config.json alone. Raises ModelError."""
    values = find_config(config.model)
    if not is_mobilebert(values):
        values = {"embedding_size": values.get("hidden_size", 768)} | values
    shape = {key: type(default)(values.get(key, default)) for key, default in _DEFAULTS.items()}
    if config.surgery.variant == "light":
        shape["num_hidden_layers"] = min(shape["num_hidden_layers"], config.surgery.layers)
        shape["attention_rank"] = config.surgery.rank
    return shape


def count(config: RunConfig, labels: int) -> tuple[int, int]:
    """(parameters, trainable ones) of a run's model, the head counted once."""
    if not is_mobilebert(values := find_config(config.model)):
        from core.model.parameters import count_encoder

        return count_encoder(values, config.lora, labels)
    s = shape_of(config)
    H, B, W, E = s["hidden_size"], s["intra_bottleneck_size"], s["intermediate_size"], s["embedding_size"]
    h, R = s["num_attention_heads"], s["attention_rank"]
    query_key = 2 * R * B + h * (R + B) if R else 2 * (B * B + B)
    layer = (
        2 * (H * B + 3 * B)  # bottleneck: input, and what query and key are made of
        + query_key + (H * B + B)  # value
        + (B * B + 3 * B)  # attention output
        + s["num_feedforward_networks"] * (2 * B * W + W + 3 * B)
        + (B * H + 3 * H)  # back to the full width
    )  # fmt: skip
    embeddings = s["vocab_size"] * E + 3 * E * H + H + (s["max_position_embeddings"] + s["type_vocab_size"] + 2) * H
    head = H * labels + labels
    total = embeddings + s["num_hidden_layers"] * layer + head
    if not config.lora.enabled:
        return total, total
    sides = {"query": B + (R or B), "key": B + (R or B), "value": H + B}
    adapters = sum(sides.get(target, B + W) for target in config.lora.targets) * config.lora.r
    trainable = s["num_hidden_layers"] * adapters + head
    return total + trainable - head, trainable


def saved_bytes(config: RunConfig, pieces: int, bf16: bool) -> int:
    """What autograd keeps for the backward pass, bytes for one text of that many pieces.

    Per layer and piece, with F feed-forward networks of width W, bottleneck B, hidden size H, h heads and rank R.
    """
    if not is_mobilebert(values := find_config(config.model)):
        return _encoder_bytes(values, config.lora, pieces, bf16)
    s = shape_of(config)
    H, B, W, F = s["hidden_size"], s["intra_bottleneck_size"], s["intermediate_size"], s["num_feedforward_networks"]
    h, R, full = s["num_attention_heads"], s["attention_rank"], not config.lora.enabled
    # Attention probabilities, their dropout's mask and what it leaves, always in fp32; without dropout none is kept.
    scores = 12 * h * pieces if s["attention_probs_dropout_prob"] else 0
    if bf16:
        layer = 2 * F * W + (10 * H + 28 * B + 6 * F * B if full else 6 * H + 18 * B + 4 * config.lora.r)
    else:
        layer = 4 * F * W + 8 * H + (36 * B + 8 * F * B if full else 20 * B + 8 * config.lora.r)
    if R:
        layer += 8 * h * (R + h) - 8 * B + (4 * R if full else 0)
    embeddings = 12 * s["embedding_size"] + 8 * H if full else 0
    return pieces * (s["num_hidden_layers"] * (layer + scores) + embeddings)


def _encoder_bytes(values: dict[str, Any], lora: LoraConfig, pieces: int, bf16: bool) -> int:
    """`saved_bytes` of an encoder as BERT is one: H wide, feed-forward I wide, h heads.

    A layer keeps what goes into its products (H for the attention's three, H for their output, H and I for the
    feed-forward part), query, key and value, two norms' inputs, what the activation saw, and masks of dropout.
    """
    H, h = int(values.get("hidden_size", 768)), int(values.get("num_attention_heads", 12))
    width, layers = int(values.get("intermediate_size", 4 * H)), int(values.get("num_hidden_layers", 12))
    half = 2 if bf16 else 4
    products = half * (8 * H + 2 * width) if not lora.enabled else half * (6 * H + width + 2 * lora.r)
    layer = products + 4 * 4 * H + 2 * H + 12 * h * pieces
    return pieces * (layers * layer + (0 if lora.enabled else 12 * H))


def estimate_memory(config: RunConfig, labels: int, lengths: Lengths, rows: int) -> Memory:
    """Bytes at the peak of a run on `rows` rows (training and evaluation). Raises ModelError."""
    total, trainable = count(config, labels)
    s = shape_of(config)
    looked_up = s["vocab_size"] * s["embedding_size"] + s["max_position_embeddings"] * s["hidden_size"]
    bf16 = takes_bf16(config.train.precision, total, is_faster_in_bf16())
    batch = _texts_at_once(config, lengths.longest) * saved_bytes(config, lengths.longest, bf16)
    return Memory(
        program=PROGRAM + (PEFT if config.lora.enabled else 0),
        weights=4 * total + (2 * (total - looked_up) if bf16 else 0),  # with the copies that bf16 computes on
        gradients=4 * trainable,
        optimizer=8 * trainable,
        activations=round(ALLOCATOR_OVERHEAD * batch),
        rows=round(rows * (60 * lengths.mean + 450)),  # word pieces as lists, and the texts
    )


def _texts_at_once(config: RunConfig, longest: int) -> float:
    """Texts of the longest kind in a batch; of a token budget the share of one counts, as shorter ones take less."""
    budget = config.train.token_budget
    return config.train.batch_size if budget is None else max(1.0, budget / longest)


def machine_memory() -> tuple[int, int]:
    """(bytes there are, bytes free) for this process; a control group's limit counts."""
    import psutil

    found = psutil.virtual_memory()
    total, free = found.total, found.available
    try:
        limit = int((CONTROL_GROUP / "memory.max").read_text())
        free = min(free, limit - int((CONTROL_GROUP / "memory.current").read_text()))
    except (OSError, ValueError):  # no control group, or one without a limit
        return total, free
    return min(total, limit), max(0, free)


def remedies(config: RunConfig, labels: int, lengths: Lengths, rows: int) -> list[str]:
    """Settings that lower the memory, with what the run would need then, the gentlest first."""
    cut = [{"model.variant": "light"}] if is_mobilebert(find_config(config.model)) else []
    budget = config.train.token_budget
    size, before, least = ("train.batch_size", config.train.batch_size, 1)
    if budget is not None:
        size, before, least = ("train.token_budget", budget, 8)
    changes: list[dict[str, Any]] = [
        {size: max(least, before // 2)},
        {size: max(least, before // 8)},
        {"data.max_length": max(8, min(config.data.max_length, lengths.longest) // 2)},
        {"lora.enabled": True},
        *cut,
    ]
    need = estimate_memory(config, labels, lengths, rows).total
    said = []
    for change in changes:
        other = config.replace(change)
        shorter = Lengths(min(lengths.mean, other.data.max_length), min(lengths.longest, other.data.max_length))
        less = estimate_memory(other, labels, shorter, rows).total
        if less < 0.95 * need:
            (key, value), *_ = change.items()
            said.append(f"{key}={str(value).lower()} ({gib(less)})")
    return said


def shortage(config: RunConfig, labels: int, lengths: Lengths, rows: int, limit: int) -> str:
    """What is needed, what there is and which settings lower it; empty where the run fits into `limit` bytes."""
    need = estimate_memory(config, labels, lengths, rows).total
    if need <= limit:
        return ""
    ways = remedies(config, labels, lengths, rows)
    advice = f"; what lowers it: {', '.join(ways)}" if ways else ""
    return f"about {gib(need)} of memory are needed, {gib(limit)} are there{advice}"


def as_long_as_allowed(config: RunConfig) -> tuple[str, list[str]]:
    """(what a run needs when its longest texts fill `data.max_length`, settings that lower it), rows left out."""
    lengths = Lengths(config.data.max_length, config.data.max_length)
    return gib(estimate_memory(config, 2, lengths, 0).total), remedies(config, 2, lengths, 0)


def gib(size: float) -> str:
    return f"{size / 2**30:.3g} GiB"
