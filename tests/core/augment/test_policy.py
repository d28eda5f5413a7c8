"""Which rows an epoch changes, and that nothing but (seed, epoch, row) decides it."""

from __future__ import annotations

import copy
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.augment.edits import apply_edits
from core.augment.english.dictionary import SynonymTable
from core.augment.policy import AugmentPolicy
from core.data.rows import Rows
from core.sections import AugmentConfig

TEXTS = [f"the film number {i} was really wonderful and the house is still empty" for i in range(200)]
PAIRS = [f"a huge movie about {i} students who often walked home slowly" for i in range(200)]
ROWS = Rows(TEXTS, PAIRS, [i % 2 for i in range(200)])


def policy(
    table: SynonymTable, sides: tuple[str, ...] = ("text",), seed: int = 13, **settings: object
) -> AugmentPolicy:
    return AugmentPolicy(AugmentConfig(**settings), sides, seed, table)  # type: ignore[arg-type]


@given(n=st.integers(0, 9000), tenths=st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.4, 1.0]), epoch=st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_exactly_the_rounded_fraction_is_drawn_without_replacement(
    table: SynonymTable, n: int, tenths: float, epoch: int
) -> None:
    chosen = policy(table, fraction=tenths).chosen(n, epoch)
    assert len(chosen) == len(set(chosen)) == round(tenths * n)
    assert chosen == sorted(chosen)
    assert all(0 <= row < n for row in chosen)


@pytest.mark.parametrize(("n", "fraction", "count"), [(8551, 0.1, 855), (3668, 0.1, 367), (25, 0.1, 2), (5, 0.1, 0)])
def test_counts_of_known_corpora(table: SynonymTable, n: int, fraction: float, count: int) -> None:
    assert len(policy(table, fraction=fraction).chosen(n, 0)) == count  # 2.5 rounds to 2: Python's round


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.3, 0.4])
def test_every_changed_row_is_a_chosen_row_and_every_chosen_row_is_changed(
    table: SynonymTable, fraction: float
) -> None:
    rows, done = policy(table, fraction=fraction).epoch(ROWS, 3)
    changed = [i for i in range(200) if rows.texts[i] != TEXTS[i]]
    assert changed == [row.row for row in done] == policy(table, fraction=fraction).chosen(200, 3)
    assert rows.pairs == PAIRS  # the task names the first side only
    assert rows.labels == ROWS.labels
    for row in done:
        assert apply_edits(TEXTS[row.row], row.text.edits) == rows.texts[row.row]


@pytest.mark.parametrize("style", ["careful", "paper"])
def test_a_row_alone_is_the_row_of_its_epoch_in_any_order(
    table: SynonymTable, paper_table: SynonymTable, style: str
) -> None:
    known = table if style == "careful" else paper_table
    make = lambda: policy(known, ("text", "pair"), fraction=0.3, style=style)  # noqa: E731
    _, done = make().epoch(ROWS, 2)
    other = make()
    other.epoch(ROWS, 0)  # work done before leaves no trace
    for row in reversed(done):
        assert other.row(row.row, TEXTS[row.row], PAIRS[row.row], 2) == row


def test_epochs_and_seeds_differ_and_repeat(table: SynonymTable) -> None:
    draws = {(seed, epoch): tuple(policy(table, seed=seed).chosen(200, epoch)) for seed in (1, 2) for epoch in range(4)}
    assert len(set(draws.values())) == 8
    assert draws[1, 3] == tuple(policy(table, seed=1).chosen(200, 3))
    first, second = (policy(table, fraction=1.0).epoch(ROWS, epoch)[0].texts for epoch in (0, 1))
    assert sum(a != b for a, b in zip(first, second, strict=True)) > 100


def test_over_epochs_every_row_has_its_turn(table: SynonymTable) -> None:
    counts = Counter(row for epoch in range(100) for row in policy(table, fraction=0.1).chosen(200, epoch))
    assert sum(counts.values()) == 2000
    assert len(counts) == 200
    assert max(counts.values()) < 30  # ten expected


def test_static_shows_every_epoch_the_first_draw(table: SynonymTable) -> None:
    static = policy(table, mode="static", fraction=0.2)
    assert static.epoch(ROWS, 0)[0] == static.epoch(ROWS, 7)[0] == policy(table, fraction=0.2).epoch(ROWS, 0)[0]


def test_none_changes_nothing(table: SynonymTable) -> None:
    rows, done = policy(table, mode="none", fraction=0.5).epoch(ROWS, 0)
    assert rows == ROWS
    assert done == []


def test_the_input_is_never_changed(table: SynonymTable) -> None:
    before = copy.deepcopy(ROWS)
    rows, _ = policy(table, ("text", "pair"), fraction=1.0).epoch(ROWS, 0)
    assert before == ROWS
    assert rows.texts is not ROWS.texts
    assert rows.pairs is not ROWS.pairs


@pytest.mark.parametrize("sides", [("text",), ("pair",), ("text", "pair"), ()])
def test_only_the_named_sides_change(table: SynonymTable, sides: tuple[str, ...]) -> None:
    rows, done = policy(table, sides, fraction=1.0).epoch(ROWS, 0)
    assert (rows.texts != TEXTS) == ("text" in sides)
    assert (rows.pairs != PAIRS) == ("pair" in sides)
    assert len(done) == 200


def test_methods_are_drawn_by_weight(table: SynonymTable) -> None:
    weighted = policy(table, fraction=1.0, methods=("synonym", "typo", "swap"), weights=(3.0, 1.0, 0.0))
    methods = Counter(row.method for epoch in range(5) for row in weighted.epoch(ROWS, epoch)[1])
    assert methods["swap"] == 0
    assert 0.7 < methods["synonym"] / 1000 < 0.8


def test_a_careful_method_without_a_good_place_hands_the_row_on(table: SynonymTable) -> None:
    rows = Rows(["wonderful breakfast cereal"] * 60, None, [0] * 60)  # no exchange keeps its grammar
    mixed = policy(table, fraction=1.0, methods=("swap", "typo")).epoch(rows, 0)[1]
    assert {row.method for row in mixed} == {"typo"}
    alone = policy(table, fraction=1.0, methods=("swap",)).epoch(rows, 0)[1]
    assert all(row.method == "swap" and row.changed for row in alone)


def test_the_paper_style_hands_nothing_on(paper_table: SynonymTable) -> None:
    rows = Rows(["one two three"] * 30, None, [0] * 30)  # under four words: the paper's swap leaves them
    done = policy(paper_table, fraction=1.0, methods=("swap", "typo"), style="paper").epoch(rows, 0)[1]
    assert {row.method for row in done if not row.text.changed} >= {"swap"}


def test_protected_words_stay(table: SynonymTable) -> None:
    guarded = AugmentPolicy(AugmentConfig(fraction=1.0), ("text",), 13, table, protect=frozenset(["wonderful", "film"]))
    for text in guarded.epoch(ROWS, 0)[0].texts:
        assert "wonderful" in text
        assert "film" in text


def test_what_cannot_be_done_is_said_at_once(table: SynonymTable) -> None:
    with pytest.raises(ValueError, match=r"choose from .*'text', 'pair'"):
        policy(table, ("left",))
    with pytest.raises(ValueError, match="masked-language-model head"):
        policy(table, methods=("context",))
