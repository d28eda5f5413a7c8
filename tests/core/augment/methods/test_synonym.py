"""Careful synonyms as an editor would take them; the paper's as its code made them."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from core.augment.edits import Augmented, Edit, apply_edits
from core.augment.english.polarity import protected_words
from core.augment.english.synonym_table import SynonymTable
from tests.core.augment.one_text import DEFAULT, augmented


def synonym(text: str, seed: int, table: SynonymTable) -> Augmented:
    return augmented(text, "synonym", Random(seed), table)


def paper(text: str, strength: float | None = None) -> Augmented:
    return augmented(text, "synonym", Random(0), HAND, "paper", strength)


def outcomes(
    text: str, table: SynonymTable, strength: float = DEFAULT, protect: frozenset[str] = frozenset()
) -> set[str]:
    return {
        augmented(text, "synonym", Random(seed), table, strength=strength, protect=protect).text for seed in range(60)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the house is empty", "the home is empty"),
        ("the houses are empty", "the homes are empty"),  # plural
        ("Houses are empty", "Homes are empty"),  # capital
        ("he altered the plan", "he changed the plan"),  # past tense
        ("she is altering the plan", "she is changing the plan"),  # participle
        ("they purchased a house", "they bought a house"),  # irregular past
        ("she began to sing", "she started to sing"),
        ("the largest ant", "the biggest ant"),  # superlative
        ("the final exam was long", "the final examination was long"),  # two words, one thing
        ("It was called off", "It was canceled"),
        ("A high school", "A secondary school"),
        ("until he came, someone slept", "till he came, someone slept"),
        ("he postponed the trip", "he put off the trip"),  # phrasal verb, inflected in its first word
    ],
)
def test_inflection_and_capitals_are_kept(table: SynonymTable, text: str, expected: str) -> None:
    assert expected in outcomes(text, table, 1.0) | outcomes(text, table)


def test_articles_agree_with_the_new_word(table: SynonymTable) -> None:
    assert "an amusing story" in outcomes("a funny story", table)
    assert "a clever boy" in outcomes("an intelligent boy", table)
    article, word = next(
        done.edits for seed in range(60) if (done := synonym("a funny story", seed, table)).text == "an amusing story"
    )
    assert (article.before, article.after, article.start) == ("a", "an", 0)
    assert (word.before, word.after, word.start) == ("funny", "amusing", 2)


@pytest.mark.parametrize(
    "text",
    [
        "it is not on the other side of it",  # stop words
        "nobody never cannot hardly without",  # negations
        "two million and 35 or a dozen",  # numbers
        "we know House and Guy in Car City",  # names: capitals within the sentence
        "in-house film-like can't",  # parts of words
        "see movie.com or u.s.film",  # addresses
        "film[i] = house(x)",  # code
        "he was a prisoner of war",  # a set phrase
    ],
)
def test_what_an_editor_leaves_alone_is_left_alone(table: SynonymTable, text: str) -> None:
    assert outcomes(text, table, 1.0) == {text}


@pytest.mark.parametrize(
    ("fits", "does_not"),
    [
        ("the answer was a big lie", "they answer the phone"),  # noun and verb
        ("a fake gun", "to fake a smile"),
        ("he tries to swim", "he tries the soup"),  # only before `to`
        ("they attack the town", "a heart attack"),
    ],
)
def test_the_part_of_speech_decides(table: SynonymTable, fits: str, does_not: str) -> None:
    words = set(does_not.split()) & {"answer", "fake", "tries", "attack"}
    for changed in outcomes(does_not, table, 1.0):
        assert words <= set(changed.split())


@pytest.mark.parametrize(
    ("fits", "replaced", "does_not"),
    [
        ("more than 30 people", "over", "no more than 30 people"),
        ("it was in 1998", "year", "it was in 19 towns"),
        ("it rained at last.", "finally.", "the rain at last count"),
        ("11 killed in a blast", "dead", "they killed in a rage"),
        ("they say it 's not far", "is", "they say it 's been far"),
        ("they worry much", "fret", "we had two worries"),
        ("I want to go", "wish", "I hope they want tools"),
        ("they need to go", "have", "there is no need to go"),
        ("a type of bread", "kind", "it is my type"),
        ("a significant sum", "substantial", "it was significant"),
        ("an amusing story", "funny", "he is amusing the children"),
        ("the slender boy", "slim", "the slenderest boy"),  # `slimmest`, but never `most slim`
        ("he wanted the rest of it", "remainder", "the rest is silence"),
        ("they planned to leave", "intended", "it is planned to be large"),
        ("they think that it is", "believe", "they think a lot"),
        ("she is exactly as old as he is", "precisely", "she sings as exactly as he does"),
        ("they arrived before us", "turned", "they arrived towards us"),
    ],
)
def test_what_follows_decides(table: SynonymTable, fits: str, replaced: str, does_not: str) -> None:
    assert any(replaced in text.split() for text in outcomes(fits, table))
    assert not any(replaced in text.split() for text in outcomes(does_not, table))


def test_endings_are_answered_by_endings(table: SynonymTable) -> None:
    assert outcomes("the funniest of them", table, 1.0) == {"the funniest of them"}  # not `most amusing`
    assert outcomes("the largest ant", table, 1.0) == {"the biggest ant"}


def test_a_phrase_keeps_apart_from_what_stands_beside_it(table: SynonymTable) -> None:
    text = "near a house someone called off the trip, such as it was; a big house, because of a funny story."
    for seed in range(60):
        done = augmented(text, "synonym", Random(seed), table, strength=1.0)
        assert all(first.end < second.start for first, second in pairwise(done.edits))
        assert apply_edits(text, done.edits) == done.text


def test_particles_belong_to_their_verb(table: SynonymTable) -> None:
    assert outcomes("she picked up the phone call", table) == {"she picked up the phone call"} or all(
        "picked up" in text for text in outcomes("she picked up the phone call", table)
    )


def test_a_word_repeated_nearby_stays(table: SynonymTable) -> None:
    assert outcomes("it went from country to country", table, 1.0) == {"it went from country to country"}


def test_protected_words_stay(table: SynonymTable) -> None:
    text = "a wonderful film"
    assert outcomes(text, table) == {"a marvelous film", "a fantastic film", "a wonderful movie"}
    assert outcomes(text, table, protect=protected_words(["sentiment"])) == {"a wonderful movie"}


def test_the_rule_names_the_sense_or_the_thesaurus(table: SynonymTable) -> None:
    (edit,) = synonym("the movie", 0, table).edits
    assert edit == Edit(4, 9, "movie", "film", "synonym, thesaurus (noun)")


HAND = SynonymTable(
    "hand",
    6,
    "paper",
    first={
        "n": {"house": "house", "car": "car", "automobile": "car", "dog": "dog", "a": "angstrom", "ice": "ice_rink"},
        "v": {"run": "run", "purchase": "buy"},
        "a": {"large": "large", "big": "large"},
        "r": {},
    },
    senses={
        "n": dict.fromkeys(("house", "car", "automobile", "dog", "a", "ice"), "n.01"),
        "v": {"run": "run.v.01", "purchase": "buy.v.01"},
        "a": {"large": "large.a.01", "big": "large.a.01"},
        "r": {},
    },
    exceptions={"v": {"ran": ["run"]}},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A big automobile", "angstrom large car"),  # stop words and capitals are lost
        ("houses ran", "house run"),  # morphy: a rule, and an exception
        ("he purchased it", "he buy it"),  # verbs after nouns, inflection lost
        ("larger ice", "large ice_rink"),  # underscores stay
        ("automobile, dog", "automobile, dog"),  # words are what white space separates
        ("xyz  \n dogs", "xyz  \n dog"),  # white space stays
        ("", ""),
    ],
)
def test_the_papers_synonym_is_the_first_lemma_of_the_first_synset(text: str, expected: str) -> None:
    assert paper(text).text == expected


def test_the_papers_synonyms_can_be_thinned() -> None:
    text = "big " * 1000
    share = len(paper(text, 0.3).edits) / 1000
    assert 0.25 < share < 0.35
