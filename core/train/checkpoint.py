"""A training state in, a folder out, and back: enough to go on exactly. safetensors and JSON, never a pickle.

What is *not* here need not be: batches, augmentation and dropout are functions of seed, epoch and step, and the
learning rate is one of the step.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

NAME = re.compile(r"step-(\d{8})")
KEEP = 2
"""Checkpoints kept: the newest, and the one before it in case the newest was being written when power went."""


def save_checkpoint(
    folder: Path,
    step: int,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
) -> Path:
    """Write `folder/step-<step>` whole or not at all, then drop all but the newest KEEP."""
    target = folder / f"step-{step:08d}"
    part = folder / f".part-{step:08d}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        save_file(trained_tensors(model), part / "weights.safetensors")
        tensors, scalars = _optimizer_state(optimizer)
        save_file(tensors, part / "optimizer.safetensors")
        document = {**state, "step": step, "optimizer": scalars}
        with (part / "state.json").open("w", encoding="utf-8") as out:
            json.dump(document, out)
            out.flush()
            os.fsync(out.fileno())
        shutil.rmtree(target, ignore_errors=True)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for old in checkpoints(folder)[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints, newest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and (path / "state.json").is_file()]
    return sorted(found, key=lambda path: path.name, reverse=True)


def newest_checkpoint(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The newest checkpoint that can be read whole, with its state; damaged ones are passed over."""
    for path in checkpoints(folder):
        try:
            state = json.loads((path / "state.json").read_text(encoding="utf-8"))
            load_file(path / "weights.safetensors")
            load_file(path / "optimizer.safetensors")
        except (OSError, ValueError, SafetensorError):
            continue
        return path, state
    return None


def load_weights(path: Path, model: torch.nn.Module) -> None:
    """Put the trained tensors back, in place. ValueError when they are not this model's."""
    stored = load_file(path / "weights.safetensors")
    own = {name: tensor for name, tensor in model.state_dict(keep_vars=True).items() if name in stored}
    if len(own) != len(stored):
        raise ValueError(f"{path.name} holds tensors that this model does not have; was the configuration changed?")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(stored[name])


def load_optimizer(path: Path, optimizer: torch.optim.Optimizer) -> None:
    """Put moments and step counts back. ValueError when they are not this optimizer's."""
    tensors = load_file(path / "optimizer.safetensors")
    scalars = json.loads((path / "state.json").read_text(encoding="utf-8"))["optimizer"]
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    for key, value in scalars.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    groups = optimizer.state_dict()["param_groups"]
    if len(state) not in (0, sum(len(group["params"]) for group in groups)):
        raise ValueError(f"{path.name} holds the state of another optimizer; was the configuration changed?")
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def trained_tensors(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Parameters that training changes, by name, each shared tensor once; frozen ones come from the base model."""
    return {name: p.detach().cpu().contiguous() for name, p in model.named_parameters() if p.requires_grad}


def _optimizer_state(optimizer: torch.optim.Optimizer) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    tensors: dict[str, torch.Tensor] = {}
    scalars: dict[str, Any] = {}
    for index, entry in optimizer.state_dict()["state"].items():
        for name, value in entry.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{index}.{name}"] = value.detach().cpu().contiguous()
            else:
                scalars[f"{index}.{name}"] = value
    return tensors, scalars
