"""A training state in, a folder out, and back: enough to go on exactly. safetensors and JSON, never a pickle.

What is *not* here need not be: batches, augmentation and dropout are functions of seed, epoch and step, and the
learning rate is one of the step.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from core.digests import damage, write_digests
from core.runs.folder.contents import make_folder, of_step, size_of
from core.runs.folder.files import read_json

logger = logging.getLogger(__name__)
NAME = re.compile(r"step-(\d{8})")
TRAINER_STATE = "trainer_state.json"
"""What the Trainer itself reads when it goes on."""


class Checkpoint(NamedTuple):
    """One that was read whole: its folder, and what its state.json holds."""

    path: Path
    state: dict[str, Any]


def save_checkpoint(
    folder: Path,
    step: int,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
    trainer_state: dict[str, Any],
) -> Path:
    """Write `folder/step-<step>` whole or not at all, on the disk itself before it bears its name.

    The run folder must be there: a run that was deleted is not made again. Raises OSError, RunError for a linked
    or missing folder, or SafetensorError.
    """
    target = of_step(folder, step)
    part = folder / f".part-{step:08d}"
    make_folder(folder)
    for stale in folder.glob(".part-*"):  # left by a kill
        shutil.rmtree(stale, ignore_errors=True)
    part.mkdir()
    try:
        save_file(trained_tensors(model), part / "weights.safetensors")
        tensors, scalars = _optimizer_state(optimizer)
        save_file(tensors, part / "optimizer.safetensors")
        (part / TRAINER_STATE).write_text(json.dumps(trainer_state), encoding="utf-8")
        (part / "state.json").write_text(json.dumps({**state, "step": step, "optimizer": scalars}), encoding="utf-8")
        put_in_place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished folder its name: its files digested and on the disk itself before it has it. Raises OSError."""
    write_digests(part)
    for path in (*part.iterdir(), part):
        _sync(path)
    shutil.rmtree(target, ignore_errors=True)
    part.replace(target)
    _sync(target.parent)


def prune(folder: Path, keep: int, limit: int) -> None:
    """Drop all but the newest `keep` checkpoints, and of those the oldest beyond `limit` bytes; never the newest."""
    total = 0
    for place, path in enumerate(checkpoints(folder)):
        total += size_of(path)
        if place and (place >= keep or total > limit):
            shutil.rmtree(path, ignore_errors=True)


def checkpoints(folder: Path) -> list[Path]:
    """Checkpoints by name, newest first; links are not followed."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name) and not path.is_symlink()]
    return sorted(found, key=lambda path: path.name, reverse=True)


def newest_checkpoint(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read whole, with its state; damaged ones are passed over and logged."""
    for path in checkpoints(folder):
        try:
            if wrong := damage(path):
                raise ValueError(wrong)
            read_json(path / TRAINER_STATE)
            state = read_json(path / "state.json")
            load_file(path / "weights.safetensors")
            load_file(path / "optimizer.safetensors")
            if state["step"] == int(path.name.removeprefix("step-")) and {"eval_pending", "epoch"} <= state.keys():
                return Checkpoint(path, state)
            raise ValueError("its state is not that of its step")
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            logger.warning("%s is damaged and passed over: %s", path.name, error)
    return None


def damaged(folder: Path) -> list[str]:
    """One line for each checkpoint newer than the one to go on from: which, and what of it is not as it was written."""
    whole = newest_checkpoint(folder)
    passed = [path for path in checkpoints(folder) if whole is None or path.name > whole.path.name]
    start = f"went on from {whole.path.name}" if whole else "began anew"
    return [f"{path.name} is damaged ({damage(path) or 'it cannot be read whole'}); the run {start}" for path in passed]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load_weights(path: Path, model: torch.nn.Module) -> None:
    """Put the trained tensors back, in place. ValueError when they are not this model's."""
    stored = load_file(path / "weights.safetensors")
    own = {name: tensor for name, tensor in model.state_dict(keep_vars=True).items() if name in stored}
    if {name: tensor.shape for name, tensor in own.items()} != {name: tensor.shape for name, tensor in stored.items()}:
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
