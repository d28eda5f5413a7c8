"""Settings of runs in words, as tables and verdicts name what tells runs apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def settings(values: Mapping[str, object], keys: Iterable[str]) -> str:
    """`loss joint, rank 32`: the named keys of a flat configuration with their values."""
    return ", ".join(f"{key.rpartition('.')[2].replace('_', ' ')} {value_text(values[key])}" for key in keys)


def value_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return "+".join(map(str, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
