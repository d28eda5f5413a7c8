"""Short customer requests in six classes. The class is what the customer wants now, not every topic mentioned.

Many messages name a second topic that is set aside ("I don't want to cancel, I only want to ..."), so that
spotting one word is not enough.
"""

from __future__ import annotations

import random

from core.demo.phrases import expand, split
from core.demo.request_parts import SITUATIONS, SLOTS, WISHES

LABELS = ("refund", "delivery", "booking", "technical", "billing", "cancel")

ASKING = (
    "{hi, |hello, |good morning, |}I {would like|want|need} to <wish>{, please|}.",
    "how {can|do} I <wish>?",
    "is there {a|any} way to <wish>?",
    "I have been trying to <wish> for <long>{ now|}. {Can you help?|Please help.|}",
    "could you {please |}help me to <wish>?",
    "I can't {seem to |}<wish>. What {now|should I do}?",
    "what do I have to do to <wish>?",
    "all I want is to <wish>.",
    "my <kin> asked me to <wish>. Is that possible?",
    "who can help me to <wish>?",
    "please help me to <wish>.",
    "my question is short: how do I <wish>?",
    "{we|I} would be glad to <wish>.",
    "is it possible to <wish>, and if so, how?",
    "it should not be so hard to <wish>.",
    "do I need to call somebody to <wish>?",
)
SET_ASIDE = (
    "I don't want to <other>. I {just|only} want to <wish>.",
    "last time you helped me to <other>; now I need to <wish>.",
    "{no|sorry}, this is not about how to <other>. I would like to <wish>.",
    "before I <other>, I {need|have} to <wish>. How?",
    "I managed to <other>, but I still can't <wish>.",
    "I could also <other> later. First I need to <wish>.",
    "instead of helping me to <other>, please help me to <wish>.",
    "I need to <wish>, not to <other>.",
    "your page explains how to <other>, not how to <wish>, and that is what I am after.",
    "I would like to <wish>. I do not want to <other>.",
    "yesterday I asked how to <other>. Forget that, I would rather <wish>.",
    "to <other> was easy. To <wish> is another matter: how?",
)
TELLING = (
    "{hello|hi there|good evening|dear team}, <case>",
    "<case> {thanks in advance.|please advise.|any idea?|can you check?}",
    "{quick question|another problem}: <case>",
    "{it's me again|me again, I am afraid}. <case>",
    "I wrote to you <ago> already. <case>",
    "{sorry to bother you|I hope you can help}. <case>",
    "your line was busy, so I am writing. <case>",
    "<case> {it is rather urgent.|no hurry.|I look forward to your answer.}",
    "<case> {what now?|what shall I do?|please let me know.}",
    "{not sure if you are the right people to ask|maybe I am in the wrong place}. <case>",
    "<case> {sorry for my English.|my <kin> told me to write to you.}",
    "I am writing for my <kin>. <case>",
)


def make_row(rng: random.Random, held_out: bool) -> dict:
    """One labelled message; held out rows use frames, wishes and situations that training rows never have."""
    label = rng.randrange(len(LABELS))
    family = rng.choices((ASKING, SET_ASIDE, TELLING), (4, 4, 7))[0]
    other = rng.choice([topic for topic in range(len(LABELS)) if topic != label])
    slots = {
        **SLOTS,
        "wish": split(WISHES[label], 4)[held_out] if rng.random() < 0.5 else split(WISHES[label], 4)[0],
        "other": split(WISHES[other], 4)[0],
        "case": split(SITUATIONS[label], 4)[held_out],
    }
    frame = rng.choice(split(family, 4)[held_out])
    if family is TELLING and rng.random() < 0.4:
        frame = "<case>"
    text = expand(frame, slots, rng)
    return {"text": _as_typed(text, rng), "label": label}


def _as_typed(text: str, rng: random.Random) -> str:
    """Some people write to a help desk without capitals, some without the last full stop."""
    if rng.random() < 0.15:
        text = text.lower()
    if text.endswith(".") and rng.random() < 0.15:
        text = text[:-1]
    return text
