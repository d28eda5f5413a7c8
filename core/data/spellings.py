"""Spellings of class names: which are one class, what they are called, and which look misspelt."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Mapping

from core.data.notation import as_number, measured
from core.data.rows import Finding

_YES, _NO = frozenset(("true", "t", "yes", "y", "1")), frozenset(("false", "f", "no", "n", "0"))
_JOINING = re.compile(
    "[^\0-\x7f][\u200c\u200d][^\0-\x7f]|[^\0-\x7f]\ufe0f.?|.\ufe0f\u20e3|.[\U000e0020-\U000e007f].?", re.DOTALL
)
"""A character that nobody sees between its neighbours, where it changes what they are."""
_UNSEEN_ALIKE = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
"""Of these, what programs leave out without another meaning."""
_ALIKE = str.maketrans("’‘ʼ´`‐‑‒–—―−", "'''''-------")
"""Apostrophes, and hyphens and dashes, that a keyboard or a word processor puts for one another."""
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһкмнтвιονραıł✔✅☑✘❌☒", "aeopcyxijsdhkmhtbiovpail✓✓✓✗✗✗")
"""Letters of other alphabets that look like Latin ones, `gооd` with two Cyrillic letters; ticks and crosses."""
_WHOLE = re.compile(r"[-+]?(0|[1-9]\d{0,14})([.,]0+)?")

_SAID = re.compile(r"([-+]?\d+)\s*(?:[-–—:=.)]\s*|\()[^\W\d].*")
"""A number with what it means: `1 - bad`, `2: good`, `3 (best)`."""
_UNSAID = re.compile("<[^<>]+>|\x1b\\[[\\d;]*m|[\U0001f3fb-\U0001f3ff]")
"""Mark-up, a terminal's colours, and the colour of a hand."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def visible(text: str) -> str:
    """Without characters that nobody sees, such as zero-width spaces; accents as one character with their letter.

    What makes one sign or word of several stays where it does: in families, flags, coloured hearts, Persian words.
    """
    seen = unicodedata.normalize("NFC", text)
    return "".join(
        c for i, c in enumerate(seen) if not _is_unseen(c) or _JOINING.fullmatch(seen[max(0, i - 1) : i + 2])
    )


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def form_of(text: str) -> str:
    """How a class is compared: what cannot be seen, case, width, kinds of apostrophe and dash, quotation marks about it
    and the `.0` of a whole number do not count."""
    seen = _UNSEEN_ALIKE.sub("", visible(unicodedata.normalize("NFKC", text)))
    seen = " ".join(seen.split()).casefold().translate(_ALIKE)
    seen = seen.strip("\"'“”") or seen
    return str(int(float(seen.replace(",", ".")))) if _WHOLE.fullmatch(seen) else seen


def truth(form: str) -> str:
    """`true` or `false` for what means that, such as `1` and `no`; else the form itself."""
    return "true" if form in _YES else "false" if form in _NO else form


def forms_of(texts: Iterable[str]) -> dict[str, str]:
    """Spelling -> form; where all mean yes or no, and in several ways, `1` and `y` are `true`, `no` is `false`."""
    forms = {text: form_of(text) for text in texts}
    seen = set(forms.values())
    if seen <= _YES | _NO and (len(seen) > 2 or seen & {"true", "false"}):
        return {text: truth(form) for text, form in forms.items()}
    return forms


def names_of(forms: Mapping[str, str], counts: Counter[str]) -> dict[str, str]:
    """Form -> the class's name: its most frequent spelling, the plainest of several, tidied."""
    names: dict[str, str] = {}
    for text, _ in sorted(counts.items(), key=lambda item: (-item[1], form_of(item[0]) != item[0].casefold())):
        names.setdefault(forms[text], " ".join(unicodedata.normalize("NFC", text).split()))
    return names


def folded(named: Iterable[tuple[str, str]], told: Mapping[str, str]) -> list[Finding]:
    """What became one class, from (cell, class name) of each row; names that data.fold gives are no news."""
    others = Counter((cell, name) for cell, name in named if cell != name and told.get(cell.strip()) != name)
    if not others:
        return []
    shown = [f"{_shown(cell)} is {name!r}" for (cell, name), _ in others.most_common(3)]
    why = "classes are spelt in several ways that look or mean the same; each is taken for one"
    return [Finding("spellings folded", others.total(), ", ".join(shown), why, {"data.spellings": "keep"})]


def kept_apart(counts: Counter[str]) -> list[Finding]:
    """Spellings of one class that data.spellings keeps as several."""
    forms = forms_of(counts)
    many = Counter(forms.values())
    several = [text for text, form in forms.items() if many[form] > 1]
    why = "these are spellings of one class, kept apart as data.spellings says"
    example = ", ".join(map(_shown, several[:4]))
    return [Finding("spellings kept apart", len(several), example, why, {"data.spellings": "fold"})] if several else []


def alike(sizes: Counter[str]) -> list[Finding]:
    """Names that may be one class: the same but for signs and leading zeros, or a rare one a frequent one misspelt.

    Asked about, not folded.
    """
    entries: dict[str, str] = {}
    order = [name for name, _ in sizes.most_common()]
    for place, name in enumerate(order):
        for rarer in order[place + 1 :]:
            misspelt = 5 * sizes[rarer] <= sizes[name] and _is_misspelling(rarer, name)
            one = misspelt or _bones(rarer) == _bones(name) or _same_amount(rarer, name) or _is_short_for(rarer, name)
            if rarer not in entries and name not in entries and one:
                entries[rarer] = name
    if not entries:
        return []
    remedy = [f"{rarer}={name}" for rarer, name in entries.items()]
    why = "two classes are spelt nearly alike; data.fold makes them one, if they are"
    shown = " and ".join(map(repr, next(iter(entries.items()))))
    return [Finding("class names alike", len(remedy), shown, why, {"data.fold": remedy})]


def _bones(name: str) -> str | float:
    """What is left of a name without case, accents, spaces and signs; of a number, its value; itself if that is all."""
    number = as_number(name)
    if number is not None:
        return number
    bare = html.unescape(urllib.parse.unquote(name))  # `R&amp;D`, `very%20good`
    bare = _UNSAID.sub("", bare).casefold().translate(_LOOKALIKES) or bare
    plain = unicodedata.normalize("NFKD", bare.replace("&", "and"))
    letters = "".join(char for char in plain if char.isalnum()) if len(bare) > 2 else ""
    return letters if len(letters) > 1 else bare  # `C++` is no `C`


def _is_short_for(first: str, second: str) -> bool:
    """Whether one is the other cut short, as `pos` and `P` are `positive`; or without a plural's ending or a remark; or
    with umlauts written in two letters."""
    short, long = sorted((first.casefold(), second.casefold()), key=len)
    if short.translate(_GERMAN) == long.translate(_GERMAN) or re.fullmatch(rf"{re.escape(short)}\s*\([^()]*\)", long):
        return True
    if not (short.isalpha() and long.isalpha() and long.startswith(short)):
        return False
    cut = len(short) < 5 and len(long) >= max(5, 2 * len(short) - 1)
    return cut or (len(short) > 3 and long in (f"{short}s", f"{short}es"))


def _same_amount(first: str, second: str) -> bool:
    """Whether `4` stands beside `4 stars`, `4 star` or `4 - good`."""
    for bare, worded in ((first, second), (second, first)):
        if (said := _SAID.fullmatch(worded)) and bare == said[1]:
            return True
    (one, measure), (other, second_measure) = measured(first), measured(second)
    return one == other and (measure == second_measure or not measure or not second_measure)


def _is_misspelling(rare: str, name: str) -> bool:
    if any(char.isdigit() for char in rare + name) or sum(map(str.isalpha, name)) < 4:
        return False
    return difflib.SequenceMatcher(None, rare.casefold(), name.casefold()).ratio() >= 0.85


def _shown(text: str) -> str:
    """In quotation marks; what cannot be told apart by eye as its codes."""
    return repr(text) if unicodedata.is_normalized("NFC", text) and text.isprintable() else ascii(text)
