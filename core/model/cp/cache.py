"""Weights and settings in, factors computed before out: a folder of small safetensors files that may vanish any time.

The folder is `$XDG_CACHE_HOME/mobilebert-lab/cp` (or ~/.cache/...). A file that is damaged counts as absent, and a
folder that cannot be written only costs the time to compute again.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from core.digests import pack, unpack
from core.files import cache_folder, replace_file


def folder() -> Path:
    """Where the factors lie; it need not exist."""
    return cache_folder("cp")


def key_of(arrays: Iterable[np.ndarray], settings: str) -> str:
    """Hexadecimal SHA-256 over every byte, shape and type, and the settings."""
    digest = hashlib.sha256(settings.encode())
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def read(key: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray] | None:
    """The tensors stored under `key`, or None unless all of `shapes` are there, finite and of those shapes."""
    try:
        stored = unpack((folder() / f"{key}.safetensors").read_bytes())
    except (OSError, ValueError, RuntimeError):
        return None
    fits = {name: array.shape for name, array in stored.items()} == dict(shapes)
    return stored if fits and all(np.isfinite(array).all() for array in stored.values()) else None


def write(key: str, tensors: Mapping[str, np.ndarray]) -> None:
    """Store whole or not at all; silently not, where the folder cannot be written."""
    data = pack(tensors)
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: no home directory
        folder().mkdir(parents=True, exist_ok=True)
        replace_file(folder() / f"{key}.safetensors", data)
