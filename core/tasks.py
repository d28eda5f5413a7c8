"""The task table: what the texts are called, what the labels mean, which metric counts, where rows come from.

All that is special about a task stands in its entry; readers, the audit and the pages name none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from core.demo.corpora import DEMO_LABELS


@dataclass(frozen=True)
class FileLayout:
    """How a task's files lie below the folder that LAB_DATA names: tab-separated, or JSONL by their ending."""

    path: str
    """Relative, with `{split}` where the file's name has it."""
    header: tuple[str, ...] | None = None
    """Column names of files that come without a header line."""
    quoted_cells: bool = False
    """Cells with a quotation mark are quoted as in CSV; otherwise it is a character like any other."""
    splits: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the files call a split, where that is not its own name."""


@dataclass(frozen=True)
class HubTable:
    """Where a task's rows are on the model hub."""

    repository: str
    configuration: str | None = None
    columns: tuple[str, ...] | None = None
    """What the hub calls the text columns, where that is not what the files call them."""
    label: str = "label"
    splits: Mapping[str, str] = field(default_factory=lambda: {"dev": "validation"}, hash=False)
    """What the hub calls a split, where that is not its own name."""


@dataclass(frozen=True)
class Task:
    """One text-classification or regression task."""

    name: str
    title: str
    """One line for people."""
    columns: tuple[str, ...]
    """Text columns in the source, in reading order: one, or two for a pair."""
    labels: tuple[str, ...]
    """Class names by class id; empty for regression."""
    metrics: tuple[str, ...]
    """What evaluation reports; the first one is the task's own (GLUE's, for GLUE)."""
    lr: float
    """Default peak learning rate."""
    augment_sides: tuple[str, ...]
    """Which of `text` and `pair` paper A augments."""
    origin: str = "benchmark"
    """Family of sources: `benchmark` (LAB_DATA, else the hub), `demo` or `file`."""
    label_column: str = "label"
    score_range: tuple[float, float] | None = None
    """The lowest and the highest score there can be; None where a file alone knows."""
    label_words: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Other words that files have for a class, lower-case, with its id."""
    evals: tuple[str, ...] = ("dev",)
    """Evaluation splits; the first decides the run's score."""
    files: FileLayout | None = None
    hub: HubTable | None = None
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other names people type, each with the evaluation split that it means; empty for the first."""
    rests_on: tuple[str, ...] = ()
    """What its labels hang on (`grammar`, `meaning`, `question`, `sentiment`): decides what an augmentation may do to
    them. Of an own file it is a proposal; empty where nobody has written it down."""
    augment_weights: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Method of augmentation to its weight in the careful style where no weights are asked for; 1 if not named."""
    paper_strengths: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Method to the strength that paper A's authors used for this task, where it was another than elsewhere."""

    @property
    def is_pair(self) -> bool:
        return len(self.columns) == 2

    @property
    def is_regression(self) -> bool:
        return not self.labels

    @property
    def num_labels(self) -> int:
        """Outputs of the head: the classes, or one for regression."""
        return len(self.labels) or 1


# Top of paper A's range (1e-5 to 1e-4): adapters start from a pre-trained model, not from one already tuned
# on the task as in its notebook, which used 2e-5.
GLUE_LR = 1e-4
BOTH, FIRST = ("text", "pair"), ("text",)
ENTAILMENT, SENTENCES = ("entailment", "not_entailment"), ("sentence1", "sentence2")
MEANING = ("meaning",)
QUESTION = ("meaning", "question")
SENTIMENT = ("sentiment",)


def _demo(name: str, title: str, columns: tuple[str, ...], metrics: tuple[str, ...], rests_on: tuple[str, ...]) -> Task:
    sides = BOTH if len(columns) == 2 else FIRST
    return Task(name, title, columns, DEMO_LABELS[name], metrics, 2e-3, sides, "demo", rests_on=rests_on)


def _glue(
    name: str,
    title: str,
    columns: tuple[str, ...],
    labels: tuple[str, ...],
    metrics: tuple[str, ...],
    sides: tuple[str, ...] = FIRST,
    *,
    rests_on: tuple[str, ...] = MEANING,
    label_column: str = "label",
    lr: float = GLUE_LR,
    header: tuple[str, ...] | None = None,
    quoted_cells: bool = False,
    hub_columns: tuple[str, ...] | None = None,
    evals: tuple[str, ...] = ("dev",),
    aliases: Mapping[str, str] | None = None,
    augment_weights: Mapping[str, float] | None = None,
    score_range: tuple[float, float] | None = None,
) -> Task:
    """A task as GLUE's own download lays it out; with several evaluation splits each is a `dev_` file."""
    several = len(evals) > 1
    files = FileLayout(
        f"glue/{name}/{{split}}.tsv", header, quoted_cells, {split: f"dev_{split}" for split in evals if several}
    )
    splits = {split: f"validation_{split}" if several else "validation" for split in evals}
    hub = HubTable("nyu-mll/glue", name.replace("-", "").lower(), hub_columns, splits=splits)
    return Task(
        name, title, columns, labels, metrics, lr, sides,
        label_column=label_column, evals=evals, files=files, hub=hub, aliases=aliases or {}, rests_on=rests_on,
        augment_weights=augment_weights or {}, score_range=score_range,
    )  # fmt: skip


_ALL = (
    _demo("demo-intents", "What does this customer want? Six classes of short requests, shipped with the lab",
          ("text",), ("accuracy", "macro_f1"), ()),
    _demo("demo-sentiment", "Is this short review positive? Negation, contrast and hedging, shipped with the lab",
          ("text",), ("accuracy", "macro_f1"), SENTIMENT),
    _demo("demo-paraphrase", "Do these two sentences say the same? Pairs shipped with the lab",
          ("text", "pair"), ("accuracy", "f1"), MEANING),
    _glue("CoLA", "Is this an acceptable English sentence?", ("sentence",), ("unacceptable", "acceptable"),
          ("mcc", "accuracy"), rests_on=("grammar",), header=("source", "label", "mark", "sentence"),
          augment_weights={"swap": 0.0}),  # word order is what makes a sentence acceptable
    _glue("SST-2", "Is this film-review phrase positive?", ("sentence",), ("negative", "positive"), ("accuracy",),
          rests_on=SENTIMENT, aliases={"sst": ""}),
    _glue("MRPC", "Do these two news sentences say the same?", ("#1 String", "#2 String"),
          ("not_equivalent", "equivalent"), ("f1", "accuracy"), BOTH, label_column="Quality", hub_columns=SENTENCES),
    _glue("STS-B", "How similar are these two sentences, from 0 to 5?", SENTENCES, (), ("pearson", "spearman"), BOTH,
          label_column="score", score_range=(0.0, 5.0), aliases={"sts": ""}),
    # QQP's files alone quote the cells that hold a quotation mark.
    _glue("QQP", "Do these two questions ask the same?", ("question1", "question2"), ("not_duplicate", "duplicate"),
          ("accuracy", "f1"), rests_on=QUESTION, label_column="is_duplicate", quoted_cells=True),
    _glue("MNLI", "Does the premise entail, contradict or leave open the hypothesis?", SENTENCES,
          ("entailment", "neutral", "contradiction"), ("accuracy",), BOTH, label_column="gold_label",
          hub_columns=("premise", "hypothesis"), evals=("matched", "mismatched"),
          aliases={"mnli-m": "matched", "mnli-matched": "matched", "mnli-mm": "mismatched",
                   "mnli-mismatched": "mismatched", "multinli": ""}),
    _glue("QNLI", "Does this sentence hold the answer to the question?", ("question", "sentence"), ENTAILMENT,
          ("accuracy",), rests_on=QUESTION),
    # Paper B's learning rate for RTE.
    _glue("RTE", "Does the first text entail the second?", SENTENCES, ENTAILMENT, ("accuracy",), BOTH, lr=7e-5),
    _glue("WNLI", "Does the sentence with its pronoun resolved follow?", SENTENCES, ("not_entailment", "entailment"),
          ("accuracy",), BOTH),
    # Paper A's learning rate for BoolQ.
    Task("BoolQ", "Does the passage answer the question with yes?", ("question", "passage"), ("no", "yes"),
         ("accuracy",), 5e-4, BOTH, label_column="answer", label_words={"false": 0, "true": 1},
         files=FileLayout("boolq/{split}.jsonl"), hub=HubTable("google/boolq", label="answer"), rests_on=QUESTION,
         paper_strengths={"swap": 0.3, "typo": 0.2}),
    Task("file", "Your own CSV, TSV, JSONL or Excel file", ("text",), (), ("accuracy", "macro_f1"), 1e-4, BOTH, "file",
         rests_on=SENTIMENT),
)  # fmt: skip

TASKS: dict[str, Task] = {task.name: task for task in _ALL}


def get_task(name: str) -> Task:
    """The task of that name, as people type it: `sst2`, `STS B`, `glue/cola`, `mnli-mm`.

    A name that means one evaluation split puts that first. ValueError names the nearest task, and lists them all.
    """
    known: dict[str, tuple[Task, str]] = {}
    for task in TASKS.values():
        known |= {_plain(alias): (task, split) for alias, split in task.aliases.items()}
    known |= {_plain(task.name): (task, "") for task in TASKS.values()}
    wanted = _plain(name)
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
        meant = f"did you mean {known[near[0]][0].name!r}? Or " if near else ""
        own = "; a file of your own ends in .csv, .tsv, .jsonl or .xlsx" if {".", "/"}.intersection(name) else ""
        raise ValueError(f"unknown task {name!r}; {meant}choose from {list(TASKS)}{own}")
    task, split = known[wanted]
    return replace(task, evals=tuple(sorted(task.evals, key=lambda other: other != split))) if split else task


def own_name(name: str) -> str:
    """What the table calls the task that people call `name`, and which of its evaluation splits comes first where
    that is another than usual: `sst2` is SST-2, `mnli-mm` MNLI-mismatched. Anything else stays as it is."""
    if not is_task(name):
        return name
    task = get_task(name)
    return task.name if task.evals == TASKS[task.name].evals else f"{task.name}-{task.evals[0]}"


def is_task(name: str) -> bool:
    """Whether the table has a task that people call so."""
    try:
        return bool(get_task(name))
    except ValueError:
        return False


@lru_cache(1024)
def _plain(name: str) -> str:
    """Letters and digits alone: case, signs between, and the name of the collection before a slash play no part."""
    return re.sub(r"[\W_]+", "", re.sub(r"^\s*(super_?)?glue\s*[/:]", "", name.casefold()))
