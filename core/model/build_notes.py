"""Notes for a run's record on how its model was built: kept on the model itself until the run is described."""

from __future__ import annotations

import torch

_KEPT = "building_notes"


def build_notes_of(model: torch.nn.Module) -> str:
    """Of its head, its padding, its pooler and its adapters; '' where nothing was done."""
    return str(getattr(model, _KEPT, ""))


def add_build_notes(model: torch.nn.Module, *notes: str) -> None:
    """Add to it; empty notes are left out."""
    setattr(model, _KEPT, "; ".join(filter(None, (build_notes_of(model), *notes))))
