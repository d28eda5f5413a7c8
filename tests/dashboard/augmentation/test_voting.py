"""What a voter answers becomes a verdict without telling which text is which; the table has a line a method."""

from __future__ import annotations

import pytest

from core.analysis.votes import Ballot, Flips
from dashboard.augmentation.voting import Ballots, result_table, verdict_of, voter_of


@pytest.mark.parametrize(
    ("answer", "augmented_first", "verdict"),
    [
        ("For both", True, "keeps"),
        ("For both", False, "keeps"),
        ("Only for the first", False, "flips"),  # the original alone bears the label
        ("Only for the second", True, "flips"),
        ("Only for the first", True, "unclear"),  # the original never bore it
        ("Only for the second", False, "unclear"),
        ("For neither, or unclear", True, "unclear"),
    ],
)
def test_a_flip_is_a_label_that_only_the_original_bears(answer: str, augmented_first: bool, verdict: str) -> None:
    assert verdict_of(answer, augmented_first) == verdict


def test_the_table_puts_votes_beside_the_audit() -> None:
    table = result_table({"swap": Flips(8, 2, 1, 0.071, 0.591), "typo": Flips(0, 0, 3, 0.0, 1.0)}, {"swap": 0.5})
    assert table.to_dict("records") == [
        {"method": "swap", "flipped": "2 of 8", "share, 95 % interval": "25 % (7 to 59 %)",
         "touched by a rule": "50 %", "unclear": "1"},
        {"method": "typo", "flipped": "0 of 0", "share, 95 % interval": "–", "touched by a rule": "no rule",
         "unclear": "3"},
    ]  # fmt: skip


def test_a_browser_is_one_voter_whatever_its_cookie_is_masked_with() -> None:
    first, again = "2|73715f85|cff2cf02|1795861181", "2|2f334158|93b0d1df|1795861190"
    assert voter_of(first) == voter_of(again) != voter_of("2|73715f85|cff2cf03|1795861181")
    assert voter_of("") != voter_of("")


def test_a_file_loaded_twice_counts_once() -> None:
    ballots = Ballots()
    one = Ballot("a", "typo", "yes", ("x",), ("y",), "keeps")
    ballots.add([one])
    ballots.add([one, Ballot("b", "typo", "yes", ("x",), ("y",), "flips")])
    assert len(ballots.cast) == 2
