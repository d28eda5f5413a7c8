"""A model's files on this machine: its folder as it is, or a hub repository, downloaded and kept."""

from __future__ import annotations

from pathlib import Path

from core.model.source import ModelError, ModelSource, check_whole
from core.model.tokenizer_files import NAMES


def fetch(source: ModelSource) -> Path:
    """The source's folder on this machine; a hub repository is downloaded here, safetensors only.

    Raises ModelError where that fails, and for a folder whose files are not what its digests say.
    """
    if not source.needs_download:
        folder = Path(source.path_or_id)
        check_whole(folder)
        return folder
    from huggingface_hub import snapshot_download

    pieces = ["tokenizer*.json", "special_tokens_map.json", "added_tokens.json"]
    wanted = ["config.json", *pieces, *NAMES, "model*.safetensors*"]
    try:
        return Path(snapshot_download(source.path_or_id, revision=source.revision, allow_patterns=wanted))
    except Exception as error:  # network and disk errors of several libraries
        raise ModelError(f"{source.name} could not be downloaded: {first_line(error)}") from None


def first_line(error: Exception) -> str:
    """What an error of another library says, on one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
