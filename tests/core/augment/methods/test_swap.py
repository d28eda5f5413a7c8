"""Careful swaps keep sentences sentences; the paper's exchange two pairs."""

from __future__ import annotations

from random import Random

import pytest

from core.augment.edits import Edit
from core.augment.english.dictionary import SynonymTable
from core.augment.english.lexicon import NEGATIONS
from core.augment.english.words import split_words
from core.augment.methods.swap import careful_swap, paper_swap

CLASSES = SynonymTable(
    "hand",
    0,
    "careful",
    classes={"funny": "a", "smart": "a", "cats": "ns", "dogs": "ns", "birds": "ns", "sharply": "r", "climbed": "ed",
             "slowly": "r", "quietly": "r", "horror": "n", "absurdity": "n", "old": "a", "empty": "a"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a funny and smart film", "a smart and funny film"),
        ("he likes cats and dogs .", "he likes cats and dogs ."),  # `likes` may be a noun: left alone
        ("a fight among cats and dogs .", "a fight among dogs and cats ."),
        ("a fight between cats and dogs .", "a fight between cats and dogs ."),  # may be a range
        ("both the horror and the absurdity of it", "both the horror and the absurdity of it"),  # of which?
        ("it shows the horror and the absurdity .", "it shows the absurdity and the horror ."),
        ("the house is still empty", "the house still is empty"),
        ("the house still is empty", "the house is still empty"),
        ("the shares climbed sharply in May", "the shares sharply climbed in May"),
        ("a smart, funny film", "a funny, smart film"),
        ("a smart , funny film", "a funny , smart film"),
        ("they moved slowly and quietly", "they moved quietly and slowly"),
        ("food for cats, dogs and birds", "food for dogs, cats and birds"),
    ],
)
def test_grammatical_exchanges_are_found_and_only_those(text: str, expected: str) -> None:
    found = {careful_swap(text, Random(seed), CLASSES, force=False).text for seed in range(30)}
    assert expected in found
    assert len(found) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "is it still empty",
        "it is not still empty",
        "it now has six doors",  # `has now six doors` is no English
        "a an old and empty house",  # a empty
        "this is also",
        "wonderful breakfast cereal",
        "",
        "and",
        "also is",
    ],
)
def test_where_grammar_allows_nothing_nothing_is_done(text: str) -> None:
    for seed in range(20):
        changed = careful_swap(text, Random(seed), CLASSES, force=False)
        assert changed.text in (text, "a an empty and old house")
        if text.startswith("a an"):
            continue
        assert not changed.changed


def test_forced_swaps_move_neighbours_and_leave_names_numbers_negations_and_punctuation() -> None:
    text = "Yesterday Anna did not buy seven , very ripe tomatoes ( in Rome ) ; nobody knows why ."
    fixed = {"Anna", "not", "seven", "Rome", "nobody", "Yesterday"}
    for seed in range(80):
        done = careful_swap(text, Random(seed), CLASSES, strength=0.3)
        before, after = split_words(text), split_words(done.text)
        assert sorted(before) == sorted(after)
        assert [i for i, word in enumerate(before) if word in fixed] == [
            i for i, word in enumerate(after) if word in fixed
        ]
        assert [i for i, word in enumerate(before) if not word] == [i for i, word in enumerate(after) if not word]
        starts = [edit.start for edit in done.edits]
        assert all(
            abs(text[:a].count(" ") - text[:b].count(" ")) <= 3 for a, b in zip(starts[::2], starts[1::2], strict=True)
        )


def test_a_forced_swap_always_finds_two_movable_words() -> None:
    assert all(careful_swap("wonderful breakfast cereal", Random(seed), CLASSES).changed for seed in range(30))


def test_negations_never_move() -> None:
    for word in sorted(NEGATIONS):
        text = f"they {word} really liked it"
        for seed in range(10):
            done = careful_swap(text, Random(seed), CLASSES, strength=1.0)
            assert done.text.split().index(word) == 1


class Fixed(Random):
    """A generator whose sample is known: the pairs are what is tested."""

    def sample(self, population: object, k: int, **_: object) -> list[int]:  # type: ignore[override]
        return [0, 3, 1, 4][:k]


def test_the_paper_exchanges_two_disjoint_pairs_of_positions() -> None:
    done = paper_swap("one two three four five", Fixed())
    assert done.text == "four five three one two"
    assert done.edits[0] == Edit(0, 3, "one", "four", "swap, 3 words apart")


@pytest.mark.parametrize("text", ["", "one", "one two three"])
def test_the_paper_leaves_sentences_under_four_words_alone(text: str) -> None:
    assert paper_swap(text, Random(0)).text == text


def test_the_papers_boolq_variant_moves_about_thirty_percent() -> None:
    text = " ".join(f"w{i}" for i in range(100))
    done = paper_swap(text, Random(0), 0.3)
    assert len(done.edits) == 30
    assert sorted(done.text.split()) == sorted(text.split())
