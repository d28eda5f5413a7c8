"""Places whose swap keeps a sentence English, found by closed patterns and nowhere else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.augment.english.swappable import swappable_pairs
from core.augment.english.synonym_table import SynonymTable
from core.augment.english.words import split_words
from tests.core.augment.one_text import augmented

CLASSES = {
    "quick": "a", "dark": "a", "stylish": "a", "hungry": "a", "tired": "?a", "vapid": "a", "devoid": "a",
    "assured": "ed", "damaged": "ed", "opened": "ed", "loved": "ed", "growing": "ing",
    "badly": "r", "rapidly": "r", "really": "r", "formally": "r",
    "wit": "n", "humor": "n", "drama": "n", "lyricism": "n", "film": "n", "company": "n", "envoy": "n",
    "officials": "ns", "slimmest": "a", "characters": "ns", "city": "n", "bread": "n", "butter": "n",
}  # fmt: skip
TABLE = SynonymTable("hand", 0, "careful", classes=CLASSES)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("the film 's drama and lyricism .", ("drama", "lyricism")),
        ("a hungry and stylish film", ("hungry", "stylish")),
        ("it was loved and damaged by rain", ("loved", "damaged")),
        ("they moved rapidly and badly", ("rapidly", "badly")),
        ("the film and characters .", ("film", "characters")),
        ("the house is still empty", ("is", "still")),
        ("the house still is empty", ("still", "is")),
    ],
)
def test_an_exchange_is_found(text: str, pair: tuple[str, str]) -> None:
    words = split_words(text)
    assert [(words[i], words[j]) for i, j, _ in swappable_pairs(words, CLASSES)] == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "a vapid and devoid of humor film",  # `devoid of` is one thing
        "he tired and hungry film",  # nothing says that `tired` is an adjective here
        "dark humor and quick loved",
        "between drama and lyricism .",  # may be a range
        "no quick and dark",
        "a film and characters .",  # `a characters`
        "of bread and butter .",  # said in this order only
        "dark or stylish , respectively .",
        "now and then he left",
        "the most dark and slimmest film",  # `the most slimmest`
        "it also does the last thing",  # a full verb
        "is it still empty",
        "it is not still empty",
        "it now has six doors",
    ],
)
def test_where_an_exchange_would_not_be_english_there_is_none(text: str) -> None:
    assert not swappable_pairs(split_words(text), CLASSES)


@given(st.lists(st.sampled_from([*CLASSES, "and", "or", "is", "also", ",", ".", "the", "a", "in", "not", "was"])))
def test_places_differ_are_near_and_hold_words(tokens: list[str]) -> None:
    words = split_words(" ".join(tokens))
    for first, second, _ in swappable_pairs(words, CLASSES):
        assert 0 <= first < second <= first + 4
        assert words[first]
        assert words[second]


def test_a_text_full_of_places_is_searched_in_one_pass() -> None:
    text = "dark , stylish and hungry , it is still quick or dark , " * 2_000
    assert augmented(text, "swap", Random(0), TABLE, strength=0.05).changed  # quadratic search would take minutes
