"""The verdict on noise, and its figures."""

from __future__ import annotations

import math

import pytest

from dashboard.robustness.figures import curves_figure, loss_figure
from dashboard.robustness.panels import folded, help_sentences, help_table, in_turn, verdict


def point(run, noise, level, value, drop=0.0, high=None, seen=True):
    high = drop / 2 if high is None else high
    return {"run": run, "noise": noise, "level": level, "metric": "accuracy", "value": value, "low": value - 0.02,
            "high": value + 0.02, "drop": {"value": drop, "low": 2 * drop, "high": high}, "draws": 3, "changed": 1.0,
            "seen": seen}  # fmt: skip


POINTS = [
    point("a", "typo", 0.0, 0.9), point("a", "typo", 0.4, 0.7, -0.2), point("a", "swap", 0.0, 0.9, seen=False),
    point("a", "swap", 0.4, 0.85, -0.05, seen=False), point("b", "typo", 0.4, 0.89, -0.01, high=0.02),
]  # fmt: skip
NAMES = {"a": "run <a>", "b": "run b"}


def test_verdict_names_the_worst_noise_and_says_no_loss_where_chance_may_do_it():
    first, second = verdict(POINTS, NAMES)
    assert first == ("run <a>: typo costs most (-20.0 points, 95 % -40.0 to -10.0 at 40 %); it was trained with that.")
    assert second == "run b: no loss beyond chance, with 40 % of the words edited."


def test_curves_have_a_band_and_tell_unseen_noise_by_its_dots():
    figure = curves_figure(POINTS, NAMES, {"a": "#4477aa", "b": "#ee6677"})
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [line.line.dash for line in lines] == ["solid", "solid", "dot"]
    assert lines[0].name == "run &lt;a&gt;"
    assert list(lines[0].x) == [0, 40]
    assert list(figure.data[0].y) == pytest.approx([0.92, 0.72, 0.68, 0.88])
    titles = [note.text for note in figure.layout.annotations]
    assert titles == ["typo", "swap", "words edited, %"]  # said once beneath all, not once a picture on a phone


def test_a_method_of_ones_own_is_given_rows_and_bands_say_what_they_are_over():
    own = [point("a", "mine.py:shout", 0.4, 0.9, 0.01, high=0.03)]
    assert curves_figure(own, NAMES, {"a": "#4477aa"}).layout.annotations[0].text == "mine.py:<br>shout<br>(rows, %)"
    assert verdict(own, NAMES) == ["run <a>: no loss beyond chance, with 40 % of the rows edited."]
    cells = [{**own[0], "setting": name, "runs": runs} for name, runs in (("x", ["a", "b", "c"]), ("y", ["d"]))]
    assert folded({"settings": cells}, {})[2] == "3 seeds, of a lone one over rows"
    assert folded({"settings": cells[:1]}, {})[2] == "3 seeds"


def test_losses_are_points_and_empty_where_nothing_was_tested():
    heat = loss_figure(POINTS, NAMES, 0.4).data[0]
    assert heat.z[0] == pytest.approx((-20, -5))
    assert heat.z[1][1] is None
    assert tuple(heat.text[0]) == ("-20.0 ●", "-5.0")
    assert (heat.zmin, heat.zmax) == (pytest.approx(-20), 0)
    alike = [point("a", "typo", 0.4, 0.89, -0.01), point("b", "typo", 0.4, 0.89, -0.011)]
    assert loss_figure([point("a", "typo", 0.4, 0.89, -0.0004)], NAMES, 0.4).data[0].text[0][0] == "+0.0 ●"
    assert loss_figure(alike, NAMES, 0.4).data[0].zmin == -5  # a tenth of a point is no reason for white beside red


def gain(setting, noise, value, low, high):
    return {"setting": setting, "against": "plain", "noise": noise, "level": 0.4 if noise else 0.0, "value": value,
            "low": low, "high": high, "over": "3 seeds, paired"}  # fmt: skip


def test_setting_is_said_to_have_helped_cost_or_neither_noise_by_noise():
    found = [gain("a lot", "", -0.01, -0.03, 0.01), gain("a lot", "typo", 0.05, 0.03, 0.07),
             gain("a lot", "swap", -0.02, -0.03, -0.01), gain("a little", "typo", 0.0, -0.01, 0.01)]  # fmt: skip
    first, second = help_sentences(found)
    assert first == (
        "A lot, against plain: helped on typo at 40 % by +5.0 ± 2.0; cost on swap at 40 % -2.0 ± 1.0; "
        "no difference beyond chance on clean rows (3 seeds, paired)."
    )
    assert second.startswith("A little, against plain: did not help; no difference beyond chance on typo at 40 %")
    table = help_table(found)
    assert table.loc[0, "clean rows"] == "-1.0 ± 2.0"
    assert table["setting"].tolist() == ["a lot", "a little"]


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_seeds_that_differ_alike_are_said_to_tell_too_little(nothing):
    alike = gain("a lot", "", -0.01, nothing, nothing)
    assert help_sentences([alike]) == [
        "A lot, against plain: seeds that differ alike tell too little on clean rows (-1.0 in each) (3 seeds, paired)."
    ]
    (said,) = help_sentences([alike, gain("a lot", "typo", 0.05, 0.03, 0.07)])
    assert said.startswith("A lot, against plain: helped on typo at 40 % by +5.0 ± 2.0; seeds that differ alike")
    assert help_table([alike]).loc[0, "clean rows"] == "-1.0"
    untold = point("a", "typo", 0.4, 0.9, -0.04)
    untold["drop"] |= {"low": nothing, "high": nothing}
    (line,) = verdict([untold], {"a": "plain"})
    said = "plain: what it loses under typo cannot be told: seeds that came out alike tell too little, with 40 % of"
    assert line == f"{said} the words edited."


def test_flips_of_one_noise_do_not_crowd_out_those_of_the_others():
    flips = [{"noise": noise, "row": row} for noise, row in (("typo", 1), ("typo", 2), ("typo", 3), ("swap", 4))]
    assert [flip["row"] for flip in in_turn(flips)] == [1, 4, 2, 3]
