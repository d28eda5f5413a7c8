"""An exported folder in, one zip file out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from core.files import replace_file

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: equal folders give equal files."""


def pack(folder: Path, target: Path) -> Path:
    """Everything in `folder`, below one folder of its name; `target` is written whole or not at all."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                file.writestr(entry, path.read_bytes())
    replace_file(target, held.getvalue())
    return target
