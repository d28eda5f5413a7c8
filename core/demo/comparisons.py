"""Which is dearer, nearer, first, above: statements whose meaning turns with their order; see `events.Scene`. CC0."""

from __future__ import annotations

from core.demo.events import TOWNS, Scene

_LIKED = ("tea", "coffee", "juice", "milk", "soup", "rice", "cake", "fruit")
_GOODS = ("lamp", "chair", "table", "sofa", "mirror", "carpet", "clock", "desk")
_PLACES = ("museum", "library", "hospital", "school", "theatre", "market", "bakery", "post office")
_HAPPENINGS: tuple[str, ...] = ("the rain stopped", "the guests arrived", "the shop closed", "the lights went out")
_HAPPENINGS += ("the speech began", "the bus left", "the phone rang", "the baby woke up")

ORDER = (
    Scene(
        (
            "the <x> costs more than the <y>.",
            "the <y> costs less than the <x>.",
            "the <y> is cheaper than the <x>.",
            "the <x> is more expensive than the <y>.",
            "you pay less for the <y> than for the <x>.",
        ),
        {"x": _GOODS, "y": _GOODS},
        swaps=(("x", "y"),),
        changes=("x", "y"),
        other=("the <x> costs as much as the <y>.",),
    ),
    Scene(
        (
            "the <x> is nearer to the station than the <y>.",
            "the <y> is further from the station than the <x>.",
            "from the station, the way to the <x> is shorter than the way to the <y>.",
            "from the station, you reach the <x> sooner than the <y>.",
        ),
        {"x": _PLACES, "y": _PLACES},
        swaps=(("x", "y"),),
        changes=("x", "y"),
        other=("the <x> is as far from the station as the <y>.",),
    ),
    Scene(
        (
            "<x> before <y>.",
            "<y> after <x>.",
            "first <x>, then <y>.",
            "before <y>, <x>.",
            "after <x>, <y>.",
        ),
        {"x": _HAPPENINGS, "y": _HAPPENINGS},
        swaps=(("x", "y"),),
        changes=("x", "y"),
        other=("<x> just as <y>.",),
    ),
    Scene(
        (
            "<a> took the <train> from <x> to <y>.",
            "<a> went from <x> to <y> by <train>.",
            "the <train> took <a> from <x> to <y>.",
            "<a> left <x> by <train> and got off in <y>.",
        ),
        {"x": TOWNS, "y": TOWNS, "train": ("train", "bus", "ferry", "tram")},
        swaps=(("x", "y"), ("x", "y"), ("x", "y")),
        changes=("a", "x", "y", "train"),
    ),
    Scene(
        (
            "<a> prefers <x> to <y>.",
            "<a> likes <x> better than <y>.",
            "<a> would rather have <x> than <y>.",
            "<a> does not like <y> as much as <x>.",
        ),
        {"x": _LIKED, "y": _LIKED},
        swaps=(("x", "y"), ("x", "y")),
        changes=("a", "x", "y"),
        other=("<a> likes <x> just as much as <y>.",),
    ),
    Scene(
        (
            "the <x> is parked behind the <y>.",
            "the <y> is parked in front of the <x>.",
            "in front of the <x> stands the <y>.",
            "behind the <y> stands the <x>.",
        ),
        {"x": ("van", "bus", "lorry", "taxi", "tractor"), "y": ("van", "bus", "lorry", "taxi", "tractor")},
        swaps=(("x", "y"),),
        changes=("x", "y"),
        other=("the <x> is parked next to the <y>.",),
    ),
    Scene(
        (
            "the <x> is above the <y>.",
            "the <y> is below the <x>.",
            "above the <y> there is the <x>.",
            "you find the <y> one floor below the <x>.",
        ),
        {"x": ("office", "bakery", "studio", "flat", "bank"), "y": ("office", "bakery", "studio", "flat", "bank")},
        swaps=(("x", "y"),),
        changes=("x", "y"),
        other=("the <x> is next to the <y>.",),
    ),
)
