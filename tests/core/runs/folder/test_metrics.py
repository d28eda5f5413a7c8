import json
import os
import time
import tracemalloc

import numpy as np
import pytest

from core.runs.folder.metrics import LINE_LIMIT
from core.runs.folder.store import RunError


@pytest.fixture
def path(run):
    return run.dir / "metrics.jsonl"


def test_rows_come_back_as_written_with_the_time(run):
    run.append_metrics({"step": 1, "epoch": 0.5, "loss": 0.25, "split": "dev"})
    (row,), _ = run.metrics()
    assert abs(row.pop("time") - time.time()) < 5
    assert row == {"step": 1, "epoch": 0.5, "loss": 0.25, "split": "dev"}


def test_no_file_yet_is_no_rows(run):
    assert run.metrics() == ([], 0)
    assert run.tail().update() == 0


def test_reader_gets_only_what_is_new(run, path):
    run.append_metrics({"step": 1})
    rows, offset = run.metrics()
    assert offset == path.stat().st_size
    assert run.metrics(offset) == ([], offset)
    run.append_metrics({"step": 2})
    rows, offset = run.metrics(offset)
    assert [row["step"] for row in rows] == [2]


def test_every_line_is_strict_json(run, path):
    values = {"loss": float("nan"), "lr": np.float32("inf"), "n": np.int64(3), "list": np.array([1.0, np.nan])}
    run.append_metrics({"step": 1, **values})

    def refuse(text):
        raise AssertionError(text)

    row = json.loads(path.read_text(), parse_constant=refuse)
    assert (row["loss"], row["lr"], row["n"], row["list"]) == (None, None, 3, [1.0, None])


def test_torn_last_line_is_left_for_the_next_read(run, path):
    run.append_metrics({"step": 1})
    whole = path.read_bytes()
    with open(path, "ab") as file:
        file.write(b'{"step": 2, "lo')
    rows, offset = run.metrics()
    assert (len(rows), offset) == (1, len(whole))
    with open(path, "ab") as file:
        file.write(b'ss": 1}\n')
    assert run.metrics(offset)[0] == [{"step": 2, "loss": 1}]


def test_row_after_a_torn_line_is_not_lost(run, path):
    run.append_metrics({"step": 1})
    with open(path, "ab") as file:
        file.write(b'{"step": 2, "lo')
    run.append_metrics({"step": 3})
    assert [row["step"] for row in run.metrics()[0]] == [1, 3]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"garbage",
        b"\xff\xfe\x00",
        b"[1]",
        b"null",
        b"{}",
        b'{"step": "1"}',
        b'{"step": true}',
        b'{"step": 1.5}',
        b'{"step": ' + b"9" * 5000 + b"}",
        b'{"a":' * 100_000,
        b'{"step": 5, "x": "' + b"y" * (LINE_LIMIT + 10) + b'"}',
    ],
    ids=lambda line: repr(line[:20]),
)
def test_foreign_line_in_the_middle_is_passed_over(run, path, line):
    run.append_metrics({"step": 1})
    with open(path, "ab") as file:
        file.write(line + b"\n")
    run.append_metrics({"step": 2})
    assert [row["step"] for row in run.metrics()[0]] == [1, 2]


def test_numbers_beyond_range_are_not_infinite(run, path):
    path.write_bytes(b'{"step": 1, "loss": 1e999, "b": NaN, "c": -Infinity}\n')
    assert run.metrics()[0] == [{"step": 1, "loss": None, "b": None, "c": None}]


def test_line_of_a_quarter_of_a_gigabyte_costs_neither_memory_nor_the_rows_after_it(run, path):
    run.append_metrics({"step": 1})
    with open(path, "r+b") as file:
        file.truncate((1 << 28) + 200)  # sparse: NUL alone
        file.seek(0, os.SEEK_END)
        file.write(b"\n")
    run.append_metrics({"step": 2})
    tracemalloc.start()
    begin = time.process_time()
    rows = run.metrics()[0]
    spent = time.process_time() - begin
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row["step"] for row in rows] == [1, 2]
    assert peak < 16_000_000
    assert spent < 3


def test_five_thousand_points_are_read_at_once_and_then_not_again(run, path):
    line = '{"step": %d, "epoch": 0.5, "loss": 0.5, "lr": 0.001, "grad_norm": 1.5, "time": 1.0}\n'
    path.write_text("".join(line % step for step in range(5000)))
    tail = run.tail()
    begin = time.process_time()
    assert tail.update() == 5000
    first = time.process_time() - begin
    begin = time.process_time()
    assert tail.update() == 5000
    again = time.process_time() - begin
    assert first < 0.5
    assert again < first / 5


def test_resume_takes_back_later_rows_and_readers_agree(run):
    tail = run.tail()
    for step in (1, 2, 3):
        run.append_metrics({"step": step, "loss": 0.5})
    assert tail.update() == 3
    run.rewind_metrics(1)
    for step in (2, 3, 4):
        run.append_metrics({"step": step, "loss": 0.25})
    tail.update()
    expected = [(1, 0.5), (2, 0.25), (3, 0.25), (4, 0.25)]
    assert [(row["step"], row["loss"]) for row in tail.rows] == expected
    assert [(row["step"], row["loss"]) for row in run.metrics()[0]] == expected


def test_tail_starts_again_when_the_file_is_replaced(run, path):
    tail = run.tail()
    run.append_metrics({"step": 1})
    run.append_metrics({"step": 2})
    assert tail.update() == 2
    path.unlink()
    run.append_metrics({"step": 9})
    assert tail.update() == 1
    assert tail.rows[0]["step"] == 9


def test_link_in_place_of_the_file_is_refused(run, path, tmp_path):
    target = tmp_path / "other"
    target.write_text("keep")
    path.symlink_to(target)
    with pytest.raises(RunError, match="link"):
        run.metrics()
    with pytest.raises(RunError, match="link"):
        run.append_metrics({"step": 1})
    assert target.read_text() == "keep"


def test_row_without_step_is_a_mistake(run):
    with pytest.raises(ValueError, match="step"):
        run.append_metrics({"loss": 1.0})


def test_folder_deleted_under_the_worker_is_said_and_not_made_again(store, run):
    store.delete(run.id)
    with pytest.raises(RunError, match="missing"):
        run.append_metrics({"step": 1})
    assert not run.dir.exists()


def test_row_that_does_not_fit_is_taken_back(small_disk, fill):
    from core.config import RunConfig
    from core.runs.folder.store import Store

    run = Store(small_disk).create(RunConfig())
    run.append_metrics({"step": 0})
    fill(small_disk)
    step = 0
    with pytest.raises(RunError, match="disk is full"):  # noqa: PT012
        for step in range(1, 2000):
            run.append_metrics({"step": step, "loss": 0.5})
    assert (run.dir / "metrics.jsonl").read_bytes().endswith(b"\n")
    assert [row["step"] for row in run.metrics()[0]] == list(range(step))
