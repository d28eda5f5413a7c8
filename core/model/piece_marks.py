"""Word pieces as people read them: `Ġcafé` and `▁café` are one piece, with a space before it.

Tokenizers of bytes (RoBERTa, ModernBERT) write a letter for each byte: `Ġ` for a space, `Ã©` for `é`. Those of
sentencepiece (XLM-R, ALBERT) write `▁` for a space. WordPiece (BERT) has none, and marks what goes on a word: `##n`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPACE = "␣"
"""What a space is shown as; it belongs to the piece."""
GOES_ON = "##"
_BLANKS = {" ": SPACE, "\n": "⏎", "\t": "⇥", "\r": "↵"}
_SHOWN = str.maketrans(_BLANKS)
_PLAIN = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)]
"""Bytes that GPT-2's alphabet writes as the letter of that number; the others follow from 256 on."""
_BYTES = {chr(byte): byte for byte in _PLAIN} | {
    chr(256 + place): byte for place, byte in enumerate(sorted({*range(256)} - {*_PLAIN}))
}


def readable(pieces: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """`pieces` of that tokenizer with `SPACE` for a space, and letters for the bytes that stand for them; bytes of half
    a letter are written as `<0xE2>`."""
    how = f"{tokenizer.normalizer!r} {tokenizer.pre_tokenizer!r} {tokenizer.decoder!r}"
    if "ByteLevel" in how:
        return [_of_bytes(piece) for piece in pieces]
    return [piece.replace("▁", SPACE) for piece in pieces] if "▁" in how else list(pieces)


def shown_pieces(tokenizer: Any, ids: Any) -> list[str]:
    """The pieces of these ids, (T,), of a tokenizer of transformers', as `readable` has them."""
    return readable(tokenizer.convert_ids_to_tokens(ids), tokenizer.backend_tokenizer)


def legend(shown: Sequence[str]) -> str:
    """What the marks on these pieces mean, in a sentence each; "" where there are none."""
    said = []
    if any(SPACE in piece for piece in shown):
        said.append(f"{SPACE} is a space: it belongs to the piece that it begins.")
    if any(piece.startswith(GOES_ON) and piece != GOES_ON for piece in shown):
        said.append(f"{GOES_ON} goes on with the word of the piece before.")
    return " ".join(said)


def _of_bytes(piece: str) -> str:
    if any(char not in _BYTES for char in piece):  # one that was added to the vocabulary: written as it is
        return piece
    raw = bytes(_BYTES[char] for char in piece)
    try:
        return raw.decode().translate(_SHOWN)
    except UnicodeDecodeError:
        rest = raw.lstrip(b" ")
        return SPACE * (len(raw) - len(rest)) + "".join(f"<0x{byte:02X}>" for byte in rest)
