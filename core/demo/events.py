"""Small everyday events, each told in several ways that mean the same and in some that do not.

Within a `Scene` the slots are filled once, so that its `same` forms are paraphrases of each other. Meaning
changes when two slots of `swaps` trade places, when a slot of `changes` is filled anew, or in an `other` form.
Written for this project, CC0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NAMES: tuple[str, ...] = (
    "Maria",
    "Tom",
    "Ana",
    "Peter",
    "Lena",
    "Omar",
    "Ruth",
    "Ben",
    "Carla",
    "Ivan",
    "Nina",
    "Paul",
)
NAMES += ("Sara", "Hugo", "Mina", "Jack", "Olga", "Sam", "Emma", "Karim", "Julia", "Leo", "Rosa", "Adam")
TIMES: tuple[str, ...] = (
    "on Monday",
    "on Tuesday",
    "on Friday",
    "on Sunday",
    "last week",
    "yesterday",
    "in May",
    "in October",
)
TIMES += ("this morning", "last summer", "in the evening", "two years ago", "on Thursday", "in March")
MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
NUMBERS = ("twelve", "fifteen", "twenty", "thirty", "forty", "sixty", "eighty", "ninety")
TOWNS = ("Leeds", "Paris", "Vienna", "Porto", "Dublin", "Hamburg", "Oslo", "Rome", "Prague", "Geneva")


@dataclass(frozen=True, eq=False)
class Scene:
    """An event: what may fill its slots, how it can be told, and what would make it another event."""

    same: tuple[str, ...]
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    swaps: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def _between_people(
    *same: str, other: tuple[str, ...] = (), symmetric: bool = False, **slots: tuple[str, ...]
) -> Scene:
    """A scene between <a> and <b> at <time>; unless symmetric, it matters who is who."""
    swaps = () if symmetric else (("a", "b"),)
    return Scene(same, {"time": TIMES, **slots}, swaps, ("time", *slots), other)


PEOPLE = (
    _between_people(
        "<a> lent <b> <thing> <time>.",
        "<b> borrowed <thing> from <a> <time>.",
        "<time>, <a> lent <thing> to <b>.",
        "it was <a> who lent <b> <thing> <time>.",
        "<time>, <b> was lent <thing> by <a>.",
        other=("<a> refused to lend <b> <thing> <time>.", "<a> did not lend <b> <thing> <time>."),
        thing=("a bicycle", "a ladder", "a big suitcase", "a tent", "the blue car", "some money"),
    ),
    _between_people(
        "<a> sold <thing> to <b> <time>.",
        "<b> bought <thing> from <a> <time>.",
        "<time>, <a> sold <b> <thing>.",
        "the one who sold <b> <thing> <time> was <a>.",
        "<time>, <thing> was bought by <b> from <a>.",
        other=("<a> did not want to sell <thing> to <b> <time>.", "<b> almost bought <thing> from <a> <time>."),
        thing=("an old piano", "a farm", "two paintings", "a small boat", "the red van"),
    ),
    _between_people(
        "<a> taught <b> <skill>.",
        "<b> learned <skill> from <a>.",
        "it was <a> who taught <b> <skill>.",
        "<b> was taught <skill> by <a>.",
        other=("<a> never taught <b> <skill>.", "<b> wanted to learn <skill> from <a>."),
        skill=("chess", "Spanish", "algebra", "juggling", "Latin"),
    ),
    _between_people(
        "<a> beat <b> in the final <time>.",
        "<b> lost the final against <a> <time>.",
        "<time>, the final was won by <a> against <b>.",
        "<time>, <b> was beaten by <a> in the final.",
        other=("<a> played against <b> in the final <time>, and nobody won.",),
    ),
    _between_people(
        "<a> is older than <b>.",
        "<b> is younger than <a>.",
        "<a> was born before <b>.",
        "<b> was born after <a>.",
        "<b> is not as old as <a>.",
        other=("<a> is exactly as old as <b>.",),
    ),
    _between_people(
        "<a> invited <b> to <party> <time>.",
        "<b> was invited to <party> by <a> <time>.",
        "<time>, <b> got an invitation to <party> from <a>.",
        "<time>, <a> asked <b> to come to <party>.",
        other=("<a> did not invite <b> to <party> <time>.",),
        party=("dinner", "a wedding", "lunch", "a picnic"),
    ),
    _between_people(
        "<a> called <b> <time>.",
        "<b> had a call from <a> <time>.",
        "<time>, <a> phoned <b>.",
        "<time>, <b> was called by <a>.",
        other=("<a> did not call <b> <time>.", "<a> forgot to call <b> <time>."),
    ),
    _between_people(
        "<a> sent <b> <thing> <time>.",
        "<b> received <thing> from <a> <time>.",
        "<time>, <a> sent <thing> to <b>.",
        "<time>, <thing> from <a> reached <b>.",
        other=("<a> never sent <b> <thing>.",),
        thing=("a long letter", "a birthday card", "flowers", "a parcel", "a postcard"),
    ),
    _between_people(
        "<a> works for <b>.",
        "<b> employs <a>.",
        "<b> is the one <a> works for.",
        "<a> has a job with <b>.",
        other=("<a> no longer works for <b>.", "<a> used to work for <b>."),
    ),
    _between_people(
        "<a> pulled <b> out of the <water> <time>.",
        "<b> was pulled out of the <water> by <a> <time>.",
        "<time>, <a> saved <b> from the <water>.",
        "<time>, it was <a> who got <b> out of the <water>.",
        other=("<a> could not pull <b> out of the <water> <time>.",),
        water=("lake", "river", "pool", "sea"),
    ),
    _between_people(
        "<a> met <b> <time>.",
        "<b> met <a> <time>.",
        "<time>, <a> and <b> met.",
        "<time>, there was a meeting between <b> and <a>.",
        other=("<a> did not meet <b> <time>.", "<a> and <b> avoided each other <time>."),
        symmetric=True,
    ),
    _between_people(
        "<a> lives next door to <b>.",
        "<b> lives next door to <a>.",
        "<a> and <b> are neighbours.",
        "<b> is a neighbour of <a>.",
        other=("<a> no longer lives next door to <b>.", "<a> and <b> used to be neighbours."),
        symmetric=True,
    ),
    _between_people(
        "<a> owes <b> <sum>.",
        "<b> is owed <sum> by <a>.",
        "<a> has to pay <b> <sum>.",
        "<b> is waiting for <sum> from <a>.",
        other=("<a> does not owe <b> <sum>.", "<a> has paid <b> <sum>."),
        sum=("ten euros", "fifty euros", "a hundred pounds", "two dollars"),
    ),
    _between_people(
        "the <thing> belongs to <a>, not to <b>.",
        "<a>, not <b>, owns the <thing>.",
        "the owner of the <thing> is <a> and not <b>.",
        "<a> is the owner of the <thing>; <b> is not.",
        other=("the <thing> belongs to <a> and to <b>.",),
        thing=("cottage", "dog", "guitar", "shop", "horse"),
    ),
)
