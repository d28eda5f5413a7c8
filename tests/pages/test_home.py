"""Home: first sight, the way in, what runs."""

from __future__ import annotations

import time

from core.config import RunConfig
from core.plan.recipes import RECIPES
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher


def test_first_visit_says_what_the_lab_is_and_offers_the_demo(open_page, said):
    app = open_page()
    assert not app.exception
    assert app.title[0].value == "MobileBERT Lab"
    assert app.button(key="demo").label == "Run the one-minute demo"
    assert "No run has ended yet" in said(app)
    assert "Nothing runs" in said(app)


def test_machine_facts_are_shown(open_page, said):
    assert "core" in said(open_page())


def test_running_run_is_shown_with_its_progress(open_page, make_run, said):
    make_run("running")
    text = said(open_page())
    assert "step 20 of 40" in text.replace("\\", "")
    assert "14 s left" in text


def test_what_waits_is_told_beside_what_runs_and_neither_counts_as_recent(open_page, make_run, said, rows_of):
    make_run("running")
    make_run("finished", loss="joint")
    for name in "one", "two":
        Store().create(RunConfig().replace({"run.name": name}))
    app = open_page()
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith("running ce")
    assert "Waiting: one, two" in said(app)
    assert [row["name"] for row in rows_of(app)] == ["finished joint"]


def test_recent_runs_are_listed_newest_first(open_page, make_run, rows_of):
    make_run("finished")
    time.sleep(0.01)
    make_run("failed", error="the disk is full")
    rows = rows_of(open_page())
    assert [(row["name"], row["score"]) for row in rows] == [("failed ce", "–"), ("finished ce", "Accuracy 0.913")]


def test_demo_button_starts_a_real_run_and_leads_to_it(open_page, run_root):
    app = open_page()
    app.button(key="demo").click().run()
    runs = Store().list()
    try:
        assert len(runs) == 1
        assert runs[0].config.task == "demo-intents"
        assert runs[0].status.submitted is not None
        assert app.title[0].value == "Runs"
        assert not app.error
    finally:
        for info in runs:
            LocalLauncher(Store()).stop(Store().get(info.id))
    assert Store().list()[0].state == "stopped"


def test_unwritable_run_root_is_said_on_the_spot(open_page, tmp_path, monkeypatch, said):
    (tmp_path / "file").write_text("not a folder")
    app = open_page()
    monkeypatch.setenv("LAB_RUNS", str(tmp_path / "file" / "runs"))
    app.button(key="demo").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Traceback" not in said(app)


def test_score_comes_with_its_spread_over_seeds_and_a_repeat_counts_once(open_page, make_run, rows_of):
    for seed, accuracy in ((1, 0.9), (2, 0.8), (3, 0.7)):
        make_run("finished", seed=seed).set_status(metrics={"accuracy": accuracy})
    make_run("finished", seed=3).set_status(metrics={"accuracy": 0.7})  # the same again
    # The sample standard deviation of 0.7, 0.8, 0.9 is 0.1.
    texts = [f"Accuracy {score} (0.800 ± 0.100, 3 seeds)" for score in ("0.700", "0.800", "0.900")]
    assert [row["score"] for row in rows_of(open_page())] == [texts[0], "Accuracy 0.700", *texts[1:]]


def test_repeats_of_one_seed_are_no_spread(open_page, make_run, rows_of):
    for _ in range(2):
        make_run("finished")
    assert [row["score"] for row in rows_of(open_page())] == ["Accuracy 0.913"] * 2


def test_pair_that_is_there_is_compared_and_not_trained_again(open_page, make_run):
    for config in RECIPES["ce-joint"].configs:
        settings = {key: own for key, (own, _) in config.differences(RunConfig()).items()}
        make_run("finished", **settings | {"run.name": f"mine, {config.train.loss}"})
    app = open_page()
    app.button(key="pair").click().run()
    assert app.title[0].value == "Clusters"
    assert len(Store().list()) == 2


def test_interrupted_runs_are_told_at_first_sight(open_page, make_run, said):
    run = make_run("finished")
    run.set_status(state="running", boot="the boot before", pid=1)
    app = open_page()
    assert "Interrupted:" in said(app)
    assert app.button(key="resume-interrupted").label == "Resume"
