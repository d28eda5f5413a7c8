"""Noise: the same for every run, as strong as it says, and never where level is zero."""

from __future__ import annotations

import pytest

from core.analysis.robustness.noise import NOISES, noisy_rows
from core.data.rows import Rows
from core.tasks import get_task

TASK = get_task("demo-sentiment")
TEXTS = [
    "the long journey to the small village was slow and the weather stayed cold all week",
    "we walked through the quiet garden and watched the birds near the old bridge",
    "the second chapter of the story moves between the city and a distant island",
] * 20
ROWS = Rows(TEXTS, None, [0, 1, 0] * 20)


def test_level_zero_leaves_everything_as_it_is():
    rows, done = noisy_rows(ROWS, TASK, "typo", 0, 0)
    assert rows is ROWS
    assert not done


@pytest.mark.parametrize("noise", NOISES)
def test_noise_is_a_function_of_noise_level_and_draw(noise):
    first, again, other = (noisy_rows(ROWS, TASK, noise, 0.2, draw)[0].texts for draw in (0, 0, 1))
    assert first == again
    assert first != other
    assert TEXTS[0] == ROWS.texts[0], "the rows that came in are not changed"


def test_typos_hit_the_share_of_words_that_is_asked_for():
    for level in (0.1, 0.2):
        shown, _ = noisy_rows(ROWS, TASK, "typo", level, 0)
        before, after = (" ".join(texts).split() for texts in (TEXTS, shown.texts))
        hit = sum(a != b for a, b in zip(before, after, strict=True)) / len(before)
        assert 0.7 * level <= hit <= 1.2 * level


def test_what_is_no_noise_is_named():
    with pytest.raises(ValueError, match="typo"):
        noisy_rows(ROWS, TASK, "typos", 0.1, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        noisy_rows(ROWS, TASK, "typo", 1.5, 0)
