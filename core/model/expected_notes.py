"""The notes that building a model for a task will leave, told from its files before any weights are loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.model.adapted import base_of
from core.model.encoders import is_mobilebert
from core.model.files import EMBEDDINGS, read_header
from core.model.head import match_head
from core.model.pieces import load_tokenizer_file
from core.model.source import ModelSource, read_config

SILENCED = (
    "the padding piece's embedding (length {norm:.2f}) was set to zero, so that a text's answer does not depend on "
    "the texts beside it"
)
NEW_POOLER = "its pooler is not among the weights: it is drawn anew and trained with the head"
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


def expected_notes(source: ModelSource, labels: Sequence[str], regression: bool) -> str:
    """What `core.model.build_notes` will say of the model; '' for random weights, and for what comes with the run."""
    if source.needs_download or not source.has_weights:
        return ""
    folder = Path(source.path_or_id)
    config = read_config(folder)
    note = match_head(config, labels, regression).note if labels or regression else ""
    if not is_mobilebert(config):
        return "; ".join(filter(None, (note, NEW_POOLER if _lacks_pooler(base_of(folder) or folder, config) else "")))
    norm = _padding_length(base_of(folder) or folder, load_tokenizer_file(folder).pad_id or 0)
    return "; ".join(filter(None, (note, SILENCED.format(norm=norm) if norm else "")))


def _lacks_pooler(folder: Path, config: dict[str, Any]) -> bool:
    """Whether the model's class has a pooler within its encoder that the files do not."""
    from core.model.encoder_parts import encoder_tensors, is_pooler

    names = {name for path in folder.glob("*.safetensors") for name in read_header(path).tensors}
    return any(is_pooler(name) for name in encoder_tensors(config)) and not any(is_pooler(name) for name in names)


def _padding_length(folder: Path, pad_id: int) -> float:
    """Length of the padding piece's embedding, read from its place in the file alone."""
    for path in sorted(folder.glob("*.safetensors")):
        start, header = read_header(path)
        for name, entry in header.items():
            if name.removeprefix("mobilebert.") != EMBEDDINGS or entry["dtype"] not in _BYTES:
                continue
            width = int(entry["shape"][1])
            size = _BYTES[entry["dtype"]] * width
            with path.open("rb") as file:
                file.seek(start + entry["data_offsets"][0] + pad_id * size)
                return float(np.linalg.norm(_numbers(file.read(size), entry["dtype"])))
    return 0.0


def _numbers(data: bytes, dtype: str) -> np.ndarray:
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    return np.frombuffer(data, {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[dtype]).astype(float)
