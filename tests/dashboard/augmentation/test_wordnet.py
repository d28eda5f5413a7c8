"""WordNet is fetched once, in the background, where it is missing and nothing speaks against it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from core.augment.english.dictionary import WordNetStatus
from dashboard.augmentation import wordnet
from dashboard.shared.background import lane


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No WordNet and an empty record of downloads; asked for when it is asked for."""
    fetched: list[str] = []
    for key in ("LAB_WORDNET", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setattr(wordnet, "wordnet_status", lambda: WordNetStatus("builtin", 6000))
    monkeypatch.setattr(
        "core.augment.english.download.download_wordnet", lambda: (fetched.append("once"), (True, "here"))[1]
    )
    lane().forget("wordnet")
    yield fetched
    lane().forget("wordnet")


def wait() -> None:
    asked = lane().find("wordnet")
    assert asked is not None
    asked.future.result(10)


def test_it_is_fetched_once_and_said(missing: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    wordnet.fetch_at_start()
    wordnet.fetch_at_start()
    wait()
    assert missing == ["once"]
    assert "WordNet is being fetched in the background" in capsys.readouterr().out


@pytest.mark.parametrize(("key", "value"), [("HF_HUB_OFFLINE", "1"), ("LAB_WORDNET", "builtin")])
def test_a_setting_keeps_the_lab_silent(
    missing: list[str], monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(key, value)
    wordnet.fetch_at_start()
    assert lane().find("wordnet") is None
    assert wordnet.forbidden() == key


def test_the_start_does_not_wait_for_it(missing: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr("core.augment.english.download.download_wordnet", lambda: release.wait(10))
    wordnet.fetch_at_start()
    asked = lane().find("wordnet")
    assert asked is not None
    assert not asked.future.done()
    release.set()
    wait()


def test_nothing_is_fetched_where_it_is_here(missing: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordnet, "wordnet_status", lambda: WordNetStatus("debian", 147306))
    wordnet.fetch_at_start()
    assert lane().find("wordnet") is None
