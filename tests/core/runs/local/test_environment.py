"""What a worker sees of its submitter's environment, whoever woke the dispatcher."""

from __future__ import annotations

from core.runs.local.environment import environment_for, note_own_code


def test_methods_are_those_that_the_submitter_opened_and_none_that_a_run_brings_along(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run, brought = tmp_path / "run", {"LAB_METHODS": "/brought/along"}
    monkeypatch.setenv("LAB_METHODS", "/opened/by/the/submitter")
    note_own_code(run)
    monkeypatch.setenv("LAB_METHODS", "/of/the/dispatcher")
    assert environment_for(run, brought)["LAB_METHODS"] == "/opened/by/the/submitter"
    assert environment_for(run, brought)["LAB_METHODS"] == "/of/the/dispatcher"  # a note serves one start
    monkeypatch.delenv("LAB_METHODS")
    note_own_code(run)
    monkeypatch.setenv("LAB_METHODS", "/of/the/dispatcher")
    assert not environment_for(run, brought)["LAB_METHODS"]
