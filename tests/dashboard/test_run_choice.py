"""Which runs a page begins with, and what becomes of a choice."""

from __future__ import annotations

from dataclasses import replace

import pytest
import streamlit as st

from core.config import RunConfig
from core.runs.folder.store import Store
from dashboard import run_choice, state


@pytest.fixture
def infos(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_RUNS", str(tmp_path))
    monkeypatch.setattr(state, "remember_runs", lambda ids: None)
    monkeypatch.setattr(state, "selected_runs", lambda ids: [])
    monkeypatch.setattr(st, "multiselect", lambda *args, key, **more: st.session_state[key])
    monkeypatch.setattr(st, "session_state", {})
    for seed in range(3):
        Store().create(RunConfig(seed=seed))
    return Store().list()


def ids(runs):
    return [run.id for run in runs]


def test_begins_with_the_newest_run_that_did_not_fail(infos):
    assert ids(run_choice.choose(infos, "runs", 2)) == [infos[0].id]
    failed = [replace(info, state="failed") for info in infos]
    assert ids(run_choice.choose([failed[0], *infos[1:]], "others", 2)) == [infos[1].id]
    assert ids(run_choice.choose(failed, "lost", 2)) == [infos[0].id]


def test_begins_with_the_runs_chosen_elsewhere_as_many_as_fit(infos, monkeypatch):
    monkeypatch.setattr(state, "selected_runs", lambda known: [info.id for info in infos])
    assert ids(run_choice.choose(infos, "runs", 2)) == [infos[0].id, infos[1].id]


def test_page_may_propose_from_what_was_chosen(infos):
    found = run_choice.choose(infos, "runs", 2, propose=lambda chosen: [infos[2].id, infos[1].id])
    assert ids(found) == [infos[2].id, infos[1].id]


def test_emptied_choice_stays_empty_and_one_whose_runs_are_gone_begins_anew(infos):
    st.session_state["runs"] = []
    assert run_choice.choose(infos, "runs", 2) == []
    st.session_state["runs"] = ["20200101-0000-gone-aaaa"]
    assert ids(run_choice.choose(infos, "runs", 2)) == [infos[0].id]
