"""A configuration in; the shell command that launches it out, with what differs from the defaults alone."""

from __future__ import annotations

import shlex

from core.config import RunConfig


def command_line(config: RunConfig) -> str:
    """The shell command that launches this very configuration."""
    changed = assignments(config, RunConfig())
    words = ["--task", config.task, "--model", config.model, *(word for text in changed for word in ("--set", text))]
    return shlex.join(["python", "-m", "core", "train", *words])


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
