"""Checks in CheckList's manner (Ribeiro et al. 2020): an edit that must not change the answer, and one that must.

Which checks apply follows from what a task's labels rest on; each edits only rows in which it makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.analysis.errors.answers import Answers
from core.analysis.intervals import Interval, share
from core.analysis.robustness.negation import negated
from core.tasks import Task

Answer = Callable[[list[str], list[str] | None], np.ndarray]
"""Texts and second texts in, logits (n, C) out."""
MOST_ROWS = 300
EXAMPLES = 5
_NAMES = ("Anna", "David", "Maria", "Peter", "Laura", "James", "Sarah", "Tom", "Julia", "Robert")
_VERDICTS = {"negative", "positive", "neg", "pos", "bad", "good"}
_NAME = re.compile(r"\b(" + "|".join(_NAMES) + r")\b")


@dataclass(frozen=True)
class Check:
    """One kind of edit with what it must do to the answer."""

    name: str
    expects: str
    """`the same answer` or `another answer`."""
    why: str
    applies: Callable[[Task], bool]
    edit: Callable[[str], str | None]
    """The edited text; None where it makes no sense."""


def _other_name(text: str) -> str | None:
    """The first name becomes the next one of the same gender that is not there yet: pronouns still fit."""
    found = _NAME.search(text)
    if found is None:
        return None
    at = _NAMES.index(found[1])
    other = next((name for name in _NAMES[at + 2 :: 2] + _NAMES[at % 2 : at : 2] if name not in text), None)
    if other is None:
        return None
    return _NAME.sub(lambda match: other if match[1] == found[1] else match[1], text)


def _without_end(text: str) -> str | None:
    bare = text.rstrip().rstrip(" .!")
    return bare if bare and bare != text.rstrip() else None


def _spaced(text: str) -> str | None:
    return f"  {text} " if text.strip() else None


def _are_verdicts(task: Task) -> bool:
    """Of an own file what its labels rest on is a guess: there they must be called what verdicts are."""
    return task.origin != "file" or bool(_VERDICTS & {label.lower() for label in task.labels})


CHECKS = (
    Check("another name", "the same answer", "Who it is about does not decide the label.",
          lambda task: not set(task.rests_on) & {"meaning", "question", "grammar"}, _other_name),
    Check("no full stop", "the same answer", "A missing full stop changes nothing that is said.",
          lambda task: "grammar" not in task.rests_on, _without_end),
    Check("white space around", "the same answer", "White space is no word.", lambda task: True, _spaced),
    Check("a negation added", "another answer", "`is not` turns a plain verdict into its opposite.",
          lambda task: "sentiment" in task.rests_on and _are_verdicts(task), negated),
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """How often a check failed."""

    name: str
    expects: str
    why: str
    rows: int
    failures: Interval
    """Share of failed rows, over the rows that the check could edit."""
    examples: tuple[dict[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "check": self.name,
            "expects": self.expects,
            "why": self.why,
            "rows": self.rows,
            "failures": self.failures.value,
            "low": self.failures.low,
            "high": self.failures.high,
            "examples": list(self.examples),
        }


def without_rows(answers: Answers, task: Task, found: Sequence[Checked]) -> list[str]:
    """Names of the checks that apply to the task, and for which no row that is answered right was found."""
    if answers.is_score:
        return []
    return [check.name for check in CHECKS if check.applies(task) and check.name not in {one.name for one in found}]


def run_checks(answers: Answers, task: Task, answer: Answer, checks: Sequence[Check] = CHECKS) -> list[Checked]:
    """Every check that applies to the task, on up to `MOST_ROWS` rows each that the run answers right.

    Rows that it answers wrong are left out: what should happen to a wrong answer nobody can say. Of pairs the first
    text is edited. Scores have no checks.
    """
    if answers.is_score:
        return []
    found = []
    for check in checks:
        if not check.applies(task):
            continue
        texts = {i: new for i in np.flatnonzero(answers.right).tolist() if (new := check.edit(answers.texts[i]))}
        places, edited = np.array(list(texts)[:MOST_ROWS]), list(texts.values())[:MOST_ROWS]
        if not edited:
            continue
        pairs = [answers.pairs[i] for i in places] if answers.pairs is not None else None
        after = answer(edited, pairs).argmax(axis=1)
        same = after == answers.predicted[places]
        failed = ~same if check.expects == "the same answer" else same
        examples = tuple(
            {
                "text": answers.texts[places[k]],
                "edited": edited[k],
                "before": answers.name_of(answers.predicted[places[k]]),
                "after": answers.name_of(after[k]),
            }
            for k in np.flatnonzero(failed)[:EXAMPLES]
        )
        found.append(Checked(check.name, check.expects, check.why, len(edited), share(failed), examples))
    return found
