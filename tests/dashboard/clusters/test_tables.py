"""Tables beside the pictures: a difference says of what it is one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.analysis.clusters import Comparison, Contrast, Group
from core.analysis.fairness import Judgement, without_seed
from core.analysis.intervals import Interval
from core.analysis.measures import Measured, Measures
from core.config import RunConfig
from dashboard.clusters import tables


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("loss cross-entropy", "loss joint", "loss: joint minus cross-entropy"),
        ("rows augmented 0 %", "rows augmented 40 %", "rows augmented: 40 % minus 0 %"),
        ("mine / ce", "mine / joint", "mine / joint minus mine / ce"),
        ("loss joint", "loss joint, seed 2", "loss: joint, seed 2 minus joint"),
        ("first", "second", "second minus first"),
    ],
)
def test_what_two_settings_share_is_named_once_before_their_difference(first, second, said):
    assert tables.difference_name(first, second) == said


@pytest.mark.parametrize(
    ("seeds", "over", "said"),
    [
        (1, "the same 480 rows", "95 % intervals over rows; measured"),
        (2, "2 seeds, paired", "95 % intervals over rows, those of a difference over 2 seeds, paired; measured"),
    ],
)
def test_brackets_say_what_a_difference_is_over(seeds, over, said):
    contrast = Contrast("one", "two", {"silhouette": Interval(0.1, 0.0, 0.2, over)}, {}, seeds=seeds)
    compared = Comparison((), (), (), (), (contrast,), Judgement((), "the loss"))
    assert said in tables.brackets(compared)


def test_no_distance_over_seeds_is_said_to_lie_below_zero_and_no_share_above_1():
    measured = [
        Measured(Measures({name: Interval(value, value, value, "9 rows") for name, value in figures}), {}, {}, (),
                 np.zeros(0), 9, 9)
        for figures in ([("inter", 1.0), ("accuracy", 0.9)], [("inter", 9.0), ("accuracy", 1.0)])
    ]  # fmt: skip
    group = Group("one", (0, 1), (0, 1))
    table = tables.seed_table(Comparison((), (), tuple(measured), (group,), (), Judgement((), "the loss")))
    line = dict(zip(table["measure"], table["one"], strict=True))
    assert line["seeds"] == "0, 1"
    assert line["between"] == "5.000 ± 5.657 (0.000 to 55.825)"  # Student's quantile 12.7062 of 1 degree, times 4
    assert line["accuracy"] == "0.950 ± 0.071 (0.315 to 1.000)"


CE, JOINT = RunConfig(), RunConfig().replace({"train.loss": "joint"})


@pytest.mark.parametrize(
    ("have", "started"),
    [
        ([("ce", 13, "a"), ("joint", 13, "a")], {0: 2, 1: 2, 2: 2, 3: 2, 4: 2}),
        ([("ce", 13, "a"), ("joint", 13, "a"), ("ce", 0, "b")], {0: 1, 1: 2, 2: 2, 3: 2, 4: 2}),  # completed
        ([("ce", 13, "a"), ("joint", 13, "a"), ("ce", 0, "a")], {1: 2, 2: 2, 3: 2, 4: 2, 5: 2}),  # by another lab
        ([("ce", 0, "a"), ("joint", 0, "b"), ("ce", 1, "b")], {1: 1, 2: 2, 3: 2, 4: 2, 5: 2}),
    ],
)
def test_pairs_are_completed_by_the_lab_that_began_them_or_started_whole(have, started):
    plain = {"ce": without_seed(CE), "joint": without_seed(JOINT)}
    found = tables.more_pairs([CE, JOINT], [tables.Have(plain[loss], seed, lab) for loss, seed, lab in have], "b")
    assert Counter(config.seed for config in found) == started
    assert all(config.train.loss == "joint" for config in found if started[config.seed] == 1)
