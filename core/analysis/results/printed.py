"""What the two papers print, cell by cell, each with the metric that stands behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """One printed value, in points of 100."""

    value: float
    metric: str
    """The metric of the cell, as far as paper and published code tell."""
    remark: str = ""
    """Why it may not be set beside another value; empty where it may."""


AUGMENTED_LORA = "augmented MobileBERT + LoRA"
MOBILEBERT = "MobileBERT"
LIGHT = "LightMobileBERT"

_TASKS_A = ("MNLI", "RTE", "QQP", "QNLI", "MRPC", "CoLA", "SST-2", "STS-B", "BoolQ")
_FIRST = (82.05, 66.78, 89.09, 90.70, 83.57, 70.98, 90.57, 87.65, 73.21)
_SECOND = (83.30, 66.20, 70.20, 90.60, 88.80, 50.50, 92.80, 84.40, 62.17)
_GLUE = {
    "MNLI": "accuracy", "RTE": "accuracy", "QQP": "F1", "QNLI": "accuracy", "MRPC": "F1", "CoLA": "MCC",
    "SST-2": "accuracy", "STS-B": "Spearman", "BoolQ": "accuracy",
}  # fmt: skip
_FIRST_METRICS = {"CoLA": "macro F1", "QQP": "macro F1", "STS-B": "correlation"}
_TEST_SERVER = "from MobileBERT's own paper: the test server, not dev"
_NOTEBOOK = "the published notebook reports accuracy and macro F1, not the task's own metric"

PAPER_A: dict[str, dict[str, Printed]] = {
    AUGMENTED_LORA: {
        task: Printed(value, _FIRST_METRICS.get(task, "accuracy or macro F1"), _NOTEBOOK)
        for task, value in zip(_TASKS_A, _FIRST, strict=True)
    },
    MOBILEBERT: {
        task: Printed(value, _GLUE[task], _TEST_SERVER if task != "BoolQ" else "")
        for task, value in zip(_TASKS_A, _SECOND, strict=True)
    },
}
"""Paper A (Biton and Braverman 2025), table 2: method -> task -> value. Its two rows do not use the same metrics."""

PAPER_B_GAINS: dict[str, Printed] = {
    "cross-entropy alone": Printed(0.85, "average over seven GLUE corpora, table 5"),
    "Bert_Adam": Printed(2.37, "average over seven GLUE corpora, table 6"),
    "without CP": Printed(-0.77, "average over seven GLUE corpora, table 7", "printed as: without CP, 0.77 more"),
    MOBILEBERT: Printed(2.06, "average over seven GLUE corpora, table 4"),
    "layers cut, nothing else": Printed(4.66, "average over seven GLUE corpora"),
}
"""Paper B (Chen et al. 2023), tables 4 to 7: by how many points LightMobileBERT is ahead of each arm."""
