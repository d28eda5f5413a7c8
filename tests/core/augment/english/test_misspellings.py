"""What a token may be misspelt as, and that no more of it is remembered than there is room for."""

from __future__ import annotations

from core.augment.english import misspellings
from core.augment.english.misspellings import NEIGHBOURS, Misspellings

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def test_neighbouring_keys_touch_on_the_keyboard() -> None:
    place = {key: (column + 0.5 * row, row) for row, keys in enumerate(ROWS) for column, key in enumerate(keys)}
    assert set(NEIGHBOURS) == set(place)
    for key, near in NEIGHBOURS.items():
        assert key not in near
        for other in near:
            (x, y), (u, v) = place[key], place[other]
            assert abs(x - u) <= 1
            assert abs(y - v) <= 1


def test_a_token_knows_its_word_and_where_it_stands() -> None:
    word, offset, n, pairs = Misspellings(frozenset(), frozenset())['"(film,']
    assert (word, offset) == ("film", 2)
    assert len(pairs) == 2 * n
    # Four letters are the shortest: doubled and transposed, by hand, and never in the first of them.
    assert set(pairs[::2]) == {"fiilm", "fillm", "filmm", "flim", "fiml"}
    assert set(pairs[1::2]) == {"typo, letters transposed", "typo, letter doubled"}


def test_a_longer_word_has_all_four_kinds() -> None:
    pairs = Misspellings(frozenset(), frozenset())["movie"].typos
    by_rule = {
        rule: {wrong for wrong, of in zip(pairs[::2], pairs[1::2], strict=True) if of == rule} for rule in pairs[1::2]
    }
    assert by_rule["typo, letter left out"] == {"mvie", "moie", "move", "movi"}
    assert by_rule["typo, letter doubled"] == {"moovie", "movvie", "moviie", "moviee"}
    assert by_rule["typo, letters transposed"] == {"mvoie", "moive", "movei"}
    assert {"mivie", "mobie", "movue", "moviw"} <= by_rule["typo, neighbouring key"]
    counts = [pairs[1::2].count(rule) for rule in by_rule]
    assert max(counts) <= 2 * min(counts)  # a uniform draw hits each kind about as often


def test_in_a_dictionary_strangers_are_names() -> None:
    misspellings = Misspellings(frozenset(), frozenset(("house",)))
    assert misspellings["house"]
    assert misspellings["hermann"] is None
    assert misspellings["дом"] is None  # too short
    assert misspellings["человек"]  # in a script that the dictionary does not cover


def test_few_are_remembered(monkeypatch) -> None:
    monkeypatch.setattr(misspellings, "_REMEMBERED", 5)
    kept = Misspellings(frozenset(), frozenset())
    for word in ("castle", "orange", "table", "house", "garden", "window", "kitchen"):
        assert kept[word]
        assert len(kept) <= 5
    assert kept["x" * 1000] is None
    assert "x" * 1000 not in kept
