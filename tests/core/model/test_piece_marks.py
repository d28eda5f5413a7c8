"""A piece is shown as people read it, whatever its tokenizer writes for a space and for letters beyond English."""

from __future__ import annotations

from typing import Any

import pytest

from core.demo import DEMO_MODEL_DIR
from core.model.piece_marks import SPACE, legend, readable
from tests.tiny_encoders import tokenizer_of

TEXT = "cancel the café, 字 👩"


@pytest.fixture(scope="module", params=["roberta", "deberta-v2"])
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return tokenizer_of(request.param).backend_tokenizer


def test_spaces_are_marked_and_letters_are_letters(tokenizer: Any) -> None:
    pieces = tokenizer.encode("a film, cancel", add_special_tokens=False).tokens
    shown = readable(pieces, tokenizer)
    assert len(shown) == len(pieces)
    assert "".join(shown).removeprefix(SPACE) == f"a{SPACE}film,{SPACE}cancel"


def test_bytes_are_read_as_what_they_stand_for() -> None:
    tokenizer = tokenizer_of("roberta").backend_tokenizer
    shown = readable(tokenizer.encode(TEXT, add_special_tokens=False).tokens, tokenizer)
    plain = "".join(shown).replace(SPACE, " ")
    told = "".join(char if ord(char) < 128 else "".join(f"<0x{b:02X}>" for b in char.encode()) for char in TEXT)
    assert plain.startswith("cancel the caf")
    assert plain in (TEXT, told)  # the tiny vocabulary may have no letter beyond a byte
    assert readable(["ĠcafÃ©", "Ċ", "<mask>", "Ġð"], tokenizer) == [f"{SPACE}café", "⏎", "<mask>", f"{SPACE}<0xF0>"]


def test_word_pieces_stay_and_only_what_is_there_is_explained() -> None:
    from core.model.pieces import load_tokenizer_file

    pieces = load_tokenizer_file(DEMO_MODEL_DIR)
    shown = pieces.tokenize("wonderfully ▁ # ##")
    assert readable(shown, pieces.backend) == shown
    assert legend(["want", "#", "##"]) == ""
    assert legend(["ad", "##n"]).startswith("## goes on")
    assert legend([f"{SPACE}café"]).startswith(f"{SPACE} is a space")
