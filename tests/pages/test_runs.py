"""Runs: the table, what is chosen, live progress, failures."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs.folder.store import Store
from core.runs.local.dispatcher import LOCK
from core.runs.local.waitlist import Waitlist, held
from dashboard.shared.command import Command


@pytest.fixture
def kept_from_starting():
    """Takes the dispatcher's lock: what waits is not started meanwhile."""
    with contextlib.ExitStack() as lock:
        yield lock


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("echarts_chart")]


def test_empty_page_offers_the_demo(open_page, said):
    app = open_page("runs")
    assert not app.exception
    assert "No run yet" in said(app)
    assert app.button(key="demo")
    assert not app.toast


def test_running_run_shows_progress_curves_and_stop(open_page, make_run, said):
    run = make_run("running")
    app = open_page("runs")
    assert not app.exception
    assert not app.error
    text = said(app).replace("\\", "")
    assert "step 20 of 40" in text
    assert app.button(key=f"go-{run.id}")
    loss, score = figures(app)
    assert {line["name"] for line in loss["series"]} == {"running ce"}
    assert score["title"][0]["text"] == "Accuracy on dev"


def test_run_in_the_address_is_the_one_shown(open_page, make_run, said):
    first = make_run("finished")
    make_run("finished", loss="joint")
    assert "<b>finished ce</b>" in said(open_page("runs", run=[first.id]))


@pytest.mark.parametrize("fault", ["number", "link", "folder"])
def test_run_that_cannot_be_read_leaves_the_curves_of_the_one_beside_it(open_page, make_run, said, fault):
    bad, good = make_run("finished"), make_run("finished", loss="joint")
    path = bad.dir / "metrics.jsonl"
    path.rename(bad.dir / "elsewhere")
    if fault == "number":
        path.write_text(f'{{"step": 1, "loss": {"9" * 400}}}\n{{"step": {"9" * 400}}}\n')
    elif fault == "link":
        path.symlink_to(bad.dir / "elsewhere")
    else:
        path.mkdir()
    app = open_page("runs", run=[bad.id, good.id])
    assert not app.error
    _, score = figures(app)
    assert [(line["name"], len(line["data"])) for line in score["series"]] == [("finished joint", 5)]
    assert "finished ce: " in app.warning[0].value.replace("\\", "")
    assert "metrics.jsonl" in app.warning[0].value.replace("\\", "")


def test_finished_runs_are_overlaid_and_compared_differences_first(open_page, make_run, said):
    first, second = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("runs", run=[first.id, second.id])
    _, score = figures(app)
    assert [line["name"] for line in score["series"]] == ["finished ce", "finished joint"]
    assert score["series"][0]["lineStyle"]["color"] != score["series"][1]["lineStyle"]["color"]
    app.segmented_control(key="view").set_value("Configuration").run()
    table = next(element.proto.body for element in app.get("html") if "lab-table" in element.proto.body).replace(
        "<wbr>", ""
    )
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
    assert app.button(key=f"go-{run.id}")


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
    assert app.button(key="keep-runs").label == "Cancel"
    app.button(key="delete-for-good").click().run()
    assert not run.dir.exists()
    assert "finished ce deleted, " in app.toast[0].value
    assert Store().list() == []


def test_clone_opens_the_launch_form_filled(open_page, make_run):
    run = make_run("finished", loss="joint", seed=99)
    app = open_page("runs", run=[run.id])
    app.session_state["more:Training"] = True  # the seed's card, opened
    app.button(key=f"clone-{run.id}").click().run()
    assert app.title[0].value == "Launch"
    assert app.number_input(key="launch:seed").value == 99
    assert app.selectbox(key="launch:train.loss").value == "joint"


def test_broken_folder_is_listed_with_its_reason_and_hides_no_other_run(open_page, make_run, run_root, rows_of):
    make_run("finished")
    (run_root / "not-a-run").mkdir()
    app = open_page("runs")
    assert not app.exception
    assert len(rows_of(app)) == 2


def test_unknown_run_in_the_address_is_said_and_another_one_shown(open_page, make_run):
    make_run("finished")
    app = open_page("runs", run=["../../etc/passwd"])
    assert not app.exception
    assert not app.error
    assert app.toast[0].value.replace("\\", "") == "Not here, or not any more: ../../etc/passwd."


def test_a_run_that_is_deleted_elsewhere_is_still_called_by_its_name(open_page, make_run):
    make_run("finished")
    gone = make_run("finished", **{"run.name": "Monday"})
    app = open_page("runs", run=[gone.id])
    Store().delete(gone.id)
    assert app.run().toast[0].value.replace("\\", "") == "Not here, or not any more: Monday."


def test_live_figures_of_the_newest_step_are_told(open_page, make_run, said):
    run = make_run("running")
    run.set_status(now={"loss": 0.5, "lr": 0.001, "grad_norm": 1.5, "examples_per_s": 300.0, "memory_mb": 800})
    assert "loss 0.500 · learning rate 0.00100 · gradient norm 1.50 · 300 examples/s" in said(open_page("runs"))


def test_filter_shows_the_runs_that_match_and_keeps_what_is_chosen(open_page, make_run, said, rows_of):
    kept = make_run("finished")
    make_run("finished", loss="joint")
    app = open_page("runs", run=[kept.id])
    app.text_input(key="filter").set_value("loss joint").run()
    assert [row["name"] for row in rows_of(app)] == ["finished joint"]
    assert "<b>" in said(app)
    assert "finished ce" in said(app)


def test_filter_without_a_match_says_so(open_page, make_run, said, rows_of):
    make_run("finished")
    app = open_page("runs", filter="<b>zebra")
    assert "No run has “&lt;b&gt;zebra”" in said(app)
    assert not rows_of(app)


def test_queue_is_shown_in_order_and_reordered(open_page, make_run, run_root, said, kept_from_starting, rows_of):
    make_run("finished")
    names = [Store().create(RunConfig().replace({"run.name": name})).id for name in ("one", "two", "three")]
    Waitlist(run_root).add(*names)
    kept_from_starting.enter_context(held(run_root / LOCK, wait=False))
    app = open_page("runs")
    assert said(app).index("1\\. one") < said(app).index("3\\. three")
    app.button(key=f"first-{names[2]}").click().run()
    assert Waitlist(run_root).read().order == (names[2], names[0], names[1])
    app.button(key=f"down-{names[2]}").click().run()
    assert Waitlist(run_root).read().order == (names[0], names[2], names[1])
    assert app.button(key=f"up-{names[0]}").disabled
    app.number_input(key="slots").set_value(3).run()
    assert Waitlist(run_root).read().slots == 3
    assert [row["state_text"] for row in rows_of(app)][:3] == ["○ queued 2", "○ queued 3", "○ queued 1"]


def test_interrupted_runs_are_told_and_resumed_together(open_page, make_run, run_root, said, monkeypatch):
    monkeypatch.setenv("LAB_WORKER", "true")  # workers that end at once: only the queueing matters here
    runs = [make_run("finished") for _ in range(2)]
    for run in runs:
        run.set_status(state="running", boot="the boot before", step=20, pid=1)
    app = open_page("runs")
    text = said(app).replace("\\", "")
    assert "**Interrupted:** finished ce #2, finished ce\n" in text
    assert "**finished ce #2 interrupted:** the machine" in text
    assert "started anew" in " ".join(error.value for error in app.error)
    app.button(key="resume-interrupted").click().run()
    assert not app.exception
    assert [run.recorded_status().resume for run in runs] == [True, True]


def test_what_cannot_be_done_with_all_chosen_runs_is_told_of_each(open_page, make_run, monkeypatch):
    """One of three has ended and one is gone since the page was drawn: the third goes on, and both reasons are told."""
    monkeypatch.setenv("LAB_WORKER", "true")  # workers that end at once
    runs = [make_run("stopped", seed=seed) for seed in range(3)]
    app = open_page("runs", run=[run.id for run in runs])
    runs[1].set_status(state="finished")
    Store().delete(runs[2].id)
    app.button(key="go-chosen").click().run()
    assert not app.exception
    told = app.toast[0].value.replace("\\", "")
    assert told.startswith("1 run waits to go on. ")
    assert runs[1].id in told
    assert runs[2].id in told
    assert runs[0].recorded_status().resume


def test_name_notes_and_tags_are_kept_and_the_caps_are_shown(open_page, make_run, said):
    run = make_run("finished")
    app = open_page("runs", run=[run.id], view="Notes and files")
    app.text_input(key=f"name-{run.id}").set_value("Best so far").run()
    app.text_input(key=f"tags-{run.id}").set_value("paper b, keep").run()
    app.text_area(key=f"notes-{run.id}").set_value("as <b>published</b>").run()
    meta = run.meta()
    assert (meta.name, meta.tags, meta.notes) == ("Best so far", ("paper b", "keep"), "as <b>published</b>")
    assert "at most 2, and 4,000 MB together" in said(app)


def test_unwritable_notes_are_said_and_not_lost_silently(open_page, make_run):
    run = make_run("finished")
    app = open_page("runs", run=[run.id], view="Notes and files")
    app.text_input(key=f"tags-{run.id}").set_value("x" * 41).run()
    assert not app.exception
    assert "1 to 40 characters" in app.toast[0].value


def test_many_runs_show_their_curves_before_their_lines_and_can_be_deleted_together(open_page, make_run):
    runs = [make_run("finished", seed=seed) for seed in range(7)]
    for chosen, curves_first in (runs[:6], False), (runs, True):
        app = open_page("runs", run=[run.id for run in chosen])
        assert not app.exception
        drawn = [element.type if element.type != "button" else str(element.key) for element in app.main]
        assert (drawn.index("echarts_chart") < drawn.index(f"delete-{runs[0].id}")) is curves_first
        assert drawn.index(f"delete-{chosen[-1].id}") - drawn.index(f"delete-{chosen[-2].id}") > 0  # in their order
    app.button(key="delete-chosen").click().run()
    assert len(Store().list()) == 7
    app.button(key="delete-for-good").click().run()
    assert Store().list() == []
    assert app.toast[0].value.replace("\\", "").startswith("7 runs deleted, ")


def test_runs_of_one_name_are_told_apart_by_what_differs(open_page, make_run, rows_of):
    for seed in (13, 14, 14):
        make_run("finished", seed=seed, **{"run.name": "demo"})
        time.sleep(0.01)
    names = [row["name"] for row in rows_of(open_page("runs"))]
    assert names == ["demo (seed 14) #2", "demo (seed 14)", "demo (seed 13)"]


def test_finished_run_says_what_its_score_has_to_beat(open_page, make_run, said):
    run = make_run("finished")
    run.set_status(majority={"accuracy": 1 / 6}, verdict="learned: <i>well</i>")
    text = said(open_page("runs", run=[run.id]))
    assert "Learned: &lt;i&gt;well&lt;/i&gt;." in text
    assert "of random weights" in text
    for figure in ("0.913", "0.167", "0.200"):  # after training, the commonest class, before the first step
        assert f"<b>{figure}</b>" in text
    run.set_status(weights_note="the model's own head goes on: it has these classes")
    assert "of random weights" not in said(open_page("runs", run=[run.id]))


def test_sentence_of_ones_own_is_put_to_the_run(open_page, make_run, said, monkeypatch):
    run, asked = make_run("finished"), []

    def answer(command: Command) -> dict:
        asked.append(command.words)
        return {"rows": [{"label": "<b>cancel</b>", "probabilities": {"cancel": 0.9, "refund": 0.1}}]}

    monkeypatch.setattr(Command, "__call__", answer)
    app = open_page("runs", run=[run.id])
    app.text_input(key=f"asked-{run.id}").set_value("--file=/etc/passwd")
    next(button for button in app.button if button.label == "Ask").click().run()
    assert asked[0][:3] == ["predict", run.id, "--text=--file=/etc/passwd"]
    assert "cancel 0.900 · refund 0.100" in said(app)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("the disk is full", "Resume goes on"),
        ("/home/me/rows.csv does not exist", "Resume goes on"),
        ("data.csv has no column 'label'", "Clone opens its settings"),
        ("disk is full: free some space, then resume", ""),
    ],
)
def test_advice_after_a_failure_follows_its_reason(open_page, make_run, error, advice):
    make_run("failed", error=error)
    told = open_page("runs").error[0].value.replace("\\", "")
    assert advice in told
    assert ("Clone opens" in told) == ("Clone" in advice)


def test_failed_run_without_a_step_has_no_empty_curves(open_page, make_run, said):
    run = make_run("failed", error="no such column")
    app = open_page("runs", run=[run.id], view="Curves")
    assert not app.get("echarts_chart")
    assert "No step was taken" in said(app)
    assert "· ·" not in said(app)  # nothing stands between state and task


def test_new_data_reaches_the_same_figure(open_page, make_run):
    """A figure with an identity of its own would be built anew at every tick, and flicker."""
    run = make_run("running")
    app = open_page("runs", run=[run.id])
    before = [chart.proto.id for chart in app.get("echarts_chart")]
    drawn = figures(app)
    run.append_metrics({"step": 21, "epoch": 1.05, "loss": 0.01})
    app.run()
    assert figures(app) != drawn
    assert [chart.proto.id for chart in app.get("echarts_chart")] == before


def test_run_that_is_over_has_one_line_and_one_that_was_seen_at_work_keeps_its_two(open_page, make_run):
    over, running = make_run("finished"), make_run("running")

    def lines(app) -> list[str]:
        return [element.value for element in app.get("html") if 'class="lab-line' in element.value]

    app = open_page("runs", run=[over.id, running.id])
    assert ["lab-line over" in line for line in lines(app)] == [True, False, False]
    running.set_status(state="finished")
    assert ["lab-line over" in line for line in lines(app.run())] == [True, False, False]
    assert not app.exception


def test_metric_is_named_as_soon_as_there_is_a_score(open_page, run_root):
    run = Store().create(RunConfig(task="demo-intents"))
    run.set_status(state="running", step=1, of=9)
    app = open_page("runs", run=[run.id])
    assert app.selectbox(key="metric").value is None
    run.append_metrics({"step": 2, "eval_loss": 1.0, "eval_accuracy": 0.5, "eval_macro_f1": 0.4})
    assert app.run().selectbox(key="metric").value == "eval_accuracy"
    assert app.selectbox(key="metric").set_value("eval_macro_f1").run().selectbox(key="metric").value == "eval_macro_f1"
    assert not app.exception


def test_first_score_that_comes_with_a_tick_is_named_too(run_root):
    """A tick draws the curves and not the fields above them: these are drawn anew once."""

    def watched(run_id: str) -> None:
        from dataclasses import replace

        import streamlit as st

        from core.runs.folder.store import Store
        from dashboard.runs import panels

        run = Store().get(run_id)
        info = Store().look(run_id)
        look = replace(panels.curve_controls([run], [info]), live=True)
        if not st.session_state.get("scored"):
            run.append_metrics({"step": 2, "eval_loss": 1.0, "eval_accuracy": 0.5, "eval_macro_f1": 0.4})
            st.session_state["scored"] = True
        panels.curves([run], {run_id: "demo"}, look)

    run = Store().create(RunConfig(task="demo-intents"))
    run.set_status(state="running", step=1, of=9)
    app = AppTest.from_function(watched, args=(run.id,), default_timeout=60).run()
    assert app.selectbox(key="metric").value == "eval_accuracy"
    assert not app.exception


def test_chosen_steps_and_lines_stay_while_new_data_comes(open_page, make_run):
    run = make_run("running")
    app = open_page("runs", run=[run.id])
    app.slider(key="steps").set_value((25, 100)).run()
    app.segmented_control(key="losses").set_value(["training"]).run()
    run.append_metrics({"step": 21, "epoch": 1.05, "loss": 0.01})
    app.run()
    assert not app.exception
    _smoothed, raw = figures(app)[0]["series"]
    assert raw["data"] == [[10, 0.2], [20, 0.1], [21, 0.01]]
    assert (figures(app)[0]["xAxis"]["min"], figures(app)[0]["xAxis"]["max"]) == (10, 40)


@pytest.mark.parametrize("state", ["finished", "running"])
def test_curves_are_saved_with_their_points_and_settings_once_they_are_asked_for(open_page, make_run, sent, state):
    run = make_run(state, **{"train.lr": 0.004})
    app = open_page("runs", run=[run.id])
    assert [data["about"] for data in sent(app)] == [{}, {}]  # at a tick no point is sent once more
    for name in ("loss", "score"):
        app.session_state[f"asked-curve-{name}"] = {"way": "SVG", "at": 1}  # held from its answer on, however late
    app.run()
    loss, score = sent(app)
    assert loss["about"]["settings"]["runs"][run.id]["train.lr"] == 0.004
    assert f"{state} ce,loss in evaluation,10.0,1.25" in loss["about"]["data"].splitlines()  # 1.5 - 10 / 40
    assert "last evaluation" not in loss["about"]["data"]  # drawn for the pointer alone
    assert score["about"]["data"].splitlines()[:2] == ["run,line,step,value", f"{state} ce,accuracy,0.0,0.2"]
    assert score["figure"]["layout"]["title"]["text"] == "Accuracy on dev"
    assert score["figure"]["data"][0]["y"][0] == 0.2
    for name in ("loss", "score"):
        app.session_state[f"asked-curve-{name}"] = {"way": "SVG", "at": 1, "since": time.monotonic() - 10}
    app.run()
    assert [data["about"] for data in sent(app)] == [{}, {}]


def test_one_run_stands_beside_the_defaults_differences_first(open_page, make_run):
    run = make_run("finished", loss="joint")
    app = open_page("runs", run=[run.id], view="Configuration")
    table = next(element.proto.body for element in app.get("html") if "lab-table" in element.proto.body).replace(
        "<wbr>", ""
    )
    assert "<th>default</th>" in table
    assert table.index("train.loss") < table.index("task")


def test_seeds_together_have_one_line_with_mean_and_spread(open_page, make_run, rows_of):
    for seed, accuracy in ((1, 0.9), (2, 0.8), (3, 0.7)):
        run = make_run("finished", seed=seed, **{"run.name": f"a run loss=ce seed={seed}"})
        run.set_status(metrics={"accuracy": accuracy})
    app = open_page("runs")
    app.toggle(key="together").set_value(True).run()
    assert not app.exception
    assert [(row["name"], row["score"], row["differs"]) for row in rows_of(app)] == [
        # the sample standard deviation of 0.7, 0.8, 0.9 is 0.1; no seed stands for all
        ("a run loss=ce, 3 seeds", "Accuracy 0.800 ± 0.100", "–")
    ]


def test_repeats_of_a_seed_are_no_seeds_of_their_own(open_page, make_run, rows_of):
    for seed in (1, 1, 2):
        make_run("finished", seed=seed, **{"run.name": "again"})
    for _ in range(2):
        make_run("finished", seed=5, loss="joint", **{"run.name": "alike"})
    app = open_page("runs")
    app.toggle(key="together").set_value(True).run()
    assert {row["name"] for row in rows_of(app)} == {"again, 3 runs of 2 seeds", "alike, 2 runs of 1 seed"}


def test_what_takes_the_place_of_stop_is_the_same_button_and_keeps_the_focus(open_page, make_run):
    run = make_run("running")
    app = open_page("runs", run=[run.id])
    stop = app.button(key=f"go-{run.id}")
    run.set_status(state="stopped")
    app.run()
    resume = app.button(key=f"go-{run.id}")
    assert (stop.label, resume.label) == ("Stop", "Resume")
    assert stop.proto.id == resume.proto.id  # by which the browser knows that it is one element
