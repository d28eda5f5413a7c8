"""A single flipped bit, wherever it is, is found and the file that has it is named."""

from __future__ import annotations

import random
import shutil

import numpy as np
import pytest
from safetensors.numpy import save

from core.demo import DEMO_MODEL_DIR
from core.digests import NAME, damage, pack, unpack, write_digests


def flip(path, dice):
    """Turn one bit of a file round."""
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data) * 8)
    data[at // 8] ^= 1 << at % 8
    path.write_bytes(data)


@pytest.fixture
def folder(tmp_path):
    """Two dozen files in two folders."""
    (tmp_path / "base").mkdir()
    for number in range(24):
        place = tmp_path / ("base" if number % 3 else ".")
        (place / f"file-{number}").write_bytes(random.Random(number).randbytes(1 + number * 37))
    write_digests(tmp_path)
    return tmp_path


def test_an_untouched_folder_is_whole_and_one_without_digests_is_taken_as_it_is(folder):
    assert damage(folder) == ""
    (folder / NAME).unlink()
    assert damage(folder) == ""


@pytest.mark.parametrize("number", range(24))
def test_a_flipped_bit_in_any_file_is_found_and_the_file_named(folder, number):
    (path,) = folder.rglob(f"file-{number}")
    flip(path, random.Random(number))
    assert damage(folder).startswith(f"{path.relative_to(folder)} is not what was written")


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_in_the_digests_themselves_is_found(folder, seed):
    flip(folder / NAME, random.Random(seed))
    assert damage(folder)


def test_a_lost_file_and_a_list_that_leads_elsewhere_are_found(folder):
    (folder / "file-0").unlink()
    assert damage(folder) == "file-0 is missing"
    (folder / NAME).write_text('{"../other": "0"}')
    assert "missing" in damage(folder)
    (folder / NAME).write_text("[]")
    assert damage(folder) == f"{NAME} cannot be read"


def test_the_shipped_model_bears_digests_and_a_flipped_bit_in_it_is_refused(tmp_path):
    from core.config import RunConfig
    from core.model.build import build_model
    from core.model.source import ModelError, resolve_model
    from core.model.tokenizer import load_tokenizer

    assert (DEMO_MODEL_DIR / NAME).is_file()
    assert damage(DEMO_MODEL_DIR) == ""
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        copy = shutil.copytree(DEMO_MODEL_DIR, tmp_path / name)
        flip(copy / name, random.Random(name))
        with pytest.raises(ModelError, match=f"{name} is not what was written"):
            build_model(RunConfig(model=str(copy)), 2)
        with pytest.raises(ModelError, match=f"{name} is not what was written"):
            load_tokenizer(resolve_model(str(copy)))


ARRAYS = {"logits": np.linspace(-3, 3, 60, dtype=np.float32).reshape(20, 3), "changed": np.arange(20, dtype=np.uint8)}


def test_packed_arrays_come_back_and_plain_safetensors_are_read_as_they_are():
    for data in (pack(ARRAYS), pack(dict(reversed(ARRAYS.items()))), save(ARRAYS)):
        found = unpack(data)
        assert found.keys() == ARRAYS.keys()
        assert all(np.array_equal(found[name], ARRAYS[name]) for name in ARRAYS)


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_in_packed_arrays_changes_no_number_unseen(seed):
    data = bytearray(pack(ARRAYS))
    at = random.Random(seed).randrange(len(data) * 8)
    data[at // 8] ^= 1 << at % 8
    try:
        found = unpack(bytes(data))
    except ValueError:
        return
    assert all(np.array_equal(found[name], ARRAYS[name]) for name in ARRAYS)  # it hit what means nothing


@pytest.mark.parametrize("size", range(0, 500, 25))
def test_packed_arrays_cut_short_are_refused(size):
    data = pack(ARRAYS)
    with pytest.raises(ValueError, match=r"."):
        unpack(data[:size])


def test_a_flipped_number_is_said():
    data = bytearray(pack(ARRAYS))
    data[-1] ^= 1
    with pytest.raises(ValueError, match="its digest differs"):
        unpack(bytes(data))
