"""Plain statements about plans, numbers, times and duties, each told in several ways; see `events.Scene`.

Here meaning changes by negation, by another number or time, or by a word such as `almost`. CC0.
"""

from __future__ import annotations

from core.demo.events import MONTHS, NAMES, NUMBERS, TIMES, Scene

_DUTIES = ("lock the door", "water the plants", "feed the cat", "pay the rent", "post the letter", "buy bread")
_HABITS = ("smoking", "running", "painting", "eating meat", "playing cards")
_EVENTS = ("match", "concert", "meeting", "parade", "fair", "course")
_HOURS = ("six", "seven", "eight", "nine", "ten", "noon")

STATEMENTS = (
    Scene(
        (
            "the council approved the <plan> <time>.",
            "the <plan> was approved by the council <time>.",
            "<time>, the council voted for the <plan>.",
            "<time>, the council said yes to the <plan>.",
        ),
        {"time": TIMES, "plan": ("new bridge", "school budget", "bus lane", "swimming pool", "cycle path")},
        changes=("time", "plan"),
        other=(
            "the council rejected the <plan> <time>.",
            "<time>, the council voted against the <plan>.",
            "the <plan> was not approved by the council <time>.",
            "<time>, the council said no to the <plan>.",
        ),
    ),
    Scene(
        (
            "<n> people came to the <event> in <month>.",
            "the <event> in <month> was attended by <n> people.",
            "in <month>, <n> people came to the <event>.",
            "the <event> drew <n> people in <month>.",
        ),
        {"n": NUMBERS, "event": _EVENTS, "month": MONTHS},
        changes=("n", "month", "n", "event"),
        other=("nearly <n> people came to the <event> in <month>.",),
    ),
    Scene(
        (
            "more than <n> people came to the <event>.",
            "over <n> people attended the <event>.",
            "the <event> drew more than <n> people.",
            "there were more than <n> people at the <event>.",
        ),
        {"n": NUMBERS, "event": _EVENTS},
        changes=("n", "event"),
        other=(
            "fewer than <n> people came to the <event>.",
            "the <event> drew fewer than <n> people.",
            "there were not more than <n> people at the <event>.",
        ),
    ),
    Scene(
        (
            "the <place> is closed <time>.",
            "the <place> is not open <time>.",
            "<time>, the <place> stays closed.",
            "<time>, you will find the <place> shut.",
        ),
        {
            "place": ("library", "pool", "museum", "bakery", "bank"),
            "time": ("on Monday", "on Sunday", "today", "at noon"),
        },
        changes=("place", "time"),
        other=(
            "the <place> is open <time>.",
            "the <place> is not closed <time>.",
            "<time>, the <place> stays open.",
        ),
    ),
    Scene(
        (
            "<a> failed the <exam> <time>.",
            "<a> did not pass the <exam> <time>.",
            "<time>, <a> failed the <exam>.",
            "<time>, <a> sat the <exam> without success.",
        ),
        {"exam": ("driving test", "maths exam", "language test", "final exam"), "time": TIMES},
        changes=("a", "exam", "time"),
        other=(
            "<a> passed the <exam> <time>.",
            "<a> did not fail the <exam> <time>.",
            "<time>, <a> passed the <exam>.",
        ),
    ),
    Scene(
        (
            "<a> forgot to <duty> <time>.",
            "<a> did not remember to <duty> <time>.",
            "<time>, <a> forgot to <duty>.",
            "<time>, <a> did not think to <duty>.",
        ),
        {"duty": _DUTIES, "time": TIMES},
        changes=("a", "duty", "time"),
        other=(
            "<a> remembered to <duty> <time>.",
            "<a> did not forget to <duty> <time>.",
            "<time>, <a> remembered to <duty>.",
        ),
    ),
    Scene(
        (
            "the <event> was cancelled because of the <cause>.",
            "because of the <cause>, the <event> was cancelled.",
            "the <cause> was the reason why the <event> was called off.",
            "the <event> was called off owing to the <cause>.",
        ),
        {"event": _EVENTS, "cause": ("rain", "strike", "heat", "storm", "snow")},
        changes=("event", "cause"),
        other=(
            "the <event> was not cancelled because of the <cause>.",
            "the <event> went ahead in spite of the <cause>.",
            "in spite of the <cause>, the <event> was not called off.",
        ),
    ),
    Scene(
        (
            "the <paper> must be ready by <time>.",
            "the <paper> has to be finished by <time>.",
            "<time> is the deadline for the <paper>.",
            "the <paper> may not be later than <time>.",
        ),
        {
            "paper": ("report", "essay", "contract", "drawing", "thesis"),
            "time": ("Monday", "Friday", "noon", "tomorrow"),
        },
        changes=("paper", "time"),
        other=("the <paper> need not be ready by <time>.", "the <paper> was ready before <time>."),
    ),
    Scene(
        (
            "the <event> starts at <hour>.",
            "the <event> begins at <hour>.",
            "at <hour>, the <event> begins.",
            "the start of the <event> is at <hour>.",
        ),
        {"event": _EVENTS, "hour": _HOURS},
        changes=("event", "hour", "hour"),
        other=("the <event> ends at <hour>.", "at <hour>, the <event> ends.", "the <event> starts before <hour>."),
    ),
    Scene(
        (
            "the price of <good> rose by a <part> in <month>.",
            "in <month>, <good> became a <part> more expensive.",
            "in <month>, the price of <good> went up by a <part>.",
            "<good> got a <part> more expensive in <month>.",
        ),
        {"good": ("bread", "rice", "petrol", "paper", "milk"), "part": ("tenth", "third", "quarter"), "month": MONTHS},
        changes=("good", "part", "month"),
        other=(
            "the price of <good> fell by a <part> in <month>.",
            "in <month>, <good> became a <part> cheaper.",
            "in <month>, the price of <good> went down by a <part>.",
        ),
    ),
    Scene(
        (
            "dogs are not allowed in the <place>.",
            "you may not take dogs into the <place>.",
            "in the <place>, no dogs are allowed.",
            "the <place> does not let dogs in.",
        ),
        {"place": ("park", "hotel", "shop", "garden", "train", "school")},
        changes=("place",),
        other=("dogs are allowed in the <place>.", "you may take dogs into the <place>.", "the <place> lets dogs in."),
    ),
    Scene(
        (
            "<a> only just caught the <train> <time>.",
            "<a> almost missed the <train> <time>.",
            "<time>, <a> nearly missed the <train>.",
            "<time>, <a> caught the <train> at the last moment.",
        ),
        {"train": ("train", "bus", "plane", "ferry"), "time": TIMES},
        changes=("a", "train", "time"),
        other=(
            "<a> missed the <train> <time>.",
            "<a> almost caught the <train> <time>.",
            "<time>, <a> missed the <train>.",
        ),
    ),
    Scene(
        (
            "<a> was the first to arrive <time>.",
            "<time>, nobody arrived before <a>.",
            "<time>, <a> arrived before everyone else.",
            "<a> arrived earlier than all the others <time>.",
        ),
        {"time": TIMES},
        changes=("a", "time"),
        other=(
            "<a> was the last to arrive <time>.",
            "<time>, everyone else arrived before <a>.",
            "<a> was not the first to arrive <time>.",
        ),
    ),
    Scene(
        (
            "<a> stopped <habit> <time>.",
            "<a> gave up <habit> <time>.",
            "<time>, <a> stopped <habit>.",
            "<time>, <a> was done with <habit> for good.",
        ),
        {"habit": _HABITS, "time": TIMES},
        changes=("a", "habit", "time"),
        other=("<a> started <habit> <time>.", "<a> did not stop <habit> <time>.", "<time>, <a> took up <habit>."),
    ),
    Scene(
        (
            "both <a> and <b> liked the <dish>.",
            "<a> liked the <dish>, and so did <b>.",
            "<b> and <a> both liked the <dish>.",
            "the <dish> was to the taste of <a> and of <b>.",
        ),
        {"dish": ("soup", "pie", "salad", "curry", "bread"), "b": NAMES},
        changes=("a", "b", "dish"),
        other=(
            "<a> liked the <dish>, but <b> did not.",
            "neither <a> nor <b> liked the <dish>.",
            "only <b> liked the <dish>, not <a>.",
        ),
    ),
    Scene(
        (
            "everyone in the <team> knows about the <news>.",
            "there is nobody in the <team> who does not know about the <news>.",
            "the whole <team> knows about the <news>.",
            "the <news> is known to all in the <team>.",
        ),
        {"team": ("team", "village", "class", "family", "choir"), "news": ("prize", "accident", "sale", "wedding")},
        changes=("team", "news"),
        other=(
            "not everyone in the <team> knows about the <news>.",
            "nobody in the <team> knows about the <news>.",
            "there is nobody in the <team> who knows about the <news>.",
        ),
    ),
)
