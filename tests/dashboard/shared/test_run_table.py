"""The table of runs: sorted as what its cells are, a page at a time, chosen by a click."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.config import RunConfig
from core.runs.folder.store import RunInfo, Status
from dashboard.shared import run_table
from dashboard.shared.run_table import View

NOW = 10_000.0


def info(name: str, score: float | None, seconds: float, created: float = 0) -> RunInfo:
    status = Status("finished", metrics={"accuracy": score}, created=created, started=NOW - seconds, ended=NOW)
    return RunInfo(name, Path(name), "finished", status, RunConfig())


INFOS = [info("a", 0.9, 9), info("b", None, 120), info("c", 0.1, 3700)]


@pytest.mark.parametrize(
    ("view", "order"),
    [
        (View(), "abc"),
        (View("score"), "acb"),
        (View("score", falling=False), "cab"),
        (View("time"), "cba"),  # 1 h 2 min, 2 min, 9 s
        (View("started"), "abc"),
        (View("nonsense"), "abc"),
    ],
)
def test_columns_sort_as_what_they_are_and_nothing_comes_last(view, order):
    assert "".join(found.id for found in run_table.in_order(INFOS, view, NOW)) == order


def test_page_has_its_runs_and_before_them_the_chosen_ones_of_other_pages():
    many = [info(f"run{number:03}", number / 1000, 10) for number in range(500)]
    shown = [found.id for found in run_table.page_of(many, View(page=1), ["run003", "run060", "gone"], NOW)]
    assert shown == ["run003", *(f"run{number:03}" for number in range(50, 100))]
    assert len(run_table.page_of(many, View(page=99), [], NOW)) == 50


@pytest.mark.parametrize(
    ("pick", "chosen"),
    [
        (None, ["a", "b"]),
        ({"id": "c"}, ["c"]),
        ({"id": "c", "add": True}, ["a", "b", "c"]),
        ({"id": "a", "add": True}, ["b"]),
        ({"id": "<script>"}, ["a", "b"]),
    ],
)
def test_click_chooses_a_row_and_a_box_adds_to_the_choice(pick, chosen):
    assert run_table.after(["a", "b"], pick, {"a", "b", "c"}) == chosen


def test_row_tells_place_in_the_queue_tags_and_colour():
    waiting = RunInfo("w", Path("w"), "queued", Status(), RunConfig())
    (row,) = run_table.rows([waiting], {"w": "mine"}, {"w": "#123456"}, {"w": 2}, {}, NOW)
    assert (row["state_text"], row["name"], row["color"]) == ("○ queued 2", "mine", "#123456")


def test_columns_without_a_word_to_say_are_left_out_and_scores_are_short(monkeypatch):
    sent = {}
    monkeypatch.setattr(run_table, "_component", lambda: lambda **given: sent.update(given["data"]) or Given())
    monkeypatch.setattr(run_table.st, "session_state", {})
    scored = replace(INFOS[0], status=replace(INFOS[0].status, metrics={"pearson": -0.0868}))
    run_table.draw([scored], {}, [], {}, "runs")
    assert {"progress", "tags"}.isdisjoint(column["key"] for column in sent["columns"])
    assert sent["rows"][0]["score"] == "Pearson -0.0868"
    run_table.draw([scored, replace(scored, state="stopped")], {}, [], {}, "runs")
    assert "progress" in [column["key"] for column in sent["columns"]]


class Given:
    pick = view = None
