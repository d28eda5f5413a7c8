"""A model's name in, its word pieces out: through the `tokenizers` library alone, so that no preview loads torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer, normalizers
from tokenizers.implementations import BertWordPieceTokenizer, ByteLevelBPETokenizer
from tokenizers.models import Unigram
from tokenizers.processors import RobertaProcessing

from core.model.source import ModelError, read_config, resolve_model
from core.model.tokenizer_files import lack, whole_of
from core.model.unigrams import read_unigrams

UNKNOWN, PAD = "[UNK]", "[PAD]"
"""What BERT's vocabularies call a piece that they lack, and the one that fills up a batch."""
_AT_ONCE = 1_000  # rows whose pieces are held in memory


def part_typed_marks(tokenizer: Tokenizer) -> None:
    """See that a typed `[SEP]` is text for a tokenizer of unigrams too, whose vocabulary holds it like any word.

    Others cut such a text into signs and letters by themselves, once they are told not to look for special pieces.
    """
    if not isinstance(tokenizer.model, Unigram):
        return
    marks = [token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special]
    acting = [mark for mark in marks if mark in tokenizer.encode(mark, add_special_tokens=False).tokens]
    if not acting:
        return
    apart = [normalizers.Replace(mark, f"{mark[0]} {mark[1:]}") for mark in acting if len(mark) > 1]
    tokenizer.normalizer = normalizers.Sequence([*_steps(tokenizer), *apart])


def _steps(tokenizer: Tokenizer) -> list[normalizers.Normalizer]:
    return [] if tokenizer.normalizer is None else [tokenizer.normalizer]


class Pieces:
    """Cuts text as the model's own tokenizer does, without the special pieces."""

    def __init__(self, tokenizer: Tokenizer, file: str) -> None:
        self.backend = tokenizer
        self.file = file
        self.count: int = tokenizer.get_vocab_size()
        self.pad_id: int | None = tokenizer.token_to_id(PAD)

    def tokenize(self, text: str) -> list[str]:
        return self.backend.encode(text, add_special_tokens=False).tokens

    def lengths(self, texts: Sequence[str], pairs: Sequence[str] | None) -> list[int]:
        """Pieces a row, the special ones included, that of a pair both texts make."""
        rows = texts if pairs is None else list(zip(texts, pairs, strict=True))
        found: list[int] = []
        for first in range(0, len(rows), _AT_ONCE):
            found += map(len, self.backend.encode_batch_fast(rows[first : first + _AT_ONCE]))
        return found


def load_pieces(model: str) -> Pieces:
    """The word pieces of `demo`, a folder, or a hub id whose files are on this machine. ModelError says what is wrong.

    May ask the hub (3 s) where the name is neither the demo nor a folder.
    """
    source = resolve_model(model)
    if source.needs_download:
        raise ModelError(f"{model} is not on this machine yet; a run on it downloads it, then its pieces can be shown")
    return load_tokenizer_file(Path(source.path_or_id))


def load_tokenizer_file(folder: Path) -> Pieces:
    """The word pieces of a model's folder. Raises ModelError for a file that cannot be read."""
    model_type = read_config(folder)["model_type"]
    files = [path.name for path in folder.iterdir() if path.is_file()]
    whole = whole_of(files, model_type)
    if whole is None:
        raise ModelError(f"{folder} {lack(files, model_type)}")
    file = folder / whole[0]
    return _read(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(file: str, _changed: int) -> Pieces:
    try:
        if file.endswith(".txt"):
            tokenizer = BertWordPieceTokenizer(file, lowercase=False)._tokenizer
        elif file.endswith("vocab.json"):
            tokenizer = ByteLevelBPETokenizer(file, str(Path(file).with_name("merges.txt")))._tokenizer
            numbers = tokenizer.get_vocab()
            tokenizer.post_processor = RobertaProcessing(("</s>", numbers["</s>"]), ("<s>", numbers["<s>"]))
        elif file.endswith(".model"):
            tokenizer = read_unigrams(Path(file))
        else:
            tokenizer = Tokenizer.from_file(file)
    except Exception as error:  # the library raises bare Exception on a damaged file
        raise ModelError(f"{file} cannot be read as a tokenizer: {str(error).splitlines()[0]}") from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # typed text is text: `[SEP]` in it is five letters
    part_typed_marks(tokenizer)
    # A vocabulary without capitals is of a lower-casing model, whether or not its files say so.
    plain = (piece for piece in tokenizer.get_vocab() if not piece.startswith("["))
    if all(piece == piece.lower() for piece in plain):
        if isinstance(tokenizer.model, Unigram):
            tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), *_steps(tokenizer)])
        elif tokenizer.normalizer is not None:
            lower = normalizers.BertNormalizer(lowercase=True)
            tokenizer.normalizer = normalizers.Sequence([tokenizer.normalizer, lower])
    return Pieces(tokenizer, file)
