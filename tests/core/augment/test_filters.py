"""Which rows may be augmented: by length, class and pattern; a rare class more often."""

from __future__ import annotations

import pytest

from core.augment.english.synonym_table import SynonymTable
from core.augment.filters import augmentation_notes
from core.augment.policy import AugmentPolicy
from core.config import RunConfig
from core.data.rows import Rows
from core.fields import ConfigError
from core.sections import AugmentConfig
from core.tasks import TASKS

SST, STS, MRPC = TASKS["SST-2"], TASKS["STS-B"], TASKS["MRPC"]
ROWS = Rows([" ".join(["word"] * (1 + i % 10)) + (" refund" if i % 4 == 0 else "") for i in range(400)], None,
            [int(i % 10 == 9) for i in range(400)])  # fmt: skip


def chosen(table: SynonymTable, epoch: int = 0, rows: Rows = ROWS, task=SST, **settings: object) -> list[int]:
    config = AugmentConfig(**{"fraction": 1.0, **settings})  # type: ignore[arg-type]
    return AugmentPolicy(config, ("text",), 13, table, task=task).chosen(rows, epoch)


def test_rows_are_chosen_by_their_number_of_words(table: SynonymTable) -> None:
    lengths = [len(text.split()) for text in ROWS.texts]
    assert chosen(table, min_words=5, max_words=7) == [i for i, n in enumerate(lengths) if 5 <= n <= 7]


def test_both_texts_of_a_pair_count_and_are_searched(table: SynonymTable) -> None:
    rows = Rows(["a b", "a b", "a"], ["c d", "c refund", "c"], [0, 0, 0])
    assert chosen(table, rows=rows, task=MRPC, min_words=4) == [0, 1]
    assert chosen(table, rows=rows, task=MRPC, pattern="refund") == [1]


def test_rows_are_chosen_by_class_and_by_pattern(table: SynonymTable) -> None:
    assert chosen(table, classes=("positive",)) == [i for i in range(400) if i % 10 == 9]
    assert chosen(table, pattern="(?i)REFUND$") == [i for i in range(400) if i % 4 == 0]
    both = chosen(table, classes=("negative",), pattern="refund")
    assert both == [i for i in range(400) if i % 4 == 0 and i % 10 != 9]


def test_the_fraction_is_of_the_rows_that_may_be_augmented(table: SynonymTable) -> None:
    assert len(chosen(table, classes=("positive",), fraction=0.25)) == 10
    assert chosen(table, min_words=99) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"min_words": 99, "classes": ("positive",)}, "none of 400 passes augment.min_words and augment.classes"),
        ({"fraction": 0.01, "classes": ("positive",)}, "1 % of the 40 that may be is less than one"),
        ({"fraction": 0.1, "classes": ("positive",)}, ""),
        ({"fraction": 0.0, "min_words": 99}, ""),
        ({"mode": "none", "min_words": 99}, ""),
    ],
)
def test_augmentation_that_reaches_no_row_is_said(settings: dict, said: str) -> None:
    notes = augmentation_notes(AugmentConfig(**settings), SST, ROWS)
    assert notes == ([f"no training row is augmented: {said}"] if said else [])


def test_a_class_of_weight_five_is_drawn_five_times_as_often(table: SynonymTable) -> None:
    draws = [chosen(table, epoch, fraction=0.02, class_weights=("positive:5",)) for epoch in range(250)]
    rare = sum(ROWS.labels[i] for draw in draws for i in draw)
    assert {len(draw) for draw in draws} == {8}
    expected = 40 * 5 / (40 * 5 + 360)  # of few draws out of many rows, without replacement
    assert abs(rare / 2000 - expected) < 0.03


def test_a_class_of_weight_zero_is_never_drawn(table: SynonymTable) -> None:
    assert chosen(table, class_weights=("negative:0",)) == [i for i in range(400) if i % 10 == 9]


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"augment.pattern": "(refund"}, "augment.pattern", "no regular expression"),
        ({"augment.pattern": "a" * 1001}, "augment.pattern", "1,001 characters"),
        ({"augment.class_weights": "rare"}, "augment.class_weights", "write CLASS:WEIGHT"),
        ({"augment.class_weights": "rare:-1"}, "augment.class_weights", "write CLASS:WEIGHT"),
        ({"augment.class_weights": "rare:nan"}, "augment.class_weights", "write CLASS:WEIGHT"),
        ({"augment.min_words": "9", "augment.max_words": "3"}, "augment.max_words", "less than augment.min_words"),
        ({"augment.swap_distance": "0"}, "augment.swap_distance", "between 1 and 100"),
    ],
)
def test_filters_that_cannot_be_are_refused_with_their_key(changes: dict[str, str], key: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as told:
        RunConfig().replace(changes)
    assert told.value.key == key


@pytest.mark.parametrize(
    ("settings", "task", "message"),
    [
        ({"classes": ("positiv",)}, SST, "did you mean 'positive'"),
        ({"class_weights": ("neutral:2",)}, SST, "unknown class 'neutral'"),
        ({"classes": ("1",)}, STS, "labels of this task are scores"),
    ],
)
def test_classes_that_the_task_does_not_have_are_refused(settings, task, message) -> None:
    with pytest.raises(ConfigError, match=message):
        augmentation_notes(AugmentConfig(**settings), task, ROWS)


def test_a_pattern_that_would_search_for_years_is_stopped_and_said(table: SynonymTable) -> None:
    rows = Rows(["a" * 40 + "!"], None, [0])
    with pytest.raises(ConfigError, match=r"takes more than 0\.5 s on row 0"):
        chosen(table, rows=rows, pattern=r"(a|a)*?(a|aa)+$")
