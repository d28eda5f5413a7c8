"""The Robustness page: what to do when it is empty, and that a test waits for a click."""

from __future__ import annotations

from dataclasses import asdict

from core.analysis.robustness import job as robustness
from core.analysis.robustness.job import Question
from core.analysis.robustness.noise import DRAWS, LEVELS, NOISES
from core.runs.folder import jobs
from core.runs.folder.store import Store
from core.runs.sweep import list_sweeps

POINT = {"run": "r", "noise": "typo", "level": 0.4, "metric": "accuracy", "value": 0.8, "low": 0.7, "high": 0.9,
         "drop": {"value": -0.1, "low": -0.2, "high": -0.05}, "draws": 3, "seen": True, "over": "3 seeds"}  # fmt: skip


def test_without_finished_runs_it_offers_the_demo(open_page, said):
    app = open_page("robustness")
    assert not app.exception
    assert "No run has finished yet" in said(app)


def test_a_test_is_begun_by_a_click_and_says_how_long_it_takes(open_page, make_run, said):
    make_run("finished")
    app = open_page("robustness")
    assert not app.exception
    assert [button.label for button in app.button] == ["Test these runs"]
    assert "seconds a run on the demo" in said(app)


def test_no_run_chosen_is_said(open_page, make_run, said):
    make_run("finished")
    app = open_page("robustness")
    app.multiselect[0].set_value([]).run()
    assert "Choose at least one run" in said(app)


def test_a_test_in_the_queue_shows_how_far_it_is_and_a_finished_one_its_verdict(open_page, make_run, said):
    run = make_run("finished")
    store = Store(run.dir.parent)
    question = Question((run.id,), NOISES, LEVELS, DRAWS)
    job = jobs.create(store, robustness.id_of(store, question), robustness.KIND, asdict(question), run.config(), "test")
    assert "waiting for its turn" in said(open_page("robustness"))
    jobs.save_answer(
        job,
        {
            "runs": [POINT],
            "settings": [{**POINT, "setting": "all", "runs": [run.id]}],
            "tested": [{"run": run.id, "rows": 9, "scores": True, "flips": [], "checks": [], "proposal": {}}],
            "helped": [
                {"setting": "augmented", "against": "plain", "noise": "typo", "level": 0.4, "value": 0.03, "low": 0.01,
                 "high": 0.05, "over": "3 seeds, paired"},
            ],
        },
    )  # fmt: skip
    job.set_status(state="finished")
    shown = said(open_page("robustness"))
    assert "Augmented, against plain: helped on typo at 40 % by +3.0 ± 2.0 (3 seeds, paired)." in shown.replace(
        "\\", ""
    )
    assert "Scores do not flip" in said(open_page("robustness", view="Flipped rows"))
    assert "its labels are scores" in said(open_page("robustness", view="Checks"))


def test_a_proposed_policy_is_tried_by_a_click_and_whether_it_helped_is_tested_by_another(
    open_page, make_run, said, monkeypatch
):
    from core.runs.local import dispatcher

    monkeypatch.setattr(dispatcher, "wake", lambda *_args: None)  # the runs wait: no worker is wanted here
    run = make_run("finished", **{"run.name": "fragile, seed 3"})
    store = Store()
    question = Question((run.id,), NOISES, LEVELS, DRAWS)
    job = jobs.create(store, robustness.id_of(store, question), robustness.KIND, asdict(question), run.config(), "test")
    proposal = {"augment.methods": "typo,swap", "augment.weights": "3,1", "augment.fraction": "0.4"}
    tested = [{"run": run.id, "rows": 9, "flips": [], "checks": [], "proposal": proposal}]
    jobs.save_answer(job, {"runs": [POINT], "settings": [], "tested": tested, "helped": []})
    job.set_status(state="finished")
    app = open_page("robustness", view="What to try")
    assert "fragile, seed 3: train with typo and swap in the proportions 3 : 1, on 40 % of the rows" in said(
        app
    ).replace("\\", "")
    app.button(key=f"try-{run.id}").click().run()
    assert not app.exception
    (sweep,) = list_sweeps(store.list())
    assert [(info.config.augment.fraction, info.config.seed) for info in sweep.runs] == [
        (0.1, 0), (0.4, 0), (0.1, 1), (0.4, 1), (0.1, 2), (0.4, 2),
    ]  # fmt: skip
    app = open_page("robustness", view="What to try")
    assert "Trial of fragile: 0 of 6 runs finished" in said(app).replace("\\", "")
    for info in sweep.runs:
        store.get(info.id).set_status(state="finished")
    app = open_page("robustness", view="What to try")
    button = app.button(key=f"trial-{sweep.id}")
    assert button.label == "Did it help? Test fragile: 6 runs, as it was and against the noise"
    button.click().run()
    assert not app.exception
    before = [info.id for info in sweep.runs if not info.config.augment.fraction > 0.1]
    assert app.multiselect(key="noise_runs").value[:3] == before  # what the others are held against comes first
    assert len(app.multiselect(key="noise_runs").value) == 6
