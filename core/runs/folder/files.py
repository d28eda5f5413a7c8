"""Small files in and out: whole or not at all, never through a link, never more than a stated size."""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import time
from pathlib import Path
from typing import Any

from core.files import replace_file

JSON_LIMIT = 1_000_000  # bytes; config.json and status.json are far smaller
DIGITS = 19
"""From so many on a whole number is read as a float: 64 bits, as every reader after this one computes."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


class RunError(ValueError):
    """Something about a run folder that a person can act on, said in one line."""


def explain(error: OSError, path: Path | str) -> str:
    """One line on what went wrong with `path` and what to do about it."""
    if error.errno == errno.EFBIG:
        return f"disk is full: {path} may not grow beyond this account's file size limit"
    if error.errno in FULL:
        return f"disk is full: nothing more fits beside {path}; free some space, then resume or start again"
    if error.errno in DENIED:
        return f"{path} cannot be written ({os.strerror(error.errno or 0)}); choose another folder with LAB_RUNS"
    if error.errno == errno.ENOENT:
        return f"{path} is missing"
    if error.errno == errno.ELOOP:
        return f"{path} is a link; links are not followed"
    return f"{path}: {error.strerror or error}"


def open_regular(path: Path | str) -> int:
    """A read descriptor of a regular file; links, pipes and devices raise RunError and never block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise RunError(explain(error, path)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RunError(f"{path} is not a regular file")
    return descriptor


def read_bytes(path: Path | str, limit: int) -> bytes:
    """The whole file; RunError when it is missing, a link, no regular file or longer than `limit` bytes."""
    with os.fdopen(open_regular(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise RunError(f"{path} is longer than {limit:,} bytes")
        return file.read(limit)


def read_json(path: Path | str, limit: int = JSON_LIMIT) -> dict[str, Any]:
    """A JSON object; RunError says what is wrong with it."""
    for attempt in range(3):
        data = read_bytes(path, limit)
        try:
            value = parse(data)
        except ValueError:
            if attempt < 2:  # a full disk forces status.json to be overwritten in place: look again
                time.sleep(0.002)
                continue
            raise RunError(f"{path} is not JSON") from None
        if not isinstance(value, dict):
            raise RunError(f"{path} is not a JSON object")
        return value
    raise AssertionError("unreachable")


def parse(data: bytes | str) -> Any:
    """JSON with every number finite and within 64 bits (NaN and overflow become None); any flaw is a ValueError."""
    try:
        return json.loads(data, parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
    except RecursionError:
        raise ValueError("too deeply nested") from None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | float | None:
    return int(text) if len(text) < DIGITS else _finite(text)


def strict(value: Any) -> Any:
    """`value` as strict JSON can hold it: array scalars unwrapped, NaN and infinities as None."""
    if isinstance(value, bool | str | int | None):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy and torch scalars and arrays, without importing either
        return strict(value.tolist())
    raise ValueError(f"{type(value).__name__} cannot be written as JSON")


def dump(value: Any, indent: int | None = None) -> bytes:
    """Strict JSON in UTF-8 with a final newline; lone surrogates in a text become `?`."""
    text = json.dumps(strict(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "replace")


def write(path: Path | str, data: bytes, durable: bool = False, in_place: bool = False) -> None:
    """Replace a file atomically; `durable` also survives a power cut.

    `in_place` is for status.json on a full disk and in a folder that takes no new file: where no second copy can be
    made, the file it already has is overwritten with one write, padded to its old length. Raises RunError.
    """
    try:
        replace_file(path, data, durable)
    except OSError as error:
        if not (in_place and error.errno in (*FULL, *DENIED) and _overwrite(path, data)):
            raise RunError(explain(error, path)) from None


def _overwrite(path: Path | str, data: bytes) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            padded = data.rstrip(b"\n").ljust(os.fstat(descriptor).st_size - 1) + b"\n"
            return os.pwrite(descriptor, padded, 0) == len(padded)
        finally:
            os.close(descriptor)
    except OSError:
        return False
