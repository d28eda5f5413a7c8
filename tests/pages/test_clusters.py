"""Clusters: two runs in one space, with figures that come from the embeddings."""

from __future__ import annotations

import json
import re

from core.analysis.clusters import cluster_scores


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
        assert f"<b>{cluster_scores(kept['pooled'], kept['labels']).silhouette:.3f}</b>" in text


def test_confounded_pair_says_in_what_it_differs(open_page, make_run):
    first, second = make_run("finished"), make_run("finished", loss="joint", seed=14)
    app = open_page("clusters", run=[first.id, second.id])
    assert "seed" in app.warning[0].value


def test_hovered_texts_are_escaped(open_page, make_run):
    make_run("finished")
    figure = json.loads(open_page("clusters").get("plotly_chart")[0].proto.spec)
    hover = figure["data"][0]["customdata"][0][0]
    assert hover.startswith("request &lt;b&gt;")


def test_earlier_step_shows_the_same_rows_less_separated(open_page, make_run, said):
    make_run("finished", loss="joint")
    app = open_page("clusters")

    def silhouette():
        return float(re.search(r"silhouette[^<]*</span><b>(-?[\d.]+)</b>", said(app)).group(1))

    last = silhouette()
    app.select_slider[0].set_value(0).run()
    assert not app.exception
    assert silhouette() < last


def test_running_run_can_be_looked_at(open_page, make_run, said):
    make_run("running")
    app = open_page("clusters")
    assert not app.exception
    assert "step 20" in said(app)


def test_colour_by_error_tells_right_from_wrong(open_page, make_run):
    make_run("finished")
    app = open_page("clusters")
    app.segmented_control(key="colour").set_value("error").run()
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in figure["data"]] == ["right"]
