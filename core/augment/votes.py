"""Which augmented rows voters found to keep their label: read from the file of ballots that the page saves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.augment.edits import Edit
from core.augment.guard import difference
from core.fields import ConfigError
from core.files import CLOSED, open_to_visitors

LIMIT = 64 * 2**20
"""Bytes of a file of ballots that are read."""
Row = tuple[str, ...]
"""The one or two texts of a row."""
Accepted = dict[Row, list[tuple[str, Row]]]
"""Original row to (method, augmented row) of each edit that more voters found to keep the label than to flip it."""


def read_accepted(path: Path) -> Accepted:
    """ConfigError where the file cannot be read, or with the line that is no ballot. The last of each voter counts."""
    if not open_to_visitors(path):
        raise ConfigError("augment.votes", f"augment.votes: {path} {CLOSED}")
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("augment.votes", f"augment.votes: {path} cannot be read: {error}") from None
    if len(data) > LIMIT:
        raise ConfigError("augment.votes", f"augment.votes: {path} has more than {LIMIT // 2**20} MB")
    cast: dict[tuple[str, str, Row, Row], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                voter, method, original, augmented, verdict = _ballot(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                said = f"{path}, line {number}: no ballot ({str(error)[:160]})"
                raise ConfigError("augment.votes", said) from None
            cast[voter, method, original, augmented] = {"keeps": 1, "flips": -1}.get(verdict, 0)
    balance: dict[tuple[str, Row, Row], int] = {}
    for (_, method, original, augmented), weight in cast.items():
        balance[method, original, augmented] = balance.get((method, original, augmented), 0) + weight
    found: Accepted = {}
    for (method, original, augmented), weight in sorted(balance.items()):
        if weight > 0:
            found.setdefault(original, []).append((method, augmented))
    return found


def _ballot(values: Any) -> tuple[str, str, Row, Row, str]:
    original, augmented = (tuple(values[key]) for key in ("original", "augmented"))
    words = (values["voter"], values["method"], values["verdict"], *original, *augmented)
    if not all(isinstance(word, str) for word in words) or not 0 < len(original) == len(augmented) <= 2:
        raise ValueError("it needs a voter, a method, a verdict, and two rows of as many texts")
    return values["voter"], values["method"], original, augmented, values["verdict"]


def edits_between(original: Row, augmented: Row, side: int) -> list[Edit]:
    """What a voter accepted, as edits of the row's text (0) or of its second one (1)."""
    return difference(original[side], augmented[side], "accepted by vote") if side < len(original) else []
