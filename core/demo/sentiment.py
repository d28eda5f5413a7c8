"""Reviews of a sentence or two, negative or positive. In most of them only the order of the words decides.

Nearly every frame serves both labels with the same words: which clause follows `but`, and what is negated,
makes the difference. A bag of words therefore does little better than guess on them.
"""

from __future__ import annotations

import random

from core.demo.phrases import UNSEEN, expand, pick, split
from core.demo.review_parts import SUBJECTS, ReviewSubject

LABELS = ("negative", "positive")

# <pro> and <adj> agree with the label, <con> and <oadj> oppose it
CONTRAST = (
    "<con>, but <pro>.",
    "although <con>, <pro>.",
    "<con>. {Still|All the same}, <pro>.",
    "<pro>, even if <con>.",
    "{I grant you that|it is true that} <con>, {yet|but} <pro>, and that is what counts.",
    "for me it comes down to one thing: <pro>. That <con> hardly matters.",
    "<pro>, although I admit that <con>.",
    "never mind that <con>. What counts is that <pro>.",
    "<con>, {no doubt about it|there is no denying it}, but <pro>.",
    "{yes|sure}, <con>. {But|And yet} <pro>.",
    "while <con>, <pro>, and I know which of the two I will remember.",
    "at first I could only think that <con>. By the end I had to admit that <pro>.",
    "<con>, which would matter more if it were not for this: <pro>.",
    "<pro>. So what if <con>?",
    "I could tell you that <con>, but the truth is that <pro>.",
    "<pro>. I say this knowing that <con>.",
    "forget that <con>; <pro>.",
    "some will tell you that <con>. I will only say that <pro>.",
    "<con>. That was my one thought, until I noticed that <pro>.",
    "granted, <con>. Even so, <pro>.",
    "<pro>. That <con> is neither here nor there.",
    "it is a pity that people only talk of one thing, that <con>, when <pro>.",
    "<pro>, whereas the fact that <con> is soon forgotten.",
    "two things to know: <con>, and, far more important, <pro>.",
)

NEGATION = (
    "the <it> {is|was} {anything but|far from|by no means|not in the least} <oadj>.",
    "I would never call this <it> <oadj>. {It is|I found it} <adj>.",
    "nobody could {call|describe} this <it> {as |}<oadj>.",
    "it {is|was} not {the least bit|at all} <oadj>, whatever {they say|people claim}: <pro>.",
    "<oadj>? Not {this <it>|at all}. {More like|I would say} <adj>.",
    "{not <oadj>, no: <adj>|I would not say <oadj>. I would say <adj>}.",
    "I had been told it was <oadj>. It {was|is} not: <pro>.",
    "there is nothing <oadj> about {this|the} <it>.",
    "do not believe anyone who calls it <oadj>. It is <adj>, and <pro>.",
    "I can't think of anyone who would call this <oadj>, least of all me.",
    "whoever wrote that this <it> is <oadj> must have <used_past> another one.",
    "<adj>, not <oadj>: that is my verdict on this <it>.",
    "is it <oadj>? {Not in my book|Certainly not|I would not say so}. Is it <adj>? Very.",
    "what it is not is <oadj>.",
    "to call it <oadj> {is a joke|is simply wrong|misses the point}.",
    "you will look in vain for anything <oadj> {here|in this <it>}.",
)

EXPECTATION = (
    "I expected {a|another} <oadj> <it> and got a <adj> one.",
    "I {hoped|feared}, no, I was sure it would be <oadj>. It turned out <adj>.",
    "{the reviews|my friends} called it <oadj>. {I disagree|I can't agree}: <pro>.",
    "the last one was <oadj>; this one is <adj>.",
    "unlike the one we <used> in {spring|May|the autumn}, which was <oadj>, this <it> is <adj>.",
    "what looked like a <oadj> <it> {proved to be|was in the end} a <adj> one.",
    "everyone said it would be <oadj>, and everyone was wrong.",
    "my {sister|neighbour|boss|brother} found it <oadj>. I thought it was <adj>.",
    "I used to think of it as <oadj>. Now I find it <adj>.",
    "from <oadj> to <adj> in {a single year|one season}: what a change.",
    "my first impression was <oadj>, my second <adj>, and the second is the one I trust.",
    "they promised a <oadj> <it>. What we got was a <adj> one.",
    "I came for a <oadj> <it> and left with the memory of a <adj> one.",
    "the <oadj> <it> that I had read about must be another one. Ours was <adj>.",
    "last {year|time} I wrote that it was <oadj>. I take it back: it is <adj>.",
    "who would have thought it? I was prepared for something <oadj>, and <pro>.",
)

HEDGED = (
    "{perhaps I was lucky|maybe it is just me|I may be alone in this}, but <pro>.",
    "I am not {sure|certain} that everyone would agree, but I thought it was <adj>.",
    "{I must say|I have to admit} that <pro>, and <pro2>.",
    "{all in all|on the whole}, a {rather|fairly} <adj> <it>.",
    "it may not suit everyone; to {me|us} it {seemed|felt} <adj>.",
    "I don't often write reviews, but <pro>.",
    "as far as I can tell, <pro>.",
    "a {slightly|somewhat} <oadj> {start|beginning}, a {truly|really} <adj> {finish|end}.",
    "we all came to the same conclusion: <pro>.",
    "<pro>, if you ask me.",
    "we <used_it> {last week|on Sunday|in June}, and <pro>.",
    "<adj> from {start to finish|beginning to end}, and <pro>.",
    "I asked the others, and they all said the same: <pro>.",
    "there is one thing I keep telling people: <pro>.",
    "<adj>, {I think|if I may say so|to put it mildly}, and <pro>.",
    "it seems to me that <pro>.",
)

# frames that only make sense for one label
PRAISING = (
    "I can't fault it: <pro>.",
    "not bad at all: <pro>.",
    "I have {rarely|seldom} <used_past> a better <it>.",
    "not once did I {regret it|wish I had chosen another one}. It was <adj>.",
    "it does not get much better than this: <pro>.",
    "I was ready to hate it, and then <pro>.",
    "hardly perfect, but I would <again> without a second thought.",
    "I can't complain: <pro>, and the rest was not bad either.",
    "nothing I could say against it would be fair. It is <adj>.",
    "you would have to be very hard to please not to like this <it>.",
    "if <con>, I did not notice. I was enjoying myself too much.",
    "I did not want it to end.",
    "try as I might, I can't find anything wrong with it.",
    "I was in a bad mood that day, and even so I must say that <pro>.",
    "the only thing wrong with it is that it was over so soon.",
    "no regrets here: <pro>.",
)
PANNING = (
    "I wanted to like it, but <pro>.",
    "not good at all: <pro>.",
    "I have {rarely|seldom} <used_past> a worse <it>.",
    "not once did I {feel glad to have chosen it|think it was worth the money}. It was <adj>.",
    "I can't recommend it: <pro>.",
    "I was ready to love it, and then <pro>.",
    "hardly a disaster, but I would not <again> if you paid me.",
    "I can't say I enjoyed it: <pro>, and the rest was not much better.",
    "nothing I could say in its favour would be true. It is <adj>.",
    "you would have to be very easy to please to like this <it>.",
    "if <con>, I did not notice. I was too busy being annoyed.",
    "I could not wait for it to end.",
    "try as I might, I can't find anything good in it.",
    "I was in a good mood that day, and even so I must say that <pro>.",
    "the only thing right about it is that it was over so soon.",
    "no praise from me: <pro>.",
)

_FAMILIES = ((CONTRAST, 10), (NEGATION, 6), (EXPECTATION, 5), (HEDGED, 4))


def make_row(rng: random.Random, held_out: bool) -> dict:
    """One labelled review; dev rows also use frames and clauses that training rows never have."""
    label = rng.randrange(2)
    family = rng.choices([frames for frames, _ in _FAMILIES] + [None], [weight for _, weight in _FAMILIES] + [3])[0]
    if family is None:
        family = PRAISING if label else PANNING
    frame = pick(family, held_out, rng)
    subject = rng.choice(SUBJECTS)
    return {"text": expand(frame, _slots(subject, label, held_out, rng), rng), "label": label}


def _slots(subject: ReviewSubject, label: int, held_out: bool, rng: random.Random) -> dict[str, tuple[str, ...] | str]:
    agree, oppose = (subject.praise, subject.complaint) if label else (subject.complaint, subject.praise)
    if not held_out or rng.random() >= UNSEEN:
        agree, oppose = tuple(split(agree, 6)[0]), tuple(split(oppose, 6)[0])
    first, second = rng.sample(agree, 2)
    return {
        "it": subject.nouns,
        **dict(zip(("used", "used_past", "used_it", "again"), subject.verbs, strict=True)),
        "pro": first,
        "pro2": second,
        "con": oppose,
        "adj": subject.good if label else subject.bad,
        "oadj": subject.bad if label else subject.good,
    }
