"""Patterns of the demo texts: gaps are filled, sentences come out clean."""

import random

import pytest

from core.demo.phrases import expand, split, tidy


def test_every_alternative_is_reached():
    rng = random.Random(0)
    assert {expand("{tea|milk|} please.", {}, rng) for _ in range(60)} == {"Tea please.", "Milk please.", "Please."}


def test_slots_nest_in_alternatives_and_in_each_other():
    slots = {"x": ("<y>",), "y": ("rain",)}
    assert expand("{<x>|<x>} again.", slots, random.Random(0)) == "Rain again."


def test_a_slot_used_twice_gets_two_values():
    for seed in range(50):
        one, other = expand("<day> not <day>", {"day": ("Monday", "Friday")}, random.Random(seed)).split(" not ")
        assert one != other


def test_unknown_slot_lists_the_choices():
    with pytest.raises(ValueError, match=r"unknown slot 'nope'; choose from \['day'\]"):
        expand("<nope>", {"day": "Monday"}, random.Random(0))


def test_a_pattern_without_end_is_refused():
    with pytest.raises(ValueError, match="nests too deeply"):
        expand("<x>", {"x": "<x>"}, random.Random(0))


@pytest.mark.parametrize(
    ("rough", "clean"),
    [
        ("a  old   book .", "An old book."),
        ("yes. it is a useful one!", "Yes. It is a useful one!"),
        ("we saw a one-act play, a unicorn and a apple", "We saw a one-act play, a unicorn and an apple"),
    ],
)
def test_tidy(rough, clean):
    assert tidy(rough) == clean


def test_split_holds_out_each_fourth():
    assert split(["a", "b", "c", "d", "e"], 4) == (["a", "b", "c", "e"], ["d"])
