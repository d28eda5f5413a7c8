"""A field's own annotation is its rule: type, choices and range are read off it, and a mistyped name finds its like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pytest

from core.fields import ConfigError, FieldType, Range, check_fields, field_types, nearest, unknown


@dataclass(frozen=True)
class Pizza:
    size: Annotated[int | None, Range(20, 50, "the oven is small")] = None
    base: Literal["thin", "thick"] = "thin"
    toppings: tuple[Literal["olive", "onion"], ...] = ()
    name: str = ""
    hot: bool = True

    def __post_init__(self) -> None:
        check_fields(self, "pizza.")


def test_annotations_are_read_part_by_part():
    found = field_types(Pizza)
    assert found["size"] == FieldType(int, optional=True, range=Range(20, 50, "the oven is small"))
    assert found["base"] == FieldType(str, choices=("thin", "thick"))
    assert found["toppings"] == FieldType(str, many=True, choices=("olive", "onion"))
    assert (found["name"], found["hot"]) == (FieldType(str), FieldType(bool))


@pytest.mark.parametrize(
    ("values", "key", "said"),
    [
        ({"size": 51}, "pizza.size", r"pizza.size is 51; it must lie between 20 and 50 \(the oven is small\)"),
        ({"base": "thikc"}, "pizza.base", r"unknown pizza.base 'thikc'; did you mean 'thick'\? Choose from"),
        ({"toppings": ("olive", "egg")}, "pizza.toppings", "unknown pizza.toppings 'egg'; choose from"),
    ],
)
def test_a_value_against_its_annotation_is_refused_under_its_key(values, key, said):
    with pytest.raises(ConfigError, match=said) as refused:
        Pizza(**values)
    assert refused.value.key == key


def test_ends_of_a_range_and_nothing_at_all_are_allowed():
    assert [Pizza(size=size).size for size in (20, 50, None)] == [20, 50, None]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("train.epoch", "train.epochs"),
        ("epochs", "train.epochs"),
        ("TRAIN.LR", "train.lr"),
        ("lora_r", "lora.r"),
        ("zzz", None),
    ],
)
def test_the_nearest_name_is_found_as_people_mistype_it(typed, meant):
    assert nearest(typed, ["train.epochs", "train.lr", "lora.r", "seed"]) == meant


PURPOSES = {
    "train.features": "What the contrastive term compares",
    "train.lr": "Peak learning rate; None follows from the task",
    "lora.r": "Rank of each adapter.",
    "model.rank": "CP rank of the attention",
    "data.max_rows": "Take at most this many rows: a seeded draw",
    "train.epochs": "Passes over the rows",
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("train.learningrate", "train.lr"),
        ("train.learnig_rate", "train.lr"),
        ("train.pek_learning_rat", "train.lr"),
        ("learning_rate", "train.lr"),
        ("num_train_epochs", "train.epochs"),
        ("lora.rank", "lora.r"),
        ("lora.rnk", "lora.r"),
        ("data.rows", "data.max_rows"),
        ("run.epochs", "train.epochs"),
        ("train.tau", None),
    ],
)
def test_a_key_is_found_by_what_it_is_for_first_in_the_section_that_was_asked_for(typed, meant):
    assert nearest(typed, PURPOSES, PURPOSES) == meant


def test_where_no_key_is_near_those_of_its_section_are_listed():
    assert unknown("key", "lora.tau", PURPOSES, PURPOSES) == "unknown key 'lora.tau'; choose from ['lora.r']"
    assert unknown("key", "tau", PURPOSES, PURPOSES).endswith(f"choose from {list(PURPOSES)}")


def test_of_very_many_keys_the_sections_are_listed():
    keys = ["seed", *(f"{section}.{number}" for section in ("data", "train") for number in range(30))]
    assert unknown("key", "xyzw", keys) == "unknown key 'xyzw'; choose from ['seed', 'data.*', 'train.*']"


def test_a_long_list_is_left_out_where_one_name_is_near():
    names = [f"task-{letter}" for letter in "abcdefghijkl"]
    assert unknown("task", "task-aa", names) == "unknown task 'task-aa'; did you mean 'task-a'?"
    assert unknown("task", "xyz", names).endswith(f"choose from {names}")
