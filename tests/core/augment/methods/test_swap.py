"""Careful swaps keep sentences sentences; the paper's exchange two pairs."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from core.augment.edits import Augmented, Edit
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.words import split_words
from tests.core.augment.one_text import EMPTY, augmented

CLASSES = SynonymTable(
    "hand",
    0,
    "careful",
    classes={"funny": "a", "smart": "a", "cats": "ns", "dogs": "ns", "birds": "ns", "sharply": "r", "climbed": "ed",
             "slowly": "r", "quietly": "r", "horror": "n", "absurdity": "n", "old": "a", "empty": "a"},
)  # fmt: skip


def swap(text: str, seed: int, table: SynonymTable = CLASSES, **more: Any) -> Augmented:
    return augmented(text, "swap", Random(seed), table, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a funny and smart film", "a smart and funny film"),
        ("a fight among cats and dogs .", "a fight among dogs and cats ."),
        ("it shows the horror and the absurdity .", "it shows the absurdity and the horror ."),
        ("the house is still empty", "the house still is empty"),
        ("the house still is empty", "the house is still empty"),
        ("they moved slowly and quietly", "they moved quietly and slowly"),
    ],
)
def test_exchanges_that_keep_the_grammar_come_first(text: str, expected: str) -> None:
    assert {swap(text, seed).text for seed in range(20)} == {expected}


def test_else_two_words_of_a_clause_change_places_at_most_three_apart() -> None:
    text = "they walked home to the old empty house in a hurry , we all took the last bus later"
    distances = set()
    for seed in range(300):
        done = swap(text, seed)
        before, after = split_words(text), split_words(done.text)
        moved = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
        assert len(moved) == 2
        assert (before[moved[0]], before[moved[1]]) == (after[moved[1]], after[moved[0]])
        distances.add(moved[1] - moved[0])
        comma = before.index("")
        assert (moved[0] < comma) == (moved[1] < comma)
    assert distances == {1, 2, 3}


@pytest.mark.parametrize("distance", [1, 2])
def test_the_distance_is_a_setting(distance: int) -> None:
    text = "they walked home to the old empty house in a hurry"
    for seed in range(100):
        done = swap(text, seed, distance=distance)
        places = [text[: edit.start].count(" ") for edit in done.edits]
        assert 1 <= places[1] - places[0] <= distance


def test_names_numbers_negations_question_words_and_punctuation_stay_where_they_are() -> None:
    text = "Yesterday Anna did not buy seven , very ripe tomatoes ( in Rome ) ; nobody knows why it rained then ."
    fixed = {"Anna", "not", "seven", "Rome", "nobody", "Yesterday", "why"}
    for seed in range(80):
        done = swap(text, seed, strength=0.3)
        before, after = split_words(text), split_words(done.text)
        assert sorted(before) == sorted(after)
        assert [i for i, word in enumerate(before) if word in fixed] == [
            i for i, word in enumerate(after) if word in fixed
        ]
        assert [i for i, word in enumerate(before) if not word] == [i for i, word in enumerate(after) if not word]


@pytest.mark.parametrize(
    "text",
    [
        "Ivan was pulled out of the lake by Maria on Sunday",
        "the final was won by Sara",
        "the tram went from Rome to Oslo",
    ],
)
def test_what_says_who_did_it_to_whom_stays_where_other_words_can_move(text: str) -> None:
    for seed in range(60):
        words = swap(text, seed).text.split()
        assert words != text.split()
        after = {word: words[words.index(word) + 1] for word in ("by", "from", "to") if word in words}
        assert set(after.values()) <= {"Maria", "Sara", "Rome", "Oslo"}


@pytest.mark.parametrize("negation", ["never", "hardly", "n't", "didn't", "didn’t", "not"])
def test_no_word_crosses_a_negation_or_is_drawn_away_from_it(negation: str) -> None:
    text = f"those people really {negation} liked that old house there"
    for seed in range(60):
        before, after = text.split(), swap(text, seed).text.split()
        assert after[3:5] == before[3:5]
        assert sorted(after[:3]) == sorted(before[:3])


def test_who_does_what_to_whom_is_not_turned_round() -> None:
    """Words of one kind, and words of no known kind, change places only side by side."""
    text = "dogs often bite old mailmen"
    for seed in range(100):
        after = swap(text, seed).text.split()
        assert after.index("dogs") < after.index("mailmen")


def test_an_article_keeps_the_sound_that_follows() -> None:
    for seed in range(100):
        assert "a empty" not in swap("they saw a very old empty house again", seed).text


def test_protected_words_stay() -> None:
    protect = frozenset(["funny", "smart", "film"])
    for seed in range(60):
        after = swap("a funny and smart film was shown there once", seed, protect=protect).text.split()
        assert (after[1], after[3], after[4]) == ("funny", "smart", "film")


def test_compounds_move_as_one_word() -> None:
    moved = [edit.before for seed in range(100) for edit in swap("their well-made thing", seed).edits]
    assert "well-made" in moved
    assert "well" not in moved


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("Brilliant and Old", {"Brilliant and Old"}),  # names
        ("horror and Anna", {"and horror Anna"}),  # nothing better than what joins
        ("Anna 's painful", {"Anna painful 's"}),
        ("a horror", {"horror a"}),
        ("A horror", {"A horror"}),  # what opens the sentence
    ],
)
def test_articles_and_what_joins_move_where_nothing_else_can(text: str, outcomes: set[str]) -> None:
    assert {swap(text, seed).text for seed in range(30)} == outcomes


@pytest.mark.parametrize("compound", ["three-ring", "never-ending", "half-empty", "one-sidedness"])
def test_numbers_and_negations_stay_within_compounds_too(compound: str) -> None:
    for seed in range(40):
        assert compound not in {edit.before for edit in swap(f"they saw that {compound} old house", seed).edits}


@pytest.mark.parametrize("text", ["", "house", "Anna Karenina", "not seven", "no , no", "1984 2024"])
def test_where_nothing_may_move_the_text_stays(text: str) -> None:
    assert all(not swap(text, seed, strength=1.0).changed for seed in range(20))


class Fixed(Random):
    """A generator whose sample is known: the pairs are what is tested."""

    def sample(self, population: object, k: int, **_: object) -> list[int]:  # type: ignore[override]
        return [0, 3, 1, 4][:k]


def test_the_paper_exchanges_two_disjoint_pairs_of_positions() -> None:
    done = augmented("one two three four five", "swap", Fixed(), EMPTY, "paper")
    assert done.text == "four five three one two"
    assert done.edits[0] == Edit(0, 3, "one", "four", "swap, 3 words apart")


@pytest.mark.parametrize("text", ["", "one", "one two three"])
def test_the_paper_leaves_sentences_under_four_words_alone(text: str) -> None:
    assert augmented(text, "swap", Random(0), EMPTY, "paper").text == text


def test_the_papers_boolq_variant_moves_about_thirty_percent() -> None:
    text = " ".join(f"w{i}" for i in range(100))
    done = augmented(text, "swap", Random(0), EMPTY, "paper", 0.3)
    assert len(done.edits) == 30
    assert sorted(done.text.split()) == sorted(text.split())
