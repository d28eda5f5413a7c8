"""One text through one method, as the policy would have it."""

from __future__ import annotations

from random import Random

from core.augment.edits import Augmented, assembled
from core.augment.english.synonym_table import SynonymTable
from core.augment.method import Guesser, Setting
from core.augment.methods import method_named

EMPTY = SynonymTable("none", 0, "careful")
DEFAULT = -1.0


def augmented(
    text: str,
    method: str,
    rng: Random,
    table: SynonymTable = EMPTY,
    style: str = "careful",
    strength: float | None = DEFAULT,
    protect: frozenset[str] = frozenset(),
    distance: int = 3,
    guesser: Guesser | None = None,
) -> Augmented:
    one = method_named(method)
    share = one.strengths[style] if strength == DEFAULT else strength
    setting = Setting(table, share, protect, distance, guesser)
    return assembled(text, one.form(style)(text, rng, setting), method)
