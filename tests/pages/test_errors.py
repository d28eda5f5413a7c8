"""The Errors page: it answers first, names what is missing, and shows user text as text."""

from __future__ import annotations

import json

import numpy as np
import pytest


def figures(app):
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def test_without_runs_it_offers_the_demo(open_page, said):
    app = open_page("errors")
    assert not app.exception
    assert "whose errors can be read" in said(app)
    assert any("one-minute demo" in button.label for button in app.button)


def test_it_begins_with_what_is_wrong_and_lists_the_hardest_rows(open_page, make_run, said):
    run = make_run("finished")
    app = open_page("errors", run=run.id)
    assert not app.exception
    text = said(app)
    assert "0 of 60 rows are answered wrongly" in text.replace("\\", "")
    assert [figure["layout"]["title"]["text"] for figure in figures(app)] == [
        "Labels and answers, number of rows", "Accuracy by kind of row",
    ]  # fmt: skip
    assert len(app.dataframe[0].value) == 60


def test_two_runs_are_compared_with_a_test(open_page, make_run, said):
    first, second = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("errors", run=[first.id, second.id], view="Two runs")
    assert "each run has 0 to itself: no difference" in said(app).replace("\\", "")


@pytest.mark.parametrize("view", ["Where", "Map of rows", "Calibration", "Two runs"])
def test_each_view_shows_two_runs(open_page, make_run, said, view):
    first, second = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("errors", run=[first.id, second.id], view=view)
    assert not app.exception
    assert not app.error
    if view != "Two runs":
        assert said(app).count("step 40") == 2


def test_one_run_alone_says_what_to_do(open_page, make_run, said):
    app = open_page("errors", run=make_run("finished").id, view="Two runs")
    assert "Choose a second run" in said(app)


def test_scores_are_told_as_scores(open_page, make_run, said):
    first, second = make_run("finished"), make_run("finished", loss="joint")
    for run, off in ((first, 0.1), (second, 0.9)):
        scores = np.arange(60) / 12
        run.save_embeddings(40, np.zeros((60, 2)), (scores + off)[:, None], scores, np.arange(60))
    app = open_page("errors", run=[first.id, second.id])
    text = said(app).replace("\\", "")
    assert "Off by 0.100" in text
    assert text.count("choose a kind to filter") == 2  # there are no cells
    assert {figure["layout"]["title"]["text"] for figure in figures(app)} == {"Mean absolute error by kind of row"}
    text = said(open_page("errors", run=[first.id, second.id], view="Two runs")).replace("\\", "")
    assert "60 rows are answered more than 0.5 apart" in text


def test_more_than_two_classes_have_no_threshold_and_it_is_said(open_page, make_run, said):
    app = open_page("errors", run=make_run("finished").id, view="Calibration")
    assert not app.exception
    assert "need two classes" in said(app)
    assert figures(app)[0]["layout"]["title"]["text"].startswith("Reliability")


def test_what_errors_cost_stands_in_the_address(open_page, make_run):
    run = make_run("finished")
    labels, log_odds = np.arange(60) % 2, np.where(np.arange(60) % 2, 1.0, -3.0)
    run.save_embeddings(40, np.zeros((60, 2)), np.stack([-log_odds / 2, log_odds / 2], 1), labels, np.arange(60))
    query = {f"alarm-{run.id}": "4", f"miss-{run.id}": "0.5"}
    app = open_page("errors", run=run.id, view="Calibration", **query)
    assert not app.exception
    assert [field.value for field in app.number_input] == [4.0, 0.5]


def test_texts_with_markup_stay_text(open_page, make_run):
    app = open_page("errors", run=make_run("finished").id, view="Map of rows")
    assert not app.exception
    spec = json.dumps(figures(app)[0])
    assert "&lt;b&gt;" in spec
    assert "request <b>" not in spec


def test_a_chosen_cell_stands_in_the_address(open_page, make_run, said):
    run = make_run("finished")
    app = open_page("errors", run=run.id)
    confusion = figures(app)[0]
    names = confusion["layout"]["yaxis"]["categoryarray"]
    assert "selectedpoints" not in confusion["data"][0]
    app = open_page("errors", run=run.id, **{f"cell-{run.id}": [f"{names[2]} > {names[2]}", "nothing > at all"]})
    assert not app.exception
    assert set(app.dataframe[0].value["label"]) == {names[2]}
    assert len(app.dataframe[0].value) == 10  # of 60 rows in six classes
    assert "10 rows in the chosen cells" in said(app)
    shown = figures(app)[0]["data"][0]
    assert [shown["customdata"][i] for i in shown["selectedpoints"]] == [[2, 2]]
    assert ["there are none" in toast.value for toast in app.toast] == [True]
    kind = figures(app)[1]["data"][1]["y"][0].rsplit(" (", 1)[0].replace("<br>", " ")
    both = {f"cell-{run.id}": f"{names[2]} > {names[2]}", f"slice-{run.id}": kind}
    assert "in the chosen cells and kinds" in said(open_page("errors", run=run.id, **both))
