"""Pairs of sentences that mean the same, or differ in who, what, when, how many or whether.

Both classes share most of their words, and both have pairs that differ by little: telling them apart takes
the small words (not, almost, before), another name or day, and now and then nothing but the order.
"""

from __future__ import annotations

import random
from functools import cache

from core.demo.comparisons import ORDER
from core.demo.events import NAMES, PEOPLE, Scene
from core.demo.phrases import UNSEEN, expand
from core.demo.statements import STATEMENTS

LABELS = ("not_paraphrase", "paraphrase")
SCENES = PEOPLE + ORDER + STATEMENTS
HELD_NAMES = NAMES[-8:]


def make_row(rng: random.Random, held_out: bool, for_reading: bool = False) -> dict:
    """One labelled pair; a held out pair has names, and now and then a form, that training pairs never have.

    `for_reading`: any two people and any form, held out or not.
    """
    names = NAMES if for_reading else tuple(name for name in NAMES if (name in HELD_NAMES) == held_out)
    scene = rng.choice(SCENES)
    label = rng.randrange(2)
    told = _fill(scene, rng, names)
    known = scene.same if for_reading else scene.same[:-1]
    first = rng.choice(known)
    second = rng.choice([form for form in known if form != first])
    if held_out and rng.random() < UNSEEN:
        second = scene.same[-1]
    meant = told
    if not label:
        meant, second = _change(scene, told, first, second, names, rng)
    text, pair = expand(first, told, rng), expand(second, meant, rng)
    if rng.random() < 0.5:
        text, pair = pair, text
    return {"text": text, "pair": pair, "label": label}


def tell(rng: random.Random) -> str:
    """One statement, in any of its forms, about anybody."""
    scene = rng.choice(SCENES)
    return expand(rng.choice(scene.same + scene.other), _fill(scene, rng, NAMES), rng)


def _fill(scene: Scene, rng: random.Random, names: tuple[str, ...]) -> dict[str, str]:
    """One value a slot, no value twice."""
    told: dict[str, str] = {}
    for slot in {"a": NAMES, "b": NAMES, **scene.slots}:
        told[slot] = rng.choice([value for value in _choices(scene, slot, names) if value not in told.values()])
    return told


def _change(
    scene: Scene, told: dict[str, str], first: str, second: str, names: tuple[str, ...], rng: random.Random
) -> tuple[dict[str, str], str]:
    """Another meaning: a form that says something else, another event, a slot filled anew, or roles swapped."""
    spoken = [slot for slot in scene.changes if f"<{slot}>" in first and f"<{slot}>" in second]
    ways = ["other"] * 5 * bool(scene.other) + ["event"] * 3 * bool(_related(scene))
    ways += ["change"] * bool(spoken) + ["swap"] * bool(scene.swaps)
    way = rng.choice(ways)
    meant = dict(told)
    if way == "other":
        return meant, rng.choice(scene.other)
    if way == "event":
        event, shared = rng.choice(_related(scene))
        kept = {slot: told[slot] for slot in shared}
        return {**_fill(event, rng, names), **kept}, rng.choice(event.same[:-1])
    if way == "swap":
        one, two = rng.choice(scene.swaps)
        meant[one], meant[two] = told[two], told[one]
    else:
        slot = rng.choice(spoken)
        meant[slot] = rng.choice([value for value in _choices(scene, slot, names) if value not in told.values()])
    return meant, rng.choice((first, second))


@cache
def _related(scene: Scene) -> list[tuple[Scene, list[str]]]:
    """Other scenes, each with the slots that both tell of and fill alike: the people, the time, the number."""
    found = []
    for other in SCENES:
        shared = [
            slot
            for slot in {"a": NAMES, "b": NAMES, **scene.slots}
            if all(any(f"<{slot}>" in form for form in each.same) for each in (scene, other))
            and scene.slots.get(slot) == other.slots.get(slot)
        ]
        if shared and other is not scene:
            found.append((other, shared))
    return found


def _choices(scene: Scene, slot: str, names: tuple[str, ...]) -> tuple[str, ...]:
    choices = scene.slots.get(slot, NAMES)
    return names if choices is NAMES else choices
