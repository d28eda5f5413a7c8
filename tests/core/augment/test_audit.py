"""Each rule, shown an edit that it should catch and one that it should not."""

from __future__ import annotations

from random import Random

import pytest

from core.augment.audit import RULES, audit_rows, expected_flips, reservation, rules_for
from core.augment.edits import Augmented, AugmentedRow, Edit, apply_edits
from core.augment.english.polarity import protected_words
from core.augment.english.synonym_table import SynonymTable
from core.augment.policy import AugmentPolicy
from core.data.rows import Rows
from core.sections import AugmentConfig
from core.tasks import TASKS


def caught(task: str, text: str, before: str, after: str, method: str = "synonym") -> set[str]:
    start = text.index(before)
    edit = Edit(start, start + len(before), before, after, method)
    row = AugmentedRow(0, 0, method, Augmented(apply_edits(text, [edit]), (edit,), method), None)
    return {finding.rule for finding in audit_rows(TASKS[task], Rows([text], None, [0]), [row]) if finding.rows}


@pytest.mark.parametrize(
    ("task", "text", "before", "after", "method", "rule"),
    [
        ("CoLA", "they ate the cake", "ate", "the", "swap", "word order"),
        ("CoLA", "they ate the cake", "cake", "caek", "typo", "spelling"),
        ("MRPC", "he did not go", "not", "to", "typo", "negation"),
        ("RTE", "he didn't go", "didn't", "did", "synonym", "negation"),
        ("MNLI", "he lives here", "here", "nowhere", "context", "negation"),
        ("QQP", "it cost 35 dollars", "5", "7", "typo", "number"),
        ("QNLI", "it cost two dollars", "two", "tow", "typo", "number"),
        ("BoolQ", "we met Anna there", "nn", "nm", "typo", "name"),
        ("demo-paraphrase", "Tom met Anna", "Anna", "Lena", "context", "name"),
        ("BoolQ", "tell me when it ends", "when", "who", "context", "question word"),
        ("SST-2", "a dull film", "dull", "bright", "synonym", "sentiment word"),
        ("demo-sentiment", "not a bad film", "not", "now", "typo", "negation"),
        ("SST-2", "it works", "works", "fails", "context", "model's guess"),
    ],
)
def test_a_rule_catches_the_edit_it_is_about(
    task: str, text: str, before: str, after: str, method: str, rule: str
) -> None:
    assert rule in caught(task, text, before, after, method)


@pytest.mark.parametrize(
    ("text", "first", "second", "counted"),
    [
        ("cats avoid dogs", "cats", "dogs", True),
        ("the cat chased a dog", "cat", "dog", True),
        ("a flight from home to work", "home", "work", True),
        ("they describe it", "they", "describe", True),
        ("it closed last summer in town", "last", "summer", False),
        ("cats avoid dogs", "avoid", "dogs", True),
        ("because of the strike", "of", "strike", False),
        ("Omar saved Mina from the river", "saved", "from", True),
        ("Ivan is owed ten euros by Peter", "owed", "by", True),
        ("they blame it for the attacks", "for", "attacks", False),
        ("he was pulled out", "was", "pulled", False),
        ("one of the halls", "of", "the", False),
        ("the red big car", "red", "car", False),
        ("it was cold and wet", "cold", "wet", False),
    ],
)
def test_roles_are_exchanged_across_a_verb_or_a_preposition_only(text, first, second, counted) -> None:
    a, b = text.index(first), text.index(second)
    halves = Edit(a, a + len(first), first, second, "swap"), Edit(b, b + len(second), second, first, "swap")
    row = AugmentedRow(0, 0, "swap", Augmented(apply_edits(text, halves), halves, "swap"), None)
    finding = next(one for one in audit_rows(TASKS["RTE"], Rows([text], None, [0]), [row]) if one.rule == "roles")
    assert finding.rows == counted
    assert [example["edit"] for example in finding.examples] == list(halves[:1]) * counted


@pytest.mark.parametrize(
    ("task", "text", "before", "after", "method"),
    [
        ("CoLA", "they ate the cake", "cake", "tart", "synonym"),
        ("MRPC", "The movie starts early", "movie", "film", "synonym"),
        ("MRPC", "It ends. The movie starts", "The", "Teh", "typo"),  # a capital after a full stop is no name
        ("MRPC", "And I walked", "walked", "strolled", "synonym"),
        ("SST-2", "a film of two hours", "film", "movie", "synonym"),
        ("demo-intents", "he did not go", "not", "to", "synonym"),
    ],
)
def test_harmless_edits_are_not_accused(task: str, text: str, before: str, after: str, method: str) -> None:
    assert caught(task, text, before, after, method) == set()


def test_findings_count_rows_once_and_keep_a_few_examples() -> None:
    text = "not one and not two"
    edits = (Edit(0, 3, "not", "now", "x"), Edit(12, 15, "not", "now", "x"))
    row = Augmented(apply_edits(text, edits), edits, "typo")
    rows = [AugmentedRow(i, 0, "typo", row, row) for i in range(9)]
    finding = audit_rows(TASKS["MRPC"], Rows([text] * 9, [text] * 9, [0] * 9), rows)[0]
    assert (finding.rule, finding.rows, finding.of) == ("negation", 9, 9)
    assert len(finding.examples) == 5
    assert finding.examples[0] == {
        "row": 0, "epoch": 0, "side": "text", "label": 0, "method": "typo", "original": text, "augmented": row.text,
        "edit": edits[0], "edits": edits,
    }  # fmt: skip


def test_every_rule_has_a_reason_and_hangs_on_what_some_task_hangs_on() -> None:
    written = {what for task in TASKS.values() for what in task.rests_on}
    for rule in RULES:
        assert rule.applies <= written
        assert len(rule.reason) > 40


def test_rules_follow_from_the_task_and_from_the_methods() -> None:
    names = lambda task, *methods: {rule.name for rule in rules_for(TASKS[task], methods)}  # noqa: E731
    assert names("CoLA", "synonym") == set()
    assert names("CoLA", "swap") == {"word order"}
    assert names("demo-intents", "typo") == {"another word"}
    assert names("file", "synonym") == {"negation", "sentiment word"}


def test_where_no_rule_is_known_the_audit_says_so_and_promises_nothing() -> None:
    assert "may change a label all the same" in reservation(TASKS["demo-intents"])
    assert "proposals" in reservation(TASKS["file"])
    assert reservation(TASKS["SST-2"]) == ""


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [("driving", "diving", True), ("driving", "drivng", False), ("r", "", True), ("form", "from", True)],
)
def test_a_typo_that_spells_another_word_is_flagged_whatever_the_task(before: str, after: str, flagged: bool) -> None:
    found = caught("demo-intents", "I passed my driving test, and the form", before, after, "typo")
    assert ("another word" in found) is flagged


def test_expected_flips_count_touched_rows_among_those_that_a_method_changed() -> None:
    text = "it is not bad"
    edit = Edit(6, 9, "not", "now", "typo")
    touched = AugmentedRow(0, 0, "typo", Augmented("it is now bad", (edit,), "typo"), None)
    harmless = AugmentedRow(0, 1, "typo", Augmented("itt is not bad", (Edit(0, 2, "it", "itt", "typo"),), "typo"), None)
    same = AugmentedRow(0, 2, "typo", Augmented(text, (), "typo"), None)
    assert expected_flips(TASKS["SST-2"], Rows([text], None, [0]), [touched, harmless, same]) == {"typo": 0.5}


def test_a_method_that_no_rule_of_the_task_is_about_is_not_called_harmless() -> None:
    """For customer requests nothing is known of swaps: 0 % would say that they keep every label."""
    edits = (Edit(0, 5, "first", "then", "by hand"),)
    rows = [AugmentedRow(0, 0, method, Augmented("then", edits, method), None) for method in ("swap", "typo")]
    assert expected_flips(TASKS["demo-intents"], Rows(["first"], None, [0]), rows) == {"typo": 1.0}


def test_only_sentiment_tasks_protect_words() -> None:
    assert "dull" in protected_words(TASKS["SST-2"].rests_on)
    assert protected_words(TASKS["CoLA"].rests_on) == frozenset()


@pytest.mark.parametrize("task", ["SST-2", "MRPC", "BoolQ"])
def test_careful_touches_no_negation_number_name_or_sentiment_word(table: SynonymTable, task: str) -> None:
    sentence = "Anna did not find two dull films in Rome , but a wonderful house , seven dogs and nothing else"
    texts = [" ".join(Random(seed).sample(sentence.split(), 14)) for seed in range(300)]
    rows = Rows(texts, None, [0] * 300)
    config = AugmentConfig(fraction=1.0, methods=("synonym", "typo", "swap"))
    done = AugmentPolicy(config, ("text",), 1, table, task=TASKS[task]).epoch(rows, 0)[1]
    findings = {finding.rule: finding.rows for finding in audit_rows(TASKS[task], rows, done)}
    assert sum(row.changed for row in done) > 250
    assert not any(findings.get(rule) for rule in ("negation", "number", "name", "sentiment word"))
