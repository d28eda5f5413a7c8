"""One text and a method's name in, the augmented text with its edits out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TYPE_CHECKING

from core.augment.edits import Augmented, assembled
from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.english.words import split_words
from core.augment.methods import swap as swaps
from core.augment.methods import synonym as synonyms_
from core.augment.methods import typo as typos
from core.sections import METHODS, STYLES

if TYPE_CHECKING:
    from core.augment.methods.context import ContextModel

DEFAULT_STRENGTHS = {
    "careful": {"synonym": synonyms_.DEFAULT_SHARE, "swap": swaps.DEFAULT_SHARE, "typo": typos.DEFAULT_SHARE,
                "context": 0.05},
    "paper": {"synonym": 1.0, "swap": None, "typo": None, "context": 0.05},
}  # fmt: skip
"""Share of the words (typo: of the letters). None: a fixed number, two pairs of words and two letters."""
_NOTHING: frozenset[str] = frozenset()


def synonym(
    text: str,
    rng: Random,
    style: str = "careful",
    strength: float | None = None,
    table: SynonymTable | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """Synonyms from WordNet (or the built-in thesaurus); `protect` names lower-case words left alone (careful)."""
    table = _fitting(table, style)
    if style == "paper":
        return synonyms_.paper_synonym(text, rng, table, strength)
    return synonyms_.careful_synonym(text, rng, table, strength, protect)


def swap(
    text: str,
    rng: Random,
    style: str = "careful",
    strength: float | None = None,
    table: SynonymTable | None = None,
    protect: frozenset[str] = _NOTHING,
    force: bool = True,
) -> Augmented:
    """Words exchanged in pairs. Careful with `force=False` changes nothing where no exchange keeps the grammar."""
    if style == "paper":
        return swaps.paper_swap(text, rng, strength)
    return swaps.careful_swap(text, rng, _fitting(table, style), strength, protect, force)


def typo(
    text: str,
    rng: Random,
    style: str = "careful",
    strength: float | None = None,
    table: SynonymTable | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """Typing slips in letters; careful ones never spell another word of the table."""
    if style == "paper":
        return typos.paper_typo(text, rng, strength)
    return typos.careful_typo(text, rng, _fitting(table, style), strength, protect)


def _fitting(table: SynonymTable | None, style: str) -> SynonymTable:
    """The given table where it is of this style, else the shared one of the style."""
    return table if table is not None and table.style == style else load_synonyms(style)


def augment_text(
    text: str,
    method: str,
    rng: Random,
    style: str = "careful",
    strength: float | None = None,
    table: SynonymTable | None = None,
    context: ContextModel | None = None,
    protect: frozenset[str] = _NOTHING,
    force: bool = True,
) -> Augmented:
    """Apply one method. `strength` None is the method's default (DEFAULT_STRENGTHS); `context` is only for that method.

    Raises ValueError for unknown methods and styles, for a strength outside 0..1, and for `context` without a model.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; choose from {list(STYLES)}")
    if strength is not None and not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}; it must lie between 0 and 1")
    if method == "synonym":
        return synonym(text, rng, style, strength, table, protect)
    if method == "swap":
        return swap(text, rng, style, strength, table, protect, force)
    if method == "typo":
        return typo(text, rng, style, strength, table, protect)
    if method == "context":
        if context is None:
            raise ValueError("the method 'context' needs a loaded model with a masked-language-model head")
        return context.replace([text], rng, strength, protect)[0]
    raise ValueError(f"unknown augment method {method!r}; choose from {list(METHODS)}")


def turns(methods: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each method with those that follow where it finds no good place: in the order of METHODS, going round."""
    ordered = tuple(method for method in METHODS if method in methods)
    return {method: ordered[ordered.index(method) :] + ordered[: ordered.index(method)] for method in methods}


def careful_text(
    text: str,
    methods: Sequence[str],
    rng: Random,
    table: SynonymTable,
    strength: float | None = None,
    protect: frozenset[str] = _NOTHING,
) -> Augmented:
    """The first of `methods` (synonym, swap, typo) that finds a good place; a swap asked for alone takes any.

    The text is split into words once for all of them.
    """
    words: list[str] = []
    for method in methods:
        if method == "typo" and strength is None:
            quick = typos.quick_typos([text], rng.getrandbits, table, protect)[0]
            if quick:
                return quick
        words = words or split_words(text)
        if method == "synonym":
            edits = synonyms_.synonym_edits(text, words, rng, table, strength, protect)
        elif method == "typo":
            edits = typos.typo_edits(text, words, rng, table, strength, protect)
        else:
            edits = swaps.swap_edits(text, words, rng, table, strength, protect, len(methods) == 1)
        if len(edits) == 1:
            edit = edits[0]
            return Augmented(text[: edit.start] + edit.after + text[edit.end :], (edit,), method)
        if edits:
            return assembled(text, edits, method)
    return Augmented(text, (), methods[0])


def augment_texts(
    texts: Iterable[str],
    methods: tuple[str, ...],
    rng: Random,
    style: str = "careful",
    strength: float | None = None,
    table: SynonymTable | None = None,
    protect: frozenset[str] = _NOTHING,
) -> list[Augmented]:
    """One of `methods` for each text, with equal chances, from one stream of random numbers: the fast way to many.

    As in the policy, a careful method that finds no good place hands the text on.
    """
    for method in methods:
        if method not in METHODS or method == "context":
            raise ValueError(f"unknown augment method {method!r}; choose from {[m for m in METHODS if m != 'context']}")
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; choose from {list(STYLES)}")
    table = _fitting(table, style)
    texts = list(texts)
    if style == "paper":
        chosen = rng.choices(methods, k=len(texts))
        return [
            augment_text(text, method, rng, style, strength, table) for text, method in zip(texts, chosen, strict=True)
        ]
    if methods == ("typo",):
        return typos.careful_typos(texts, rng, table, strength, protect)
    orders = rng.choices(list(turns(methods).values()), k=len(texts))
    first = [order[0] if strength is None else "" for order in orders]
    # The texts that take a typo at once are done together: of one text, half the time would go into the call.
    slips = iter(
        typos.quick_typos(
            [t for t, m in zip(texts, first, strict=True) if m == "typo"], rng.getrandbits, table, protect
        )
    )
    return [
        (method == "typo" and next(slips)) or careful_text(text, order, rng, table, strength, protect)
        for text, method, order in zip(texts, first, orders, strict=True)
    ]
