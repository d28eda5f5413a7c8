"""A method of one's own in a process of its own: whatever it does there, the process that asks goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.augment import isolation, opened, own_method
from core.augment.guard import OwnMethodError
from core.augment.isolation import IsolatedMethod

MINE = """
import os, re, sys

def mine(text, rng):
    print("thinking", "x" * 100_000)
    if text.startswith("leave"):
        os._exit(0)
    if text.startswith("index"):
        return text.split()[99]
    re.sub("(a+)+$", "", text)
    return text.replace("film", rng.choice(["movie", "picture"])) + "\\U0001f600"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    return tmp_path / "mine.py"


def test_answers_are_those_of_this_process_whatever_the_function_prints(path):
    here, there = own_method.in_process(path, "mine"), IsolatedMethod(path, "mine")
    for seed, text in enumerate(("a film", "", "the film\nwas naïve 👩‍👧", "\u2028 film")):
        assert there(text, seed) == here(text, seed)


def test_what_hangs_ends_or_fails_is_told_with_its_line_and_the_next_text_is_answered(path, monkeypatch):
    monkeypatch.setattr(isolation, "STUCK_SECONDS", 0.5)
    there = IsolatedMethod(path, "mine")
    for text, said in (
        ("a" * 60 + "b", rf"{path}:10: still within one call of it after 0.5 s"),
        ("leave", rf"{path}:4: mine ends the process on 'leave'"),
        ("index", rf"{path}:9: IndexError"),
    ):
        with pytest.raises(OwnMethodError, match=said):
            there(text, 1)
        assert [edit.before for edit in there("a film", 1)] == ["film"]


def test_a_server_that_isolates_them_does_not_run_them(path, monkeypatch):
    monkeypatch.setenv(opened.VARIABLE, str(path.parent))
    monkeypatch.setattr(own_method, "_isolated", True)
    path.write_text(
        "import os\nhere = os.getpid()\n\ndef pid(text, rng):\n    '''Where it runs.'''\n    return text + '!'\n"
    )
    method = own_method.load("mine.py:pid")
    assert method.summary == "Where it runs."
    assert not any(
        getattr(module, "here", None) for name, module in sys.modules.items() if name.startswith("lab_method")
    )
