"""Runs: the table, what is chosen, live progress, failures."""

from __future__ import annotations

import json

from core.runs.store import Store


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_empty_page_offers_the_demo(open_page, said):
    app = open_page("runs")
    assert not app.exception
    assert "No run yet" in said(app)
    assert app.button(key="demo")


def test_running_run_shows_progress_curves_and_stop(open_page, make_run, said):
    run = make_run("running")
    app = open_page("runs")
    assert not app.exception
    assert not app.error
    text = said(app).replace("\\", "")
    assert "step 20 of 40" in text
    assert app.button(key=f"stop-{run.id}")
    loss, score = figures(app)
    assert {trace["name"] for trace in loss["data"] if "name" in trace} == {"running ce, train", "running ce, eval"}
    assert score["layout"]["title"]["text"] == "Accuracy on dev"


def test_run_in_the_address_is_the_one_shown(open_page, make_run, said):
    first = make_run("finished")
    make_run("finished", loss="joint")
    assert "<b>finished ce</b>" in said(open_page("runs", run=[first.id]))


def test_finished_runs_are_overlaid_and_compared_differences_first(open_page, make_run, said):
    first, second = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("runs", run=[first.id, second.id])
    _, score = figures(app)
    assert [trace["name"] for trace in score["data"]] == ["finished ce", "finished joint"]
    assert score["data"][0]["line"]["color"] != score["data"][1]["line"]["color"]
    app.segmented_control(key="view").set_value("Configuration").run()
    table = next(element.proto.body for element in app.get("html") if "lab-table" in element.proto.body)
    assert table.index("train.loss") < table.index("task")


def test_failed_run_begins_with_why_and_its_log_is_shown(open_page, make_run, said):
    run = make_run("failed", error="data.csv has the label 'x', which the training file does not have")
    run.log_path.write_text("one\ntwo: <script>alert(1)</script>\n")
    app = open_page("runs")
    assert not app.exception
    assert "which the training file does not have" in app.error[0].value.replace("\\", "")
    assert not app.code  # the log is a click away
    app.segmented_control(key="view").set_value("Log").run()
    assert "two: <script>" in app.code[0].value
    assert app.button(key=f"resume-{run.id}")


def test_augmented_texts_are_escaped_and_marked(open_page, make_run, said):
    run = make_run("finished")
    app = open_page("runs", run=[run.id])
    app.segmented_control(key="view").set_value("Augmented texts").run()
    text = said(app)
    assert "please &lt;i&gt;<del>cancel</del>" in text
    assert ">stop</ins>" in text


def test_delete_asks_first_and_then_removes_the_folder(open_page, make_run):
    run = make_run("finished")
    app = open_page("runs", run=[run.id])
    app.button(key=f"delete-{run.id}").click().run()
    assert run.dir.is_dir()
    app.button(key="delete-for-good").click().run()
    assert not run.dir.exists()
    assert Store().list() == []


def test_clone_opens_the_launch_form_filled(open_page, make_run):
    run = make_run("finished", loss="joint", seed=99)
    app = open_page("runs", run=[run.id])
    app.button(key=f"clone-{run.id}").click().run()
    assert app.title[0].value == "Launch"
    assert app.number_input(key="launch:seed").value == 99
    assert app.segmented_control(key="launch:train.loss").value == "joint"


def test_broken_folder_is_listed_with_its_reason_and_hides_no_other_run(open_page, make_run, run_root, said):
    make_run("finished")
    (run_root / "not-a-run").mkdir()
    app = open_page("runs")
    assert not app.exception
    assert len(app.dataframe[0].value) == 2


def test_unknown_run_in_the_address_is_passed_over(open_page, make_run):
    make_run("finished")
    app = open_page("runs", run=["../../etc/passwd"])
    assert not app.exception
    assert not app.error
