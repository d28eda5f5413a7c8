"""Files of visitors: below the run root, under a harmless name, whole or not at all."""

from __future__ import annotations

import io
import os
import tracemalloc

import pytest

from core.runs.folder.store import RunError, Store


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "mine.csv", "a b\n\0.csv", "", "…", "x" * 300 + ".csv", ".hidden"]
)
def test_any_name_stays_below_the_root(store, name):
    path = store.save_upload(name, b"text,label\n")
    assert path.parent.parent == store.root / ".uploads"
    assert path.read_bytes() == b"text,label\n"
    assert len(path.name) < 100


@pytest.mark.parametrize(
    ("name", "kept"),
    [("reviews.csv", "reviews.csv"), ("Meine Sätze (2).tsv", "Meine Sätze (2).tsv"),
     ("C:\\data\\x.csv", "C--data-x.csv"),
     ("rows.csv.gz", "rows.csv.gz"), (".hidden", "file.hidden"), ("..", "file"),
     ("ä" * 300 + ".xlsx", "ä" * 42 + ".xlsx")],
)  # fmt: skip
def test_a_file_keeps_its_name_as_far_as_it_is_harmless(store, name, kept):
    assert store.save_upload(name, b"one").name == kept


def test_a_kept_file_is_a_task_by_its_name(store):
    old, new = store.save_upload("reviews.csv", b"old"), store.save_upload("reviews.csv", b"new")
    packed = store.save_upload("more.csv.gz", b"packed")
    os.utime(old, (1, 1))
    assert store.uploads() == {"reviews": new, "more": packed}
    assert store.task_path("reviews") == store.task_path("reviews.csv") == str(new)
    assert store.task_path("demo-intents") == "demo-intents"
    assert store.task_path(" Reviews") == store.task_path("REVIEWS.CSV") == str(new)
    with pytest.raises(ValueError, match="unknown task 'reveiws'; did you mean 'reviews', a file of your own"):
        store.task_path("reveiws")
    assert store.task_path("reveiws.csv") == "reveiws.csv"  # a path
    assert store.task_path("demo-intent") == "demo-intent"  # the table's is nearer, and says so
    assert Store(store.root / "elsewhere").uploads() == {}


def test_a_file_never_takes_the_name_of_a_task_from_the_table(store):
    path = store.save_upload("rte.csv", b"mine")
    assert store.uploads() == {"rte.csv": path}
    assert store.task_path("rte") == "rte"
    assert store.task_path("rte.csv") == str(path)


def test_equal_files_share_a_place_and_others_do_not(store):
    first = store.save_upload("a.csv", b"one")
    assert store.save_upload("a.csv", b"one") == first
    assert store.save_upload("a.csv", b"two") != first
    first.write_bytes(b"o")  # cut short from outside
    assert store.save_upload("a.csv", b"one").read_bytes() == b"one"


def test_uploads_are_no_runs(store):
    store.save_upload("a.csv", b"one")
    assert store.list() == []


def test_linked_folder_is_refused(store, tmp_path):
    store.root.mkdir(parents=True, exist_ok=True)
    (tmp_path / "elsewhere").mkdir()
    (store.root / ".uploads").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="links are not followed"):
        store.save_upload("a.csv", b"one")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_full_disk_and_unwritable_root_are_said(small_disk, tmp_path):
    with pytest.raises(RunError, match="disk is full"):
        Store(small_disk).save_upload("a.csv", b"x" * 5_000_000)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError):
        Store(tmp_path / "file" / "runs").save_upload("a.csv", b"one")


def test_large_file_is_kept_part_by_part(store):
    class Zeros(io.RawIOBase):
        """64 MiB, of which nobody asks for much at once."""

        at = 0

        def seek(self, offset, whence=0):
            self.at = offset
            return offset

        def read(self, size=-1):
            assert 0 < size <= 2**21
            size = min(size, 64 * 2**20 - self.at)
            self.at += size
            return bytes(size)

    tracemalloc.start()
    path = store.save_upload("big.csv", Zeros())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size == 64 * 2**20
    assert peak < 8 * 2**20


def test_upload_that_breaks_off_leaves_nothing(store):
    class Broken(io.BytesIO):
        parts = 0

        def read(self, size=-1):
            self.parts += 1
            if self.parts > 2:
                raise OSError(5, "gone")
            return b"x" if self.parts == 1 else b""

    with pytest.raises(RunError):
        store.save_upload("a.csv", Broken())
    assert not [path for path in (store.root / ".uploads").rglob("*") if path.is_file()]
