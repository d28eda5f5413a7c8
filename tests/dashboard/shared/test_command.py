"""A command of the lab is run in its own process, watched, and ended at will."""

from __future__ import annotations

import threading
import time

import pytest

from dashboard.shared.command import Command

LONG = ["params", "--model", "mobilebert", "--latency", "base,lora,light"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_command_tells_how_far_it_is_and_what_came_of_it():
    command = Command(["params", "--variant", "light", "--layers", "2", "--reconstruct", "4,8", "--rank", "4"])
    assert len(command()["reconstruction"]) == 4  # two ranks in two layers
    assert (command.done, command.total) == (4, 4)


def test_failure_is_told_in_the_commands_own_words():
    with pytest.raises(ValueError, match=r"^unknown variant 'huge'; choose from"):
        Command(["params", "--variant", "huge"])()


def test_cancelled_command_ends_at_once():
    command, said = Command(LONG), []

    def run() -> None:
        try:
            command()
        except ValueError as error:
            said.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 60
    while not command.total and time.monotonic() < deadline:
        time.sleep(0.02)
    command.cancel()
    thread.join(60)
    assert said == ["cancelled"]
    assert command.done < command.total


def test_command_cancelled_before_its_turn_never_begins():
    command = Command(LONG)
    command.cancel()
    with pytest.raises(ValueError, match="cancelled"):
        command()


def test_large_document_is_read_whole():
    rows = Command(["params", "--model", "mobilebert", "--variant", "lora"])()["rows"]
    assert sum(row["params"] for row in rows) == 24_755_972
