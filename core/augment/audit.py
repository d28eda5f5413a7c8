"""Which edits may have changed a label: rules by what a task's labels hang on, each stated with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.augment.edits import Augmented, AugmentedRow, Edit
from core.augment.english.lexicon import FUNCTION, NEGATIONS, NUMBERS, OBJECTS, PREPOSITIONS, QUESTION_WORDS, SUBJECTS
from core.augment.english.polarity import SENTIMENT
from core.augment.english.spellings import read_spellings
from core.augment.english.verbs import is_verb, may_be_verb
from core.augment.methods import method_named
from core.data.rows import Rows
from core.tasks import Task

SHOWN = 5
"""Examples kept for each finding."""
_PUNCTUATION = ".,;:!?()[]\"'“”’"


@dataclass(frozen=True)
class Rule:
    """When an edit may have changed a label, and why."""

    name: str
    reason: str
    applies: frozenset[str]
    """To tasks whose labels hang on one of these (`Task.rests_on`); empty: to every task."""
    touches: Callable[[str, Augmented, Edit], bool]
    """Whether this edit of this original falls under the rule."""
    changes: frozenset[str] = frozenset()
    """Only to methods that change this (`Method.changes`); empty: to all."""


@dataclass
class AuditFinding:
    """A rule with the rows it touches among those shown."""

    rule: str
    reason: str
    rows: int
    """Distinct (row, epoch) pairs touched."""
    of: int
    """Augmented rows looked at."""
    by_method: dict[str, int] = field(default_factory=dict)
    """Method to how many of its rows are touched."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    """`row`, `epoch`, `side`, `label`, `method`, `original`, `augmented`, `edit` and all `edits` of the first few."""


def _words(text: str) -> list[str]:
    return [word.strip(_PUNCTUATION).lower() for word in text.split()]


def _is_number(word: str) -> bool:
    return word in NUMBERS or any(char.isdigit() for char in word)


def _negates(word: str) -> bool:
    return word in NEGATIONS or word.endswith(("n't", "n’t"))


def _negation(text: str, augmented: Augmented, edit: Edit) -> bool:
    before, after = (set(filter(_negates, _words(part))) for part in (_around(text, edit), edit.after))
    return bool(before | after) and edit.before != edit.after


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
    if edit.rule.startswith("swap, around"):
        return False
    return any(word in SENTIMENT for word in (*_words(_around(text, edit)), *_words(edit.after)))


def _roles(text: str, augmented: Augmented, edit: Edit) -> bool:
    """Half of an exchange across a verb or a preposition, of who with a verb, or of a preposition across what it could
    govern then (`saved Mina from`, `from Mina saved`); not of `last summer`, `of the`."""
    for other in augmented.edits:
        if (other.before, other.after) == (edit.after, edit.before) and other.start != edit.start:
            first, second = sorted((edit, other), key=lambda half: half.start)
            between = _words(text[first.end : second.start])
            if any(word in PREPOSITIONS or may_be_verb(word) for word in between):
                return True
            ends = _words(f"{first.before} {second.before}")
            if not PREPOSITIONS.isdisjoint(ends) and not FUNCTION.issuperset(between):
                return True
            if any(map(is_verb, ends)) and (SUBJECTS | OBJECTS).union(set(ends) - FUNCTION).issuperset(ends):
                return True
    return False


def _always(text: str, augmented: Augmented, edit: Edit) -> bool:
    return True


def _question_word(text: str, augmented: Augmented, edit: Edit) -> bool:
    """Brought, taken or moved: `which year` asks for no other answer than `what year`, nor `what's` than `what is`."""
    before, after = (
        {"what" if word == "which" else word for part in _words(said) for word in part.split("'")} & QUESTION_WORDS
        for said in (_around(text, edit), edit.after)
    )
    return before != after


def _real_word(text: str, augmented: Augmented, edit: Edit) -> bool:
    """The edits within one white-space word together make another English word of it (`driving` to `diving`)."""
    start = max(text.rfind(gap, 0, edit.start) for gap in " \n\t") + 1
    end = min((at for gap in " \n\t" if (at := text.find(gap, edit.end)) >= 0), default=len(text))
    word = text[start:end]
    inside = [other for other in augmented.edits if start <= other.start and other.end <= end]
    for other in reversed(inside):
        word = word[: other.start - start] + other.after + word[other.end - start :]
    new, old = word.strip(_PUNCTUATION).lower(), text[start:end].strip(_PUNCTUATION).lower()
    return new != old and len(new) > 1 and new in read_spellings()


def _around(text: str, edit: Edit) -> str:
    """The whole white-space word that the edit lies in: a typo edits one letter of a number or a name."""
    start = text.rfind(" ", 0, edit.start) + 1
    end = text.find(" ", edit.end)
    return text[start : end if end >= 0 else len(text)].strip('.,;:!?()[]"“”')


_MEANING, _GRAMMAR, _SENTIMENT = frozenset(["meaning"]), frozenset(["grammar"]), frozenset(["sentiment"])
RULES = (
    Rule("word order", "The label is whether the sentence is grammatical; exchanging words makes it ungrammatical.",
         _GRAMMAR, _always, frozenset(["order"])),
    Rule("spelling", "The sentence is judged as written; a misspelt word can make an acceptable one unacceptable.",
         _GRAMMAR, _always, frozenset(["spelling"])),
    Rule("negation", "Adding, dropping or misspelling a negation turns yes into no, a paraphrase into its opposite.",
         _MEANING | _SENTIMENT, _negation),
    Rule("number", "Two texts that differ in a number no longer say the same, and an answer may hang on it.",
         _MEANING, _number),
    Rule("name", "Who did it is what is asked: a changed name breaks an entailment, a paraphrase or an answer.",
         _MEANING, _name),
    Rule("roles", "Words exchanged with or across a verb or a preposition can exchange who does what to whom.",
         _MEANING, _roles, frozenset(["order"])),
    Rule("question word", "A question that asks when instead of who is answered by another sentence.",
         frozenset(["question"]), _question_word),
    Rule("sentiment word", "The label is the sentiment; the replaced, moved or misspelt word may carry all of it.",
         _SENTIMENT, _sentiment),
    Rule("another word", "The typo spells another English word and is read as it: a diving test for a driving test.",
         frozenset(), _real_word, frozenset(["spelling"])),
    Rule("model's guess", "A masked language model proposes what fits the sentence, opposites included.",
         frozenset(), _always, frozenset(["guess"])),
    Rule("own method", "Nothing is known of what this method does to a label; look at its rows.",
         frozenset(), _always, frozenset(["anything"])),
)  # fmt: skip


def rules_for(task: Task, methods: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that apply to a task under these methods."""
    changes = {method_named(name).changes for name in methods}
    return tuple(
        rule
        for rule in RULES
        if (not rule.applies or not rule.applies.isdisjoint(task.rests_on))
        and (not rule.changes or not rule.changes.isdisjoint(changes))
    )


def reservation(task: Task) -> str:
    """What the audit cannot know of a task, for people; empty where its rules were written for it."""
    if not task.rests_on:
        return (
            f"What the labels of {task.title!r} hang on has not been written down: edits that no rule touches may "
            "change a label all the same."
            if task.origin == "file"
            else f"No rule is known for {task.name}: edits that are not listed here may change a label all the same."
        )
    if task.origin == "file":
        return (
            "Your own file: these rules are proposals, for labels that are opinions. Whether they fit its labels only "
            "you can say; edits that no rule touches may change a label all the same."
        )
    return ""


def audit_rows(task: Task, originals: Rows, augmented: Sequence[AugmentedRow]) -> list[AuditFinding]:
    """One finding a rule that applies, most touched first. `originals` are the rows that `augmented` indexes."""
    changes = {row.method: method_named(row.method).changes for row in augmented}
    findings = []
    for rule in rules_for(task, tuple(changes)):
        finding = AuditFinding(rule.name, rule.reason, 0, len(augmented))
        for row in augmented:
            if rule.changes and changes[row.method] not in rule.changes:
                continue
            touched = [
                {
                    "row": row.row,
                    "epoch": row.epoch,
                    "side": side,
                    "label": originals.labels[row.row],
                    "method": row.method,
                    "original": text,
                    "augmented": done.text,
                    "edit": edit,
                    "edits": done.edits,
                }
                for side, text, done in _sides(originals, row)
                for edit in done.edits
                if rule.touches(text, done, edit)
            ]
            if touched:
                finding.rows += 1
                finding.by_method[row.method] = finding.by_method.get(row.method, 0) + 1
                finding.examples += touched[: max(0, min(1, SHOWN - len(finding.examples)))]
        findings.append(finding)
    return sorted(findings, key=lambda finding: -finding.rows)


def expected_flips(task: Task, originals: Rows, augmented: Sequence[AugmentedRow]) -> dict[str, float]:
    """Method to the share of its changed rows that some rule touches: what the audit expects at the most. A method that
    no rule of this task is about is left out: nothing is known of what it does to a label."""
    changed = [row for row in augmented if row.changed]
    rules = rules_for(task, tuple({row.method for row in changed}))
    shares = {}
    for method in {row.method for row in changed}:
        mine = [row for row in changed if row.method == method]
        kind = method_named(method).changes
        fitting = [rule for rule in rules if not rule.changes or kind in rule.changes]
        if not fitting:
            continue
        touched = sum(
            any(
                rule.touches(text, done, edit)
                for side, text, done in _sides(originals, row)
                for edit in done.edits
                for rule in fitting
            )
            for row in mine
        )
        shares[method] = touched / len(mine)
    return shares


def _sides(originals: Rows, row: AugmentedRow) -> Iterator[tuple[str, str, Augmented]]:
    yield "text", originals.texts[row.row], row.text
    if row.pair is not None and originals.pairs is not None:
        yield "pair", originals.pairs[row.row], row.pair
