import json
import os
import subprocess
import time

import pytest

from core.config import RunConfig
from core.runs.folder.store import RUN_ID, RunError, Store

HOSTILE_IDS = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc",
    "a\0b",
    "-rf",
    ".hidden",
    "A",
    "é",
    "a b",
    "x" * 101,
    "a\n",
    None,
    7,
]


def test_root_comes_from_argument_then_environment_then_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAB_RUNS", str(tmp_path / "env"))
    assert Store(tmp_path / "arg").root == tmp_path / "arg"
    assert Store().root == tmp_path / "env"
    monkeypatch.delenv("LAB_RUNS")
    assert Store().root == tmp_path / "runs"


def test_new_run_is_readable_and_waits(store):
    config = RunConfig().replace({"task": "RTE", "train.loss": "joint"})
    run = store.create(config, tags=["a", "b", "a"], name="First")
    assert RUN_ID.fullmatch(run.id)
    assert "rte-joint" in run.id
    assert json.loads((run.dir / "config.json").read_text())["task"] == "RTE"
    assert store.get(run.id).config() == config
    assert run.status().state == "queued"
    assert run.meta().tags == ("a", "b")
    assert store.list()[0].name == "First"


def test_names_with_odd_characters_make_valid_ids(store):
    for name in ("../../etc/passwd", "Ünïcode ☃", "CON: 100 %", "x" * 120, "\0"):
        run = store.create(RunConfig().replace({"run.name": name}))
        assert RUN_ID.fullmatch(run.id)
        assert run.dir.parent == store.root


def test_many_runs_of_one_minute_have_different_ids(store):
    assert len({store.create(RunConfig()).id for _ in range(50)}) == 50


def test_list_is_newest_first(store):
    runs = [store.create(RunConfig()) for _ in range(5)]
    for age, run in enumerate(runs):
        run.set_status(created=1000.0 - age)
    assert [info.id for info in store.list()] == [run.id for run in runs]


def test_missing_root_lists_nothing(tmp_path):
    assert Store(tmp_path / "none").list() == []


@pytest.mark.parametrize("run_id", HOSTILE_IDS)
def test_hostile_id_is_refused(store, run, run_id):
    for action in (store.get, store.delete):
        with pytest.raises(RunError, match="is not a run id"):
            action(run_id)
    assert run.dir.exists()


def test_unknown_id_says_how_to_find_one(store, run):
    with pytest.raises(RunError, match="runs list"):
        store.get("nobody")


def test_link_to_a_folder_outside_is_neither_opened_nor_deleted(store, run, tmp_path):
    outside = tmp_path / "outside"
    run.dir.rename(outside)
    (store.root / "evil").symlink_to(outside)
    for action in (store.get, store.delete):
        with pytest.raises(RunError, match="link"):
            action("evil")
    assert (outside / "config.json").exists()
    info = store.list()[0]
    assert (info.state, info.id) == ("broken", "evil")
    assert "link" in info.reason


def test_linked_file_in_a_run_is_not_followed(store, run, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text('{"state": "finished"}')
    (run.dir / "status.json").unlink()
    (run.dir / "status.json").symlink_to(secret)
    assert store.list()[0].state == "broken"
    with pytest.raises(RunError, match="link"):
        run.status()


def break_status(run, text):
    (run.dir / "status.json").write_bytes(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"state": "flying"}',
        b'{"state": 3}',
        b'{"step": "4"}',
        b'{"pid": true}',
        b'{"score": [1]}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"step": ' + b"9" * 5000 + b"}",
        b" " * 2_000_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_broken_status_is_listed_with_its_reason(store, run, text):
    break_status(run, text)
    info = store.list()[0]
    assert info.state == "broken"
    assert info.reason
    assert "\n" not in info.reason
    with pytest.raises(RunError):
        run.status()


def test_pipe_in_place_of_a_file_does_not_hang(store, run):
    (run.dir / "status.json").unlink()
    os.mkfifo(run.dir / "status.json")
    begin = time.monotonic()
    assert store.list()[0].state == "broken"
    assert time.monotonic() - begin < 30  # it would hang for good


def test_fields_of_a_newer_version_are_passed_over(store, run):
    break_status(run, b'{"state": "finished", "from_the_future": 1, "score": {"accuracy": 0.5, "odd": "x"}}')
    assert run.status().state == "finished"
    assert run.status().metrics == {"accuracy": 0.5}


def test_broken_configuration_is_listed(store, run):
    (run.dir / "config.json").write_text('{"task": "RTE", "no.such.key": 1}')
    assert store.list()[0].state == "broken"
    assert "no.such.key" in store.list()[0].reason


def test_broken_notes_do_not_lose_the_run(store, run):
    (run.dir / "meta.json").write_text("{")
    info = store.list()[0]
    assert info.state == "queued"
    assert "meta.json" in info.reason


def test_foreign_things_in_the_root_do_no_harm(store, run):
    (store.root / "queue.json").write_text("{")
    (store.root / "notes.txt").write_text("mine")
    (store.root / "My Folder").mkdir()
    os.mkdir(os.fsencode(store.root) + b"/\xff\xfe")
    states = {info.id: info.state for info in store.list()}
    assert states.pop(run.id) == "queued"
    assert set(states.values()) == {"broken"}
    json.dumps(states).encode()


def test_change_shows_in_the_next_list(store, run):
    assert store.list()[0].state == "queued"
    run.set_status(state="failed", error="why")
    run.set_meta(name="new name", notes="n", tags=["t"])
    info = store.list()[0]
    assert (info.state, info.status.error, info.name) == ("failed", "why", "new name")


def test_delete_removes_the_folder_and_follows_no_link_inside(store, run, tmp_path):
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "precious").write_text("x")
    (run.dir / "checkpoints").symlink_to(keep)
    other = store.create(RunConfig())
    store.delete(run.id)
    assert (keep / "precious").read_text() == "x"
    assert os.listdir(store.root) == [other.id]


def test_delete_finishes_what_a_kill_left(store, run):
    other = store.create(RunConfig())
    run.dir.rename(store.root / ".trash-0123456789abcdef")
    store.delete(other.id)
    assert os.listdir(store.root) == []


def test_folder_that_is_no_run_is_not_deleted(store, run):
    thesis = store.root / "thesis"
    thesis.mkdir()
    (thesis / "config.json").write_text('{"mine": 1}')
    with pytest.raises(RunError, match="does not look like a run"):
        store.delete("thesis")
    assert thesis.exists()


def test_run_with_broken_status_can_be_deleted(store, run):
    break_status(run, b"{")
    store.delete(run.id)
    assert not run.dir.exists()


def test_waiting_and_running_runs_are_not_deleted(store, run):
    run.set_status(submitted=1.0)
    with pytest.raises(RunError, match="queue; stop it first"):
        store.delete(run.id)
    run.set_status(state="running")
    with run.claim(), pytest.raises(RunError, match="stop it first"):
        store.delete(run.id)
    store.delete(run.id)  # its worker is gone


def test_full_disk_is_said_and_leaves_nothing(small_disk, fill):
    store = Store(small_disk)
    store.create(RunConfig())
    fill(small_disk)
    with pytest.raises(RunError, match="disk is full"):
        store.create(RunConfig())
    assert len(store.list()) == 1
    assert not list(small_disk.glob(".new-*"))


def test_unwritable_root_is_said(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(RunError, match="cannot be written"):
        Store(small_disk / "runs").create(RunConfig())
    with pytest.raises(RunError, match="cannot be written"):
        Store(small_disk).create(RunConfig())


def test_root_that_is_a_file_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError):
        Store(tmp_path / "file").create(RunConfig())


def test_two_thousand_folders_are_listed_fast(store):
    model = store.create(RunConfig())
    files = {name: (model.dir / name).read_bytes() for name in ("config.json", "status.json")}
    for number in range(1999):
        folder = store.root / f"run-{number:04d}"
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
    assert len(store.list()) == 2000
    times = []
    for _ in range(3):
        begin = time.process_time()
        assert len(store.list()) == 2000
        times.append(time.process_time() - begin)
    assert min(times) < 0.3, times
