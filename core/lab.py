"""Which lab computes: its version, and a digest of the code that decides a run's numbers."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from core import __version__

CODE = ("augment", "data", "model", "train")
"""Folders of `core` whose files decide a run's numbers."""


@functools.cache
def lab(root: Path = Path(__file__).parent) -> str:
    """The lab's version, and a digest of the code that computes: the same sums in another order differ in last bits."""
    code = hashlib.sha256()
    for path in sorted(path for folder in CODE for path in (root / folder).rglob("*.py")):
        code.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return f"{__version__}, code {code.hexdigest()[:12]}"
