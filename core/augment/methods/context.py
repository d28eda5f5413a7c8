"""Words replaced by what a masked language model guesses in their place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from core.augment.edits import Augmented, Edit, apply_edits
from core.augment.english.dictionary import SynonymTable, load_synonyms
from core.augment.english.inflection import IRREGULAR_PASTS, wants_an
from core.augment.english.lexicon import ARTICLES, STOP_WORDS
from core.augment.english.words import how_many, split_words, stands_alone, starts, visible
from core.augment.method import Method, Setting
from core.model.encoders import positions_of

SHARE = 0.05
TOP = 8
"""Candidates kept for a word; better guesses are drawn more often (weight 1 / rank)."""
_LOOKED_AT = 24
LEAST = 0.04
"""Probability below which a guess is none: a model that does not know the sentence guesses everything a little."""
_TRIES = 3  # words looked at for each replacement wanted
_MOST = 256  # words looked at in one text: a model takes milliseconds for each
_WINDOW = 200  # characters kept on either side of the masked word: bounded work for texts of any length
_BATCH = 32
_NO_OPINION = ("n", "ns", "ed", "ing")
"""Classes of words that are guessed at where some words are protected: no list names every opinion, and what the
dictionary does not know might be one."""
_ENDINGS = ("ily", "ied", "ies", "ing", "ed", "es", "er", "est", "ly", "s", "d", "e", "y")


class ContextModel:
    """A model with its masked-language-model head, ready to guess. Use `ContextModel.load(folder)`."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        if not tokenizer.mask_token:
            raise ValueError("the tokenizer has no mask token; the method 'context' needs one")
        self.model = model.eval()
        self.tokenizer = tokenizer
        self._words = whole_words(tokenizer.convert_ids_to_tokens(list(range(len(tokenizer)))))

    @classmethod
    def load(cls, folder: str | Path) -> ContextModel:
        """From a folder (or hub id) with weights. Raises ValueError where the checkpoint holds no masked-LM head."""
        from transformers import AutoModelForMaskedLM, AutoTokenizer

        from core.model.masked_head import head_weights, headless
        from core.model.padding import silence_padding

        try:
            model, report = AutoModelForMaskedLM.from_pretrained(folder, output_loading_info=True, use_safetensors=True)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError) as error:
            raise ValueError(f"no weights for the method 'context' in {folder}: {str(error).splitlines()[0]}") from None
        if why := headless(str(folder), head_weights(model.config.to_dict()) & set(report["missing_keys"])):
            raise ValueError(why)
        if tokenizer.pad_token_id is not None:  # so that a guess does not hang on the texts beside it
            silence_padding(model, tokenizer.pad_token_id)
        return cls(model, tokenizer)

    def replace(
        self,
        texts: Sequence[str],
        rng: Random,
        strength: float | None = None,
        protect: frozenset[str] = frozenset(),
    ) -> list[Augmented]:
        """Replace `strength` of each text's words (default one in twenty, at least one) by one of the model's guesses.
        In texts of thousands of words fewer are replaced: no more than 256 are looked at.

        Stop words, numbers, negations, names and `protect` stay (and with `protect` all but nouns and verbs). The word
        itself and its inflections are no guess, nor is another part of speech.
        """
        table = load_synonyms("careful")
        wanted = [how_many(strength, SHARE, len(text.split())) for text in texts]
        targets = [
            (i, *target)
            for i, text in enumerate(texts)
            for target in _targets(text, rng, min(_TRIES * wanted[i], _MOST), protect, table.classes)
        ]
        edits: list[list[Edit]] = [[] for _ in texts]
        for at in range(0, len(targets), _BATCH):
            batch = targets[at : at + _BATCH]
            masked = [self._around(texts[i], start, end) for i, start, end in batch]
            for (i, start, end), guesses in zip(batch, self._guesses(masked), strict=True):
                found = self._edit(texts[i], start, end, guesses, rng, protect, table) if wanted[i] else []
                edits[i] += found
                wanted[i] -= bool(found)
        return [_augmented(text, mine) for text, mine in zip(texts, edits, strict=True)]

    def _around(self, text: str, start: int, end: int) -> list[int]:
        """Word pieces of the text about one word, with the mask in its place; a `[MASK]` that the text itself holds
        is text."""
        before, after = (
            self.tokenizer(part, add_special_tokens=False, split_special_tokens=True)["input_ids"]
            for part in (text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW])
        )
        longest = min(positions_of(self.model.config.to_dict()) or 512, 512) - 2
        before = before[max(0, len(before) - longest // 2) :]
        pieces = [*before, self.tokenizer.mask_token_id, *after[: longest - len(before) - 1]]
        return [self.tokenizer.cls_token_id, *pieces, self.tokenizer.sep_token_id]

    def _guesses(self, masked: list[list[int]]) -> list[list[str]]:
        """The model's words for each mask, best first."""
        import torch

        from core.model.threads import computing_with

        batch = self.tokenizer.pad({"input_ids": masked}, return_tensors="pt")
        with torch.inference_mode(), computing_with(threads=1):
            logits = self.model(**batch.to(self.model.device)).logits  # (texts, pieces, vocabulary)
        found = []
        for ids, scores in zip(batch["input_ids"], logits, strict=True):
            places = (ids == self.tokenizer.mask_token_id).nonzero()
            best = (
                scores[int(places[0])].float().softmax(-1).topk(min(_LOOKED_AT, scores.shape[-1]))
                if len(places)
                else None
            )
            likely = zip(best.indices.tolist(), best.values.tolist(), strict=True) if best else ()
            found.append([self._words[i] for i, share in likely if share >= LEAST and i in self._words])
        return found

    def _edit(
        self,
        text: str,
        start: int,
        end: int,
        guesses: list[str],
        rng: Random,
        protect: frozenset[str],
        table: SynonymTable,
    ) -> list[Edit]:
        word = text[start:end]
        near = split_words(text[max(0, start - _WINDOW) : end + _WINDOW].lower())
        fitting = [
            (rank, guess)
            for rank, guess in enumerate(guesses, 1)
            if guess not in STOP_WORDS and guess not in protect and guess not in near
            if guess.islower() and _fits(word, guess, table)
        ][:TOP]
        if not fitting:
            return []
        point = rng.random() * sum(1 / place for place in range(1, len(fitting) + 1))
        for place, (_, _guess) in enumerate(fitting, 1):
            point -= 1 / place
            if point < 0:
                break
        rank, guess = fitting[place - 1]
        edits = [Edit(start, end, word, guess, f"context, guess {rank} of the model")]
        article = text[:start].rstrip(" ").rpartition(" ")[2]
        if (
            article.lower() in ARTICLES
            and text[start - 1 : start] == " "
            and wants_an(guess) is not (article.lower() == "an")
        ):
            place = start - 1 - len(article)
            if text[place : start - 1] == article:
                new = article[0] + "n" if wants_an(guess) else article[0]
                edits.insert(0, Edit(place, start - 1, article, new, "a or an, by the sound that follows"))
        return edits


def whole_words(pieces: Sequence[str]) -> dict[int, str]:
    """Id -> word, of pieces that begin one: sentencepiece and byte-level vocabularies mark these, WordPiece others."""
    marked = {mark: sum(str(piece).startswith(mark) for piece in pieces) for mark in ("\u2581", "\u0120")}
    mark = next((mark for mark, count in marked.items() if count > 0.05 * len(pieces)), "")
    words = {i: piece.removeprefix(mark) for i, piece in enumerate(pieces) if piece and piece.startswith(mark)}
    return {i: word for i, word in words.items() if word.isalpha() and len(word) > 2}


@lru_cache(maxsize=2)
def load_context(model_name: str) -> ContextModel:
    """The head of a run's model by its name (`demo`, folder, hub id). ValueError where it has no weights or no head."""
    from core.model.source import resolve_model

    source = resolve_model(model_name)
    if not source.has_weights:
        raise ValueError(f"{model_name} has no weights, so the method 'context' has no guesses: {source.note}")
    return ContextModel.load(source.path_or_id)


def _targets(
    text: str, rng: Random, most: int, protect: frozenset[str], classes: dict[str, str]
) -> list[tuple[int, int]]:
    """Spans of at most `most` words that may be replaced, in random order."""
    text = visible(text)
    words = split_words(text)
    places = starts(words)
    spots = [
        i
        for i, word in enumerate(words)
        if len(word) > 2 and word.isascii() and word.isalpha() and word.islower()
        if word not in STOP_WORDS and word not in protect
        if not protect or classes.get(word) in _NO_OPINION
        if stands_alone(text, places[i], places[i] + len(words[i]))
    ]
    return [(places[i], places[i] + len(words[i])) for i in rng.sample(spots, min(most, len(spots)))]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _fits(word: str, guess: str, table: SynonymTable) -> bool:
    """Not the word itself nor an inflection of it (by their stems), of its part of speech and inflected alike."""
    first, second = _stem(word), _stem(guess)
    if word == guess or first in (second, guess) or second == word:
        return False
    if table.misspellings.dictionary and guess not in table.known:  # a name
        return False
    kind = _class(word, table)
    alike = kind == "ed" or all(guess.endswith(end) for end in ("ing", "ed", "ly", "s") if word.endswith(end))
    return alike and kind == _class(guess, table)


def _class(word: str, table: SynonymTable) -> str | None:
    return "ed" if word in IRREGULAR_PASTS else table.classes.get(word)


def _augmented(text: str, edits: list[Edit]) -> Augmented:
    edits.sort(key=lambda edit: edit.start)
    return Augmented(apply_edits(text, edits), tuple(edits), "context") if edits else Augmented(text, (), "context")


def careful_context(text: str, rng: Random, setting: Setting) -> list[Edit]:
    """`ContextModel.replace` for one text."""
    assert setting.guesser is not None, "the policy loads it"
    return list(setting.guesser.replace([text], rng, setting.strength, setting.protect)[0].edits)


METHOD = Method(
    name="context",
    summary="Words are replaced by what the model guesses where they stand (domain text, opposites included).",
    color="purple",
    changes="guess",
    careful=careful_context,
    paper=careful_context,  # named as future work in paper A: there is no other form
    strengths={"careful": SHARE, "paper": SHARE},
    load=load_context,
)
