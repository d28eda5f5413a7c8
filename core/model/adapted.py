"""A saved adapter's folder: a run with LoRA keeps the adapter and, in a folder below it, the model that it sits on."""

from __future__ import annotations

from pathlib import Path

ADAPTER, BASE = "adapter_config.json", "base"


def base_of(folder: Path) -> Path | None:
    """Where the model lies that the folder's adapter sits on; None for a folder that is a model itself."""
    base = folder / BASE
    return base if (folder / ADAPTER).is_file() and (base / "config.json").is_file() else None
