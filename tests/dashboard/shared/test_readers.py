"""Slow questions are asked once, in the background, and their failures are told."""

from __future__ import annotations

import threading
import time

from core.config import RunConfig
from dashboard.shared import readers


def until_ready(ask) -> readers.Answer:
    deadline = time.monotonic() + 60
    while not (answer := ask()).ready and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer


def test_question_is_asked_once_and_never_waited_for():
    questions, gate, asked = readers.Background(), threading.Event(), []

    def slow() -> int:
        asked.append(1)
        gate.wait(5)
        return 42

    assert not questions.ask("key", slow).ready
    assert not questions.ask("key", slow).ready
    gate.set()
    assert until_ready(lambda: questions.ask("key", slow)).value == 42
    assert len(asked) == 1


def test_failure_is_an_answer_with_its_reason():
    def fail() -> None:
        raise ValueError("no such model")

    questions = readers.Background()
    assert until_ready(lambda: questions.ask("key", fail)).error == "no such model"


def test_old_answer_is_asked_for_again():
    questions, asked = readers.Background(), []
    until_ready(lambda: questions.ask("key", lambda: asked.append(1)))
    assert questions.ask("key", lambda: asked.append(1)).ready
    assert asked == [1]
    time.sleep(0.02)
    assert questions.ask("key", lambda: asked.append(1), keep_s=0.01, wait_s=5).ready
    assert asked == [1, 1]


def test_changed_file_is_read_anew(tmp_path):
    path = tmp_path / "rows.csv"
    config = RunConfig(task="file").replace({"data.file": str(path)})
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(20)))
    before = readers.corpus(config)
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(40)))
    assert len(before.train) == 18
    assert len(readers.corpus(config).train) == 36


def test_local_tasks_follow_lab_data(no_data, tmp_path, monkeypatch):
    assert all(name.startswith("demo") for name in readers.local_tasks())
    (tmp_path / "glue" / "CoLA").mkdir(parents=True)
    (tmp_path / "glue" / "CoLA" / "train.tsv").write_text("")
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    assert "CoLA" in readers.local_tasks()
