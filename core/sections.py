"""The sections of a configuration, each checked on construction; the text beneath a field is its documentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

METHODS = ("synonym", "swap", "typo", "context")
MODES = ("dynamic", "static", "none")
STYLES = ("careful", "paper")
VARIANTS = ("base", "light")
KEEPS = ("bottom", "theseus")
LOSSES = ("ce", "joint", "supcon_textbook")
FEATURES = ("logits", "pooled")
OPTIMIZERS = ("lmbert_adam", "bert_adam", "adamw")
SCHEDULES = ("third", "linear", "constant")
PRECISIONS = ("auto", "fp32", "bf16")
EXECUTORS = ("local", "ray")
TRACKERS = ("none", "tensorboard", "mlflow")
LABEL_KINDS = ("classes", "score")
SPELLINGS = ("fold", "keep")
REPEATS = ("keep", "drop")
CLASS_WEIGHTS = ("none", "balanced")


def one_of(key: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        raise ValueError(f"unknown {key} {value!r}; choose from {list(choices)}")


def in_range(key: str, value: float | None, low: float, high: float, what: str = "") -> None:
    if value is not None and not (low <= value <= high):
        raise ValueError(f"{key} is {value}; it must lie between {low:g} and {high:g}{what}")


def is_address(key: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise ValueError(f"{key} is {value!r}; it must be like http://head:8265")


def loss_note(loss: str, regression: bool) -> str:
    """What to tell about a loss before and after a run; empty where there is nothing to say."""
    if regression and loss != "ce":
        return f"the labels are numbers, not classes: {loss!r} falls back to squared error alone"
    return ""


@dataclass(frozen=True)
class DataConfig:
    max_train_rows: int | None = None
    """Take at most this many training rows: a seeded draw. None takes all."""
    max_eval_rows: int | None = None
    """Take at most this many evaluation rows (seeded). None takes all."""
    max_length: int = 128
    """Word pieces per example, both texts and the special pieces included; longer input is cut."""
    file: str | None = None
    """Own training file (CSV, TSV or JSONL), for the task `file`."""
    eval_file: str | None = None
    """Own evaluation file; None holds out a tenth of `file`, of every class."""
    text: str | None = None
    """Column of an own file with the text; None goes by names, then by contents, and says which."""
    pair: str | None = None
    """Column with the second text of a pair; None takes one only where its name says so."""
    label: str | None = None
    """Column with the label; None goes by names, then by contents, and says which."""
    label_kind: str | None = None
    """What the labels of an own file are, `classes` or a `score`; None goes by their values, and says which."""
    spellings: str = "fold"
    """`fold` takes class names that differ in case, spaces, accents' encoding or 1 and 1.0 for one; `keep` does not."""
    fold: tuple[str, ...] = ()
    """Class names of an own file to take for others, each as `old=new`."""
    duplicates: str = "keep"
    """`drop` leaves out training rows that repeat an earlier one."""
    leaks: str = "keep"
    """`drop` leaves out training rows that an evaluation split holds as well, word for word or nearly."""
    split_seed: int = 0
    """Draws which tenth of an own file is held out; the run's own seed plays no part."""

    def __post_init__(self) -> None:
        in_range("data.max_train_rows", self.max_train_rows, 2, 10**9)
        in_range("data.max_eval_rows", self.max_eval_rows, 2, 10**9)
        if self.label_kind is not None:
            one_of("data.label_kind", self.label_kind, LABEL_KINDS)
        one_of("data.spellings", self.spellings, SPELLINGS)
        one_of("data.duplicates", self.duplicates, REPEATS)
        one_of("data.leaks", self.leaks, REPEATS)
        in_range("data.split_seed", self.split_seed, 0, 2**32 - 1)
        for entry in self.fold:
            old, equals, new = (part.strip() for part in entry.partition("="))
            if not (old and equals and new):
                raise ValueError(f"data.fold holds {entry!r}; write each as old=new, such as pos=positive")
        in_range("data.max_length", self.max_length, 8, 512, " (MobileBERT has 512 positions)")


@dataclass(frozen=True)
class AugmentConfig:
    mode: str = "dynamic"
    """`dynamic` draws anew each epoch (paper A), `static` once before training (its notebook), or `none`."""
    fraction: float = 0.1
    """Share of the training rows that an epoch changes."""
    methods: tuple[str, ...] = ("synonym", "swap", "typo")
    """Each chosen row gets one of these, drawn by weight."""
    weights: tuple[float, ...] = ()
    """One weight a method; empty means equal weights."""
    style: str = "careful"
    """`careful` keeps English and label where it can; `paper` is what paper A's authors ran."""
    strength: float | None = None
    """Share of the words (typo: of the characters) that a method touches; None is the method's own default."""

    def __post_init__(self) -> None:
        one_of("augment.mode", self.mode, MODES)
        one_of("augment.style", self.style, STYLES)
        in_range("augment.fraction", self.fraction, 0, 1)
        in_range("augment.strength", self.strength, 0, 1)
        if not self.methods:
            raise ValueError(f"augment.methods is empty; name at least one of {list(METHODS)}")
        for method in self.methods:
            one_of("augment method", method, METHODS)
        if len(set(self.methods)) != len(self.methods):
            raise ValueError(f"augment.methods names a method twice: {list(self.methods)}")
        if self.weights and len(self.weights) != len(self.methods):
            raise ValueError(
                f"augment.weights has {len(self.weights)} numbers for {len(self.methods)} methods; give one each"
            )
        if self.weights and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ValueError("augment.weights must be zero or more, and not all zero")


@dataclass(frozen=True)
class ModelConfig:
    variant: str = "base"
    """`base` is MobileBERT as it is; `light` is LightMobileBERT (paper B)."""
    layers: int = 12
    """Layers kept in the light variant."""
    keep: str = "bottom"
    """Which layers: the `bottom` ones, or one at random of every two consecutive (`theseus`)."""
    rank: int = 64
    """CP rank of the light attention; 128 is lossless on the real size, 0 leaves attention as it is."""

    def __post_init__(self) -> None:
        one_of("model.variant", self.variant, VARIANTS)
        one_of("model.keep", self.keep, KEEPS)
        in_range("model.layers", self.layers, 1, 1000)
        in_range("model.rank", self.rank, 0, 4096)


@dataclass(frozen=True)
class LoraConfig:
    enabled: bool = True
    """Train low-rank adapters and the head only; false trains every weight."""
    r: int = 8
    """Rank of each adapter."""
    alpha: float = 32
    """Scale: the update is multiplied by alpha / r."""
    dropout: float = 0.1
    """Dropout before the adapter."""
    targets: tuple[str, ...] = ("query", "value")
    """Which linear layers get an adapter."""

    def __post_init__(self) -> None:
        in_range("lora.r", self.r, 1, 1024)
        in_range("lora.alpha", self.alpha, 0, 1e6)
        in_range("lora.dropout", self.dropout, 0, 0.99)
        if self.enabled and not self.targets:
            raise ValueError("lora.targets is empty; name layers such as query,value")


@dataclass(frozen=True)
class TrainConfig:
    loss: str = "ce"
    """`ce`; `joint` adds paper B's contrastive term; `supcon_textbook` adds Khosla et al.'s instead."""
    features: str = "logits"
    """What the contrastive term compares: `logits` (as published) or the `pooled` embedding."""
    optimizer: str = "lmbert_adam"
    """`lmbert_adam`, `bert_adam` (both paper B) or `adamw`."""
    schedule: str = "third"
    """`third`: constant for a third of the steps, then linear down to a third; or `linear`, `constant`."""
    epochs: float = 3
    """Passes over the training rows."""
    max_steps: int | None = None
    """Stop after this many steps, whatever `epochs` says."""
    batch_size: int = 32
    """Examples a step: at most so many, since an epoch's batches are all of one size, or differ by one row."""
    lr: float | None = None
    """Peak learning rate; None takes the task's own."""
    weight_decay: float = 0.01
    """Decoupled weight decay, none on biases."""
    eval_every: int | None = None
    """Steps between evaluations; None is half an epoch."""
    class_weights: str = "none"
    """`balanced` weighs each row's cross-entropy by how rare its class is in training, 1 on average."""
    precision: str = "auto"
    """`auto` takes bf16 where the processor computes in it, else fp32."""
    checkpoint_every: int | None = None
    """Steps between checkpoints; None is one every half minute."""
    keep_checkpoints: int = 2
    """Checkpoints kept, the newest ones."""
    checkpoint_mb: int = 4000
    """Megabytes that a run's checkpoints may take: older ones go first, the newest always stays."""
    report_to: str = "none"
    """Report to `tensorboard` or `mlflow` as well (requirements-tracking.txt)."""

    def __post_init__(self) -> None:
        one_of("train.loss", self.loss, LOSSES)
        one_of("train.features", self.features, FEATURES)
        one_of("train.optimizer", self.optimizer, OPTIMIZERS)
        one_of("train.schedule", self.schedule, SCHEDULES)
        one_of("train.class_weights", self.class_weights, CLASS_WEIGHTS)
        one_of("train.precision", self.precision, PRECISIONS)
        one_of("train.report_to", self.report_to, TRACKERS)
        in_range("train.epochs", self.epochs, 0.01, 1000)
        in_range("train.max_steps", self.max_steps, 1, 10**9)
        in_range("train.batch_size", self.batch_size, 1, 4096)
        in_range("train.lr", self.lr, 1e-8, 1)
        in_range("train.weight_decay", self.weight_decay, 0, 1)
        in_range("train.eval_every", self.eval_every, 1, 10**9)
        in_range("train.checkpoint_every", self.checkpoint_every, 1, 10**9)
        in_range("train.keep_checkpoints", self.keep_checkpoints, 1, 1000)
        in_range("train.checkpoint_mb", self.checkpoint_mb, 1, 10**9)


@dataclass(frozen=True)
class RunSection:
    name: str = ""
    """A name for people; the run's id is made from it."""
    executor: str = "local"
    """Where the run is executed: `local`, in this machine's queue, or `ray`, on a cluster."""
    address: str = ""
    """The cluster's dashboard, such as http://head:8265; empty takes RAY_API_SERVER_ADDRESS."""
    cpus: int = 1
    """Processor cores that the run takes of a cluster's node; it computes with as many threads."""
    gpus: float = 0
    """GPUs that the run takes of a cluster's node."""
    workers: int = 1
    """Processes that share each batch, on `cpus` and `gpus` each; more than one needs `ray`."""

    def __post_init__(self) -> None:
        one_of("run.executor", self.executor, EXECUTORS)
        if self.address:
            is_address("run.address", self.address)
        in_range("run.cpus", self.cpus, 1, 1024)
        in_range("run.gpus", self.gpus, 0, 64)
        in_range("run.workers", self.workers, 1, 256)
        if self.workers > 1 and self.executor != "ray":
            raise ValueError(f"run.workers is {self.workers}; more than one needs run.executor=ray")
        if len(self.name) > 120:
            raise ValueError(f"run.name has {len(self.name)} characters; 120 are allowed")
