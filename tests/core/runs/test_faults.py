"""The table of faults: what a disk, a clock or a stranger does to one run's folder, and what holds all the same.

Whatever the fault, the run beside it is listed and read as if nothing were, and what cannot be read is said.
"""

from __future__ import annotations

import json
import math
import os
import subprocess

import pytest

from core.config import RunConfig
from core.runs.folder.liveness import SHUT, UNWRITABLE
from core.runs.folder.store import RunError, Store
from dashboard.shared.metric_frames import GrowingFrame, series

HUGE = b"9" * 400
GOOD = b'{"step": 1, "loss": 0.5, "time": 1.0}\n'

# How a file comes to be what it should not.
KINDS = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\xfe\x00garbage\n" * 9),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "not an object": lambda path: path.write_bytes(b"[1, 2]\n"),
    "nested": lambda path: path.write_bytes(b'{"a":' * 100_000 + b"\n"),
    "gigabyte": lambda path: os.truncate(path, 1 << 30),
    "link": lambda path: (path.rename(path.with_suffix(".moved")), path.symlink_to(path.with_suffix(".moved"))),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}
BROKEN, STANDS, SAID = "broken, with the reason", "the run stands", "the run stands, and what is unread is said"
#  point            | kind -> what must hold of the run itself
FAULTS = {
    "status.json":   dict.fromkeys(KINDS, BROKEN),
    "config.json":   dict.fromkeys(KINDS, BROKEN),
    "meta.json":     {**dict.fromkeys(KINDS, SAID), "gone": STANDS},
    "metrics.jsonl": {**dict.fromkeys(KINDS, SAID), "gone": STANDS, "empty": STANDS, "cut short": STANDS},
}  # fmt: skip
TABLE = [(point, kind, holds) for point, kinds in FAULTS.items() for kind, holds in kinds.items()]


@pytest.fixture
def pair(run_root):
    """Two finished runs: the one that meets the fault, and the one beside it."""
    store = Store()
    runs = [store.create(RunConfig(), name=name) for name in ("bad", "good")]
    for run in runs:
        for step in (1, 2, 3):
            run.append_metrics({"step": step, "loss": 1 / step})
        run.set_status(state="finished", step=3, of=3)
    return runs


@pytest.mark.parametrize(("point", "kind", "holds"), TABLE, ids=[f"{point} {kind}" for point, kind, _ in TABLE])
def test_fault(pair, point, kind, holds):
    bad, good = pair
    KINDS[kind](bad.dir / point)
    infos = {info.id: info for info in Store().list()}
    shown = GrowingFrame(bad.tail())
    shown.update()
    said = infos[bad.id].reason or shown.problem
    assert (infos[bad.id].state == "broken") == (holds == BROKEN)
    assert bool(said) == (holds != STANDS), said
    assert "\n" not in said

    assert infos[good.id].state == "finished"
    beside = GrowingFrame(good.tail())
    beside.update()
    assert beside.problem == ""
    assert series(beside.frame, "loss")[1].tolist() == [1.0, 0.5, 1 / 3]


#  a line of metrics.jsonl | the loss that is drawn at its step; None where the line does not count
LINES = {
    b'{"step": 2, "loss": 0.25}': 0.25,
    b'{"step": 2, "loss": ' + HUGE + b"}": math.nan,
    b'{"step": 2, "loss": 0.25, "more": ' + HUGE + b"}": 0.25,
    b'{"step": 2, "loss": 0.25, "epoch": ' + HUGE + b', "time": -' + HUGE + b"}": 0.25,
    b'{"step": 2, "loss": 1e999}': math.nan,
    b'{"step": 2, "loss": NaN, "x": -Infinity}': math.nan,
    b'{"step": 2, "loss": "low", "time": "noon", "epoch": []}': math.nan,
    b'{"step": 2, "loss": [0.25], "deep": {"a": {"b": [[]]}}}': math.nan,
    b'{"step": 2, "loss": true}': math.nan,
    b'{"step": ' + HUGE + b', "loss": 0.25}': None,
    b'{"step": -' + HUGE + b', "loss": 0.25}': None,
    b'{"step": NaN, "loss": 0.25}': None,
    b'{"step": [2], "loss": 0.25}': None,
    b'{"rewind": ' + HUGE + b"}": None,
    b'{"rewind": "all"}': None,
    b'{"loss": 0.25}': None,
    b"0.25": None,
    b'{"step": 2, "x": "' + b"y" * 3_000_000 + b'"}': None,
}


@pytest.mark.parametrize(("line", "loss"), LINES.items(), ids=lambda value: repr(value)[:40])
def test_line(pair, line, loss):
    run = pair[0]
    (run.dir / "metrics.jsonl").write_bytes(GOOD + line + b"\n" + GOOD.replace(b"1", b"3", 1))
    shown = GrowingFrame(run.tail())
    shown.update()
    drawn = dict(zip(shown.frame["step"].tolist(), shown.frame["loss"].tolist(), strict=True))
    assert (drawn.pop(1), drawn.pop(3)) == (0.5, 0.5)
    assert series(shown.frame, "loss")[0].tolist() == ([1, 2, 3] if loss == 0.25 else [1, 3])
    assert drawn.keys() == ({2} if loss is not None else set())
    assert bool(shown.problem) == (loss is None)


def test_every_field_a_new_name_does_not_fill_the_memory(pair):
    run = pair[0]
    lines = [json.dumps({"step": step, "loss": 0.5, **{f"f{step}-{i}": 1 for i in range(50)}}) for step in range(200)]
    (run.dir / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    shown = GrowingFrame(run.tail())
    shown.update()
    assert len(shown.frame) == 200
    assert shown.frame.shape[1] <= 201


#  what the clock said at the start and at the end | what is read
CLOCKS = [
    ((100.0, 160.0), (100.0, 160.0)),
    ((160.0, 100.0), (160.0, 160.0)),
    ((1e18, 100.0), (None, 100.0)),
    ((100.0, 1e300), (100.0, None)),
    ((-5.0, 100.0), (None, 100.0)),
]


@pytest.mark.parametrize(("clock", "read"), CLOCKS)
def test_clock(pair, clock, read):
    run = pair[0]
    values = json.loads((run.dir / "status.json").read_text()) | {"started": clock[0], "ended": clock[1]}
    (run.dir / "status.json").write_text(json.dumps(values))
    status = run.status()
    assert (status.started, status.ended) == read


def test_clock_set_back_while_a_run_works_gives_no_end_before_the_start(pair):
    run = pair[0]
    run.set_status(started=1000.0, ended=None)
    assert run.set_status(ended=400.0).ended == 1000.0


def test_folder_that_takes_no_new_file_still_takes_the_last_word(pair, monkeypatch):
    run, opened = pair[0], os.open

    def refusing(path, flags, *rest, **more):
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    run.set_status(state="failed", error="no room")
    monkeypatch.undo()
    assert (run.status().state, run.status().error) == ("failed", "no room")


def test_read_only_root_is_named_and_not_taken_for_a_kill(small_disk):
    waits, run = (Store(small_disk).create(RunConfig()) for _ in range(2))
    waits.set_status(submitted=1.0)
    assert waits.status().phase == ""
    run.set_status(state="running", pid=2**22, pid_started=1)
    assert run.status().error != UNWRITABLE
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert (run.status().state, run.status().error) == ("interrupted", UNWRITABLE)
    assert (waits.status().state, waits.status().phase) == ("queued", SHUT)
    assert {info.state: info.status.phase for info in Store(small_disk).list()}["queued"] == SHUT
    with pytest.raises(RunError, match="cannot be written"):
        run.set_status(state="queued")
