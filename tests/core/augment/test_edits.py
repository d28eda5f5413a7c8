"""Edits rebuild the text exactly, or say what is wrong with them."""

from __future__ import annotations

import dataclasses

import pytest

from core.augment.edits import Augmented, Edit, apply_edits, assembled


def test_edits_are_applied_from_left_to_right_at_offsets_of_the_original() -> None:
    edits = [Edit(0, 1, "a", "an", "x"), Edit(2, 6, "film", "outing", "y")]
    assert apply_edits("a film.", edits) == "an outing."


def test_no_edits_give_the_text_itself() -> None:
    assert apply_edits("नमस्ते", []) == "नमस्ते"


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ([Edit(0, 3, "abc", "x", ""), Edit(2, 4, "cd", "y", "")], "overlaps"),
        ([Edit(2, 9, "cdefghi", "y", "")], "outside the text"),
        ([Edit(0, 1, "z", "y", "")], "the text has 'a'"),
    ],
)
def test_edits_that_are_not_true_of_the_text_are_refused(edits: list[Edit], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        apply_edits("abcdef", edits)


def test_methods_may_hand_in_their_edits_in_any_order() -> None:
    late, early = Edit(4, 5, "e", "E", ""), Edit(0, 1, "a", "A", "")
    assert assembled("abcdef", [late, early], "typo") == Augmented("AbcdEf", (early, late), "typo")


def test_an_edit_becomes_a_mapping() -> None:
    edit = Edit(0, 1, "a", "b", "r")
    assert dataclasses.asdict(edit) == {"start": 0, "end": 1, "before": "a", "after": "b", "rule": "r"}
