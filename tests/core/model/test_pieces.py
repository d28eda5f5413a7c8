"""Word pieces without transformers are those that training sees."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.demo import DEMO_MODEL_DIR
from core.model.pieces import load_pieces
from core.model.source import ModelError

TEXTS = ("I WANT to Cancél it, wonderfully", "", "  ", "字 👩‍👩‍👧 x", "don't re-do: 12.5 %", "a" * 300)


@pytest.fixture
def with_vocabulary_alone(tmp_path: Path) -> Path:
    for name in ("config.json", "vocab.txt"):
        shutil.copy(DEMO_MODEL_DIR / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("alone", [False, True])
def test_pieces_are_those_of_the_runs_tokenizer(alone: bool, with_vocabulary_alone: Path) -> None:
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer

    model = str(with_vocabulary_alone) if alone else "demo"
    reference, pieces = load_tokenizer(resolve_model(model)), load_pieces(model)
    for text in TEXTS:
        assert pieces.tokenize(text) == reference.tokenize(text)
    for pairs in (None, TEXTS[::-1]):
        whole = reference(list(TEXTS), None if pairs is None else list(pairs))["input_ids"]
        assert pieces.lengths(TEXTS, pairs) == [len(ids) for ids in whole]


def test_no_model_library_is_loaded() -> None:
    script = "import sys; from core.model.pieces import load_pieces; load_pieces('demo').tokenize('x')\n"
    script += "assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=200)


def test_a_damaged_tokenizer_is_named(with_vocabulary_alone: Path) -> None:
    (with_vocabulary_alone / "tokenizer.json").write_text(json.dumps({"model": 3}))
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read as a tokenizer"):
        load_pieces(str(with_vocabulary_alone))


def test_a_changed_file_is_read_again(with_vocabulary_alone: Path) -> None:
    before = load_pieces(str(with_vocabulary_alone)).tokenize("want")
    shutil.copy(DEMO_MODEL_DIR / "tokenizer.json", with_vocabulary_alone)
    (with_vocabulary_alone / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n")
    assert load_pieces(str(with_vocabulary_alone)).tokenize("want") == before
    (with_vocabulary_alone / "tokenizer.json").unlink()
    assert load_pieces(str(with_vocabulary_alone)).tokenize("want") == ["[UNK]"]
