"""`is` made `is not` where that turns what a text says into its opposite: in a single plain clause that judges.

`Although the prices are not a joke, ...`, `is not far more interesting`, `is not a masterpiece`: a concession, a
degree or a superlative that is negated says nothing of the verdict, so such texts are left alone. Of 100 rows of
SST-2 that turned the first `is` of any text, about half were of such kinds.
"""

from __future__ import annotations

import re

from core.augment.english.lexicon import word_set

_JUDGING = word_set(
    "good nice funny amusing interesting entertaining enjoyable engaging compelling gripping exciting moving touching "
    "convincing believable satisfying effective successful worthwhile original clever witty smart charming delightful "
    "likable likeable appealing pleasant memorable fun fresh inventive imaginative refreshing thoughtful intelligent "
    "insightful rewarding thrilling fascinating intriguing absorbing engrossing impressive enchanting lovely beautiful "
    "helpful friendly comfortable delicious tasty reliable clean useful worth excellent great wonderful pleasure "
    "delight success bad boring dull tedious tiresome bland stale trite predictable formulaic derivative contrived "
    "silly stupid dumb pointless lame annoying irritating confusing incoherent messy clumsy awkward unfunny unoriginal "
    "disappointing forgettable mediocre pretentious overlong shallow hollow weak poor ridiculous useless rude dirty "
    "uncomfortable unpleasant unconvincing uninspired uninteresting unfriendly unreliable mess failure bore waste "
    "disappointment joy feast slog stunning spotless sturdy handy lively noisy overpriced"
)
"""Words whose negation is a verdict of the other side; not those of degree (`perfect`, `masterpiece`), nor those that
please some and put off others (`sad`, `scary`, `slow`)."""
_ELSEWHERE = word_set(
    "although though even if granted but however yet still despite spite while whereas unlike except rather than "
    "unless until when whenever whether because since what whatever who whom whose which where why how that so "
    "too enough only just as never no not nor neither nothing nobody none without hardly barely scarcely few little "
    "anything almost nearly at once anyone or otherwise instead would could should might may must lacks lack rarely "
    "seldom sometimes times before after cannot"
)
"""Words that open another clause, compare, concede, hedge or negate: what a negation beside them turns is uncertain."""
_MARKS = re.compile(r"[,;:()?\"`]|--|n't|n\u2019t|\.\.\.|[.!]\s+\w")
_FRAME = re.compile(
    r"^(?:as far as I can tell, |it seems to me that |if you ask me, |in my opinion, |I think (?:that )?|overall, )|"
    r",? (?:if you ask me|in my opinion)(?=[\s.!]*$)",
    re.IGNORECASE,
)
"""Said around a clause, and none that a negation inside it would touch."""
_BE = re.compile(r"\b(?:is|was|are|were)\b|(?<=\bit)\s?['\u2019]s\b|(?<=\bthat)\s?['\u2019]s\b", re.IGNORECASE)
_VERDICT = re.compile(r"\s+(?:an?\s+|the\s+)?(?P<verdict>\w+)(?:\s+and\s+\w+)?(?P<rest>(?:\s+[\w'\u2019-]+)*)[\s.!]*$")
MOST_WORDS = 12
"""Before the verb, and after the verdict: in longer ones something else is judged as well."""


def negated(text: str) -> str | None:
    """The text with `not` after its verb; None where it is not one clause of the form `... is (a) GOOD ...`."""
    frames = list(_FRAME.finditer(text))
    start = frames[0].end() if frames and frames[0].start() == 0 else 0
    end = frames[-1].start() if frames and frames[-1].start() > 0 else len(text)
    clause = _plain(text[start:end])
    return text[:start] + clause + text[end:] if clause else None


def _plain(text: str) -> str | None:
    """The clause, negated."""
    verbs = list(_BE.finditer(text))
    if len(verbs) != 1 or _MARKS.search(text):
        return None
    verb = verbs[0]
    before, after = text[: verb.start()].lower().split(), _VERDICT.match(text.lower(), verb.end())
    if after is None or after["verdict"] not in _JUDGING or not before:
        return None
    rest = [word for word in after["rest"].split() if word != "that"]  # what is judged, told more of
    own = before[:-1] if before[-1] == "that" and verb[0].lower() not in ("is", "was", "are", "were") else before
    if max(len(own), len(rest)) > MOST_WORDS or _ELSEWHERE & {*own, *rest} or "and" in rest:
        return None
    return f"{text[: verb.end()]} not{text[verb.end() :]}"
