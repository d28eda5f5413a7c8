"""The task table: what the texts are called, what the labels mean, which metric counts, where rows come from."""

from __future__ import annotations

from dataclasses import dataclass


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
    origin: str
    """Family of sources: `glue`, `boolq`, `demo` or `file`."""
    label_column: str = "label"
    evals: tuple[str, ...] = ("dev",)
    """Evaluation splits; the first decides the run's score."""
    hub: tuple[str, str | None] | None = None
    """Repository and configuration on the model hub."""

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
ENTAILMENT = ("entailment", "not_entailment")
BOTH = ("text", "pair")
FIRST = ("text",)


def _glue(
    name: str,
    title: str,
    columns: tuple[str, ...],
    labels: tuple[str, ...],
    metrics: tuple[str, ...],
    sides: tuple[str, ...] = FIRST,
    *,
    label_column: str = "label",
    evals: tuple[str, ...] = ("dev",),
    lr: float = GLUE_LR,
) -> Task:
    hub = ("nyu-mll/glue", {"SST-2": "sst2", "STS-B": "stsb"}.get(name, name.lower()))
    return Task(name, title, columns, labels, metrics, lr, sides, "glue", label_column, evals, hub)


SENTENCES = ("sentence1", "sentence2")
_ALL = (
    Task(
        "demo-intents",
        "What does this customer want? Six classes of short requests, shipped with the lab",
        ("text",),
        (),
        ("accuracy", "macro_f1"),
        2e-3,
        FIRST,
        "demo",
    ),
    Task(
        "demo-sentiment",
        "Is this short review positive? Negation, contrast and hedging, shipped with the lab",
        ("text",),
        (),
        ("accuracy", "macro_f1"),
        2e-3,
        FIRST,
        "demo",
    ),
    Task(
        "demo-paraphrase",
        "Do these two sentences say the same? Pairs shipped with the lab",
        ("text", "pair"),
        (),
        ("accuracy", "f1"),
        2e-3,
        BOTH,
        "demo",
    ),
    _glue(
        "CoLA",
        "Is this an acceptable English sentence?",
        ("sentence",),
        ("unacceptable", "acceptable"),
        ("mcc", "accuracy"),
    ),
    _glue(
        "SST-2",
        "Is this film-review phrase positive?",
        ("sentence",),
        ("negative", "positive"),
        ("accuracy",),
    ),
    _glue(
        "MRPC",
        "Do these two news sentences say the same?",
        ("#1 String", "#2 String"),
        ("not_equivalent", "equivalent"),
        ("f1", "accuracy"),
        BOTH,
        label_column="Quality",
    ),
    _glue(
        "STS-B",
        "How similar are these two sentences, from 0 to 5?",
        SENTENCES,
        (),
        ("pearson", "spearman"),
        BOTH,
        label_column="score",
    ),
    _glue(
        "QQP",
        "Do these two questions ask the same?",
        ("question1", "question2"),
        ("not_duplicate", "duplicate"),
        ("accuracy", "f1"),
        label_column="is_duplicate",
    ),
    _glue(
        "MNLI",
        "Does the premise entail, contradict or leave open the hypothesis?",
        SENTENCES,
        ("entailment", "neutral", "contradiction"),
        ("accuracy",),
        BOTH,
        label_column="gold_label",
        evals=("matched", "mismatched"),
    ),
    _glue(
        "QNLI",
        "Does this sentence hold the answer to the question?",
        ("question", "sentence"),
        ENTAILMENT,
        ("accuracy",),
    ),
    # Paper B's learning rate for RTE.
    _glue("RTE", "Does the first text entail the second?", SENTENCES, ENTAILMENT, ("accuracy",), BOTH, lr=7e-5),
    _glue(
        "WNLI",
        "Does the sentence with its pronoun resolved follow?",
        SENTENCES,
        ("not_entailment", "entailment"),
        ("accuracy",),
        BOTH,
    ),
    # Paper A's learning rate for BoolQ.
    Task(
        "BoolQ",
        "Does the passage answer the question with yes?",
        ("question", "passage"),
        ("no", "yes"),
        ("accuracy",),
        5e-4,
        BOTH,
        "boolq",
        "answer",
        hub=("google/boolq", None),
    ),
    Task("file", "Your own CSV, TSV or JSONL file", ("text",), (), ("accuracy", "macro_f1"), 1e-4, BOTH, "file"),
)


def _with_demo_labels(task: Task) -> Task:
    from dataclasses import replace

    from core.demo.corpora import DEMO_LABELS

    return replace(task, labels=tuple(DEMO_LABELS[task.name])) if task.origin == "demo" else task


TASKS: dict[str, Task] = {task.name: _with_demo_labels(task) for task in _ALL}


def get_task(name: str) -> Task:
    """The task of that name; ValueError lists the choices. Upper and lower case are the same."""
    by_lower = {task_name.lower(): task for task_name, task in TASKS.items()}
    try:
        return by_lower[name.strip().lower()]
    except KeyError:
        raise ValueError(f"unknown task {name!r}; choose from {list(TASKS)}") from None
