"""Places whose exchange keeps a sentence English, found by closed patterns and nowhere else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.augment.english.dictionary import SynonymTable
from core.augment.english.exchanges import exchanges
from core.augment.english.words import split_words
from core.augment.methods.swap import careful_swap

CLASSES = {
    "quick": "a", "dark": "a", "stylish": "a", "hungry": "a", "tired": "?a", "vapid": "a", "devoid": "a",
    "assured": "ed", "damaged": "ed", "opened": "ed", "loved": "ed", "growing": "ing",
    "badly": "r", "rapidly": "r", "really": "r", "formally": "r",
    "wit": "n", "humor": "n", "drama": "n", "lyricism": "n", "film": "n", "company": "n", "envoy": "n",
    "officials": "ns", "slimmest": "a", "characters": "ns", "city": "n", "bread": "n", "butter": "n",
}  # fmt: skip
TABLE = SynonymTable("hand", 0, "careful", classes=CLASSES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quick wit and dark humor .", "dark humor and quick wit ."),
        ("the film 's drama and lyricism .", "the film 's lyricism and drama ."),
        ("it is assured and stylish .", "it is stylish and assured ."),
        ("a tired and hungry film", "a hungry and tired film"),
        ("it will close , the company said .", "it will close , said the company ."),
        ("it will close, officials said.", "it will close, said officials."),
        ("it was badly damaged by rain", "it was damaged badly by rain"),
        ("it was damaged badly by rain", "it was badly damaged by rain"),
        ("it is growing rapidly in May", "it is rapidly growing in May"),
        ("they have formally opened in May", "they have opened formally in May"),
        ("the film and characters .", "the characters and film ."),
        ("full of wit , drama and the film .", "full of drama , wit and the film ."),
        ("but he later left", "but later he left"),
        ("it rained , then it stopped", "it rained , it then stopped"),
    ],
)
def test_an_exchange_is_found(text: str, expected: str) -> None:
    assert {careful_swap(text, Random(seed), TABLE, force=False).text for seed in range(10)} == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "a vapid and devoid of humor film",  # `devoid of` is one thing
        "a U.N. envoy said .",  # the full stop is an abbreviation's
        "the company said on Friday it opened",  # what was said follows
        "he tired and hungry film",  # no cue that `tired` is an adjective here
        "it was really loved by all",  # `loved really by` is none
        "dark humor and quick loved",
        "between drama and lyricism .",  # may be a range
        "no quick and dark",
        "a film and characters .",  # `a characters`
        "of bread and butter .",  # said in this order only
        "dark or stylish , respectively .",
        "he saw it later",
        "now and then he left",
        "the most dark and slimmest film",  # `the most slimmest`
        "company officials , characters and the drama",  # of the company
        "the characters , officials and the drama .",  # who may have said so
        "it also does the last thing",  # a full verb
        "it is quick , dark without drama",  # `dark without drama` is one thing
    ],
)
def test_where_an_exchange_would_not_be_english_there_is_none(text: str) -> None:
    assert not exchanges(text, split_words(text), CLASSES)


@given(
    st.lists(st.sampled_from([*CLASSES, "and", "or", "is", "also", "said", ",", ".", "the", "a", "in", "not", "was"]))
)
def test_places_are_disjoint_near_and_inside(tokens: list[str]) -> None:
    text = " ".join(tokens)
    words = split_words(text)
    for first, second, _ in exchanges(text, words, CLASSES):
        assert 0 <= first[0] < sum(first) <= second[0] < sum(second) <= len(words)
        assert second[0] - first[0] <= 4
        assert all(words[i] for place in (first, second) for i in range(place[0], sum(place)))


def test_a_text_full_of_places_is_searched_in_one_pass() -> None:
    text = "quick , dark , stylish and hungry , the company said , " * 2_000
    done = careful_swap(text, Random(0), TABLE, strength=0.05)  # quadratic search would take minutes
    assert done.changed
