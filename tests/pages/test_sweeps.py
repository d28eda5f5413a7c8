"""Sweeps: what will run and how long it takes before the click; mean and spread over seeds after it."""

from __future__ import annotations

import time

import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from core.runs.sweep import create_sweep, grid_arms, list_sweeps
from dashboard.sweeps import form

RATIOS = grid_arms({"augment.fraction": ["0", "0.2"], "train.loss": ["ce", "joint"]})


@pytest.fixture
def finished_sweep(run_root):
    """Two ratios, two losses, two seeds: the score is 0.5, a tenth more for joint, a hundredth more for seed 2."""
    sweep = create_sweep(Store(), RunConfig(), RATIOS, [1, 2], "ratio")
    for run in sweep.runs:
        config = run.config()
        score = 0.5 + 0.1 * (config.train.loss == "joint") + 0.01 * (config.seed == 2)
        for step in (0, 10):
            run.append_metrics({"step": step, "epoch": 0.0, "eval_loss": 1.0, "eval_accuracy": score * step / 10})
        run.set_status(state="finished", metrics={"accuracy": score}, step=10, of=10)
    return sweep


def test_page_opens_on_the_ratio_preset_with_runs_steps_and_time(open_page, said):
    app = open_page("sweeps")
    assert not app.exception
    text = said(app)
    assert "<b>15</b>" in text  # five ratios, three seeds
    assert "<b>225</b>" in text  # 2,400 rows / 32 a batch * 3 epochs
    assert "--grid augment.fraction=0,0.1,0.2,0.3,0.4" in text
    assert app.text_input(key="sweep:values0").value == "0, 10, 20, 30, 40"
    assert "%" in app.selectbox(key="sweep:key0").format_func("augment.fraction")
    assert not app.button(key="launch-sweep").disabled
    deadline = time.monotonic() + 60
    while "timing a few steps" in said(app) and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    assert "from a few steps timed now" in said(app)
    assert "MiB" in said(app)
    assert Store().list() == []


def test_ablations_are_rows_with_names_and_one_click(open_page, said):
    app = open_page("sweeps")
    app.pills(key="sweep:preset").set_value("ablations").run()
    assert not app.exception
    rows = app.dataframe[0].value
    assert {"architecture", "layers kept", "CP rank", "loss"} < set(rows.columns)  # as the other pages call them
    assert "cross-entropy" in set(rows["loss"])
    assert rows["Row"].tolist()[:4] == ["LightMobileBERT", "cross-entropy alone", "Bert_Adam", "without CP"]
    assert "lora.enabled=false" in app.text_area(key="sweep:settings").value
    assert app.button(key="launch-sweep").label == "Launch 21 runs"
    assert "--preset ablations" in said(app)


def test_file_that_was_added_is_a_task_by_its_name(run_root):
    path = Store().save_upload("visits.csv", b"text,label\na b,x\nc d,y\n")
    session = {}
    form.fill(session, "ratio")
    session["sweep:task"] = "visits"
    assert {config.task for config in form.read(session, "ratio").configs} == {str(path)}


def test_own_grid_is_read_as_it_is_typed(open_page, said):
    app = open_page("sweeps")
    app.pills(key="sweep:preset").set_value(form.OWN).run()
    app.selectbox(key="sweep:key0").set_value("lora.r").run()
    app.text_input(key="sweep:values0").set_value("2, 4").run()
    app.text_input(key="sweep:seeds").set_value("5").run()
    app.text_area(key="sweep:settings").set_value("train.max_steps=3\n").run()
    text = said(app)
    assert app.button(key="launch-sweep").label == "Launch 2 runs"
    assert "--grid lora.r=2,4" in text
    assert "--seeds 5" in text
    assert "--set train.max_steps=3" in text
    assert "<b>3</b>" in text


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [
        ("text_input:sweep:values0", "", "names no value"),
        ("text_input:sweep:values1", "2, 4", "no setting stands beside the values '2, 4'"),
        ("text_input:sweep:values0", "0, 700", "must lie between 0 and 100 %"),
        ("text_input:sweep:seeds", "one", "whole numbers"),
        ("text_input:sweep:seeds", "", "at least one seed"),
        ("text_area:sweep:settings", "train.epochs", "is not KEY=VALUE"),
        ("text_area:sweep:settings", "train.epoch=3", "unknown key"),
        ("text_area:sweep:settings", "data.file=/no/such.csv", "does not exist"),
    ],
)
def test_impossible_sweep_is_said_and_not_started(open_page, said, key, value, answer):
    app = open_page("sweeps")
    kind, _, name = key.partition(":")
    getattr(app, kind)(key=name).set_value(value).run()
    assert not app.exception
    assert answer in said(app).replace("\\", "")
    assert app.button(key="launch-sweep").disabled


def test_launch_queues_all_runs_and_shows_how_they_go(open_page, said, monkeypatch):
    from core.runs.local import dispatcher

    monkeypatch.setattr(dispatcher, "wake", lambda *_args: None)  # the runs wait: no worker is wanted here
    app = open_page("sweeps")
    app.button(key="launch-sweep").click().run()
    assert not app.exception
    (sweep,) = list_sweeps(Store().list())
    assert (len(sweep.runs), sweep.keys) == (15, ("augment.fraction",))
    assert "15 queued" in said(app)
    app.button(key="go-sweep").click().run()
    assert not app.exception
    assert list_sweeps(Store().list())[0].states == {"stopped": 15}
    assert app.button(key="go-sweep").label == "Go on with 15 runs"  # the same element, which keeps the focus
    app.button(key="go-sweep").click().run()
    assert not app.exception
    assert list_sweeps(Store().list())[0].states == {"queued": 15}


def test_results_show_mean_spread_and_fair_differences(open_page, said, finished_sweep):
    app = open_page("sweeps")
    assert not app.exception
    text = said(app)
    assert "8 finished" in text
    # The mean of 0.50 and 0.51, whose deviation from it is 0.005 each.
    assert "0.505 ± 0.007" in text
    assert "0.605 ± 0.007" in text
    # Joint is ahead in each seed by the same tenth: no spread in the difference.
    assert "Against the first row" in text
    assert "+10.00 ± 0.00 points" in text
    assert "-10.00" not in text
    assert "20 %" in text
    assert "cross-entropy" in text
    assert len(app.get("plotly_chart")) == 2
    assert app.button(key="sweep-clusters")


def test_sweep_that_runs_shows_what_is_there_and_a_failed_run_says_why(open_page, said, finished_sweep):
    store = Store()
    first, second, *_ = finished_sweep.runs
    store.get(first.id).set_status(state="queued", submitted=time.time())
    store.get(second.id).set_status(state="failed", error="out of memory: lower it")
    app = open_page("sweeps")
    assert not app.exception
    text = said(app)
    assert "6 finished, 1 queued, 1 failed" in text
    assert "out of memory" in text


def test_results_before_any_sweep_lead_to_a_new_one(open_page, said):
    app = open_page("sweeps")
    app.segmented_control(key="sweep-view").set_value("Results").run()
    assert "No sweep yet" in said(app)
    app.button(key="set-up").click().run()
    assert not app.exception
    assert app.button(key="launch-sweep")


def test_address_leads_to_one_sweep(open_page, said, finished_sweep):
    create_sweep(Store(), RunConfig(), grid_arms({"lora.r": ["2", "4"]}), [1], "later")
    assert "2 queued" in said(open_page("sweeps"))
    app = open_page("sweeps", sweep=finished_sweep.id)
    assert app.selectbox(key="sweep-id").value == finished_sweep.id
    assert "8 finished" in said(app)
    assert "no-such" not in said(open_page("sweeps", sweep="no-such"))
