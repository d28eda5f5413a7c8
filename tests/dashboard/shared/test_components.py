"""Texts, numbers and edits as a page shows them."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shared import components


def edit(start, end, before, after, rule="typo, omission"):
    return SimpleNamespace(start=start, end=end, before=before, after=after, rule=rule)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.91349, "0.913"), (0.5, "0.500"), (12.345, "12.3"), (1234567, "1,234,567"), (2.0, "2"), (None, "–"),
        (float("nan"), "–"), (0.0, "0"), (0.0000123, "1.23e-05"), (-0.0191, "-0.0191"), (99.96, "100"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert components.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(14.2, "14 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (None, "–")]
)
def test_durations_read_as_said(seconds, text):
    assert components.duration(seconds) == text


def test_counts_and_bytes_are_shortened():
    assert components.short_count(24_582_914) == "24.6 M"
    assert components.short_count(100_000_000) == "100 M"
    assert components.byte_size(98_331_656) == "93.8 MiB"


def test_edit_shows_before_struck_after_marked_and_its_rule():
    shown = components.edited_html("a film", [edit(2, 6, "film", "movie", 'synonym, sense "movie.n.01"')], "#123456")
    assert shown.startswith("a <del>film</del><ins ")
    assert ">movie</ins>" in shown
    assert "synonym, sense &quot;movie.n.01&quot;" in shown


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80), st.text(max_size=20))
def test_edited_html_holds_no_markup_but_its_own_and_both_texts(text, a, b, after):
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    shown = components.edited_html(text, [edit(start, end, text[start:end], after, "<script>")], "#000000")
    assert not re.findall(r"<(?!/?(?:del|ins)\b)", shown)
    old = re.sub(r"<ins[^>]*>.*?</ins>", "", shown, flags=re.S)
    new = re.sub(r"<del>.*?</del>", "", shown, flags=re.S)
    strip = lambda part: html.unescape(re.sub(r"</?(?:del|ins)[^>]*>", "", part))  # noqa: E731
    assert strip(old) == text
    assert strip(new) == text[:start] + after + text[end:]


def test_overlapping_edits_are_not_shown_twice():
    shown = components.edited_html("abcdef", [edit(0, 4, "abcd", "x"), edit(2, 6, "cdef", "y")], "#000000")
    assert "y" not in re.sub(r"<[^>]*>", "", shown)


def test_fresh_pieces_are_those_the_edit_brought():
    assert components.fresh_pieces(["this", "film"], ["this", "fi", "##om"]) == [False, True, True]


def test_differences_come_first_and_cells_are_escaped():
    table = components.difference_table(
        {"a": {"x": 1, "y": "<b>"}, "b": {"x": 1, "y": "c"}}, {"x": "one", "y": 'two "q"'}
    )
    assert table.index(">y<") < table.index(">x<")
    assert "<b>" not in table
    assert "&lt;b&gt;" in table


def test_markdown_is_shown_as_written():
    assert components.escape_markdown("**a** [b](c) $x$ :red[y]") == r"\*\*a\*\* \[b\]\(c\) \$x\$ \:red\[y\]"


def test_failure_is_told_calmly_and_logged(caplog):
    from streamlit.testing.v1 import AppTest

    def page():
        from dashboard.shared import components

        with components.calm("The table"):
            raise RuntimeError("disk <gone>")

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert "The table could not be shown" in app.error[0].value
    assert "RuntimeError: disk <gone>" in caplog.text
