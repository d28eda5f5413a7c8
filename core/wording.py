"""A setting's key and value in, what people call them out; the same in tables, figures and names of runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from core.sections import TrainConfig

NAMES = {
    "augment.fraction": "rows augmented",
    "augment.strength": "words edited",
    "augment.mode": "augmentation",
    "augment.style": "augmentation style",
    "augment.weights": "method weights",
    "augment.min_words": "fewest words to augment",
    "augment.max_words": "most words to augment",
    "augment.pattern": "augmented rows with",
    "augment.classes": "augmented classes",
    "augment.class_weights": "augmented by class",
    "augment.votes": "votes file",
    "data.eval_file": "evaluation file",
    "data.text": "text column",
    "data.pair": "pair column",
    "data.label": "label column",
    "data.max_train_rows": "training rows",
    "data.max_eval_rows": "evaluation rows",
    "data.max_length": "word pieces",
    "data.hold_out": "share held out",
    "model.variant": "architecture",
    "model.layers": "layers kept",
    "model.keep": "layers",
    "model.rank": "CP rank",
    "lora.enabled": "LoRA",
    "lora.r": "LoRA rank",
    "lora.alpha": "LoRA alpha",
    "lora.dropout": "LoRA dropout",
    "lora.targets": "LoRA on",
    "train.features": "contrast on",
    "train.eval_every": "evaluated every",
    "train.fast": "fast path",
    "train.checkpoint_mb": "space for checkpoints (MB)",
    "run.cpus": "processors",
    "run.gpus": "GPUs",
    "train.lr": "peak learning rate",
}
"""Short names of keys that say little by themselves; any other is only made readable."""

CHOICES = {
    "augment.mode": {"dynamic": "anew each epoch", "static": "once, before", "none": "not at all"},
    "augment.style": {"careful": "careful", "paper": "as in paper A"},
    "model.variant": {"base": "the model's own", "light": "LightMobileBERT"},
    "model.keep": {"bottom": "the bottom ones", "theseus": "one of every two"},
    "train.loss": {"ce": "cross-entropy", "joint": "joint", "supcon_textbook": "textbook SupCon"},
    "train.features": {"logits": "logits", "pooled": "pooled embedding"},
    "train.optimizer": {"lmbert_adam": "LMBert_Adam", "bert_adam": "Bert_Adam", "adamw": "AdamW"},
    "train.schedule": {"third": "down to a third", "linear": "linear to zero", "constant": "constant"},
    "train.report_to": {"none": "nowhere else", "tensorboard": "TensorBoard", "mlflow": "MLflow"},
    "run.executor": {"local": "this machine", "ray": "Ray cluster"},
}
"""Names for people of choices whose keys say little; a choice that is not here is called by its key."""

NOTHING = {
    "data.max_train_rows": "all",
    "data.max_eval_rows": "all",
    "data.hold_out": "by the number of rows",
    "augment.strength": "the method's own",
    "augment.weights": "the task's",
    "train.lr": "the task's",
    "train.epochs": "by the number of rows",
    "train.token_budget": "by rows",
}
"""What it means that a key is not set."""

PERCENT = ("augment.fraction", "augment.strength", "data.hold_out")
"""Shares, which people read in percent."""

FILES = ("data.file", "data.eval_file", "augment.votes")
"""Paths, of which people read the file's name."""

COUNTS = ("data.max_train_rows", "data.max_eval_rows", "train.max_steps", "train.token_budget", "train.checkpoint_mb")
"""Numbers with marks between thousands."""

UNITS = {
    "data.max_length": "pieces",
    "train.batch_size": "rows",
    "train.token_budget": "pieces",
    "train.max_steps": "steps",
    "train.eval_every": "steps",
}


def name(key: str) -> str:
    """`train.batch_size` -> `batch size`."""
    return NAMES.get(key) or key.rpartition(".")[2].replace("_", " ")


def axis(key: str) -> str:
    """The name with its unit, as it stands beside an axis: `rows augmented (%)`."""
    unit = "%" if key in PERCENT else UNITS.get(key, "")
    return f"{name(key)} ({unit})" if unit else name(key)


def value(key: str, of: Any) -> str:
    """0.2 of the rows is 20 %; `ce` is cross-entropy."""
    if of is None:
        return NOTHING.get(key, "none")
    if isinstance(of, bool):
        return "on" if of else "off"
    if isinstance(of, list | tuple):
        return "+".join(f"{one:g}" if isinstance(one, float) else str(one) for one in of) or NOTHING.get(key, "none")
    if key in FILES:
        return PurePath(str(of)).name
    if key in PERCENT and isinstance(of, int | float):
        return f"{100 * of:g} %"
    if isinstance(of, int) and key in COUNTS:
        return f"{of:,}"
    return f"{of:g}" if isinstance(of, float) else CHOICES.get(key, {}).get(str(of), str(of))


def models(names: Iterable[str]) -> dict[str, str]:
    """What each model is called among these: one in a folder by the last parts of its path, as many as it takes."""
    known = {name: f"/{PurePath(name)}" for name in names}
    called = {}
    for name, whole in known.items():
        parts = PurePath(name).parts if name[:1] in ("/", ".", "~") else (name,)
        others = [other for other in known.values() if other != whole]
        ends = ("/".join(parts[-many:]) for many in range(1, len(parts) + 1))
        called[name] = next((end for end in ends if not any(other.endswith(f"/{end}") for other in others)), name)
    return called


def rows(count: int) -> str:
    """`1 row`, `1,000 rows`."""
    return f"{count:,} row" + "s" * (count != 1)


def capital(text: str) -> str:
    """The text with a capital letter in front, but for a word that has one of its own further on: `t-SNE needs ...`."""
    first = text.partition(" ")[0]
    return text if any(map(str.isupper, first)) else text[:1].upper() + text[1:]


def percent(share: float, places: int = 0) -> str:
    """0.564 -> `56 %`; with one place `56.4 %`."""
    return f"{100 * share:.{places}f} %"


def said(key: str, of: Any) -> str:
    """Name and value: `loss joint`, `rows augmented 20 %`."""
    return f"{name(key)} {value(key, of)}"


def batches(train: TrainConfig) -> str:
    """How large the batches were: `32 rows`, `2,048 word pieces`."""
    return f"{train.batch_size} rows" if train.token_budget is None else f"{train.token_budget:,} word pieces"


def in_percent(text: str) -> str:
    """The shares in a sentence about `PERCENT` as people enter them: the range of one that was refused, or what to set
    it to and what it was: `data.hold_out=0.4 (was 0.2)` is `data.hold_out=40 (was 20)`."""
    refused = _REFUSED.sub(lambda it: f"{it[1]}{_scaled(it[2], 100)} %; it must lie between {_scaled(it[3], 100)} and "
                                      f"{_scaled(it[4], 100)} %", text)  # fmt: skip
    return _SET.sub(lambda it: it[1] + _scaled(it[2], 100) + (it[3] + _scaled(it[4], 100) if it[3] else ""), refused)


_SHARES = "|".join(map(re.escape, PERCENT))
_REFUSED = re.compile(rf"((?:{_SHARES}) is )(-?[\d.]+); it must lie between ([\d.]+) and ([\d.]*\d)")
_SET = re.compile(rf"((?:{_SHARES})=)([\d.]*\d)(?:( \(was )([\d.]*\d))?")


def as_entered(key: str, of: str) -> str:
    """A value of the configuration as a person enters it: 0.2 of the rows is 20."""
    return _scaled(of, 100) if key in PERCENT else of


def from_entered(key: str, of: str) -> str:
    """What a person entered as the configuration takes it; what is no number is left for the configuration to say."""
    return _scaled(of, 0.01) if key in PERCENT else of


def _scaled(of: str, by: float) -> str:
    try:
        return f"{float(of) * by:.10g}"
    except ValueError:
        return of
