"""What a model answered and why, drawn: escaped, likeliest first, signs beside colours."""

from __future__ import annotations

import re

from core.analysis.playground.words import words_of
from dashboard.playground.drawings import answer_html, words_html


def test_classes_come_by_likelihood_and_the_rest_is_summed_up():
    odds = {f"c{i}": share for i, share in enumerate((0.05, 0.4, 0.1, 0.2, 0.05, 0.1, 0.06, 0.04))}
    drawn = answer_html("run", "#123456", "c1", odds, {}, 12.34)
    assert re.findall(r"<span>(c\d)</span>", drawn)[:3] == ["c1", "c3", "c2"]
    assert "2 more" in drawn
    assert "0.090" in drawn
    assert "12.3 ms" in drawn


def test_names_and_labels_stay_text():
    drawn = answer_html("<b>run</b>", "#123456", "<i>x</i>", {"<i>x</i>": 1.0}, {}, 1.0)
    assert "<b>run" not in drawn
    assert "<i>x" not in drawn


def test_words_carry_their_sign_and_stay_text():
    words = [*words_of("good <film>"), *words_of("bad", 1)]
    drawn = words_html(words, [1.5, -0.5, 0.25, 0.0, None], ["good <film>", "bad"])
    assert "+1.50" in drawn
    assert "-0.50" in drawn
    assert "&lt;" in drawn
    assert drawn.count('class="lab-salience"') == 2
    assert re.search(r"not read[^>]*>bad", drawn)


def test_the_strongest_word_is_tinted_most():
    drawn = words_html(words_of("a b"), [2.0, -1.0], ["a b"])
    assert re.findall(r"(#\w+) (\d+)%", drawn) == [("#2a949c", "70"), ("#d55e00", "35")]
