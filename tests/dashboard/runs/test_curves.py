"""Run curves: what is drawn is what was measured, and new data never changes what the figure is."""

from __future__ import annotations

import numpy as np

from dashboard.runs import curves
from dashboard.shared.charts import metric_name
from dashboard.shared.metric_frames import MAX_POINTS, metric_frame, score_names

LINES = [
    {"step": 0, "eval_loss": 1.5, "eval_accuracy": 0.2},
    {"step": 1, "loss": 4.0, "lr": 1e-3},
    {"step": 2, "loss": 2.0, "lr": 1e-3},
    {"step": 3, "loss": None, "lr": 1e-3},
    {"step": 3, "eval_loss": 1.0, "eval_accuracy": 0.5},
]
COLORS, NAMES = {"a": "#4477aa"}, {"a": "first run"}


def test_loss_figure_overlays_train_and_eval_of_a_run():
    figure = curves.loss_figure({"a": metric_frame(LINES)}, NAMES, COLORS)
    train, evaluation, told = figure["series"]
    assert train["name"] == evaluation["name"] == told["name"] == "first run"
    assert train["data"] == [[1, 4.0], [2, 2.0]]
    assert evaluation["data"] == [[0, 1.5], [3, 1.0]]
    assert (figure["xAxis"]["name"], figure["yAxis"]["name"]) == ("step", "loss")


def test_pointer_names_the_step_and_at_each_step_the_last_evaluation_too():
    figure = curves.loss_figure({"a": metric_frame(LINES)}, NAMES, COLORS)
    train, drawn, told = figure["series"]
    assert figure["xAxis"]["axisPointer"]["label"]["formatter"] == "step {value}"
    assert train["tooltip"] == {"valueFormatter": "%.4g in training"}
    assert drawn["tooltip"] == {"show": False}
    assert told["data"] == [[0, 1.5], [1, 1.5], [2, 1.5], [3, 1.0]]
    assert told["lineStyle"]["opacity"] == 0


def test_runs_that_went_alike_do_not_hide_one_another():
    frames = {"a": metric_frame(LINES), "b": metric_frame(LINES)}
    figure = curves.score_figure(frames, {"a": "a", "b": "b"}, {"a": "#000", "b": "#111"}, "eval_accuracy")
    first, second = (line["lineStyle"]["type"] for line in figure["series"])
    assert (first, second) == ("solid", [9, 9])


def test_lines_are_dashed_where_they_are_one_to_the_eye_and_not_where_they_part():
    def styles(last: float) -> list:
        other = metric_frame([*LINES[:-1], {"step": 3, "eval_loss": 1.0, "eval_accuracy": last}])
        frames = {"a": metric_frame(LINES), "b": other}
        figure = curves.score_figure(frames, {"a": "a", "b": "b"}, {"a": "#000", "b": "#111"}, "eval_accuracy")
        return [line["lineStyle"]["type"] for line in figure["series"]]

    assert styles(0.502) == ["solid", [9, 9]]  # the figure reaches from 0.2 to 0.5
    assert styles(0.51) == ["solid", "solid"]
    empty = curves.loss_figure({"a": metric_frame(LINES)}, NAMES, COLORS, steps=(1.2, 1.4))
    assert [line["data"] for line in empty["series"][:1]] == [[]]


def test_legend_is_whole_on_a_projector_or_scrolls_and_stands_clear_of_the_axis():
    def legend(count: int) -> tuple[str, int, int]:
        names = {str(number): f"demo-intents / loss {number}" for number in range(count)}
        frames, colors = dict.fromkeys(names, metric_frame(LINES)), dict.fromkeys(names, "#000")
        figure = curves.score_figure(frames, names, colors, "eval_accuracy")
        wide = [one["option"]["grid"]["bottom"] for one in figure["media"] if one["query"]["minWidth"] <= 497]
        return figure["legend"]["type"], figure["grid"]["bottom"], wide[-1]  # at a page's 1024 and its 1440

    told = [("plain", 36, 36), ("plain", 56, 36), ("plain", 76, 56), ("scroll", 36, 36)]
    assert [legend(count) for count in (1, 2, 3, 9)] == told


def test_training_losses_of_different_kinds_are_said_not_to_compare():
    frames, names = {"a": metric_frame(LINES), "b": metric_frame(LINES)}, {"a": "one", "b": "two"}
    colors = {"a": "#000", "b": "#111"}
    mixed = curves.loss_figure(frames, names, colors, kinds={"a": "cross-entropy", "b": "joint"})
    assert "heights do not compare" in mixed["title"][0]["subtext"]
    alike = curves.loss_figure(frames, names, colors, kinds={"a": "joint", "b": "joint"})
    assert "subtext" not in alike["title"][0]


def test_smoothed_loss_lies_over_the_raw_one():
    lines = [{"step": step, "loss": float(step % 2)} for step in range(1, 9)]
    smoothed, raw = curves.loss_figure({"a": metric_frame(lines)}, NAMES, COLORS, 0.9)["series"]
    assert [value for _, value in raw["data"]] == [line["loss"] for line in lines]
    assert raw["lineStyle"]["opacity"] < 1
    assert raw["z"] < smoothed["z"]
    assert np.ptp([value for _, value in smoothed["data"]][2:]) < 1


def test_a_span_of_steps_is_drawn_alone_in_full_detail_and_the_axis_keeps_it():
    frames = {"a": metric_frame([{"step": step, "loss": 1 / step} for step in range(1, 5001)])}
    figure = curves.loss_figure(frames, NAMES, COLORS, steps=(100, 200))
    assert [step for step, _ in figure["series"][0]["data"]] == list(range(100, 201))
    assert (figure["xAxis"]["min"], figure["xAxis"]["max"]) == (100, 200)
    whole = curves.loss_figure(frames, NAMES, COLORS)
    assert (whole["xAxis"]["min"], whole["xAxis"]["max"]) == (0, None)


def test_each_loss_can_be_drawn_alone():
    frames = {"a": metric_frame(LINES)}
    (train,) = curves.loss_figure(frames, NAMES, COLORS, losses=["training"])["series"]
    (evaluation,) = curves.loss_figure(frames, NAMES, COLORS, losses=["evaluation"])["series"]
    assert (train["data"][0], evaluation["data"][0]) == ([1, 4.0], [0, 1.5])


def test_a_figure_that_ticks_offers_nothing_that_a_tick_undoes():
    figure = curves.loss_figure({"a": metric_frame(LINES)}, NAMES, COLORS)
    still = curves.held_still(figure, "#123456")
    assert still["yAxis"]["axisLabel"]["color"] == still["legend"]["textStyle"]["color"] == "#123456"
    assert still["legend"]["selectedMode"] is False
    assert still["series"] == figure["series"]


def test_figure_without_points_says_so_and_only_then():
    empty = curves.score_figure({"a": metric_frame([])}, NAMES, COLORS, None)
    full = curves.score_figure({"a": metric_frame(LINES)}, NAMES, COLORS, "eval_accuracy")
    assert [title["text"] for title in empty["title"]] == ["Score on dev", "waiting for the first point"]
    assert [title["text"] for title in full["title"]] == ["Accuracy on dev", ""]
    assert empty["grid"] == full["grid"]
    assert (empty["xAxis"]["show"], full["xAxis"]["show"]) == (False, True)


def test_scores_are_named_for_people_and_leave_out_the_loss():
    assert score_names({"a": metric_frame(LINES)}) == ["eval_accuracy"]
    assert metric_name("eval_mcc") == "Matthews correlation"
    assert metric_name("eval_mismatched_accuracy") == "Mismatched accuracy"


def test_many_overlaid_runs_stay_light_and_the_pointer_names_one():
    frame = metric_frame([{"step": step, "loss": 1 / (step + 1)} for step in range(5000)])
    frames = {f"run{i}": frame for i in range(20)}
    figure = curves.loss_figure(frames, {run: run for run in frames}, dict.fromkeys(frames, "#4477aa"), 0.6)
    assert max(len(line["data"]) for line in figure["series"]) <= MAX_POINTS // 2 + 2
    assert figure["tooltip"]["trigger"] == "item"
    assert curves.loss_figure({"a": frame}, NAMES, COLORS)["tooltip"]["trigger"] == "axis"
