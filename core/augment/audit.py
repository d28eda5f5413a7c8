"""Augmented rows in, findings out: which edits may have changed a label, by rules stated with their reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from core.augment.edits import Augmented, Edit
from core.augment.english.lexicon import NEGATIONS, NUMBERS
from core.augment.english.polarity import SENTIMENT, SENTIMENT_TASKS, protected_words
from core.augment.policy import AugmentedRow
from core.data.rows import Rows

__all__ = ["Finding", "Rule", "audit_rows", "protected_words", "rules_for"]
SHOWN = 5
"""Examples kept for each finding."""


@dataclass(frozen=True)
class Rule:
    name: str
    reason: str
    tasks: frozenset[str]
    touches: Callable[[str, Augmented, Edit], bool]
    """Whether this edit of this original falls under the rule."""


@dataclass
class Finding:
    """A rule with the rows it touches among those shown."""

    rule: str
    reason: str
    rows: int
    """Distinct (row, epoch) pairs touched."""
    of: int
    """Augmented rows looked at."""
    examples: list[dict[str, object]] = field(default_factory=list)
    """`row`, `epoch`, `side`, `original`, `augmented`, `edit` of the first few."""


def _words(text: str) -> list[str]:
    return [word.strip(".,;:!?()[]\"'“”’").lower() for word in text.split()]


def _is_number(word: str) -> bool:
    return word in NUMBERS or any(char.isdigit() for char in word)


def _negation(text: str, augmented: Augmented, edit: Edit) -> bool:
    before = {word for word in _words(edit.before) if _negates(word)}
    after = {word for word in _words(edit.after) if _negates(word)}
    return before != after or (bool(before) and edit.before != edit.after)


def _negates(word: str) -> bool:
    return word in NEGATIONS or word.endswith(("n't", "n’t"))


def _number(text: str, augmented: Augmented, edit: Edit) -> bool:
    return any(map(_is_number, _words(_around(text, edit)))) or any(map(_is_number, _words(edit.after)))


def _name(text: str, augmented: Augmented, edit: Edit) -> bool:
    """A capitalised word that does not begin a sentence."""
    word = _around(text, edit)
    if not word[:1].isupper() or word == "I":
        return False
    lead = text[: text.rfind(word, 0, edit.end)].rstrip(" \"'“(")
    return bool(lead) and lead[-1] not in ".!?"


def _sentiment(text: str, augmented: Augmented, edit: Edit) -> bool:
    """Replaced, misspelt or moved out of its phrase; `sharp and funny` for `funny and sharp` says the same."""
    if edit.rule.startswith(("swap, around", "swap, at a comma")):
        return False
    return any(word in SENTIMENT for word in (*_words(_around(text, edit)), *_words(edit.after)))


def _order(text: str, augmented: Augmented, edit: Edit) -> bool:
    return augmented.method == "swap"


def _anything(text: str, augmented: Augmented, edit: Edit) -> bool:
    return True


def _spelling(text: str, augmented: Augmented, edit: Edit) -> bool:
    return augmented.method == "typo"


def _guess(text: str, augmented: Augmented, edit: Edit) -> bool:
    return augmented.method == "context"


def _question_word(text: str, augmented: Augmented, edit: Edit) -> bool:
    asks = {"who", "what", "when", "where", "why", "how", "which", "whose", "whom"}
    return bool(asks & set(_words(edit.before) + _words(edit.after)))


def _around(text: str, edit: Edit) -> str:
    """The whole white-space word that the edit lies in: a typo edits one letter of a number or a name."""
    start = text.rfind(" ", 0, edit.start) + 1
    end = text.find(" ", edit.end)
    return text[start : end if end >= 0 else len(text)].strip('.,;:!?()[]"“”')


GUESS = "model's guess"
_MEANING = frozenset(["MRPC", "RTE", "MNLI", "QNLI", "QQP", "STS-B", "WNLI", "BoolQ", "demo-paraphrase"])
RULES = (
    Rule("word order", "CoLA asks whether the sentence is grammatical; exchanging words makes it ungrammatical.",
         frozenset(["CoLA"]), _order),
    Rule("spelling", "CoLA judges the sentence as written; a misspelt word can make an acceptable one unacceptable.",
         frozenset(["CoLA"]), _spelling),
    Rule("negation", "Adding, dropping or misspelling a negation turns yes into no, a paraphrase into its opposite.",
         _MEANING | SENTIMENT_TASKS, _negation),
    Rule("number", "Two texts that differ in a number no longer say the same, and an answer may hang on it.",
         _MEANING, _number),
    Rule("name", "Who did it is what is asked: a changed name breaks an entailment, a paraphrase or an answer.",
         _MEANING, _name),
    Rule("roles", "Exchanging words across a verb can exchange who does what to whom: same words, other meaning.",
         _MEANING, _order),
    Rule("question word", "A question that asks when instead of who is answered by another sentence.",
         frozenset(("QNLI", "QQP", "BoolQ")), _question_word),
    Rule("sentiment word", "The label is the sentiment; the replaced, moved or misspelt word may carry all of it.",
         SENTIMENT_TASKS, _sentiment),
    Rule(GUESS, "A masked language model proposes what fits the sentence, opposites included.",
         _MEANING | SENTIMENT_TASKS | frozenset(("CoLA", "demo-intents", "file")), _guess),
)  # fmt: skip


def rules_for(task_name: str) -> tuple[Rule, ...]:
    """The rules that apply to a task; empty where none is known (`demo-intents` has only the one on guesses)."""
    return tuple(rule for rule in RULES if task_name in rule.tasks)


def audit_rows(task_name: str, originals: Rows, augmented: Sequence[AugmentedRow]) -> list[Finding]:
    """One finding a rule that applies, touched rows first. `originals` are the rows that `augmented` indexes."""
    findings = []
    for rule in rules_for(task_name):
        finding = Finding(rule.name, rule.reason, 0, len(augmented))
        for row in augmented:
            touched = [
                {
                    "row": row.row,
                    "epoch": row.epoch,
                    "side": side,
                    "original": text,
                    "augmented": done.text,
                    "edit": edit,
                }
                for side, text, done in _sides(originals, row)
                for edit in done.edits
                if rule.touches(text, done, edit)
            ]
            finding.rows += bool(touched)
            finding.examples += touched[: max(0, min(1, SHOWN - len(finding.examples)))]
        findings.append(finding)
    return sorted(findings, key=lambda finding: -finding.rows)


def _sides(originals: Rows, row: AugmentedRow) -> Iterator[tuple[str, str, Augmented]]:
    yield "text", originals.texts[row.row], row.text
    if row.pair is not None and originals.pairs is not None:
        yield "pair", originals.pairs[row.row], row.pair
