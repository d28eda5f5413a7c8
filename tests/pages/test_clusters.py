"""Clusters: runs in one space, with figures that come from the embeddings and a verdict that follows them."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from core.config import RunConfig
from core.runs.folder.store import Store


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def drawn(app) -> dict:
    """What the browser is given to draw."""
    return json.loads(app.get("bidi_component")[0].proto.json)


def points(frame: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(frame["points"]), "<u2").reshape(-1, 2)


def test_empty_page_offers_the_pair(open_page, said):
    app = open_page("clusters")
    assert not app.exception
    assert "No run has embeddings yet" in said(app)
    assert app.button(key="pair")


def test_failed_run_alone_leaves_the_offer(open_page, make_run, said):
    make_run("failed", error="no such file")
    assert open_page("clusters").button(key="pair")


def test_fair_pair_is_chosen_and_scored_in_the_original_space(open_page, make_run, said):
    ce, joint = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("clusters")
    assert not app.exception
    assert app.multiselect(key="cluster_runs").value == [ce.id, joint.id]
    text = said(app)
    assert "A fair comparison" in text
    for run in (ce, joint):
        kept = run.load_embeddings(40)
        assert f"{silhouette_score(kept['pooled'], kept['labels']):.3f} (" in text
    assert "separates the rows better" in text
    assert "another seed may turn out otherwise" in text


def test_two_equal_runs_are_no_difference(open_page, make_run, said):
    make_run("finished", loss="joint")
    run = make_run("finished", loss="ce")
    for step in (0, 10, 20, 30, 40):  # the same embeddings as the joint run's
        kept = run.load_embeddings(step)
        rng = np.random.default_rng(0)
        centres = rng.normal(size=(6, 8))
        run.save_embeddings(step, 3 * step / 40 * centres[kept["labels"]] + rng.normal(size=(60, 8)), kept["logits"],
                            kept["labels"], kept["rows"])  # fmt: skip
    assert "No difference between loss cross-entropy and loss joint" in said(open_page("clusters")).replace("\\", "")


def test_confounded_pair_says_in_what_it_differs(open_page, make_run):
    first, second = make_run("finished"), make_run("finished", loss="joint", seed=14)
    app = open_page("clusters", run=[first.id, second.id])
    assert "seed" in app.warning[0].value


def test_identical_embeddings_lie_in_identical_places_in_both_pictures(open_page, make_run):
    make_run("finished")
    make_run("finished", loss="joint")
    runs = drawn(open_page("clusters"))["runs"]
    assert (points(runs[0]["frames"][0]) == points(runs[1]["frames"][0])).all()  # step 0 is the same in both
    assert not (points(runs[0]["frames"][-1]) == points(runs[1]["frames"][-1])).all()


def test_every_kept_step_is_with_the_browser(open_page, make_run):
    make_run("finished")
    data = drawn(open_page("clusters"))
    assert data["steps"] == [0, 10, 20, 30, 40]
    assert [frame["step"] for frame in data["runs"][0]["frames"]] == data["steps"]
    silhouettes = [dict(frame["figures"])["silhouette"] for frame in data["runs"][0]["frames"]]
    assert float(silhouettes[0]) < float(silhouettes[-1])


def test_address_says_where_the_slider_begins_and_what_is_scored(open_page, make_run, said):
    run, _ = make_run("finished"), make_run("finished", loss="joint")
    app = open_page("clusters", step="20")
    assert drawn(app)["at"] == 20
    kept = run.load_embeddings(20)
    assert f"{silhouette_score(kept['pooled'], kept['labels']):.3f} (" in said(app)
    app = open_page("clusters", step="21")
    assert drawn(app)["at"] is None
    assert "step" not in app.query_params


def test_best_weights_are_shown_and_scored_where_they_are_asked_for(open_page, make_run, said):
    run = make_run("finished")
    run.set_status(best={"step": 20, "accuracy": 0.95})
    app = open_page("clusters")
    app.segmented_control(key="weights").set_value("best").run()
    assert not app.exception
    assert drawn(app)["steps"] == [0, 10, 20]
    text = said(app)
    assert "at step 20" in text
    kept = run.load_embeddings(20)
    assert f"{silhouette_score(kept['pooled'], kept['labels']):.3f} (" in text


def test_texts_of_users_are_data_for_the_browser_and_nothing_else(open_page, make_run, said):
    make_run("finished")
    app = open_page("clusters")
    assert drawn(app)["texts"][0] == "request <b>0</b>"  # it becomes a text node
    assert "request <b>" not in said(app)


def test_running_run_can_be_looked_at(open_page, make_run, said):
    make_run("running")
    app = open_page("clusters")
    assert not app.exception
    assert drawn(app)["steps"] == [0, 10, 20]


def test_no_verdict_on_a_run_that_still_trains_beside_one_that_has_ended(open_page, make_run, said):
    """It was said to separate worse, and to answer worse, when it had not taken a step yet."""
    ended, training = make_run("finished"), make_run("running", loss="joint")
    text = said(open_page("clusters", run=[ended.id, training.id]))
    assert "A verdict follows at its end" in text
    assert "Not a fair comparison" in text
    assert "95 % interval of the difference" not in text


def test_run_on_other_rows_is_refused_with_a_line(open_page, make_run, said):
    first, second = make_run("finished"), make_run("finished", loss="joint", **{"data.max_eval_rows": 40})
    kept = second.load_embeddings(40)
    second.save_eval_rows([{"row": i, "text": f"other {i}", "label": 0} for i in range(40)])
    second.save_embeddings(40, *(kept[name][:40] for name in ("pooled", "logits", "labels", "rows")))
    app = open_page("clusters", run=[first.id, second.id])
    assert not app.exception
    assert "evaluated on other rows" in app.warning[0].value
    assert len(drawn(app)["runs"]) == 1


def test_prediction_that_is_no_label_has_a_name_and_is_drawn(open_page, make_run):
    run = make_run("finished")
    kept = run.load_embeddings(40)
    logits = np.concatenate([kept["logits"], np.zeros((60, 1), np.float32)], axis=1)
    logits[:4, 6] = 9
    run.save_embeddings(40, kept["pooled"], logits, kept["labels"], kept["rows"])
    data = drawn(open_page("clusters"))
    predicted = np.frombuffer(base64.b64decode(data["runs"][0]["frames"][-1]["predicted"]), "<u2")
    ids = [one["id"] for one in data["classes"]]
    assert set(predicted.astype(int)) <= set(ids)
    assert predicted[0] == 6


def test_scores_are_coloured_by_value_and_never_rounded(open_page, make_run, said):
    run = make_run("finished", task="STS-B")
    labels = np.linspace(0, 5, 60).astype(np.float32)
    predicted = labels - 0.9
    rows = np.arange(60)
    for step in run.embedding_steps():
        points_ = np.random.default_rng(step).normal(size=(60, 8)) + labels[:, None]
        run.save_embeddings(step, points_, predicted[:, None], labels, rows)
    app = open_page("clusters")
    assert not app.exception
    data = drawn(app)
    assert data["scores"]
    assert data["classes"] == []
    assert data["range"] == [pytest.approx(-0.9), 5.0]
    assert "Pearson correlation" in said(app)


def test_seeds_are_compared_as_groups_where_there_are_some(open_page, make_run, said):
    rng = np.random.default_rng(0)
    for seed in (1, 2, 3):
        make_run("finished", seed=seed)
        kept = (joint := make_run("finished", loss="joint", seed=seed)).load_embeddings(40)
        moved = kept["pooled"] + 0.1 * seed * rng.normal(size=kept["pooled"].shape).astype(np.float32)
        joint.save_embeddings(40, moved, *(kept[name] for name in ("logits", "labels", "rows")))
    app = open_page("clusters")
    text = said(app)
    assert "over 3 seeds, paired" in text
    assert "1, 2, 3" in text


def test_seeds_of_one_configuration_are_not_called_different(open_page, make_run, said):
    runs = [make_run("finished", seed=seed) for seed in (1, 2, 3)]
    rng = np.random.default_rng(0)
    kept = runs[0].load_embeddings(40)
    runs[0].save_embeddings(
        40, 5 * kept["pooled"][rng.permutation(60)], *(kept[n] for n in ("logits", "labels", "rows"))
    )
    text = said(open_page("clusters", run=[run.id for run in runs]))
    assert "One configuration with 3 seeds" in text
    assert "better" not in text


def test_more_pairs_are_one_button(open_page, make_run, monkeypatch):
    from dashboard import actions

    started = []
    monkeypatch.setattr(actions, "start", lambda configs: started.extend(configs) or [])
    make_run("finished", seed=0)
    make_run("finished", loss="joint", seed=0)
    app = open_page("clusters")
    app.button(key="more-pairs").click().run()
    assert [(c.seed, c.train.loss) for c in started] == [(s, loss) for s in range(1, 6) for loss in ("ce", "joint")]


def test_one_row_is_one_sentence_and_no_picture(open_page, make_run, said):
    run = make_run("finished")
    kept = run.load_embeddings(40)
    for step in run.embedding_steps():
        run.save_embeddings(step, *(kept[name][:1] for name in ("pooled", "logits", "labels", "rows")))
    app = open_page("clusters", projection="umap")
    assert not app.exception
    assert not app.error
    assert [one.value.partition(";")[0] for one in app.warning] == ["1 row cannot be projected"]
    assert "separation needs two classes" in said(app)


def test_rows_that_coincide_are_drawn_by_pca_with_a_sentence(open_page, make_run, said):
    run = make_run("finished")
    kept = run.load_embeddings(40)
    for step in run.embedding_steps():
        run.save_embeddings(step, np.ones((60, 8)), kept["logits"], kept["labels"], kept["rows"])
    app = open_page("clusters")
    app.segmented_control(key="projection").set_value("tsne").run()
    for _ in range(40):
        if app.warning:
            break
        app.run()
    assert not app.exception
    assert "60 rows lie in one place" in app.warning[0].value
    assert len(points(drawn(app)["runs"][0]["frames"][-1])) == 60
    assert "every row has the same embedding" in said(app)


def test_pair_that_was_just_started_is_waited_for_and_not_replaced_by_older_runs(open_page, make_run, said):
    older = make_run("finished")
    pair = [Store().create(RunConfig(), name=name) for name in ("plain", "contrastive")]
    for run in pair:
        run.set_status(state="queued")
    app = open_page("clusters", run=[run.id for run in pair])
    assert "compared here as soon as" in said(app)
    assert not app.multiselect
    app.button(key="other-runs").click().run()
    assert app.multiselect(key="cluster_runs").value == [older.id]
    # Another run that they wait for is named; one of the pair that has embeddings already stays in view.
    first = make_run("running")
    assert "Before them: running ce, " in said(open_page("clusters", run=[run.id for run in pair]))
    app = open_page("clusters", run=[first.id, pair[1].id])
    shown = [bar.proto.text.partition(":")[0].replace("\\", "") for bar in app.get("progress")]
    assert shown == ["contrastive", "running ce"]
