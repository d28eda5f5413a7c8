"""`clusters` says in JSON and in words what a comparison comes to."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from core.__main__ import main
from core.analysis.intervals import Interval
from core.cli.clusters import _cell
from core.config import RunConfig
from core.runs.folder.store import Run, Store


@pytest.fixture
def pair(run_root, tmp_path, monkeypatch) -> list[Run]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return [_run({"train.loss": "ce"}, 1.0), _run({"train.loss": "joint"}, 3.0)]


def _run(settings: dict[str, object], apart: float) -> Run:
    labels = np.arange(60) % 3
    run = Store().create(RunConfig().replace(settings))
    run.set_status(state="finished", step=10, of=10)
    points = apart * np.eye(3, 6)[labels] + np.random.default_rng(0).normal(size=(60, 6))
    run.save_eval_rows([{"row": i, "text": f"text {i}", "label": int(c)} for i, c in enumerate(labels)])
    run.save_embeddings(10, points, np.eye(3)[labels], labels, np.arange(60))
    return run


def test_json_has_figures_intervals_difference_and_fairness(pair, capsys):
    assert main(["clusters", pair[0].id, pair[1].id, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    for run, entry in zip(pair, document["runs"], strict=True):
        kept = run.load_embeddings(10)
        assert entry["run"] == run.id
        assert entry["rows"] == 60
        assert entry["silhouette"] == pytest.approx(silhouette_score(kept["pooled"], kept["labels"]), abs=1e-5)
        assert set(entry) >= {"knn_purity", "intra", "inter", "low", "high"}
        assert entry["low"]["silhouette"] < entry["silhouette"] < entry["high"]["silhouette"]
        assert np.shape(entry["points"]) == (60, 2)
    gap = document["difference"]["silhouette"]
    assert gap["value"] == pytest.approx(document["runs"][1]["silhouette"] - document["runs"][0]["silhouette"])
    assert gap["low"] < gap["value"] < gap["high"]
    assert (document["compared"], document["fair"], document["differences"]) == ("the loss", True, [])
    assert "Loss joint separates the rows better" in document["verdict"]


def test_figure_and_interval_are_written_as_the_page_writes_them():
    assert _cell(Interval(0.00254, 0.00031, 0.00476, "872 rows")) == "0.0025 (0.0003 to 0.0048)"  # not from 0.000
    assert _cell(None) == "-"


def test_stopped_run_beside_a_finished_one_is_not_fair(pair, capsys):
    pair[1].set_status(state="stopped", step=5)
    assert main(["clusters", pair[0].id, pair[1].id, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["fair"] is False
    assert "state" in document["differences"]


def test_json_names_what_is_compared_beside_what_else_differs(pair, capsys):
    other = _run({"train.loss": "ce", "augment.mode": "none", "seed": 14}, 1.0)
    assert main(["clusters", pair[0].id, other.id, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["compared"], document["differences"]) == ("the augmentation", ["seed"])


def test_words_say_the_verdict(pair, capsys):
    assert main(["clusters", pair[0].id, pair[1].id]) == 0
    said = capsys.readouterr()
    assert "95 % interval of the difference" in said.out
    assert "other seeds" not in said.err


def test_other_seeds_which_the_page_counts_are_named(pair, capsys):
    seeds = [_run({"train.loss": loss, "seed": 14}, 2.0) for loss in ("ce", "joint")]
    assert main(["clusters", pair[0].id, pair[1].id]) == 0
    command = f"python -m core clusters {pair[0].id} {seeds[0].id} {pair[1].id} {seeds[1].id}"
    assert command in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"), [(["--projection", "lda"], "choose from"), (["--space", "x"], "choose from")]
)
def test_unknown_choices_are_refused_with_the_choices(pair, capsys, words, said):
    assert main(["clusters", pair[0].id, *words]) == 2
    assert said in capsys.readouterr().err


def test_one_row_is_one_sentence(pair, capsys):
    kept = pair[0].load_embeddings(10)
    pair[0].save_embeddings(10, *(kept[name][:1] for name in ("pooled", "logits", "labels", "rows")))
    assert main(["clusters", pair[0].id, "--json"]) == 2
    error = capsys.readouterr().err
    assert "1 row cannot be projected" in error
    assert len(error.strip().splitlines()) == 1


def test_rows_that_coincide_are_refused_by_tsne_and_drawn_by_pca(pair, capsys):
    kept = pair[0].load_embeddings(10)
    pair[0].save_embeddings(10, np.ones((60, 6)), *(kept[name] for name in ("logits", "labels", "rows")))
    assert main(["clusters", pair[0].id, "--projection", "tsne", "--json"]) == 2
    assert "60 rows lie in one place" in capsys.readouterr().err
    assert main(["clusters", pair[0].id, "--json"]) == 0
