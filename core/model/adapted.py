"""LoRA adapters in memory and on disk: a run keeps the adapter, and in a folder below it the model that it sits on."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

ADAPTER, BASE = "adapter_config.json", "base"


def base_of(folder: Path) -> Path | None:
    """Where the model lies that the folder's adapter sits on; None for a folder that is a model itself."""
    base = folder / BASE
    return base if (folder / ADAPTER).is_file() and (base / "config.json").is_file() else None


def has_model(folder: Path) -> bool:
    """Whether a model was saved there, with adapters or in full."""
    return (folder / ADAPTER).is_file() or (folder / "config.json").is_file()


def has_adapters(model: Any) -> bool:
    """Whether adapters lie beside the model's weights (a peft model)."""
    return hasattr(model, "peft_config")


def merged(model: Any) -> Any:
    """The model with its adapters added into its weights; the one given stays as it is."""
    return copy.deepcopy(model).merge_and_unload() if has_adapters(model) else model
