"""The Results page: rows with spread, printed values marked where the metric differs, and what to do when empty."""

from __future__ import annotations

import json


def test_empty_tables_lead_on(open_page, said):
    for paper, words in (
        ("By what differs", "No run has finished yet"),
        ("Paper A, table 2", "paper A's table"),
        ("Paper B, tables 4 to 7", "paper B's tables"),
    ):
        app = open_page("results", paper=paper)
        assert not app.exception
        assert words in said(app).replace("\\", "")


def test_seeds_are_folded_and_the_note_says_over_what(open_page, make_run, said):
    for seed in (0, 1):
        make_run("finished", seed=seed)
    app = open_page("results")
    text = said(app)
    assert "91.3 ± 0.0" in text
    assert "over 2 seeds" in text
    # of the method and task in the line above
    assert "<tr><td></td><td class=lab-name></td><td class=lab-name>Macro F1</td>" in text


def test_score_stands_against_size(open_page, make_run):
    make_run("finished")
    make_run("finished", loss="joint")
    make_run("finished", task="a-task-before-it")
    app = open_page("results", **{"view-all": "Score and size"})
    assert not app.exception
    assert app.selectbox(key="pareto-task").value == "demo-intents"  # the task with most to compare
    [figure] = [json.loads(element.proto.spec) for element in app.get("plotly_chart")]
    assert figure["layout"]["xaxis"]["title"]["text"] == "Parameters, millions"
    assert len([trace for trace in figure["data"] if trace["mode"] == "markers"]) == 2
    address = {
        "view-all": "Score and size",
        "pareto-task": "a-task-before-it",
        "pareto-metric-a-task-before-it": "macro_f1",
    }
    app = open_page("results", **address)
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["title"]["text"] == "Macro F1 against parameters"


def test_filter_leaves_out_other_runs(open_page, make_run, said):
    make_run("finished")
    make_run("finished", loss="joint")
    text = said(open_page("results"))
    assert "<td>loss joint</td>" in text
    assert "<td>loss cross-entropy</td>" in text
    assert "<td>the only setting here</td>" in said(open_page("results", **{"results-filter": "joint"}))


def test_an_address_typed_by_hand_is_understood_or_answered(open_page, said):
    assert "paper A's table" in said(open_page("results", paper="a")).replace("\\", "")
    assert "paper B's tables" in said(open_page("results", paper="PAPER B, TABLES 4 TO 7")).replace("\\", "")
    app = open_page("results", paper="c")
    assert not app.exception
    assert "paper=c; there is: all, a, b" in app.toast[0].value.replace("\\", "")


def test_an_address_typed_by_hand_stays_in_the_address(open_page):
    assert open_page("results", paper="a").query_params["paper"] in ("Paper A, table 2", ["Paper A, table 2"])
