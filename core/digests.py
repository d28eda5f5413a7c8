"""Digests of files, written beside them, and of arrays, written with them: a flipped bit is found on loading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NAME = "digests.json"


def write_digests(folder: Path) -> None:
    """Note the SHA-256 of every file at or below `folder` in its digests.json."""
    found = {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    found.pop(NAME, None)
    (folder / NAME).write_text(json.dumps(found, separators=(",", ":")), encoding="utf-8")


def damage(folder: Path) -> str:
    """Which file of `folder` is not what was written there, in a few words; '' where all are, or nothing was noted."""
    noted = folder / NAME
    if not noted.is_file():
        return ""
    try:
        expected = json.loads(noted.read_text(encoding="utf-8"))
        items = sorted(expected.items())
    except (OSError, ValueError, AttributeError, RecursionError):
        return f"{NAME} cannot be read"
    for name, digest in items:
        path = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
            return f"{name[:80]} is missing"
        try:
            if _digest(path) != digest:
                return f"{name} is not what was written (its digest differs)"
        except OSError as error:
            return f"{name} cannot be read ({error.strerror})"
    return ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of a safetensors file that holds their digest."""
    import numpy as np
    from safetensors.numpy import save

    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(whole, metadata={"sha256": _digest_of(whole)})


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of `pack`. ValueError where they are not what was written; files without a digest are taken as is."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(data)
        noted = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__") or {}
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ValueError(str(error).splitlines()[0]) from None
    if noted.get("sha256", "") not in ("", _digest_of(arrays)):
        raise ValueError("it is not what was written (its digest differs)")
    return arrays


def _digest_of(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.shape} {array.dtype.str};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
