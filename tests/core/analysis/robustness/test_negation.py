"""A negation is added only where it turns the verdict; sentences and verdicts of them are written by hand."""

from __future__ import annotations

import pytest

from core.analysis.robustness.negation import negated


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("the film 's performances are thrilling .", "the film 's performances are not thrilling ."),
        ("It's a charming story.", "It's not a charming story."),
        ("The plot was boring", "The plot was not boring"),
        ("the story is clever and insightful !", "the story is not clever and insightful !"),
        ("this is a funny film that children watch twice", "this is not a funny film that children watch twice"),
        ("As far as I can tell, the waiter was rude.", "As far as I can tell, the waiter was not rude."),
        ("The narrator is wonderful company, if you ask me.", "The narrator is not wonderful company, if you ask me."),
    ],
)
def test_plain_verdicts_are_turned(text, turned):
    assert negated(text) == turned


@pytest.mark.parametrize(
    "text",
    [
        "Although the prices are a joke, my mother asked for the recipe.",
        "The manual is useless, but the battery lasts for days.",
        "Granted, the final hour is gripping. Even so, I had stopped caring by then.",
        "The middle hour is a slog. So what if the music gives me goosebumps?",
        "even in its most tedious scenes the film is engaging",
        "the power of the story is obscured by a boring camera",
        "though only an hour long the film is good",
        "a film about people who are interesting but lost",
        "the journey is far more interesting than its end",
        "what is interesting is the music",
        "the sequel is almost certainly bad",
        "nothing is good here",
        "the film is anything but boring",
        "the film is n't good",
        "it is not good",
        "this is a masterpiece",
        "the film is sad",
        "there is hair in the shower",
        "is it good ?",
        "as dull as it is silly",
        "it is good and he is late",
        "",
        "is",
    ],
)
def test_what_a_negation_would_not_turn_for_sure_is_left_alone(text):
    assert negated(text) is None
