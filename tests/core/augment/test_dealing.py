"""Methods are dealt by quota: to a row among long rows and among short ones, and each row by the weights."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.augment.dealing import dealt, has_words, trade
from core.augment.edits import AugmentedRow, Edit, assembled


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.7, 0.2, 0.1), (0.0, 3.0, 1.0), (2.0, 0.0, 0.0)])
@pytest.mark.parametrize("n", [1, 2, 7, 600])
def test_each_group_gets_each_share_to_a_row(weights: tuple[float, ...], n: int) -> None:
    draws = np.random.default_rng(n)
    for _ in range(20):
        long = draws.random(n) < 0.6
        picked = dealt(weights, draws.random(n), long, draws.random())
        for group in (long, ~long):
            counts = Counter(picked[group].tolist())
            for method, weight in enumerate(weights):
                assert abs(counts[method] - group.sum() * weight / sum(weights)) < 1 + 1e-9


def test_a_rows_chance_of_a_method_is_its_weight_however_few_rows_there_are() -> None:
    draws = np.random.default_rng(5)
    for n in (1, 3):
        first = [dealt((0.6, 0.3, 0.1), draws.random(n), np.ones(n, bool), draws.random())[0] for _ in range(4000)]
        shares = np.bincount(first, minlength=3) / 4000
        assert np.abs(shares - (0.6, 0.3, 0.1)).max() < 4 * np.sqrt(0.25 / 4000)


def test_no_rows_are_dealt_nothing() -> None:
    assert not len(dealt((1.0, 1.0), np.empty(0), np.empty(0, bool), 0.5))


@pytest.mark.parametrize(("text", "long"), [("", False), ("a b c", False), (" a  b\tc ", False), ("a b c d", True)])
def test_four_words_are_some(text: str, long: bool) -> None:
    assert has_words(text) == long == (len(text.split()) >= 4)


def traded(picked: list[int], can: dict[int, str], short: str = "", of_pair: str = "") -> tuple[list[int], list[bool]]:
    """Methods and whether each row is changed, after trading; `can`: method to the rows that it changes."""

    def show(row: int, method: int) -> AugmentedRow:
        changed = str(row) in can[method]
        edited = assembled("a b c d", [Edit(0, 1, "a", "x", "rule")] if changed else [], "")
        kept = assembled("a b c d", [], "")
        return AugmentedRow(row, 0, "", *((kept, edited) if str(row) in of_pair else (edited, None)))

    done, now = [show(row, method) for row, method in enumerate(picked)], np.array(picked)
    long = np.array([str(row) not in short for row in range(len(picked))])
    trade(done, now, np.zeros(len(picked)), long, show)
    return now.tolist(), [row.changed for row in done]


def test_a_row_trades_its_method_with_one_that_takes_it_and_the_mix_stays() -> None:
    assert traded([0, 1, 1], {0: "2", 1: "012"}) == ([1, 1, 0], [True] * 3)
    assert traded([0, 1, 1], {0: "", 1: "012"}) == ([0, 1, 1], [False, True, True])
    assert traded([0, 1, 1], {0: "2", 1: "12"}) == ([0, 1, 1], [False, True, True])


def test_a_partner_trades_once_whoever_asks() -> None:
    picked, _ = traded([1, 0, 1, 2, 2], {0: "34", 1: "34", 2: "01234"})
    assert picked == [2, 2, 1, 1, 0]


def test_short_rows_and_rows_whose_second_text_is_changed_keep_their_method() -> None:
    assert traded([0, 1, 1], {0: "2", 1: "012"}, short="0") == ([0, 1, 1], [False, True, True])
    assert traded([0, 1, 1], {0: "2", 1: "012"}, short="2") == ([0, 1, 1], [False, True, True])
    assert traded([0, 1, 1], {0: "02", 1: "012"}, of_pair="0") == ([0, 1, 1], [True] * 3)
