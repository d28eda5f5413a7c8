"""Texts and edits as a page shows them."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.augment.edits import Edit
from dashboard.shared import markup


def edit(start, end, before, after, rule="typo, omission"):
    return Edit(start, end, before, after, rule)


def test_edit_shows_before_struck_after_marked_and_its_rule():
    shown = markup.edited_html("a film", [edit(2, 6, "film", "movie", 'synonym, sense "movie.n.01"')], "#123456")
    assert shown.startswith("a <del>film</del><ins ")
    assert ">movie</ins>" in shown
    assert "synonym, sense &quot;movie.n.01&quot;" in shown


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80), st.text(max_size=20))
def test_edited_html_holds_no_markup_but_its_own_and_both_texts(text, a, b, after):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    shown = markup.edited_html(text, [edit(start, end, text[start:end], after, "<script>")], "#000000")
    assert not re.findall(r"<(?!/?(?:del|ins)\b)", shown)
    old = re.sub(r"<ins[^>]*>.*?</ins>", "", shown, flags=re.S)
    new = re.sub(r"<del>.*?</del>", "", shown, flags=re.S)
    strip = lambda part: html.unescape(re.sub(r"</?(?:del|ins)[^>]*>", "", part))  # noqa: E731
    assert strip(old) == text
    assert strip(new) == text[:start] + after + text[end:]


def test_overlapping_edits_are_not_shown_twice():
    shown = markup.edited_html("abcdef", [edit(0, 4, "abcd", "x"), edit(2, 6, "cdef", "y")], "#000000")
    assert "y" not in re.sub(r"<[^>]*>", "", shown)


def test_fresh_pieces_are_those_the_edit_brought():
    assert markup.fresh_pieces(["this", "film"], ["this", "fi", "##om"]) == [False, True, True]


def test_differences_come_first_and_cells_are_escaped():
    table = markup.difference_table({"a": {"x": 1, "y": "<b>"}, "b": {"x": 1, "y": "c"}}, {"x": "one", "y": 'two "q"'})
    assert table.index(">y<") < table.index(">x<")
    assert "<b>" not in table
    assert "&lt;b&gt;" in table


def test_markdown_is_shown_as_written():
    assert markup.escape_markdown("**a** [b](c) $x$ :red[y]") == r"\*\*a\*\* \[b\]\(c\) \$x\$ \:red\[y\]"


@pytest.mark.parametrize(
    "text",
    ["see http://evil.example/a", "HTTPS://evil.example", "www.evil.example", "WwW.evil.example?x", "me@evil.example",
     "a (http://evil.example) b@c.example", "http://www.evil.example"],
)  # fmt: skip
def test_bare_address_does_not_become_a_link(text):
    """As GFM finds addresses in a text once Markdown has been read and its escapes are gone."""
    shown = re.sub(r"\\(.)", r"\1", markup.escape_markdown(text))
    assert shown.replace("\u2060", "") == text
    assert not re.search(r"(?i)(https?://|www(?=\.))[-.\w]+", shown)
    assert not re.search(r"[-.\w+]+@[-\w]+(\.[-\w]+)+", shown)


def test_swapped_words_are_the_fresh_pieces_and_not_the_word_between():
    before, after = ["is", "funny", "and", "clever", ","], ["is", "clever", "and", "funny", ","]
    assert markup.fresh_pieces(before, after) == [False, True, False, True, False]


def test_a_cell_shows_its_text_as_it_is():
    """An apostrophe's `&#x27;` had its 27 wrapped as a number, and was shown as typed."""
    text = 'don\'t <b>pay</b> "20" & 3 &#x27;'
    shown = markup.plain_table(pd.DataFrame({"text": [text]}))
    cell = re.search("<td>(.*)</td>", shown)[1]
    assert "".join(html.unescape(part) for part in re.split("<[^>]+>", cell)) == text


def test_numbers_stay_with_their_units():
    cells = markup.plain_table(
        pd.DataFrame({"share": ["31.3 %", "2.71 G (101 % of base)", "-0.21 ± 0.2 points", "0.4 (0.1 to 0.7)"]})
    )
    for kept in ("31.3 %", "2.71 G", "101 %", "-0.21", "± 0.2", "0.4"):
        assert f'<span class="lab-number">{kept}</span>' in cells
    interval = cells.partition('<span class="lab-interval">')[2].removesuffix("</span></td></tr></table></div>")
    assert re.sub("<[^>]+>", "", interval) == "(0.1 to 0.7)"
    assert "lab-interval" not in markup.unbroken("(I want to cancel 2 of them to go)")


def test_table_that_scrolls_sideways_can_be_reached_by_key():
    for table in (markup.plain_table(pd.DataFrame({"a": ["b"]})), markup.difference_table({"a": {}}, {"seed": ""})):
        assert table.startswith('<div class="lab-scroll" tabindex="0">')


def test_choices_have_their_names_for_people_beside_what_the_configuration_says():
    columns = {"one": {"train.optimizer": "adamw"}, "two": {"train.optimizer": "lmbert_adam"}}
    table = markup.difference_table(columns, {"train.optimizer": "which"}).replace("<wbr>", "")
    for key, called in (("adamw", "AdamW"), ("lmbert_adam", "LMBert_Adam")):
        assert f'<td>{called} <code class="lab-key">{key}</code></td>' in table
    assert 'optimizer <code class="lab-key">train.optimizer</code></td>' in table


def test_settings_say_shares_in_percent_and_what_an_open_one_means():
    settings = {"augment.fraction": 0.1, "train.epochs": None, "augment.methods": ["swap", "typo"], "seed": 13}
    table = markup.difference_table({"one": settings}, dict.fromkeys(settings, ""))
    for said in (
        "<td>10 %</td>",
        "<td>by the number of rows</td>",
        "<td>swap, typo</td>",
        '<td title="">seed</td><td>13</td>',
    ):
        assert said in table, said
