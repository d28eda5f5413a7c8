"""Typos as fingers make them, one a word; the paper's random letters."""

from __future__ import annotations

from random import Random

import pytest

from core.augment.edits import Augmented
from core.augment.english.misspellings import NEIGHBOURS
from core.augment.english.synonym_table import SynonymTable
from tests.core.augment.one_text import augmented


def typo(text: str, rng: Random, table: SynonymTable, strength: float = 0.01) -> Augmented:
    return augmented(text, "typo", rng, table, strength=strength)


def test_each_slip_is_one_of_four_and_keeps_the_first_letter(table: SynonymTable) -> None:
    rules = set()
    for seed in range(300):
        (edit,) = typo("wonderful", Random(seed), table).edits
        before, after = edit.before, edit.after
        rules.add(edit.rule)
        assert after[0] == "w"
        if edit.rule == "typo, letters transposed":
            assert sorted(before) == sorted(after)
        elif edit.rule == "typo, letter left out":
            assert any(before[:i] + before[i + 1 :] == after for i in range(len(before)))
        elif edit.rule == "typo, letter doubled":
            assert any(before[:i] + before[i] + before[i:] == after for i in range(len(before)))
        else:
            (i,) = (i for i in range(len(before)) if before[i] != after[i])
            assert after[i] in NEIGHBOURS[before[i]]
    assert len(rules) == 4


def test_the_shortest_words_keep_their_letters(table: SynonymTable) -> None:
    """`tmie` is still `time`; `tme` and `tkme` are riddles."""
    seen = {typo("time", Random(seed), table).text for seed in range(100)}
    assert seen == {"tmie", "tiem", "tiime", "timme", "timee"}


def test_a_plural_does_not_become_a_singular(table: SynonymTable) -> None:
    assert not any(typo("zebras", Random(seed), table).text == "zebra" for seed in range(300))


def test_no_slip_is_a_rude_word(table: SynonymTable) -> None:
    assert not any("cunt" in typo("county", Random(seed), table).text for seed in range(200))


def test_never_two_in_one_word(table: SynonymTable) -> None:
    done = typo("wonderful breakfast cereal", Random(0), table, strength=1.0)
    assert [edit.before for edit in done.edits] == ["wonderful", "breakfast", "cereal"]


@pytest.mark.parametrize(
    "text",
    ["cat dog the", "Anna Karenina", "jack and mark in turkey", "nothing without never cannot",
     "seven hundred 1984 r2d2c3", "don't in-house"],
)  # fmt: skip
def test_short_words_names_negations_and_numbers_are_spared(table: SynonymTable, text: str) -> None:
    assert all(not typo(text, Random(seed), table, strength=1.0).changed for seed in range(20))


def test_a_slip_never_spells_another_word(table: SynonymTable) -> None:
    known = SynonymTable("hand", 0, "careful", known=frozenset(("form", "fro", "frm", "fromm", "frim", "frok")))
    for seed in range(200):
        assert typo("from", Random(seed), known).text not in known.known


def test_the_paper_replaces_at_most_two_letters_by_random_ones() -> None:
    text = "ab, cd 12 é"
    seen = set()
    for seed in range(500):
        done = augmented(text, "typo", Random(seed), style="paper", strength=None)
        changed = [i for i, (a, b) in enumerate(zip(text, done.text, strict=True)) if a != b]
        seen.add(len(changed))
        assert all(text[i].isalpha() and done.text[i] in "abcdefghijklmnopqrstuvwxyz" for i in changed)
    assert seen == {1, 2}
    assert not augmented("12, -- !", "typo", Random(0), style="paper", strength=None).changed


def test_the_papers_boolq_variant_draws_each_character_with_a_probability() -> None:
    text = "a" * 20_000
    share = len(augmented(text, "typo", Random(1), style="paper", strength=0.2).edits) / len(text)
    assert abs(share - 0.2 * 25 / 26) < 0.01  # one draw in 26 is the letter itself
