"""The sections of a configuration, each checked on construction; the text beneath a field is its documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from core.fields import ConfigError, Range, Section, check_address, check_pattern, choices

COUNT = Range(1, 10**9)


def read_class_weight(entry: str) -> tuple[str, float]:
    """`rare:5` to (`rare`, 5.0); ConfigError where it is not of this form."""
    name, colon, weight = entry.rpartition(":")
    try:
        number = float(weight)
    except ValueError:
        number = -1.0
    if not colon or not name or not 0 <= number < float("inf"):
        key = "augment.class_weights"
        raise ConfigError(key, f"{key} holds {entry!r}; write CLASS:WEIGHT, such as rare:5")
    return name, number


@dataclass(frozen=True)
class DataConfig(Section):
    name_of_section: ClassVar = "data"
    max_train_rows: Annotated[int | None, Range(2, 10**9)] = None
    """Take at most this many training rows: a seeded draw. None takes all."""
    max_eval_rows: Annotated[int | None, Range(2, 10**9)] = None
    """Take at most this many evaluation rows (seeded). None takes all."""
    max_length: Annotated[int, Range(8, 512, "MobileBERT has 512 positions")] = 128
    """Word pieces per example, both texts and the special pieces included; longer input is cut."""
    file: str | None = None
    """Own training file (CSV, TSV, JSONL or Excel), for the task `file`."""
    eval_file: str | None = None
    """Own evaluation file; None goes by `data.split`."""
    split: Literal["column", "drawn"] = "column"
    """`column` goes by one that says train, dev or test of each row, where the own file has it, else as `drawn`."""
    hold_out: Annotated[float | None, Range(0.02, 0.5)] = None
    """Share of every class that `drawn` holds out; None takes a tenth, and of fewer than 500 rows a fifth."""
    text: str | None = None
    """Column of an own file with the text; None goes by names, then by contents, and says which."""
    pair: str | None = None
    """Column with the second text of a pair; None takes one only where its name says so, `-` none at all."""
    label: str | None = None
    """Column with the label; None goes by names, then by contents, and says which."""
    label_kind: Literal["classes", "score"] | None = None
    """What the labels of an own file are, `classes` or a `score`; None goes by their values, and says which."""
    decimal: Literal["point", "comma"] | None = None
    """The decimal mark in the scores of an own file; None goes by the whole column, and asks where that is open."""
    spellings: Literal["fold", "keep"] = "fold"
    """`fold` takes class names that differ in case, spaces, accents' encoding or 1 and 1.0 for one; `keep` does not."""
    fold: tuple[str, ...] = ()
    """Class names of an own file to take for others, each as `old=new`."""
    duplicates: Literal["keep", "drop"] = "keep"
    """`drop` leaves out training rows that repeat an earlier one."""
    leaks: Literal["keep", "drop"] = "keep"
    """`drop` leaves out training rows that an evaluation split holds as well, word for word or nearly."""
    split_seed: Annotated[int, Range(0, 2**32 - 1)] = 0
    """Draws which rows of an own file are held out; the run's own seed plays no part."""

    def check(self) -> None:
        for entry in self.fold:
            old, equals, new = (part.strip() for part in entry.partition("="))
            if not (old and equals and new):
                said = f"data.fold holds {entry!r}; write each as old=new, such as pos=positive"
                raise ConfigError("data.fold", said)


@dataclass(frozen=True)
class AugmentConfig(Section):
    name_of_section: ClassVar = "augment"
    mode: Literal["dynamic", "static", "none"] = "dynamic"
    """`dynamic` draws anew each epoch (paper A), `static` once before training (its notebook), or `none`."""
    fraction: Annotated[float, Range(0, 1)] = 0.1
    """Share of the training rows that an epoch changes."""
    methods: tuple[str, ...] = ("synonym", "swap", "typo")
    """Each chosen row gets one of these, drawn by weight; FILE.py:FUNCTION is your own, where LAB_METHODS opens it."""
    weights: tuple[float, ...] = ()
    """One weight a method; empty takes the task's own where it has some (CoLA: no careful swaps), else equal ones."""
    style: Literal["careful", "paper"] = "careful"
    """`careful` keeps English and label where it can; `paper` is what paper A's authors ran."""
    strength: Annotated[float | None, Range(0, 1)] = None
    """Share of the words (typo: of the characters) that a method touches; None is the method's own default."""
    swap_distance: Annotated[int, Range(1, 100)] = 3
    """How many words apart two that change places may stand, in the careful style."""
    min_words: Annotated[int, Range(0, 10**6)] = 0
    """Only rows of at least so many words are augmented; both texts of a pair count."""
    max_words: Annotated[int | None, Range(1, 10**6)] = None
    """Only rows of at most so many words are augmented."""
    pattern: str | None = None
    """Only rows in which this regular expression is found are augmented; `(?i)` ignores case."""
    classes: tuple[str, ...] = ()
    """Only rows of these classes are augmented; empty means all."""
    class_weights: tuple[str, ...] = ()
    """CLASS:WEIGHT pairs: `rare:5` draws rows of that class five times as often as the others."""
    votes: str | None = None
    """A file of votes on augmented rows: only edits that a majority found to keep the label are trained on."""

    @property
    def changes_rows(self) -> bool:
        """Whether a run under it sees any row otherwise than it came."""
        return self.mode != "none" and self.fraction > 0

    def check(self) -> None:
        if not self.methods:
            raise ConfigError("augment.methods", "augment.methods is empty; name at least one, such as synonym")
        if len(set(self.methods)) != len(self.methods):
            raise ConfigError("augment.methods", f"augment.methods names a method twice: {list(self.methods)}")
        if self.weights and len(self.weights) != len(self.methods):
            said = f"augment.weights has {len(self.weights)} numbers for {len(self.methods)} methods; give one each"
            raise ConfigError("augment.weights", said)
        if self.weights and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ConfigError("augment.weights", "augment.weights must be zero or more, and not all zero")
        if self.max_words is not None and self.max_words < self.min_words:
            said = f"augment.max_words is {self.max_words}, less than augment.min_words ({self.min_words})"
            raise ConfigError("augment.max_words", said)
        if self.pattern is not None:
            check_pattern("augment.pattern", self.pattern)
        for entry in self.class_weights:
            read_class_weight(entry)


STYLES = choices(AugmentConfig, "style")


@dataclass(frozen=True)
class ModelConfig(Section):
    name_of_section: ClassVar = "model"
    variant: Literal["base", "light"] = "base"
    """`base` is MobileBERT as it is; `light` is LightMobileBERT (paper B)."""
    layers: Annotated[int, Range(1, 1000)] = 12
    """Layers kept in the light variant."""
    keep: Literal["bottom", "theseus"] = "bottom"
    """Which layers: the `bottom` ones, or one at random of every two consecutive (`theseus`)."""
    rank: Annotated[int, Range(0, 4096)] = 64
    """CP rank of the light attention; 128 is lossless on the real size, 0 leaves attention as it is."""


@dataclass(frozen=True)
class LoraConfig(Section):
    name_of_section: ClassVar = "lora"
    enabled: bool = True
    """Train low-rank adapters and the head only; false trains every weight."""
    r: Annotated[int, Range(1, 1024)] = 8
    """Rank of each adapter."""
    alpha: Annotated[float, Range(0, 1e6)] = 32
    """Scale: the update is multiplied by alpha / r."""
    dropout: Annotated[float, Range(0, 0.99)] = 0.1
    """Dropout before the adapter."""
    targets: tuple[str, ...] = ("query", "value")
    """Which linear layers get an adapter."""

    def check(self) -> None:
        if self.enabled and not self.targets:
            raise ConfigError("lora.targets", "lora.targets is empty; name layers such as query,value")


@dataclass(frozen=True)
class TrainConfig(Section):
    name_of_section: ClassVar = "train"
    loss: Literal["ce", "joint", "supcon_textbook"] = "ce"
    """`ce`; `joint` adds paper B's contrastive term; `supcon_textbook` adds Khosla et al.'s instead."""
    features: Literal["logits", "pooled"] = "logits"
    """What the contrastive term compares: `logits` (as published) or the `pooled` embedding."""
    optimizer: Literal["lmbert_adam", "bert_adam", "adamw"] = "lmbert_adam"
    """`lmbert_adam`, `bert_adam` (both paper B) or `adamw`."""
    schedule: Literal["third", "linear", "constant"] = "third"
    """`third`: constant for a third of the steps, then linear down to a third; or `linear`, `constant`."""
    epochs: Annotated[float | None, Range(0.01, 1000)] = None
    """Passes over the training rows; None is 3, and for a small own file more (`core.train.steps`)."""
    max_steps: Annotated[int | None, COUNT] = None
    """Stop after this many steps, whatever `epochs` says."""
    batch_size: Annotated[int, Range(1, 4096)] = 32
    """Examples a step: at most so many, since an epoch's batches are all of one size, or differ by one row."""
    token_budget: Annotated[int | None, Range(8, 10**6)] = None
    """Word pieces a step, with padding, instead of `batch_size`: of rows as they come, augmentation is on top. The loss
    is a batch's mean, so few rows weigh more."""
    lr: Annotated[float | None, Range(1e-8, 1)] = None
    """Peak learning rate; None follows from task, model, LoRA and rows (`core.train.defaults`)."""
    weight_decay: Annotated[float, Range(0, 1)] = 0.01
    """Decoupled weight decay, none on biases."""
    eval_every: Annotated[int | None, COUNT] = None
    """Steps between evaluations; None is half an epoch."""
    keep_best: bool = True
    """Keep the weights of the best evaluation, by the task's own metric, beside the last ones."""
    patience: Annotated[int | None, COUNT] = None
    """Evaluations without a better one after which the run ends early; None never does."""
    class_weights: Literal["none", "balanced"] = "none"
    """`balanced` weighs each row's cross-entropy by how rare its class is in training, 1 on average."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """`auto` takes bf16 where the processor is faster in it (AMX, a GPU), else fp32, as does what bf16 would spoil."""
    fast: Literal["auto", "off"] = "auto"
    """`auto` trains on the fast path (`core.model.folded`) where the model allows it; `off` never does."""
    checkpoint_every: Annotated[int | None, COUNT] = None
    """Steps between checkpoints; None is one every half minute."""
    keep_checkpoints: Annotated[int, Range(1, 1000)] = 2
    """Checkpoints kept, the newest ones."""
    checkpoint_mb: Annotated[int, COUNT] = 4000
    """Megabytes that a run's checkpoints may take: older ones go first, the newest always stays."""
    report_to: Literal["none", "tensorboard", "mlflow"] = "none"
    """Report to `tensorboard` or `mlflow` as well (requirements-tracking.txt)."""


@dataclass(frozen=True)
class RunSection(Section):
    name_of_section: ClassVar = "run"
    name: str = ""
    """A name for people; the run's id is made from it."""
    executor: Literal["local", "ray"] = "local"
    """Where the run is executed: `local`, in this machine's queue, or `ray`, on a cluster."""
    address: str = ""
    """The cluster's dashboard, such as http://head:8265; empty takes RAY_API_SERVER_ADDRESS."""
    cpus: Annotated[int, Range(1, 1024)] = 1
    """Processor cores that the run takes of a cluster's node; it computes with as many threads."""
    gpus: Annotated[float, Range(0, 64)] = 0
    """GPUs that the run takes of a cluster's node."""
    workers: Annotated[int, Range(1, 256)] = 1
    """Processes that share each batch, on `cpus` and `gpus` each; more than one needs `ray`."""

    def check(self) -> None:
        if self.address:
            check_address("run.address", self.address)
        if self.workers > 1 and self.executor != "ray":
            raise ConfigError("run.workers", f"run.workers is {self.workers}; more than one needs run.executor=ray")
        if len(self.name) > 120:
            raise ConfigError("run.name", f"run.name has {len(self.name)} characters; 120 are allowed")
