"""A model's folder in; why a run on it would fail, before it does: damage, missing tensors, too large a tokenizer.

No torch is imported but for an encoder that is no MobileBERT, whose own class says what it has. What is in a hub
repository that is not on this machine yet is seen when the run has fetched it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from core.model.adapted import base_of
from core.model.encoders import ENCODERS, is_mobilebert
from core.model.limits import check_sizes
from core.model.pieces import load_tokenizer_file
from core.model.source import ModelError, ModelSource, check_whole, read_config

EMBEDDINGS = "embeddings.word_embeddings.weight"
_EXPONENTS = {
    "F64": ("<u8", 0x7FF << 52),
    "F32": ("<u4", 0xFF << 23),
    "BF16": ("<u2", 0xFF << 7),
    "F16": ("<u2", 31 << 10),
}
"""Kinds of numbers in a safetensors file: how wide, and the bits of their exponent."""
_HEADER_LIMIT = 100_000_000  # bytes


def check_files(source: ModelSource) -> None:
    """ModelError, naming the file, where `core.model.build` could not make this source's model and tokenizer."""
    if source.needs_download:
        return
    folder = Path(source.path_or_id)
    check_whole(folder)
    config = read_config(folder)
    try:
        check_sizes(config)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{folder / 'config.json'} is not a valid configuration: {error}") from None
    pieces, vocabulary = load_tokenizer_file(folder), int(config.get("vocab_size", 30522))
    if pieces.count > vocabulary:
        raise ModelError(f"{pieces.file} has {pieces.count} pieces, the model {vocabulary} (vocab_size in config.json)")
    if source.has_weights:
        check = _check_tensors if is_mobilebert(config) else _check_encoder
        weights = base_of(folder) or folder
        check(weights, config, vocabulary)
        for path in sorted({*weights.glob("*.safetensors"), *folder.glob("*.safetensors")}):
            name = _no_number(path, path.stat().st_size, path.stat().st_mtime_ns)
            if name:
                raise ModelError(f"{path} holds NaN or infinity in {name}; no run can start from such weights")


@lru_cache(maxsize=16)
def _no_number(path: Path, _size: int, _mtime: int) -> str:
    """The first tensor of a file with a number that is not finite: all bits of its exponent are set. Else empty."""
    import numpy as np

    start, tensors = read_header(path)
    for name, entry in tensors.items():
        if entry["dtype"] in _EXPONENTS:
            width, exponent = _EXPONENTS[entry["dtype"]]
            begin, end = entry["data_offsets"]
            numbers = np.fromfile(path, width, (end - begin) // np.dtype(width).itemsize, offset=start + begin)
            if ((numbers & numbers.dtype.type(exponent)) == exponent).any():
                return name
    return ""


def _check_encoder(folder: Path, config: dict[str, Any], _vocabulary: int) -> None:
    """Against the model's own class, with or without its encoder's name before; the pooler may be missing."""
    from core.model.encoder_parts import encoder_name, encoder_tensors, is_pooler

    shapes = _shapes(folder)
    found = {name.replace(".gamma", ".weight").replace(".beta", ".bias"): shape for name, shape in shapes.items()}
    wanted = {name: list(shape) for name, shape in encoder_tensors(config).items() if not is_pooler(name)}
    own = encoder_name(config)
    ends = {name.removeprefix(f"{own}."): shape for name, shape in found.items()}
    others = {name.partition(".")[0] for name in found if name.partition(".")[2] in wanted} - {own}
    if others and not any(name in ends for name in wanted):
        raise ModelError(
            f"the weights in {folder} are named for {min(others)!r}; a model of type {config['model_type']!r} has "
            f"{own!r} there, so model_type in its config.json is another model's"
        )
    _check_type(folder, config)
    _missing(folder, [name for name in wanted if name not in ends])
    for name, shape in wanted.items():
        if ends[name] != shape:
            raise ModelError(f"the weights in {folder} have {ends[name]} for {name}; its config.json says {shape}")


def _check_type(folder: Path, config: dict[str, Any]) -> None:
    """ModelError where another type's class saved the weights: BERT and RoBERTa name their tensors alike."""
    from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES

    begins = {str(MODEL_MAPPING_NAMES[name]).removesuffix("Model"): name for name in ENCODERS}
    for saved in config.get("architectures") or ():
        named = max((begin for begin in begins if str(saved).startswith(begin)), key=len, default=None)
        if named is not None and begins[named] != config["model_type"]:
            raise ModelError(
                f"{folder}: by its config.json the weights were saved from {saved}, and model_type says "
                f"{config['model_type']!r} where that is {begins[named]!r}; correct the one that is wrong"
            )


def _missing(folder: Path, missing: list[str]) -> None:
    if missing:
        raise ModelError(f"the weights in {folder} lack {len(missing)} of this model's tensors, first {missing[0]}")


def _shapes(folder: Path) -> dict[str, list[int]]:
    shapes: dict[str, list[int]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        shapes |= {name: entry["shape"] for name, entry in read_header(path).tensors.items()}
    return shapes


def _check_tensors(folder: Path, config: dict[str, Any], vocabulary: int) -> None:
    shapes = _shapes(folder)
    bare = {name.removeprefix("mobilebert."): shape for name, shape in shapes.items()}
    wanted: dict[str, list[int | None]] = {
        EMBEDDINGS: [vocabulary, int(config.get("embedding_size", 128))],
        "embeddings.position_embeddings.weight": [int(config.get("max_position_embeddings", 512)), None],
        "embeddings.token_type_embeddings.weight": [int(config.get("type_vocab_size", 2)), None],
        "embeddings.embedding_transformation.weight": [int(config.get("hidden_size", 512)), None],
    }
    layers = [f"encoder.layer.{number}." for number in range(int(config.get("num_hidden_layers", 24)))]
    # All layers of a MobileBERT have the same tensors: what one has, every other one needs.
    parts = {name.split(".", 3)[3] for name in bare if name.startswith("encoder.layer.") and name.count(".") > 3}
    missing = [name for name in wanted if name not in bare]
    missing += [layer + part for layer in layers for part in sorted(parts) if layer + part not in bare]
    if not parts:
        missing.append(layers[0] + "*")
    _missing(folder, missing)
    # And of the same size in each.
    wanted |= {layer + part: list(bare[layers[0] + part]) for part in parts for layer in layers[1:]}
    for name, shape in wanted.items():
        if len(shape) != len(bare[name]) or any(
            asked not in (None, has) for asked, has in zip(shape, bare[name], strict=True)
        ):
            said = [has if asked is None else asked for asked, has in zip(shape, bare[name], strict=True)]
            raise ModelError(f"the weights in {folder} have {bare[name]} for {name}; its config.json says {said}")


class Header(NamedTuple):
    """Of a safetensors file."""

    start: int
    """Where its numbers begin."""
    tensors: dict[str, dict[str, Any]]
    """Name -> `shape`, `dtype`, and `data_offsets` from there."""


def read_header(path: Path) -> Header:
    """ModelError for a file cut short or broken."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if size > _HEADER_LIMIT:
                raise ValueError("its header is too long")
            header = json.loads(file.read(size))
        header.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if path.stat().st_size != 8 + size + end:
            raise ValueError(f"it has {path.stat().st_size} bytes instead of {8 + size + end}")
        for entry in header.values():
            if not (isinstance(entry["shape"], list) and isinstance(entry["dtype"], str)):
                raise ValueError("its header describes no tensors")
        return Header(8 + size, header)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
