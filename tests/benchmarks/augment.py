"""How fast texts are augmented, beside nlpaug, TextAttack, textaugment and the published notebook's functions.

    LAB_DATA=... python -m tests.benchmarks.augment          # prints a markdown table; --check fails below the promises

The same 5,000 CoLA sentences, the same machine, the same run. Every library is installed by this script into an
environment of its own (under --envs, kept for the next run) and runs in a process of its own. The libraries need data
that nltk downloads: WordNet is taken from Debian's folder, completed with the two files that nltk wants; its English
tagger is replaced by one of the same class, trained here on few sentences: fewer weights make it faster, not slower.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import string
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tests.benchmarks.augment_libraries import LIBRARIES, PIECE, foreign, nltk_data, pieces, time_round

SENTENCES = 5000
MIX = "careful one of three"
TOKENIZER = f"fast tokenizer, {PIECE} in a call"


Contender = Callable[[list[str]], object]


def ours() -> dict[str, Contender]:
    """What training calls at the beginning of an epoch, with every row drawn; each call is another epoch."""
    from core.augment.english.dictionary import load_synonyms
    from core.augment.policy import AugmentPolicy
    from core.data.rows import Rows
    from core.sections import AugmentConfig

    def policy(style: Literal["careful", "paper"], *methods: str) -> Contender:
        config = AugmentConfig(style=style, methods=methods, fraction=1.0)
        one = AugmentPolicy(config, ("text",), 13, load_synonyms(style))
        epochs = itertools.count()
        met: dict[int, Rows] = {}  # a run's rows are the same in every epoch, and the policy counts their words once

        def epoch(texts: list[str]) -> object:
            rows = met.setdefault(id(texts), Rows(texts, None, [0] * len(texts)))
            return one.epoch(rows, next(epochs))

        return epoch

    mixture = ("synonym", "swap", "typo")
    return {
        MIX: policy("careful", *mixture),
        "careful synonym": policy("careful", "synonym"),
        "careful swap": policy("careful", "swap"),
        "careful typo": policy("careful", "typo"),
        "paper one of three": policy("paper", *mixture),
    }


def tokenizer(folder: Path) -> dict[str, Contender]:
    """The real MobileBERT tokenizer, a piece in one call."""
    from transformers import AutoTokenizer

    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    cut = AutoTokenizer.from_pretrained(folder)
    return {TOKENIZER: lambda texts: cut(texts, truncation=True, max_length=128)}


def alternating(contenders: dict[str, Contender], texts: list[str], rounds: int) -> dict[str, float]:
    """Sentences a second, each piece in its best round; taking turns, so that a busy machine is busy for all."""
    cut = pieces(texts)
    best = {name: [float("inf")] * len(cut) for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            time_round(run, cut, best[name])
    return {name: len(texts) / sum(seconds) for name, seconds in best.items()}


def notebook(data: Path) -> dict[str, Contender]:
    """The published notebook's three functions, written anew from their description; nltk caches between rounds."""
    import nltk
    from nltk.corpus import wordnet

    nltk.data.path.insert(0, str(data))

    def synonym(text: str) -> str:
        found = []
        for word in text.split():
            synsets = wordnet.synsets(word)
            found.append(synsets[0].lemmas()[0].name() if synsets else word)
        return " ".join(found)

    def swap(text: str) -> str:
        words = text.split()
        if len(words) < 4:
            return text
        a, b, c, d = random.sample(range(len(words)), 4)
        words[a], words[b] = words[b], words[a]
        words[c], words[d] = words[d], words[c]
        return " ".join(words)

    def typo(text: str) -> str:
        letters = list(text)
        for _ in range(2):
            place = random.randint(0, len(letters) - 1)
            if letters[place].isalpha():
                letters[place] = random.choice(string.ascii_lowercase)
        return "".join(letters)

    three = (synonym, swap, typo)
    return {
        "notebook synonym": lambda texts: [synonym(text) for text in texts],
        "notebook one of three": lambda texts: [random.choice(three)(text) for text in texts],
    }


def epoch_share(texts: list[str], labels: list[int], step_ms: float) -> str:
    """What drawing and augmenting an epoch's tenth costs, beside tokenising and a step of 32 rows of `step_ms`."""
    from core.augment.english.dictionary import load_synonyms
    from core.augment.policy import AugmentPolicy
    from core.data.rows import Rows
    from core.sections import AugmentConfig

    rows = Rows(texts, None, labels)
    policy = AugmentPolicy(AugmentConfig(), ("text",), 13, load_synonyms("careful"))
    best = float("inf")
    for epoch in range(10):
        start = time.perf_counter()
        policy.epoch(rows, epoch)
        best = min(best, time.perf_counter() - start)
    training = step_ms / 1000 * len(texts) / 32
    return (
        f"Dynamic augmentation of {len(texts)} rows at 10 %: {best * 1000:.1f} ms an epoch; training that epoch takes "
        f"{training:.1f} s at {step_ms:.0f} ms a step of 32 (measured, the demo model): {best / training:.2%}."
    )


def step_milliseconds(texts: list[str]) -> float:
    """A training step of the smallest model there is, the demo's: batch 32, its own tokenizer, AdamW. The best of 8."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    from core.demo import DEMO_MODEL_DIR

    logging.set_verbosity_error()
    tokenizer = AutoTokenizer.from_pretrained(DEMO_MODEL_DIR)
    model = AutoModelForSequenceClassification.from_pretrained(DEMO_MODEL_DIR).train()
    optimizer = torch.optim.AdamW(model.parameters())
    best = float("inf")
    for place in range(8):
        batch = tokenizer(texts[32 * place : 32 * place + 32], return_tensors="pt", padding=True, truncation=True)
        start = time.perf_counter()
        model(**batch, labels=torch.zeros(32, dtype=torch.long)).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        best = min(best, time.perf_counter() - start)
    return best * 1000


PROMISES = (  # (what, against, at least this many times)
    (MIX, None, 150_000),
    (MIX, TOKENIZER, 1),
    (MIX, "notebook one of three", 4),
    ("careful synonym", "nlpaug SynonymAug", 50),
    ("careful synonym", "TextAttack WordNetAugmenter", 500),
    ("careful typo", "nlpaug KeyboardAug", 25),
)


def report(rows: dict[str, float | str]) -> bool:
    """Prints the table and what was promised; whether all of it held."""
    reference = float(rows[MIX])
    print(f"| {SENTENCES:,} CoLA sentences | sentences/s | one of three is |\n|---|---:|---:|")
    for name, value in rows.items():
        if isinstance(value, str):
            print(f"| {name} | {value} | |")
        else:
            print(f"| {name} | {value:,.0f} | {reference / value:,.1f} x |")
    print()
    held = True
    for what, against, least in PROMISES:
        base = rows.get(against, "not measured") if against else 1.0
        if isinstance(base, str):
            print(f"- {what} against {against}: not measured")
            continue
        ratio = float(rows[what]) / base
        held &= ratio >= least
        unit = "sentences/s" if against is None else f"times {against}"
        print(f"- {what}: {ratio:,.1f} {unit}, promised {least:,}: {'held' if ratio >= least else 'MISSED'}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envs", type=Path, default=Path(tempfile.gettempdir()) / "mobilebert-lab-benchmark")
    parser.add_argument("--only-ours", action="store_true", help="leave the other libraries out")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true", help="exit 1 where a promise is missed")
    options = parser.parse_args()
    if "LAB_DATA" not in os.environ:
        print("LAB_DATA names no folder with glue/CoLA/train.tsv", file=sys.stderr)
        return 2
    data = Path(os.environ["LAB_DATA"])
    lines = [line.split("\t") for line in (data / "glue/CoLA/train.tsv").read_text(encoding="utf-8").splitlines()]
    texts = [fields[3] for fields in lines]
    few = texts[:SENTENCES]
    options.envs.mkdir(parents=True, exist_ok=True)
    folder = nltk_data(options.envs / "nltk_data", few)
    contenders = ours() | tokenizer(data / "mobilebert-uncased") | notebook(folder)
    began = time.perf_counter()
    contenders[MIX](few)
    first = f"{MIX}, the first epoch of a process, in which each word's synonyms and typos are looked up"
    rows: dict[str, float | str] = {first: len(few) / (time.perf_counter() - began)}
    rows |= alternating(contenders, few, options.rounds)
    if not options.only_ours:
        sentences = options.envs / "sentences.json"
        sentences.write_text(json.dumps(few))
        for name in LIBRARIES:
            print(f"measuring {name} ...", file=sys.stderr)
            rows |= foreign(name, options.envs, sentences, folder)
        sentences.unlink()
    held = report(rows)
    print("\n" + epoch_share(texts, [int(fields[1]) for fields in lines], step_milliseconds(texts)))
    return 1 if options.check and not held else 0


if __name__ == "__main__":
    sys.exit(main())
