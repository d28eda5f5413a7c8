"""Files are replaced whole, and the cache lies where the account wants it."""

from __future__ import annotations

import os

import pytest

from core import files


def test_cache_follows_the_setting_and_else_the_home_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "here"))
    assert files.cache_folder("cp") == tmp_path / "here" / "mobilebert-lab" / "cp"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert files.cache_folder().is_relative_to(tmp_path)


def test_file_is_replaced_and_nothing_left_beside_it(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    files.replace_file(path, b"new", durable=True)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(descriptor, data):
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space"):
        files.replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]
