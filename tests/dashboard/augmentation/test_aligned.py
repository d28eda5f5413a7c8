"""The two lines are the two texts, and a word stands over what became of it, in every epoch at the same place."""

from __future__ import annotations

import random

import pytest

from core.augment.edits import Edit, apply_edits
from dashboard.augmentation.aligned import aligned_html, bars_css, columns, inline_html
from dashboard.augmentation.preview import rules_in_words

TEXT = "a really good film"
SYNONYM = (Edit(2, 8, "really", "truly", "synonym"),)
SWAP = (Edit(9, 13, "good", "film", "swap"), Edit(14, 18, "film", "good", "swap"))
TYPO = (Edit(10, 11, "o", "p", "typo"),)


def test_each_word_stands_over_what_became_of_it() -> None:
    found = columns(TEXT, [SYNONYM, SWAP, TYPO])
    assert [column.before for column in found] == ["a ", "really ", "good ", "film"]
    assert [column.versions for column in found] == [
        ("a ", "a ", "a "),
        ("truly ", "really ", "really "),
        ("good ", "film ", "gpod "),
        ("film", "good", "film"),
    ]
    assert found[2].rules == ((), ("swap",), ("typo",))


def test_an_edit_across_words_joins_them_for_every_version() -> None:
    found = columns(TEXT, [(Edit(2, 13, "really good", "great", "guess"),), TYPO])
    assert [column.before for column in found] == ["a ", "really good ", "film"]
    assert found[1].versions == ("great ", "really gpod ")


def test_words_that_run_together_share_a_column() -> None:
    (_, joined) = columns("so be it", [(Edit(5, 6, " ", "", "typo"),)])
    assert (joined.before, joined.versions) == ("be it", ("beit",))


@pytest.mark.parametrize("text", ["", "   ", "one", " lead and trail ", "x\ty\n\nz"])
def test_odd_white_space_is_kept(text: str) -> None:
    found = columns(text, [()])
    assert "".join(column.before for column in found) == text
    assert "".join(column.versions[0] for column in found) == text


def test_columns_rebuild_original_and_every_version() -> None:
    rng = random.Random(3)
    for _ in range(300):
        text = "".join(rng.choice("ab  é\n,") for _ in range(rng.randrange(1, 30)))
        versions = []
        for _ in range(3):
            cuts = sorted(rng.sample(range(len(text) + 1), min(4, len(text) + 1)))
            spans = list(zip(cuts[::2], cuts[1::2], strict=False))
            versions.append(tuple(Edit(a, b, text[a:b], rng.choice(["", "x", "y z"]), "r") for a, b in spans))
        found = columns(text, versions)
        assert "".join(column.before for column in found) == text
        for i, edits in enumerate(versions):
            assert "".join(column.versions[i] for column in found) == apply_edits(text, edits)


def test_only_words_that_changed_since_the_epoch_before_light_up() -> None:
    found = columns(TEXT, [SYNONYM, TYPO])
    html = aligned_html(found, 1, "#000", "typo", previous=0)
    assert html.count("fresh") == 2  # `really` is back, `good` is misspelt
    assert "fresh" not in aligned_html(found, 1, "#000", "typo")


def test_a_column_keeps_room_for_its_longest_word() -> None:
    found = columns(TEXT, [(Edit(2, 8, "really", "extraordinarily", "synonym"),), ()])
    assert 'data-room="extraordinarily"' in aligned_html(found, 1, "#000", "swap")


def test_what_users_wrote_is_escaped() -> None:
    html = aligned_html(columns("<img> x", [(Edit(0, 5, "<img>", '"<b>', '<i>"'),)]), 0, "#000", "<u>")
    assert not {"<img>", "<b>", "<i>", "<u>"} & {html[i : i + n] for i in range(len(html)) for n in (3, 5)}


def test_an_epoch_without_an_edit_has_a_pale_bar() -> None:
    css = bars_css(["#0072b2", None], "epoch")
    assert "button:nth-of-type(1) { box-shadow: inset 0 -5px 0 #0072b2" in css
    assert "button:nth-of-type(2) { box-shadow: inset 0 -5px 0 rgba" in css


def test_in_one_line_a_misspelt_word_stays_whole() -> None:
    html = inline_html("<a good film>", (Edit(4, 5, "o", "p", "typo"), Edit(5, 6, "o", "i", "typo")), "#000")
    assert html == '&lt;a <del>good</del><ins title="typo" style="--edit:#000">gpid</ins> film&gt;'


def test_two_words_that_change_places_are_told_once() -> None:
    assert rules_in_words(SWAP) == ["swap: “good” ⇄ “film”"]
    assert rules_in_words(SYNONYM + TYPO) == ["synonym: “really” → “truly”", "typo: “o” → “p”"]
