"""What the launch form calls each configuration key, and on which card it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import wording
from core.config import keys

LABELS = {
    "task": "Task",
    "model": "Starting model",
    "seed": "Seed",
    "data.max_train_rows": "Training rows, at most",
    "data.max_eval_rows": "Evaluation rows, at most",
    "data.max_length": "Word pieces, at most",
    "data.file": "Training file",
    "data.eval_file": "Evaluation file",
    "data.text": "Text column",
    "data.pair": "Second text column",
    "data.label": "Label column",
    "data.label_kind": "Labels are",
    "data.decimal": "Decimal mark",
    "data.spellings": "Spellings of a class",
    "data.fold": "Classes to fold",
    "data.duplicates": "Repeated rows",
    "data.leaks": "Evaluation rows in training",
    "data.split": "Held-out rows",
    "data.hold_out": "Share held out (%)",
    "data.split_seed": "Seed of the held-out rows",
    "augment.mode": "When to augment",
    "augment.fraction": "Share of rows (%)",
    "augment.methods": "Methods",
    "augment.weights": "Weights of the methods",
    "augment.style": "Style",
    "augment.strength": "Strength (% of words)",
    "augment.swap_distance": "Words between swapped ones, at most",
    "augment.min_words": "Words in a row, at least",
    "augment.max_words": "Words in a row, at most",
    "augment.pattern": "Rows that match (pattern)",
    "augment.classes": "Rows of these classes",
    "augment.class_weights": "Classes augmented more often",
    "augment.votes": "Only edits that voters accepted (file)",
    "model.variant": "Architecture",
    "model.layers": "Layers kept (light)",
    "model.keep": "Which layers (light)",
    "model.rank": "CP rank (light)",
    "lora.enabled": "LoRA only",
    "lora.r": "LoRA rank r",
    "lora.alpha": "LoRA alpha",
    "lora.dropout": "LoRA dropout",
    "lora.targets": "LoRA targets",
    "train.loss": "Loss",
    "train.features": "Contrast computed on",
    "train.optimizer": "Optimizer",
    "train.schedule": "Learning-rate schedule",
    "train.epochs": "Epochs",
    "train.max_steps": "Steps, at most",
    "train.batch_size": "Batch size",
    "train.token_budget": "Token budget of a batch",
    "train.lr": "Peak learning rate",
    "train.weight_decay": "Weight decay",
    "train.eval_every": "Evaluate every (steps)",
    "train.class_weights": "Class weights",
    "train.precision": "Precision",
    "train.fast": "Fast path",
    "train.checkpoint_every": "Checkpoint every (steps)",
    "train.keep_checkpoints": "Checkpoints kept, at most",
    "train.checkpoint_mb": "Space for checkpoints (MB)",
    "train.report_to": "Also report to",
    "run.name": "Name of the run",
    "run.executor": "Where it runs",
    "run.address": "Cluster's address (Ray)",
    "run.cpus": "Cores of a node (Ray)",
    "run.gpus": "GPUs of a node (Ray)",
    "run.workers": "Processes for a run (Ray)",
}

PLACEHOLDERS = {
    "train.max_steps": "set by the epochs",
    "train.token_budget": "none: a fixed batch size",
    "train.epochs": "",
    "train.lr": "",
    "train.eval_every": "half an epoch",
    "train.checkpoint_every": "every half minute",
    "augment.weights": "the task's own, else equal",
    "augment.max_words": "any",
    "augment.pattern": "any text; e.g. (?i)refund|return",
    "augment.classes": "all",
    "augment.class_weights": "rare:5, ...",
    "augment.votes": "all edits",
    "run.name": "",
    "run.address": "http://head:8265",
    "data.text": "guessed; shown below",
    "data.label": "guessed; shown below",
    "data.pair": "by its name",
    "data.fold": "old=new, ...",
    "data.eval_file": "held out of the training file",
}
"""What an empty field stands for, where `core.wording` does not say it."""


def label_of(key: str) -> str:
    """What a key is called for people; one without a name of its own is made readable: `train.keep_best`."""
    return LABELS.get(key) or key.rpartition(".")[2].replace("_", " ").capitalize()


def for_people(text: str) -> str:
    """A sentence about keys with the names that the form gives them: `“Word pieces, at most” is 128; ...`."""
    return _KEYS.sub(lambda found: f"“{label_of(found[1])}”{' = ' if found[2] else ''}", wording.in_percent(text))


_DOTTED = sorted((re.escape(key) for key in keys() if "." in key), key=len, reverse=True)
_KEYS = re.compile(rf"(?<![\w.])({'|'.join(_DOTTED)})\b(?!\.\w)(=?)")


@dataclass(frozen=True)
class Card:
    """A box of the form: the settings that matter; behind "more" stands what else its sections hold."""

    title: str
    sections: tuple[str, ...]
    main: tuple[str, ...]

    @property
    def more(self) -> tuple[str, ...]:
        """In the configuration's order; a key that is new there comes by itself."""
        return tuple(
            key
            for key in keys()
            if key.rpartition(".")[0] in self.sections and key not in self.main and key not in ELSEWHERE
        )


ELSEWHERE = (
    *("task", "model", "run.name"),
    *("data.file", "data.eval_file", "data.text", "data.pair", "data.label", "data.label_kind"),
    *("data.decimal", "data.spellings", "data.fold", "data.split", "data.hold_out", "data.split_seed"),
)
"""Asked in other places: beside the click, and beside the preview of an own file."""

CARDS = (
    Card("Data", ("data",), ("task", "data.max_train_rows", "data.max_length")),
    Card("Model", ("model", "lora"), ("model", "model.variant", "lora.enabled")),
    Card("Augmentation", ("augment",), ("augment.mode", "augment.methods", "augment.fraction")),
    Card("Training", ("", "train", "run"), ("train.loss", "train.epochs", "train.lr")),
)
