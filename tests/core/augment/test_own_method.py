"""A method of one's own: opened by the operator alone, checked before use, its mistakes told with their line."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from core.augment import own_method
from core.augment.edits import Edit, apply_edits
from core.augment.guard import OwnMethodError, called, difference, edits_of
from core.augment.methods import method_named, method_names
from core.augment.policy import AugmentPolicy
from core.data.rows import Rows
from core.runs.local.failures import of_exit
from core.sections import AugmentConfig
from tests.core.augment.one_text import augmented

GOOD = '''
"""Slang."""
from dataclasses import dataclass

@dataclass
class Word:
    old: str
    new: str

def slang(text, rng):
    """Films become flicks."""
    word = Word("film", rng.choice(["flick", "movie"]))
    return text.replace(word.old, word.new)

def spans(text, rng):
    place = text.find("film")
    return [(place, place + 4, "flick")] if place >= 0 else []

def _hidden(text, rng):
    return text
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAB_METHODS", str(tmp_path))
    return tmp_path


def written(folder: Path, text: str, name: str = "mine.py") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_a_function_becomes_a_method_and_its_edits_are_found_by_difference(folder: Path) -> None:
    written(folder, GOOD)
    assert method_named("mine.py:slang").summary == "Films become flicks."
    text = "the film , a film of films"
    done = augmented(text, "mine.py:slang", Random(1))
    assert done.text == text.replace("film", done.edits[0].after)
    assert apply_edits(text, done.edits) == done.text
    assert [(edit.start, edit.before) for edit in done.edits] == [(4, "film"), (13, "film"), (21, "films")]


def test_edits_may_be_given_as_they_are(folder: Path) -> None:
    written(folder, GOOD)
    assert augmented("a film", "mine.py:spans", Random(1)).edits == (Edit(2, 6, "film", "flick", "spans"),)


def test_it_is_drawn_beside_the_labs_own_and_hangs_on_seed_epoch_and_row_alone(folder: Path, table) -> None:
    written(folder, GOOD)
    rows = Rows(["a film that they saw there twice"] * 60, None, [0] * 60)
    config = AugmentConfig(fraction=1.0, methods=("typo", "mine.py:slang"))
    first, second = (AugmentPolicy(config, ("text",), 13, table).epoch(rows, 1)[1] for _ in range(2))
    assert first == second
    assert {row.method for row in first} == {"typo", "mine.py:slang"}
    assert all(row.changed for row in first)


def test_only_public_functions_of_two_arguments_are_offered_and_nothing_is_run_to_find_them(folder: Path) -> None:
    written(folder, GOOD + "\nraise RuntimeError('run')\n")
    written(folder, "def broken(:", "other.py")
    assert method_names()[-2:] == ["mine.py:slang", "mine.py:spans"]


def test_what_is_not_opened_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "inside").mkdir()
    written(tmp_path, f"open({str(ran)!r}, 'w')\ndef f(text, rng): return text")
    os.symlink(tmp_path / "mine.py", tmp_path / "inside" / "link.py")
    for opened in ("", str(tmp_path / "inside")):
        monkeypatch.setenv("LAB_METHODS", opened)
        for name in (f"{tmp_path}/mine.py:f", "mine.py:f", "../mine.py:f", "link.py:f", "inside/../mine.py:f"):
            with pytest.raises(OwnMethodError, match="not opened on this machine"):
                method_named(name)
    assert not ran.exists()


def test_a_path_given_in_the_shell_opens_that_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_METHODS", "")
    monkeypatch.chdir(tmp_path)
    written(tmp_path, GOOD)
    written(tmp_path, GOOD, "other.py")
    named = own_method.opened_in_shell({"augment.methods": "swap, ./mine.py:slang", "seed": "3"})
    assert named == {"augment.methods": f"swap,{tmp_path}/mine.py:slang", "seed": "3"}
    assert method_named(f"{tmp_path}/mine.py:slang")
    with pytest.raises(OwnMethodError, match="not opened"):
        method_named(f"{tmp_path}/other.py:slang")


def test_a_file_missing_in_the_shell_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a page it would tell a visitor which files this machine has."""
    monkeypatch.setenv("LAB_METHODS", str(tmp_path / "opened"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OwnMethodError, match=f"there is no file {tmp_path}/mine.py to take the method 'slang' from"):
        own_method.opened_in_shell({"augment.methods": "./mine.py:slang"})
    (tmp_path / "opened").mkdir()
    written(tmp_path / "opened", GOOD)
    assert own_method.open_in_shell(["mine.py:slang"]) == ["mine.py:slang"]  # found in the folder that is open


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(text, rng):\n    return text +", r"mine\.py:2: invalid syntax"),
        ("def g(text, rng):\n    return text", r"mine\.py: unknown function 'f'"),
        ("import no_such_module_here", r"mine\.py:1: ModuleNotFoundError"),
        ("def f(text, rng):\n    x = 1\n    return text[99999]", r"mine\.py:3: IndexError"),
        ("def f(text, rng):\n    return 3", r"f returned int; return the text"),
        ("def f(text, rng):\n    return None", r"f returned NoneType"),
        ("def f(text, rng):\n    return [(0, 10**9, 'x')]", r"write \(start, end, new text\)"),
        ("def f(text, rng):\n    return [(0, 0, 'x'), ('a',)]", r"write \(start, end, new text\)"),
        ("def f(text, rng):\n    return [(0, len(text), 'x'), (0, len(text), 'y')]", "overlaps|lies outside"),
        ("import random\ndef f(text, rng):\n    return text + str(random.random())", "two answers to '' with the same"),
        ("def f(text, rng):\n    return ' '.join(set(text.split()))", "answers otherwise in another process"),
        ("def f(text, rng):\n    while True:\n        try:\n            1\n        except Exception:\n            2",
         r"mine\.py:\d: still at work after"),
        ("import sys\ndef f(text, rng):\n    sys.exit(0)", r"mine\.py:3: it ends the program"),
        ("import os\ndef f(text, rng):\n    os._exit(3)", r"mine\.py:2: f: it ends the process"),
        ("def f(text, rng):\n    raise KeyboardInterrupt", r"mine\.py:1: f: KeyboardInterrupt"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(folder: Path, source: str, message: str) -> None:
    written(folder, source)
    with pytest.raises(OwnMethodError, match=message):
        method_named("mine.py:f")


def test_an_answer_that_is_none_is_told_with_the_line_where_the_function_begins(folder: Path) -> None:
    written(folder, "\n\ndef number(text, rng):\n    return 7\n")
    with pytest.raises(OwnMethodError, match=r"mine\.py:3: number returned int"):
        method_named("mine.py:number")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("", "f left nothing of 'film'"),
        (" \n", "f left nothing of 'film'"),
        ([(0, 4, "")], "f left nothing of 'film'"),
        ("film" * 100_000, "f made 400,000 characters of 'film'"),
        ("film\ud800", "f returned half a character"),
        ([(0, 0, "\udfff")], "f returned half a character"),
        (itertools.repeat((0, 0, "x")), "f returned more than 20,000 edits"),
        (b"film", "f returned bytes; return the text"),
        ({"text": "film"}, "f returned dict; return the text"),
    ],
)
def test_an_answer_that_no_run_can_train_on_is_told(folder: Path, answer: object, message: str) -> None:
    written(folder, "\n\ndef f(text, rng):\n    return text\n")
    with pytest.raises(OwnMethodError, match=f"mine.py:3: {message}"):
        edits_of("film", answer, folder / "mine.py", "f")


def test_a_function_of_other_arguments_is_told_with_the_line_where_it_begins(folder: Path) -> None:
    written(folder, "import re\n\n\ndef alone(text):\n    return text\n")
    with pytest.raises(OwnMethodError, match=r"mine\.py:4: TypeError: alone\(\) takes 1 positional argument"):
        method_named("mine.py:alone")


def test_a_loop_on_one_line_is_ended_where_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.augment.guard.SECONDS", 0.05)

    def loop(text: str, rng: Random) -> str:
        while True: pass  # fmt: skip  # noqa: E701

    def hangs_on_the_way(text: str, rng: Random) -> Iterator[tuple[int, int, str]]:
        yield 0, 0, "x"
        loop(text, rng)

    class HangsOnceAsked:
        def __iter__(self) -> Iterator[tuple[int, int, str]]:
            return hangs_on_the_way("", Random(1))

    for function in (loop, hangs_on_the_way, lambda text, rng: HangsOnceAsked()):
        with pytest.raises(OwnMethodError, match=r"test_own_method.py:\d+: still at work after"):
            called(function, Path(__file__), "now", 1)


def test_time_in_which_others_have_the_processor_is_not_held_against_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.augment.guard.SECONDS", 0.02)

    def waits(text: str, rng: Random) -> str:
        for _ in range(int(text)):
            time.sleep(0.01)
        return text

    assert called(waits, Path(__file__), "6", 1) == "6"
    monkeypatch.setattr("core.augment.guard.LATEST_SECONDS", 0.05)
    with pytest.raises(OwnMethodError, match=r"test_own_method.py:\d+: still at work after .* 0.05 s"):
        called(waits, Path(__file__), "600", 1)


def test_what_hangs_outside_of_python_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_method, "PROBE_SECONDS", 4.0)
    written(folder, "import time\ndef f(text, rng):\n    time.sleep(1e6)")
    with pytest.raises(OwnMethodError, match="had not answered"):
        method_named("mine.py:f")


def test_a_text_that_it_fails_on_later_is_named_with_the_line(folder: Path) -> None:
    written(folder, "def f(text, rng):\n    if 'rare' in text:\n        return 1 / 0\n    return text")
    with pytest.raises(OwnMethodError, match=r"mine\.py:3: ZeroDivisionError.*a rare word"):
        augmented("a rare word", "mine.py:f", Random(0))


def test_a_changed_file_is_another_method(folder: Path) -> None:
    written(folder, GOOD)
    before = own_method.digests(["swap", "mine.py:slang"])
    assert list(before) == ["mine.py:slang"]
    augmented("a film", "mine.py:slang", Random(0))
    written(folder, GOOD.replace("flick", "picture").replace('"movie"', '"picture"'))
    assert own_method.digests(["mine.py:slang"]) != before
    assert augmented("a film", "mine.py:slang", Random(0)).text == "a picture"


@pytest.mark.parametrize(
    ("before", "after"),
    [("a b c", "a x c"), ("", "x"), ("x", ""), ("same", "same"), ("a  b\n", "b a"), ("naïve 👩‍👧 .", "naïve 👧 !"),
     ("a b", "a b c")],
)  # fmt: skip
def test_the_difference_of_two_texts_makes_the_one_into_the_other(before: str, after: str) -> None:
    assert apply_edits(before, difference(before, after, "by hand")) == after


HANG = """
import re

def hang(text, rng):
    return re.sub("(a+)+$", "", text)
"""


@pytest.mark.parametrize(
    ("change", "fewest"),
    [(str.upper, 1600), (lambda text: " ".join(reversed(text.split())), 1), (lambda text: text + " end", 1)],
)
def test_a_long_text_that_changes_everywhere_is_compared_at_once(change, fewest) -> None:
    text = "  a long text of many different words" * 229 + " end?"
    began = time.process_time()
    found = difference(text, change(text), "own")
    assert time.process_time() - began < 2  # half a minute, with spaces as words
    assert apply_edits(text, found) == change(text)
    assert len(found) >= fewest


def test_words_changed_in_place_are_an_edit_each_without_their_spaces() -> None:
    found = difference("so  good a\nfilm !", "SO  good A\nFILM !", "own")
    assert [(edit.start, edit.before, edit.after) for edit in found] == [
        (0, "so", "SO"),
        (9, "a", "A"),
        (11, "film", "FILM"),
    ]


def test_a_call_that_no_clock_ends_ends_a_runs_process_and_its_line_is_said(tmp_path, run):
    (tmp_path / "mine.py").write_text(HANG)
    code = (
        "from pathlib import Path\n"
        "from core.augment import guard, own_method\n"
        "guard.STUCK_SECONDS = 0.3\n"
        "guard.end_process_when_stuck()\n"
        f"path = Path({str(tmp_path / 'mine.py')!r})\n"
        "print(guard.called(own_method._function(path, 'hang'), path, 'short', 1), flush=True)\n"
        "guard.called(own_method._function(path, 'hang'), path, 'a' * 60 + 'b', 1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, "short\n")
    run.log_path.write_text(done.stderr)
    state, why = of_exit(1, run, killed_for_memory=False)
    assert state == "failed"
    assert why.startswith(f"{tmp_path / 'mine.py'}:5: still within one call")


def test_what_it_prints_leaves_stdout_to_the_document_that_was_asked_for(folder: Path, capsys) -> None:
    written(
        folder,
        "import sys\nprint('loaded')\nOUT = sys.stdout\n\ndef loud(text, rng):\n    print('at', text)\n"
        "    print('kept', file=OUT)\n    if text == 'fail':\n        raise KeyError(text)\n    return text + '!'\n",
    )
    assert augmented("a film", "mine.py:loud", Random(1)).text == "a film!"
    with pytest.raises(OwnMethodError, match="KeyError"):
        augmented("fail", "mine.py:loud", Random(1))
    print("{}")
    said = capsys.readouterr()
    assert said.out == "{}\n"
    assert all(word in said.err for word in ("loaded", "at a film", "kept", "at fail"))


def test_what_it_writes_to_the_descriptor_leaves_stdout_to_the_document_too(folder: Path) -> None:
    written(
        folder,
        "import os\n\ndef loud(text, rng):\n    os.write(1, b'raw')\n    os.system('echo child')\n"
        "    return text.upper()\n",
    )
    code = (
        "from pathlib import Path\nfrom core.augment.own_method import in_process\n"
        f"print(in_process(Path({str(folder / 'mine.py')!r}), 'loud')('film', 1)[0].after)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "FILM\n"
    assert "raw" in done.stderr
    assert "child" in done.stderr
