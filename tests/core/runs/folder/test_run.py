import json
import os
import stat
import threading

import numpy as np
import pytest

from core.config import RunConfig
from core.runs import processes
from core.runs.folder.liveness import derive
from core.runs.folder.status import Status
from core.runs.folder.store import RunError, Store


def test_status_changes_are_kept(run):
    run.set_status(
        state="running", step=np.int64(3), of=10, epoch=np.float32(0.5), metrics={"accuracy": np.float64(0.9)}
    )
    status = run.recorded_status()
    assert (status.state, status.step, status.of, status.epoch) == ("running", 3, 10, 0.5)
    assert status.metrics == {"accuracy": 0.9}


def test_unknown_state_and_field_list_the_choices(run):
    with pytest.raises(RunError, match="queued"):
        run.set_status(state="flying")
    with pytest.raises(RunError, match="phase"):
        run.set_status(progress=1)


def test_status_is_never_seen_half_written(run):
    seen, done = [], threading.Event()

    def look():
        while not done.is_set():
            seen.append(json.loads((run.dir / "status.json").read_bytes())["step"])

    reader = threading.Thread(target=look)
    reader.start()
    for step in range(300):
        run.set_status(step=step, error="x" * (step % 50))
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert not list(run.dir.glob("*.tmp"))


def test_long_error_is_cut_so_that_the_file_stays_in_one_block(run):
    run.set_status(state="failed", error="e" * 100_000, metrics={f"metric {n}": 0.123456789 for n in range(100)})
    assert (run.dir / "status.json").stat().st_size < 4096


def test_full_disk_does_not_stop_the_last_word(small_disk, fill):
    run = Store(small_disk).create(RunConfig())
    fill(small_disk)
    run.set_status(state="running", step=7)
    run.set_status(state="failed", error="disk is full: free some space", ended=12.5)
    status = Store(small_disk).get(run.id).status()
    assert (status.state, status.step, status.ended) == ("failed", 7, 12.5)
    run.set_status(error=None)
    assert run.status().error is None


def test_status_damaged_from_outside_is_made_good_by_the_worker(run):
    run.set_status(state="running", step=3)
    (run.dir / "status.json").write_text("{")
    run.set_status(step=4)
    assert run.recorded_status().step == 4
    assert run.recorded_status().state == "running"


def test_worker_that_is_gone_reads_as_interrupted_and_the_file_is_left(run):
    run.set_status(state="running", pid=2**22 - 1, pid_started=1, boot=processes.boot_id(), eta_s=5.0)
    before = (run.dir / "status.json").read_bytes()
    status = run.status()
    assert (status.state, status.eta_s) == ("interrupted", None)
    assert status.ended == (run.dir / "status.json").stat().st_mtime  # so that its time does not go on
    assert "resume" in status.error
    assert (run.dir / "status.json").read_bytes() == before


def test_run_that_ended_between_two_looks_is_not_taken_for_interrupted(run):
    run.set_status(state="running", pid=2**22 - 1, pid_started=1, boot=processes.boot_id())
    seen = run.recorded_status()
    run.set_status(state="finished")
    assert derive(seen, run.dir).state == "finished"


def test_claim_is_one_process_and_thread_at_a_time(run):
    with run.claim() as first, run.claim() as second:
        assert first
        assert not second
    with run.claim() as again:
        assert again


def test_notes_are_limited(run):
    for bad in ({"notes": "x" * 20_001}, {"tags": ["x" * 41]}, {"tags": [""]}, {"tags": "word"}, {"name": 3}):
        with pytest.raises(RunError):
            run.set_meta(**bad)
    assert run.set_meta(notes="one\ntwo", tags=[" a "]).tags == ("a",)


def test_names_tags_and_notes_keep_every_script_and_lose_what_steers_a_terminal(run, run_root):
    made = run.set_meta(name="\x1b[2J 漢字\n😀\u202ekcab \x07", tags=["\ta\u2066b\x00"], notes="one\n\ttwo\x1b[31m\x9b")
    assert (made.name, made.tags, made.notes) == ("[2J 漢字 😀 kcab", ("a b",), "one\n\ttwo[31m")
    assert run.set_meta(name=" \t ").name == ""
    named = Store().create(RunConfig().replace({"run.name": "a\x1bb"}))
    assert Store().look(named.id).name == "a b"


def test_embeddings_come_back(run):
    pooled = np.random.default_rng(0).normal(size=(5, 8))
    for step in (20, 3):
        run.save_embeddings(step, pooled, np.zeros((5, 2)), [0, 1, 0, 1, 1], range(5))
    assert run.embedding_steps() == [3, 20]
    arrays = run.load_embeddings(20)
    np.testing.assert_array_equal(arrays["pooled"], pooled.astype(np.float32))
    assert arrays["labels"].tolist() == [0, 1, 0, 1, 1]
    assert arrays["rows"].tolist() == [0, 1, 2, 3, 4]


def test_embeddings_of_different_lengths_are_refused(run):
    with pytest.raises(ValueError, match="number of rows"):
        run.save_embeddings(1, np.zeros((5, 8)), np.zeros((5, 2)), [0] * 4, range(5))


@pytest.mark.parametrize("data", [b"", b"x" * 100, b"\xff" * 8 + b"{}", b"\x02" + b"\0" * 7 + b"{}"])
def test_broken_embeddings_are_said(run, data):
    (run.dir / "embeddings").mkdir()
    (run.dir / "embeddings" / "step-000001.safetensors").write_bytes(data)
    try:
        assert run.load_embeddings(1) == {}
    except RunError as error:
        assert "not readable" in str(error)  # noqa: PT017
    with pytest.raises(RunError, match="missing"):
        run.load_embeddings(2)


def test_texts_come_back_and_epochs_are_sampled(run):
    run.save_eval_rows([{"row": 0, "text": "a\nb ☃ \ud800", "pair": None, "label": 1}])
    assert run.load_eval_rows() == [{"row": 0, "text": "a\nb ☃ ?", "pair": None, "label": 1}]
    run.save_augmented(2, [{"row": row} for row in range(5000)])
    run.save_augmented(10, [{"row": row} for row in range(3)])
    assert run.augmented_epochs() == [2, 10]
    rows = [row["row"] for row in run.load_augmented(2)]
    assert rows == list(range(0, 5000, 10))
    assert len(run.load_augmented(10)) == 3


def test_linked_subfolder_is_not_written_through(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (run.dir / "augmented").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="link"):
        run.save_augmented(0, [{"row": 1}])
    assert os.listdir(tmp_path / "elsewhere") == []


def test_log_tail_is_whole_lines_of_the_end(run):
    assert run.log_tail() == ""
    run.log_path.write_bytes(b"".join(b"line %d\n" % number for number in range(1000)) + b"\xff last")
    text = run.log_tail(100)
    assert text.endswith("line 999\n\ufffd last")
    assert text.startswith("line ")
    assert len(text) <= 100


def test_log_that_is_a_device_is_refused(run):
    try:
        os.mknod(run.log_path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero has no end
    except PermissionError:
        pytest.skip("making a device needs the right to")
    with pytest.raises(RunError, match="regular"):
        run.log_tail()


def test_size_counts_checkpoints_and_model(run):
    run.checkpoint_dir.mkdir()
    (run.checkpoint_dir / "a").write_bytes(b"x" * 1000)
    run.model_dir.mkdir()
    (run.model_dir / "b").write_bytes(b"x" * 300)
    size = run.size()
    assert (size["checkpoints"], size["model"]) == (1000, 300)
    assert size["total"] > 1300


def test_default_status_waits():
    assert Status().state == "queued"
    assert not Status().is_over
