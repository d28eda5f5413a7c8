"""Rows and lists of tasks are read once, and anew where they changed."""

from __future__ import annotations

import pytest

from core.config import RunConfig
from core.data.rows import DataError
from dashboard.shared import readers


@pytest.mark.parametrize("key", ["data.file", "task"])
def test_changed_file_is_read_anew(tmp_path, key):
    path = tmp_path / "rows.csv"
    config = RunConfig(task="file").replace({key: str(path)})
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(20)))
    before = readers.corpus(config)
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(40)))
    assert len(before.train) == 16
    assert len(readers.corpus(config).train) == 32
    path.unlink()
    with pytest.raises(DataError, match="does not exist"):
        readers.corpus(config)


def test_local_tasks_follow_lab_data(no_data, tmp_path, monkeypatch):
    assert all(name.startswith("demo") for name in readers.local_tasks())
    (tmp_path / "glue" / "CoLA").mkdir(parents=True)
    (tmp_path / "glue" / "CoLA" / "train.tsv").write_text("")
    monkeypatch.setenv("LAB_DATA", str(tmp_path))
    assert "CoLA" in readers.local_tasks()
