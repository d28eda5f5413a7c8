"""What the tiny MobileBERT reads before it learns a task: passages without labels, none a near-copy of a dev row.

A passage is a training text, or one continued: a review with its writer's verdict, a request with the help
desk's answer, a statement told in two ways. The continuations are what teaches the model what a text comes to.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from core.demo import intents, paraphrase, sentiment
from core.demo.corpora import DEMO_LABELS, build_corpus, near_copies
from core.demo.phrases import expand

Passage = tuple[str, str | None]

VERDICTS = (
    (
        "{I was|we were} {disappointed|annoyed|bored|glad when it was over}.",
        "{one star|two stars} out of five{, no more|}.",
        "I {would not|will not|would never} {recommend it|do it again|come again|pay for it again}.",
        "{what a waste of money|what a shame|never again|a mistake|save your money|stay away}.",
        "it was {bad|poor|awful|terrible|a disappointment}, {not good|sad to say|and I am being kind}.",
        "{I did not like it|I disliked it|I regret it|I was not happy with it}.",
    ),
    (
        "{I was|we were} {delighted|happy|impressed|sorry when it was over}.",
        "{five stars|four stars} out of five{, no less|}.",
        "I {would|will|would gladly} {recommend it|do it again|come again|pay for it again}.",
        "{worth every penny|what a treat|more of this, please|a hit|do not miss it|go for it}.",
        "it was {good|great|excellent|wonderful|a success}, {not bad|happy to say|and I am hard to please}.",
        "{I liked it|I loved it|I do not regret it|I was very happy with it}.",
    ),
)

ANSWERS = (
    (
        "{we have|I have} {refunded|paid back} the money{ to your card|}.",
        "your refund {is on its way|will take five days}.",
        "please send it back, and you will get {your money back|a refund}.",
        "{sorry about that|I understand}. We will refund you {today|in full}.",
        "here is the label for returning it. The refund follows.",
    ),
    (
        "the parcel {is on its way|is at the depot|left our warehouse today}.",
        "{our|the} driver will deliver it {tomorrow|today|in two days}.",
        "here is the tracking link for your order.",
        "the courier is running late. Your delivery {comes|will come} tomorrow.",
        "I have asked the carrier where your parcel is.",
    ),
    (
        "I have {changed|moved} your {booking|reservation}{ to the new date|}.",
        "{that day|the new date} is still free. Shall I change the booking?",
        "your booking has been {changed|updated|moved}.",
        "there is room for one more. I have added it to your reservation.",
        "here is the new confirmation of your booking, with the new date.",
    ),
    (
        "please {update|reinstall|restart} the app and {try|log in} again.",
        "our engineers are {working on|looking into} the {error|problem}.",
        "try another browser, or {reset|restart} your {phone|computer}.",
        "I have sent you a new link for the password.",
        "this is a known error. It will be fixed with the next update.",
    ),
    (
        "{here is|I have sent you} a {corrected|new} {invoice|bill}.",
        "the charge is for {last month|delivery|the tax}.",
        "you were charged {twice|too much}. The next invoice will be lower.",
        "I have changed the payment details on your account.",
        "I have looked at your bill: the amount is correct.",
    ),
    (
        "your {account|subscription|membership} has been {closed|cancelled|ended}.",
        "we are sorry to see you go. Your contract ends {today|this month}.",
        "I have cancelled it; you will not hear from us again.",
        "all your data has been deleted. Goodbye!",
        "{it ends|your plan ends} at the end of the month. We hope you come back.",
    ),
)


def passages(count: int, seed: int) -> list[Passage]:
    """`count` passages for masked language modelling, the training texts of all corpora among them."""
    rng = random.Random(f"reading/{seed}")
    rows = [row for name in DEMO_LABELS for row in build_corpus(name)[0]]
    read: list[Passage] = [(row["text"], row.get("pair")) for row in rows]
    makers = ((_review, "demo-sentiment"), (_dialogue, "demo-intents"), (_retelling, "demo-paraphrase"))
    while len(read) < count:
        for make, name in makers:
            read += _new_passages(make, name, rng)
    rng.shuffle(read)
    return read[:count]


def _new_passages(
    make: Callable[[random.Random], tuple[dict, Passage]], name: str, rng: random.Random
) -> list[Passage]:
    made = [make(rng) for _ in range(1000)]
    copied = near_copies([row for row, _ in made], build_corpus(name)[1])
    return [passage for (_, passage), copy in zip(made, copied, strict=True) if not copy]


def _review(rng: random.Random) -> tuple[dict, Passage]:
    """A review and what its writer makes of it; now and then a bare clause, so that every clause is read."""
    if rng.random() < 0.35:
        subject, label = rng.choice(sentiment.SUBJECTS), rng.randrange(2)
        clause = rng.choice(subject.praise if label else subject.complaint)
        row: dict = {"text": expand(f"{clause}.", {}, rng), "label": label}
    else:
        row = sentiment.make_row(rng, False)
    return row, _followed(row["text"], expand(rng.choice(VERDICTS[row["label"]]), {}, rng), rng)


def _dialogue(rng: random.Random) -> tuple[dict, Passage]:
    """A request and the help desk's answer."""
    row = intents.make_row(rng, False)
    return row, _followed(row["text"], expand(rng.choice(ANSWERS[row["label"]]), {}, rng), rng)


def _retelling(rng: random.Random) -> tuple[dict, Passage]:
    """A statement told in two ways, a true one after a false one, or once, about anybody."""
    if rng.random() < 0.25:
        row = {"text": paraphrase.tell(rng)}
        return row, (row["text"], None)
    row = paraphrase.make_row(rng, False)
    if row["label"]:
        return row, (row["text"], row["pair"])
    return row, (expand(f"{{no|not so|wrong}}: {row['text']}", {}, rng), row["pair"])


def _followed(text: str, reply: str, rng: random.Random) -> Passage:
    return (
        (text, reply) if rng.random() < 0.5 else (f"{text} {reply}" if text[-1] in ".?!" else f"{text}. {reply}", None)
    )
