"""The data doctor: what is in the rows of a run that should be known before it, each with what mends it.

Nothing here changes a file: a remedy is a configuration key, so it stands in the run's record and can be undone.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from core.config import RunConfig
from core.data.doubtful import is_printed
from core.data.duplicates import conflicting, repeated, seen_in_training
from core.data.rows import Corpus, Finding, Rows
from core.data.word_pieces import PieceTokenizer, lengths_found, shortened
from core.wording import percent

__all__ = ["Finding", "describe", "examine"]
FEW = 10
"""A class with fewer training rows will hardly be learnt."""
ONE_SIDED = 0.8
"""Share of one class from which accuracy alone says little."""
CONSTANT = 0.5
"""Share of rows with one and the same text from which a column says little."""
FIGURES = ("rows by class", "lengths", "range of the scores")
"""Findings that only describe; every other one is to be known before a run."""
_CODES = re.compile(
    r"&(?:[a-z]{2,8}|#\d{2,5});|\\u[0-9a-f]{4}|\\[nrt](?![a-z])|(?:%[0-9A-F]{2}){2}|(?:=[0-9A-F]{2}){2}"
    r"|<br ?/?>|</?[pbi]>"
)
_QUOTED = re.compile(r"""b?'.*'|b".*"|“.*”|„.*[“”]|«.*»|`.*`""", re.DOTALL)
_GARBLED = re.compile(r"\ufffd|[ÂÃ][\x80-\xbf\u2018-\u2122]|â€[\x80-\xbf\u2018-\u2122œ]?")


def examine(corpus: Corpus, config: RunConfig, pieces: PieceTokenizer | None = None) -> list[Finding]:
    """Everything that is to be known of the rows, what reading them brought up first.

    Without `pieces`, of a model that is not on this machine yet, lengths are left out.
    """
    train, evals = corpus.train, corpus.evals
    labels = _scores if corpus.task.is_regression else _classes
    found = [*corpus.findings, *labels(corpus, config)]
    if pieces is not None:
        found += lengths_found(train, evals, config.data.max_length, pieces)
    found += [*_repeats(train, corpus), *_contradictions(corpus), *_leaks(train, evals)]
    return [*found, *_constant(corpus), *_garbled(train, evals), *_printed(train), *_coded(train)]


def describe(corpus: Corpus, config: RunConfig, pieces: PieceTokenizer | None = None) -> dict[str, Any]:
    """The data as JSON: columns with the reason, kind of label, rows by class and split, findings."""
    task, found = corpus.task, examine(corpus, config, pieces)
    told = {finding.kind: finding.why for finding in corpus.findings}
    splits = {"train": corpus.train, **corpus.evals}
    names = dict(zip(("text", "pair"), task.columns, strict=False))
    return {
        "columns": {**names, "label": task.label_column, "why": told.get("columns", "as the task has them")},
        "kind": "score" if task.is_regression else "classes",
        "kind_why": told.get("label kind", "" if task.origin == "file" else "as the task has it"),
        "classes": {name: {split: rows.labels.count(i) for split, rows in splits.items()}
                    for i, name in enumerate(task.labels)},
        "findings": [asdict(finding) for finding in found],
    }  # fmt: skip


def _scores(corpus: Corpus, config: RunConfig) -> Iterator[Finding]:
    values = corpus.train.labels
    shown = f"{min(values):g} to {max(values):g}, median {statistics.median(values):g}"
    why = "what the training rows' scores cover; a new head starts at their mean"
    yield Finding("range of the scores", len(values), shown, why)
    for split, rows in corpus.evals.items():
        if len(set(rows.labels)) == 1:
            why = f"the evaluation split {split!r} has one score for all its rows: no correlation with it is defined"
            yield Finding("one score in evaluation", len(rows), f"{rows.labels[0]:g}", why, _hold_out(config))


def _classes(corpus: Corpus, config: RunConfig) -> Iterator[Finding]:
    names = corpus.task.labels
    counts = Counter(names[int(label)] for label in corpus.train.labels)
    shown = ", ".join(f"{name}: {count}" for name, count in counts.most_common(12))
    yield Finding("rows by class", counts.total(), shown, "training rows of each class, most frequent first")
    weigh = {} if config.train.class_weights == "balanced" else {"train.class_weights": "balanced"}
    name, most = counts.most_common(1)[0]
    if most > ONE_SIDED * counts.total():
        why = f"{percent(most / counts.total())} of the training rows are {name!r}: always saying so is right as often"
        yield Finding("imbalance", most, name, f"{why}; look at macro F1, or weigh the classes", weigh)
    if few := [name for name in names if 0 < counts[name] < FEW]:
        why = f"classes with fewer than {FEW} training rows will hardly be learnt"
        yield Finding("small classes", len(few), f"{few[0]}: {counts[few[0]]} rows", why, weigh)
    if absent := [name for name in names if not counts[name]]:
        why = "classes without a training row are never answered"
        yield Finding("classes absent from training", len(absent), ", ".join(absent[:5]), why)
    for split, rows in corpus.evals.items():
        present = {names[int(label)] for label in rows.labels}
        if gone := [name for name in names if name not in present and counts[name]]:
            why = f"classes without a row in the evaluation split {split!r} are not scored; "
            why += "hold rows out instead" if config.data.eval_file else "such a class needs a second, different row"
            yield Finding("classes absent from evaluation", len(gone), ", ".join(gone[:5]), why, _hold_out(config))


def _hold_out(config: RunConfig) -> dict[str, Any]:
    """What evaluates on rows held out of the training file, where another file is named for it."""
    return {"data.eval_file": None} if config.data.eval_file else {}


def _repeats(train: Rows, corpus: Corpus) -> list[Finding]:
    again = repeated(train)
    if not again:
        return []
    drop, first = {"data.duplicates": "drop"}, next(iter(again))
    why = "training rows repeat an earlier one's text and weigh as much again"
    found = [Finding("duplicates", len(again), shortened(train.texts[first]), why, drop)]
    crossed = conflicting(train, again)
    if crossed:
        row, other = crossed[0]
        names = [_label(corpus, train.labels[i]) for i in (row, other)]
        why = "the same text stands under two labels; neither can be learnt (dropping keeps the earlier one)"
        found.append(
            Finding(
                "one text, two labels", len(crossed), f"{shortened(train.texts[row])}: {' and '.join(names)}", why, drop
            )
        )
    return found


def _contradictions(corpus: Corpus) -> list[Finding]:
    """Texts under two labels where no answer can be right for both: within an evaluation split."""
    found = []
    for split, rows in corpus.evals.items():
        crossed = conflicting(rows, repeated(rows))
        if crossed:
            row, other = crossed[0]
            names = " and ".join(_label(corpus, rows.labels[i]) for i in (row, other))
            why = f"evaluation rows ({split}) have the same text under two labels: no answer is right for both"
            found.append(
                Finding(
                    "one text, two labels in evaluation", len(crossed), f"{shortened(rows.texts[row])}: {names}", why
                )
            )
    return found


def _leaks(train: Rows, evals: dict[str, Rows]) -> list[Finding]:
    found = []
    for split, rows in evals.items():
        for kind, pairs, what in zip(
            ("evaluation rows in training", "nearly evaluation rows in training"),
            seen_in_training(train, rows),
            ("stand in training, too", "nearly stand in training (four of five words or more)"),
            strict=True,
        ):
            if pairs:
                row, hit = pairs[0]
                example = shortened(rows.texts[row])
                if train.texts[hit] != rows.texts[row]:
                    example += f" and {shortened(train.texts[hit])}"
                count = len({row for row, _ in pairs})
                other = len({row for row, hit in pairs if rows.labels[row] != train.labels[hit]})
                why = f"{percent(count / len(rows), 1)} of the evaluation rows ({split}) {what}: the score flatters"
                why += f"; {other} of them under another label there" if other else ""
                found.append(Finding(kind, count, example, why, {"data.leaks": "drop"}))
    return found


def _constant(corpus: Corpus) -> list[Finding]:
    found, train = [], corpus.train
    sides: list[Sequence[Any]] = [train.texts, *([train.pairs] if train.pairs is not None else [])]
    columns = [*corpus.task.columns]
    if corpus.task.is_regression:
        sides, columns = [*sides, train.labels], [*columns, corpus.task.label_column]
    for name, values in zip(columns, sides, strict=True):
        value, count = Counter(values).most_common(1)[0]
        if len(values) >= FEW and count > CONSTANT * len(values):
            why = f"{percent(count / len(values))} of the rows have the same {name!r}: there is little to learn from it"
            remedy = {"data.duplicates": "drop"} if values is train.texts and train.pairs is None else {}
            found.append(Finding("near-constant column", count, shortened(str(value)), why, remedy))
    return found


def _garbled(train: Rows, evals: dict[str, Rows]) -> list[Finding]:
    texts = [text for rows in (train, *evals.values()) for side in (rows.texts, rows.pairs or ()) for text in side]
    bad = [text for text in texts if not text.isascii() and _GARBLED.search(text)]
    if not bad:
        return []
    why = "letters look as if they had been saved in one encoding and read in another; mend the file where it is made"
    return [Finding("garbled letters", len(bad), shortened(bad[0]), why)]


def _printed(train: Rows) -> list[Finding]:
    texts = [text for side in (train.texts, train.pairs or ()) for text in side if is_printed(text)]
    if 2 * len(texts) < len(train):
        return []
    why = "a program printed lists or objects into these cells; their brackets and quotation marks are read as text"
    return [Finding("printed lists as texts", len(texts), shortened(texts[0]), why)]


def _coded(train: Rows) -> list[Finding]:
    """What programs write for letters and line breaks, and quotation marks about nearly all texts."""
    texts = [text for side in (train.texts, train.pairs or ()) for text in side]
    kinds = (
        ("codes in texts", _CODES.search, max(2, 0.01 * len(texts)),
         "codes for letters, line breaks or mark-up stand in texts, and are read as signs; undo them"),
        ("texts in quotation marks", _QUOTED.fullmatch, 0.9 * len(texts),
         "quotation marks stand about nearly all texts, and are read as part of them; remove them"),
    )  # fmt: skip
    found = []
    for kind, is_one, fewest, why in kinds:
        ones = [text for text in texts if is_one(text)]
        if len(ones) >= fewest and ones:
            found.append(Finding(kind, len(ones), shortened(ones[0]), f"{why} where the file is made"))
    return found


def _label(corpus: Corpus, label: int | float) -> str:
    return f"{label:g}" if corpus.task.is_regression else corpus.task.labels[int(label)]
