"""A configuration in; the shell command that launches it out, with what differs from the defaults alone."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable

from core.config import RunConfig


def train_command(config: RunConfig, runs: str | None = None, lines: bool = False) -> str:
    """The command that launches this very configuration."""
    options = [("--task", config.task), ("--model", config.model)]
    options += [("--set", text) for text in assignments(config, RunConfig())]
    return shell_command("train", options, runs, lines)


def shell_command(verb: str, options: Iterable[tuple[str, str]], runs: str | None = None, lines: bool = False) -> str:
    """A verb of the lab for a shell, on a line or an option a line. `runs`: their folder, where LAB_RUNS names none."""
    root = runs or os.environ.get("LAB_RUNS")
    parts = [shlex.join(option) for option in (*options, *([("--runs", root)] if root else []))]
    return (" \\\n  " if lines else " ").join([f"python -m core {verb}", *parts])


def assignments(config: RunConfig, start: RunConfig) -> list[str]:
    """`KEY=VALUE`, as `--set` reads it, for each key in which two configurations differ, but task and model."""
    return [text for text in changes(config, start) if text.partition("=")[0] not in ("task", "model")]


def changes(config: RunConfig, start: RunConfig) -> list[str]:
    """`KEY=VALUE`, as `--set` reads it, for each key in which two configurations differ."""
    return [f"{key}={_text(value)}" for key, (value, _) in config.differences(start).items()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
