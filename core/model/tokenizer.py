"""A model's tokenizer, made to treat what somebody types as text and to fit the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenizers.models import Unigram
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from core.model.architecture import shape_of
from core.model.encoders import is_mobilebert, padding_sets_positions, positions_of
from core.model.fetch import fetch, first_line
from core.model.pieces import load_tokenizer_file
from core.model.source import ModelError, ModelSource, read_config


def load_tokenizer(source: ModelSource) -> Any:
    """The source's tokenizer, limited to the model's positions.

    A folder without tokenizer_config.json forgets to lower-case in some versions of transformers; where the vocabulary
    has no capital letters the tokenizer is made to. Raises ModelError when the files cannot be read.
    """
    folder = fetch(source)
    config = read_config(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if _forgets_to_lowercase(tokenizer):
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, do_lower_case=True)
    except Exception as error:  # the tokenizers library raises bare Exception on a damaged file
        raise ModelError(f"the tokenizer in {folder} cannot be read: {first_line(error)}") from None
    if isinstance(tokenizer.backend_tokenizer.model, Unigram):
        tokenizer = _as_its_file_says(tokenizer, folder)
    if len(tokenizer) > config.get("vocab_size", 30522):
        raise ModelError(
            f"the tokenizer in {folder} has {len(tokenizer)} pieces, the model {config.get('vocab_size', 30522)}"
        )
    if tokenizer.pad_token_id is None:
        raise ModelError(f"the tokenizer in {folder} has no padding piece ([PAD]); add one to its vocabulary")
    tokenizer.model_max_length = positions_of(config)
    if not is_mobilebert(config):
        _fit_tokenizer(tokenizer, config, folder)
    # What somebody types is text: [SEP] or [MASK] in it must not act as the special piece. The second line saves it.
    tokenizer.split_special_tokens = True
    tokenizer.init_kwargs["split_special_tokens"] = True
    return tokenizer


def _as_its_file_says(tokenizer: Any, folder: Path) -> Any:
    """The same pieces as previews show, in a class that is saved and read as it is.

    The classes that transformers has for unigrams (ALBERT, CamemBERT, DeBERTa, XLM-R) put the tokenizer together anew
    each time it is read: what the file says of normalisation is lost, and a typed `[SEP]` acts again.
    """
    return PreTrainedTokenizerFast(
        tokenizer_object=load_tokenizer_file(folder).backend,
        model_input_names=list(tokenizer.model_input_names),
        padding_side=tokenizer.padding_side,
        truncation_side=tokenizer.truncation_side,
        **tokenizer.special_tokens_map,
    )


def _fit_tokenizer(tokenizer: Any, config: dict[str, Any], folder: Path) -> None:
    """Ask for text types where the encoder tells them apart. ModelError where it would count its positions wrongly."""
    shape = shape_of(config, 2)
    if padding_sets_positions(config) and tokenizer.pad_token_id != shape.pad_token_id:
        raise ModelError(
            f"the tokenizer in {folder} has its padding piece at {tokenizer.pad_token_id}, the model at "
            f"{shape.pad_token_id} (pad_token_id in config.json), from where it counts its positions"
        )
    names = list(tokenizer.model_input_names)
    if int(getattr(shape, "type_vocab_size", None) or 0) < 2:
        names = [name for name in names if name != "token_type_ids"]
    elif "token_type_ids" not in names and 1 in tokenizer("a", "b", return_token_type_ids=True)["token_type_ids"]:
        names.append("token_type_ids")  # transformers no longer asks ALBERT's for them
    tokenizer.model_input_names = tokenizer.init_kwargs["model_input_names"] = names


def _forgets_to_lowercase(tokenizer: Any) -> bool:
    special = set(tokenizer.all_special_tokens)
    has_capitals = any(piece != piece.lower() for piece in tokenizer.get_vocab() if piece not in special)
    return not has_capitals and tokenizer.tokenize("A") != tokenizer.tokenize("a")
