"""Which rows an epoch changes, and that nothing but (seed, epoch, row) decides it."""

from __future__ import annotations

import copy
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.augment.edits import Augmented, AugmentedRow, Edit, apply_edits
from core.augment.english.synonym_table import SynonymTable
from core.augment.policy import AugmentPolicy, resolved_strengths, resolved_weights, run_policy
from core.augment.shares import MethodShare, shares
from core.config import RunConfig
from core.data.rows import Rows
from core.sections import AugmentConfig
from core.tasks import TASKS

TEXTS = [f"the film number {i} was really wonderful and the house is still empty" for i in range(200)]
PAIRS = [f"a huge movie about {i} students who often walked home slowly" for i in range(200)]
ROWS = Rows(TEXTS, PAIRS, [i % 2 for i in range(200)])


def blank(n: int) -> Rows:
    return Rows([""] * n, None, [0] * n)


def policy(
    table: SynonymTable, sides: tuple[str, ...] = ("text",), seed: int = 13, **settings: object
) -> AugmentPolicy:
    return AugmentPolicy(AugmentConfig(**settings), sides, seed, table)  # type: ignore[arg-type]


@given(n=st.integers(0, 9000), tenths=st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.4, 1.0]), epoch=st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_exactly_the_rounded_fraction_is_drawn_without_replacement(
    table: SynonymTable, n: int, tenths: float, epoch: int
) -> None:
    chosen = policy(table, fraction=tenths).chosen(blank(n), epoch)
    assert len(chosen) == len(set(chosen)) == round(tenths * n)
    assert chosen == sorted(chosen)
    assert all(0 <= row < n for row in chosen)


@pytest.mark.parametrize(("n", "fraction", "count"), [(8551, 0.1, 855), (3668, 0.1, 367), (25, 0.1, 2), (5, 0.1, 0)])
def test_counts_of_known_corpora(table: SynonymTable, n: int, fraction: float, count: int) -> None:
    assert len(policy(table, fraction=fraction).chosen(blank(n), 0)) == count  # 2.5 rounds to 2: Python's round


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.3, 0.4])
def test_every_changed_row_is_a_chosen_row_and_what_is_not_changed_is_reported(
    table: SynonymTable, fraction: float
) -> None:
    rows, done = policy(table, fraction=fraction).epoch(ROWS, 3)
    changed = [i for i in range(200) if rows.texts[i] != TEXTS[i]]
    assert [row.row for row in done] == policy(table, fraction=fraction).chosen(ROWS, 3)
    assert changed == [row.row for row in done if row.changed]
    assert rows.pairs == PAIRS  # the task names the first side only
    assert rows.labels == ROWS.labels
    for row in done:
        assert apply_edits(TEXTS[row.row], row.text.edits) == rows.texts[row.row]


@pytest.mark.parametrize("style", ["careful", "paper"])
def test_a_row_by_its_method_is_the_row_of_its_epoch_in_any_order(
    table: SynonymTable, paper_table: SynonymTable, style: str
) -> None:
    known = table if style == "careful" else paper_table
    make = lambda: policy(known, ("text", "pair"), fraction=0.3, style=style)  # noqa: E731
    _, done = make().epoch(ROWS, 2)
    other = make()
    other.epoch(ROWS, 0)  # work done before leaves no trace
    for row in reversed(done):
        assert other.row_by(row.method, row.row, TEXTS[row.row], PAIRS[row.row], 2) == row


def test_epochs_and_seeds_differ_and_repeat(table: SynonymTable) -> None:
    draws = {
        (seed, epoch): tuple(policy(table, seed=seed).chosen(ROWS, epoch)) for seed in (1, 2) for epoch in range(4)
    }
    assert len(set(draws.values())) == 8
    assert draws[1, 3] == tuple(policy(table, seed=1).chosen(ROWS, 3))
    first, second = (policy(table, fraction=1.0).epoch(ROWS, epoch)[0].texts for epoch in (0, 1))
    assert sum(a != b for a, b in zip(first, second, strict=True)) > 100


def test_over_epochs_every_row_has_its_turn(table: SynonymTable) -> None:
    counts = Counter(row for epoch in range(100) for row in policy(table, fraction=0.1).chosen(ROWS, epoch))
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


def test_methods_are_dealt_by_weight(table: SynonymTable) -> None:
    weighted = policy(table, fraction=1.0, methods=("synonym", "typo", "swap"), weights=(3.0, 1.0, 0.0))
    methods = Counter(row.method for epoch in range(5) for row in weighted.epoch(ROWS, epoch)[1])
    assert methods["swap"] == 0
    assert abs(methods["synonym"] - 750) <= 5  # a row an epoch is what rounding may cost


@pytest.mark.parametrize("weights", [(0.7, 0.2, 0.1), (0.2, 0.2, 0.6), (0.5, 0.0, 0.5)])
def test_rows_that_no_synonym_reaches_trade_methods_with_others(
    table: SynonymTable, weights: tuple[float, ...]
) -> None:
    plain, bare = "the film was a huge surprise to them", "where could he have been with her then"
    assert not policy(table).row_by("synonym", 0, bare, None, 0).changed
    rows = Rows([bare, plain, plain, plain] * 100, None, [0] * 400)
    made = policy(table, fraction=1.0, weights=weights)
    done = made.epoch(rows, 0)[1]
    applied = Counter(row.method for row in done if row.changed)
    assert all(abs(applied[name] / 400 - weight) <= 1 / 400 for name, weight in made.weights.items())
    assert "synonym" not in {row.method for row in done if rows.texts[row.row] == bare}
    assert done == policy(table, fraction=1.0, weights=weights).epoch(rows, 0)[1]


def test_the_papers_rows_trade_nothing(paper_table: SynonymTable) -> None:
    rows = Rows(["xq zq vq kq jq"] * 100, None, [0] * 100)  # words that no dictionary has
    done = policy(paper_table, style="paper", fraction=1.0, methods=("synonym", "typo")).epoch(rows, 0)[1]
    assert Counter((row.method, row.changed) for row in done) == {("synonym", False): 50, ("typo", True): 50}


@pytest.mark.parametrize("style", ["careful", "paper"])
def test_no_method_hands_a_row_on_to_another(table: SynonymTable, paper_table: SynonymTable, style: str) -> None:
    rows = Rows(["Ed, Al, Bo"] * 60, None, [0] * 60)  # no word may be swapped, misspelt or replaced
    known = table if style == "careful" else paper_table
    done = policy(known, fraction=1.0, style=style, methods=("swap", "synonym")).epoch(rows, 0)[1]
    assert {row.method for row in done} == {"swap", "synonym"}
    assert not any(row.changed for row in done)


@pytest.mark.parametrize("weights", [(), (1.0, 1.0, 1.0), (6.0, 3.0, 1.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)])
def test_what_is_applied_is_what_is_asked_for(table: SynonymTable, weights: tuple[float, ...]) -> None:
    rows = Rows([f"the film that {name} saw there was a huge surprise to them" for name in "abcdefghij"] * 300, None,
                [0] * 3000)  # fmt: skip
    made = policy(table, fraction=1.0, weights=weights)
    found = shares(made.weights, rows, made.epoch(rows, 0)[1], ("text",))
    asked = weights or (1.0, 1.0, 1.0)
    assert found.rows == found.long_rows == 3000
    for method, weight in zip(("synonym", "swap", "typo"), asked, strict=True):
        assert found.methods[method].asked == pytest.approx(weight / sum(asked))
        assert abs(found.methods[method].applied - weight / sum(asked)) < 0.03
    assert found.unchanged < 0.01


def test_shares_of_a_mix_are_counted_by_hand() -> None:
    rows = Rows(["a b", "a b c d", "e f g h"], None, [0, 0, 0])
    edit = Edit(0, 1, "a", "x", "by hand")
    done = [
        AugmentedRow(0, 0, "swap", Augmented("a b", (), "swap"), None),
        AugmentedRow(1, 0, "swap", Augmented("x b c d", (edit,), "swap"), None),
        AugmentedRow(2, 0, "typo", Augmented("e f g h", (), "typo"), None),
    ]
    found = shares({"swap": 3.0, "typo": 1.0}, rows, done, ("text",))
    assert found.methods["swap"] == MethodShare(0.75, 2 / 3, 1 / 3, 1 / 3)
    assert found.methods["typo"] == MethodShare(0.25, 1 / 3, 0.0, 1 / 3)
    assert found.unchanged == pytest.approx(2 / 3)
    assert found.long_rows == 2
    assert found.long_methods["swap"] == MethodShare(0.75, 0.5, 0.5, 0.0)


def test_how_often_the_papers_synonym_is_the_word_itself_is_counted_by_hand() -> None:
    first = {"n": {"film": "movie", "house": "house"}, "v": {}, "a": {}, "r": {}}
    senses = {pos: dict.fromkeys(lemmas, "s") for pos, lemmas in first.items()}
    known = SynonymTable("hand", 0, "paper", first=first, senses=senses)
    rows = Rows(["film house houses", "film film"], None, [0, 0])
    made = policy(known, fraction=1.0, style="paper", methods=("synonym",))
    done = made.epoch(rows, 0)[1]
    # film -> movie three times; house is its own; houses becomes house
    assert shares(made.weights, rows, done, ("text",), known).own_words == pytest.approx(1 / 5)
    assert shares(made.weights, rows, done, ("text",)).own_words is None


def test_a_tasks_own_weights_are_visible_and_only_of_the_careful_style() -> None:
    cola = TASKS["CoLA"]
    assert resolved_weights(AugmentConfig(), cola) == {"synonym": 1.0, "swap": 0.0, "typo": 1.0}
    assert resolved_weights(AugmentConfig(style="paper"), cola) == {"synonym": 1.0, "swap": 1.0, "typo": 1.0}
    assert resolved_weights(AugmentConfig(weights=(1, 2, 0)), cola) == {"synonym": 1, "swap": 2, "typo": 0}
    assert resolved_weights(AugmentConfig(methods=("swap",)), cola) == {"swap": 1.0}  # asked for by name, alone
    assert resolved_weights(AugmentConfig(), TASKS["RTE"]) == {"synonym": 1.0, "swap": 1.0, "typo": 1.0}


def test_the_papers_boolq_variant_is_the_tasks_own() -> None:
    boolq = TASKS["BoolQ"]
    assert resolved_strengths(AugmentConfig(style="paper"), boolq) == {"synonym": None, "swap": 0.3, "typo": 0.2}
    assert resolved_strengths(AugmentConfig(style="paper"), TASKS["RTE"]) == dict.fromkeys(("synonym", "swap", "typo"))
    assert resolved_strengths(AugmentConfig(style="careful"), boolq) == {"synonym": 0.05, "swap": 0.05, "typo": 0.01}
    assert set(resolved_strengths(AugmentConfig(style="paper", strength=0.1), boolq).values()) == {0.1}


def test_boolq_in_the_papers_style_moves_and_misspells_as_its_authors_did(paper_table: SynonymTable) -> None:
    passage = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(100))
    rows = Rows([passage] * 40, None, [0] * 40)
    config = AugmentConfig(style="paper", fraction=1.0, methods=("swap", "typo"))
    done = AugmentPolicy(config, ("text",), 5, paper_table, task=TASKS["BoolQ"]).epoch(rows, 0)[1]
    assert {len(row.text.edits) for row in done if row.method == "swap"} == {30}
    letters = [len(row.text.edits) / 600 for row in done if row.method == "typo"]
    assert abs(sum(letters) / len(letters) - 0.2 * 25 / 26) < 0.01


def test_the_task_names_sides_and_protected_words() -> None:
    assert "wonderful" in run_policy(RunConfig(), TASKS["SST-2"]).protect
    assert run_policy(RunConfig().replace({"augment.style": "paper"}), TASKS["SST-2"]).protect == frozenset()
    assert run_policy(RunConfig(), TASKS["MRPC"]).sides == ("text", "pair")
    assert run_policy(RunConfig(), TASKS["MRPC"], ("text",)).sides == ("text",)
    assert run_policy(RunConfig()).sides == ("text",)


def test_the_method_context_brings_the_models_own_head_unless_nothing_is_augmented() -> None:
    config = RunConfig().replace({"augment.methods": "context", "augment.fraction": 1.0})
    rows = Rows(["please cancel the order for my new coat"] * 20, None, [0] * 20)
    assert any(row.changed for row in run_policy(config).epoch(rows, 0)[1])
    run_policy(config.replace({"model": "nowhere", "augment.mode": "none"}))


def test_the_paper_style_hands_nothing_on(paper_table: SynonymTable) -> None:
    rows = Rows(["one two three"] * 30, None, [0] * 30)  # under four words: the paper's swap leaves them
    done = policy(paper_table, fraction=1.0, methods=("swap", "typo"), style="paper").epoch(rows, 0)[1]
    assert {row.method for row in done if not row.text.changed} >= {"swap"}


def test_protected_words_stay(table: SynonymTable) -> None:
    guarded = AugmentPolicy(AugmentConfig(fraction=1.0), ("text",), 13, table, task=TASKS["SST-2"])
    assert {text.split()[6] for text in guarded.epoch(ROWS, 0)[0].texts} == {"wonderful"}


def test_what_cannot_be_done_is_said_at_once(table: SynonymTable) -> None:
    with pytest.raises(ValueError, match=r"choose from .*'text', 'pair'"):
        policy(table, ("left",))
    with pytest.raises(ValueError, match="masked-language-model head"):
        policy(table, methods=("context",))
