"""Votes: asked blind, counted by row, with the exact interval; a file of them comes back as it went."""

from __future__ import annotations

import pytest

from core.analysis.preview import PreviewRow
from core.analysis.votes import (
    Ballot,
    Verdict,
    VoteQuestion,
    accepted,
    flips_by_method,
    from_lines,
    next_question,
    questions,
    to_lines,
)


def ballot(voter: str, row: int, verdict: Verdict, method: str = "typo") -> Ballot:
    return Ballot(voter, method, "positive", (f"good {row}",), (f"goof {row}",), verdict)


def test_only_changed_rows_are_asked_about_both_texts_of_a_pair_at_once() -> None:
    shown = [
        PreviewRow(0, 0, "text", "a", "b", "typo"),
        PreviewRow(0, 0, "pair", "c", "c", "typo"),
        PreviewRow(1, 0, "text", "d", "d", "swap"),
        PreviewRow(1, 0, "pair", "e", "e", "swap"),
    ]
    assert questions(shown, ["yes", "no"]) == [VoteQuestion("typo", "yes", ("a", "c"), ("b", "c"))]


def test_a_row_counts_once_however_many_vote() -> None:
    cast = [ballot("a", 1, "flips"), ballot("b", 1, "flips"), ballot("c", 1, "keeps"), ballot("a", 2, "keeps")]
    flips = flips_by_method(cast)["typo"]
    assert (flips.rows, flips.flipped, flips.share) == (2, 1, 0.5)
    assert (flips.low, flips.high) == pytest.approx((1 - 0.975**0.5, 0.975**0.5))  # none, both of two


def test_a_tie_and_a_wrong_label_are_counted_apart() -> None:
    cast = [ballot("a", 1, "flips"), ballot("b", 1, "keeps"), ballot("a", 2, "unclear"), ballot("a", 3, "keeps")]
    flips = flips_by_method(cast)["typo"]
    assert (flips.rows, flips.flipped, flips.unclear) == (1, 0, 2)
    assert (flips.low, flips.high) == pytest.approx((0, 0.975))  # none of one: 1 - high = 0.025


def test_nothing_but_unclear_rows_says_nothing() -> None:
    flips = flips_by_method([ballot("a", 1, "unclear")])["typo"]
    assert (flips.rows, flips.low, flips.high) == (0, 0.0, 1.0)


def test_who_votes_again_has_changed_their_mind() -> None:
    assert flips_by_method([ballot("a", 1, "flips"), ballot("a", 1, "keeps")])["typo"].flipped == 0


def test_the_accepted_are_those_that_most_found_to_keep_the_label() -> None:
    cast = [ballot("a", 1, "keeps"), ballot("a", 2, "flips"), ballot("a", 3, "unclear")]
    assert accepted(cast) == {(("good 1",), ("goof 1",))}


def test_a_class_covers_the_sample_and_the_order_is_hidden() -> None:
    asked = [VoteQuestion("typo", "positive", (f"good {row}",), (f"goof {row}",)) for row in range(40)]
    cast: list[Ballot] = []
    firsts = 0
    for voter in ("ann", "ben"):
        for _ in range(20):
            found = next_question(asked, cast, voter)
            assert found is not None
            cast.append(ballot(voter, found[0], "keeps"))
            firsts += found[1]
    assert len({vote.original for vote in cast}) == 40
    assert 8 < firsts < 32
    for _ in range(20):
        found = next_question(asked, cast, "ann")
        assert found is not None
        cast.append(ballot("ann", found[0], "keeps"))
    assert next_question(asked, cast, "ann") is None


def test_a_file_comes_back_as_it_went() -> None:
    cast = [ballot("a", 1, "flips"), Ballot("b", "swap", "no", ("ü\n", '"'), ("ö", "\\"), "keeps")]
    assert from_lines(to_lines(cast)) == cast


@pytest.mark.parametrize(
    "line", ["{", "[]", "7", "{}", to_lines([ballot("a", 1, "keeps")]).replace("keeps", "maybe"),
             to_lines([ballot("a", 1, "keeps")]).replace('["good 1"]', "[1]")]
)  # fmt: skip
def test_what_is_no_vote_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no vote"):
        from_lines(to_lines([ballot("a", 1, "keeps")]) + line)
