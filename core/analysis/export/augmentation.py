"""Paper A's dynamic augmentation (Biton, Braverman 2025), written out: which rows an epoch changes, and how.

Every draw hangs on seed, epoch and row alone. It lies beside a run's script and stands on NumPy alone.
"""

import re
from random import Random
from string import ascii_lowercase

import numpy as np

WHOLE, GOLDEN = 2**64 - 1, 0x9E3779B97F4A7C15
ROWS, METHOD, EDITS, OFFSET = 1, 2, 3, 4


def augment(rows, epoch, seed, fraction, methods, sides, words):
    """The changed rows of an epoch, each with its place as `row`.

    `methods`: name -> (weight, strength or None); `sides`: which of text and pair; `words`: word -> first synonym.
    """
    count = round(fraction * len(rows))
    if not count:
        return []
    draws = -np.log(uniform(ROWS, seed, epoch, np.arange(len(rows))))
    chosen = sorted(np.argpartition(draws, count - 1)[:count].tolist())
    long = np.array([any(len(rows[i].get(side, "").split()) > 3 for side in sides) for i in chosen])
    weights, offset = [weight for weight, _ in methods.values()], uniform(OFFSET, seed, epoch, [0])[0]
    picked = dealt(weights, uniform(METHOD, seed, epoch, chosen), long, offset)
    states, names, changed = hashed(EDITS, seed, epoch, chosen).tolist(), list(methods), []
    for index, number, state in zip(chosen, picked.tolist(), states, strict=True):
        rng, row, name = RowRandom(), {**rows[index], "row": index}, names[number]
        _, strength = methods[name]
        rng.state = state
        for side in ("text", "pair"):
            if side in sides and side in row:
                row[side] = CHANGES[name](row[side], rng, strength, words)
        changed.append(row)
    return changed


def dealt(weights, draws, long, offset):
    """Each row's method: its share to a row among those of four words and more, and among the others."""
    bounds, picked = np.cumsum(weights), np.empty(len(draws), np.int64)
    for group in (long, ~long):
        places = np.flatnonzero(group)
        spots = (np.arange(len(places)) + offset) * (bounds[-1] / max(1, len(places)))
        picked[places[np.argsort(draws[places])]] = np.searchsorted(bounds[:-1], spots, side="right")
    return picked


def synonyms(text, rng, strength, words):
    """Every word, or that share of them, becomes the first lemma of its first WordNet synset."""
    return re.sub(
        r"\S+", lambda found: found[0] if strength is not None and rng.random() >= strength
        else words.get(found[0], found[0]), text,
    )  # fmt: skip


def swaps(text, rng, strength, _words):
    """Two disjoint pairs of places are exchanged, in texts of four words and more; or that share of the words."""
    spans = [found.span() for found in re.finditer(r"\S+", text)]
    pairs = 2 if strength is None else int(strength * len(spans) / 2 + 0.5)
    if len(spans) < 4 or not pairs:
        return text
    chosen = rng.sample(range(len(spans)), 2 * min(pairs, len(spans) // 2))
    new = [text[a:b] for a, b in spans]
    for i, j in zip(chosen[::2], chosen[1::2], strict=True):
        new[i], new[j] = new[j], new[i]
    gaps = [text[end:start] for (_, end), (start, _) in zip(spans, [*spans[1:], (len(text), 0)], strict=True)]
    return text[: spans[0][0]] + "".join(word + gap for word, gap in zip(new, gaps, strict=True))


def typos(text, rng, strength, _words):
    """Two places are drawn, or each with that probability; those that hold a letter get a random one."""
    for _ in range(8):
        if strength is None:
            places = [int(rng.random() * len(text)) for _ in range(2)] if text else []
        else:
            places = [i for i in range(len(text)) if rng.random() < strength]
        letters = {i: ascii_lowercase[int(rng.random() * 26)] for i in places if text[i].isalpha()}
        new = "".join(letters.get(i, letter) for i, letter in enumerate(text))
        if new != text or strength == 0:
            return new
    return text


CHANGES = {"synonym": synonyms, "swap": swaps, "typo": typos}


def hashed(stream, seed, epoch, rows):
    """A 64-bit number for each row: SplitMix64's finaliser (Steele, Lea, Flood 2014) over all four."""
    start = 0
    for part in (stream, seed, epoch):
        start = int(mixed(np.asarray([(start + part + 1) * GOLDEN & WHOLE], dtype=np.uint64))[0])
    return mixed((np.asarray(rows, dtype=np.uint64) + np.uint64(1)) * np.uint64(GOLDEN) + np.uint64(start))


def uniform(stream, seed, epoch, rows):
    """In (0, 1)."""
    return ((hashed(stream, seed, epoch, rows) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def mixed(z):
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class RowRandom(Random):
    """Python's generator over a linear congruential one (Knuth's MMIX): setting `state` begins a row's numbers."""

    def seed(self, *_):
        self.state = self.gauss_next = 0

    def getrandbits(self, k, /):
        self.state = state = (self.state * 6364136223846793005 + 1442695040888963407) & WHOLE
        return state >> (64 - k) if k <= 32 else ((state >> 32) << (k - 32)) | self.getrandbits(k - 32)

    def random(self):
        return self.getrandbits(53) * 2.0**-53
