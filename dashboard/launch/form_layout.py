"""What the launch form calls each configuration key, and on which card it stands."""

from __future__ import annotations

from dataclasses import dataclass

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
    "data.spellings": "Spellings of a class",
    "data.fold": "Classes to fold",
    "data.duplicates": "Repeated rows",
    "data.leaks": "Evaluation rows in training",
    "data.split_seed": "Draw of the held-out rows",
    "augment.mode": "When to augment",
    "augment.fraction": "Share of rows",
    "augment.methods": "Methods",
    "augment.weights": "Weights of the methods",
    "augment.style": "Style",
    "augment.strength": "Strength (share of words)",
    "augment.swap_distance": "Words between swapped ones, at most",
    "augment.min_words": "Rows of at least (words)",
    "augment.max_words": "Rows of at most (words)",
    "augment.pattern": "Rows that hold (pattern)",
    "augment.classes": "Rows of the classes",
    "augment.class_weights": "Weights of the classes",
    "augment.votes": "Only what voters accepted (file)",
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
    "train.lr": "Peak learning rate",
    "train.weight_decay": "Weight decay",
    "train.eval_every": "Evaluate every (steps)",
    "train.class_weights": "Class weights",
    "train.precision": "Precision",
    "train.checkpoint_every": "Checkpoint every (steps)",
    "train.keep_checkpoints": "Checkpoints kept, at most",
    "train.checkpoint_mb": "Space for checkpoints (MB)",
    "train.report_to": "Report to, as well",
    "run.name": "Name of the run",
    "run.executor": "Where it runs",
    "run.address": "Cluster's address (ray)",
    "run.cpus": "Cores of a node (ray)",
    "run.gpus": "GPUs of a node (ray)",
    "run.workers": "Processes a run (ray)",
}

PLACEHOLDERS = {
    "data.max_train_rows": "all",
    "data.max_eval_rows": "all",
    "augment.strength": "the method's own",
    "train.max_steps": "as epochs say",
    "train.lr": "task's",
    "train.eval_every": "half an epoch",
    "train.checkpoint_every": "every half minute",
    "augment.weights": "task's, else equal",
    "augment.max_words": "any",
    "augment.pattern": "anything, else (?i)refund|return",
    "augment.classes": "all",
    "augment.class_weights": "rare:5, ...",
    "augment.votes": "all edits",
    "run.name": "made from the settings",
    "run.address": "http://head:8265",
    "data.text": "guessed, and said",
    "data.label": "guessed, and said",
    "data.pair": "none",
    "data.fold": "old=new, ...",
    "data.eval_file": "a tenth of the training file",
}


@dataclass(frozen=True)
class Card:
    """A box of the form: the settings that matter, and those behind "more"."""

    title: str
    main: tuple[str, ...]
    more: tuple[str, ...]


CARDS = (
    Card(
        "Data",
        ("task", "data.max_train_rows", "data.max_length"),
        ("data.max_eval_rows", "data.duplicates", "data.leaks"),
    ),
    Card(
        "Model",
        ("model", "model.variant", "lora.enabled"),
        ("model.layers", "model.keep", "model.rank", "lora.r", "lora.alpha", "lora.dropout", "lora.targets"),
    ),
    Card(
        "Augmentation",
        ("augment.mode", "augment.methods", "augment.fraction"),
        (
            "augment.style",
            "augment.strength",
            "augment.weights",
            "augment.swap_distance",
            "augment.min_words",
            "augment.max_words",
            "augment.pattern",
            "augment.classes",
            "augment.class_weights",
            "augment.votes",
        ),
    ),
    Card(
        "Training",
        ("train.loss", "train.epochs", "train.lr"),
        (
            "train.batch_size",
            "train.max_steps",
            "train.optimizer",
            "train.schedule",
            "train.weight_decay",
            "train.features",
            "train.eval_every",
            "train.class_weights",
            "train.precision",
            "train.checkpoint_every",
            "train.keep_checkpoints",
            "train.checkpoint_mb",
            "train.report_to",
            "seed",
            "run.executor",
            "run.address",
            "run.cpus",
            "run.gpus",
            "run.workers",
        ),
    ),
)
FILE_KEYS = (
    *("data.file", "data.eval_file", "data.text", "data.pair", "data.label", "data.label_kind"),
    *("data.spellings", "data.fold", "data.split_seed"),
)
"""Asked only for an own file, beside its preview."""
RUN_KEYS = ("run.name",)
