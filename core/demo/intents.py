"""Short customer requests in six classes. The class is what the customer wants now, not every topic mentioned.

Many messages name a second topic that is set aside ("I don't want to cancel, I only want to ..."), so that
spotting one word is not enough.
"""

from __future__ import annotations

import random

from core.demo.phrases import UNSEEN, expand, pick, split
from core.demo.request_parts import SITUATIONS, SLOTS, WISHES

LABELS = ("refund", "delivery", "booking", "technical", "billing", "cancel")

ASKING = (
    "{hi, |hello, |good morning, |}I {would like|want|need} to <wish>{, please|}.",
    "{and |}how can I <wish>?",
    "is there {a|any} way to <wish>?",
    "I have been trying to <wish> for <long>{ now|}. {Can you help?|Please help.|}",
    "could you {please |}help me to <wish>?",
    "I can't {seem to |}<wish>. What {now|should I do}?",
    "what do I have to do to <wish>?",
    "all I want is to <wish>.",
    "my <kin> asked me to <wish>. Is that possible?",
    "who can help me to <wish>?",
    "please help me to <wish>.",
    "my question is short: how can I <wish>?",
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
    "to <other> was easy. How can I <wish>, though?",
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

TWO_CASES = (
    "<case> <case>",
    "<case> And another thing: <case>",
    "<case> {Besides|On top of that}: <case>",
    "my last message was this: <ocase> That is {settled|solved}. Now something else: <case>",
    "<ocase> That was {last week|yesterday}, and it is {settled|dealt with}. {Now|Today} it is this: <case>",
    "<case> Please ignore what I wrote this morning, which was this: <ocase>",
    "<case> I have two worries, and this is the second: <case>",
    "my other message is out of date: <ocase> {The real problem is this|This is what matters}: <case>",
    "you answered this already: <ocase> You did not answer this: <case>",
    "<case> You need not answer my old message any more. It was this: <ocase>",
    "first this: <case> Then this: <case>",
    "your colleague wrote down this: <ocase> But what I said was this: <case>",
)


def make_row(rng: random.Random, held_out: bool) -> dict:
    """One labelled message; dev rows also use frames, wishes and situations that training rows never have."""
    label = rng.randrange(len(LABELS))
    family = rng.choices((ASKING, SET_ASIDE, TELLING, TWO_CASES), (4, 4, 4, 4))[0]
    other = rng.choice([topic for topic in range(len(LABELS)) if topic != label])
    slots = {
        **SLOTS,
        "wish": _parts(WISHES[label], held_out, rng),
        "other": split(WISHES[other], 4)[0],
        "case": _parts(SITUATIONS[label], held_out, rng),
        "ocase": split(SITUATIONS[other], 4)[0],
    }
    frame = pick(family, held_out, rng)
    if family is TELLING and rng.random() < 0.4:
        frame = "<case>"
    text = expand(frame, slots, rng)
    return {"text": _as_typed(text, rng), "label": label}


def _parts(parts: tuple[str, ...], held_out: bool, rng: random.Random) -> list[str]:
    return split(parts, 4)[held_out and rng.random() < UNSEEN]


def _as_typed(text: str, rng: random.Random) -> str:
    """Some people write to a help desk without capitals, some without the last full stop."""
    if rng.random() < 0.15:
        text = text.lower()
    if text.endswith(".") and rng.random() < 0.15:
        text = text[:-1]
    return text
