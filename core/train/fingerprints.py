"""What a run reads in, a digest of each out: a checkpoint leaves these out, so a resume must find them as they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.augment.english.dictionary import fingerprint
from core.augment.own_method import digests
from core.augment.policy import AugmentPolicy
from core.config import RunConfig
from core.data.rows import Corpus, Rows
from core.model.adapted import BASE, base_of
from core.model.score_head import scale_of
from core.model.tokenizer_files import NAMES

CHANGES = {
    "rows": "the rows of the task have changed",
    "model": "the files of the model have changed",
    "words": "the augmentation's dictionary is another one",
    "draws": "augmentation makes other texts of the rows, by another dictionary or another version of the lab,",
    "votes": "the file of votes on augmented rows has changed",
    "methods": "the file of a method of your own has changed",
    "score head": "how a head for scores is trained has changed with the lab's version",
}
_ALWAYS = ("score head", "draws")
"""What counts as changed where a checkpoint does not know of it: versions that left it out did otherwise."""
_DRAWN = 50
"""Rows whose augmented texts stand for all."""


class ChangedError(ValueError):
    """What a run began with is not there any more, so it cannot go on as if it had never been cut off."""


def fingerprints_of(config: RunConfig, corpus: Corpus, model: Path) -> dict[str, str]:
    """Digests of the rows as they are drawn, of the files in the `model` folder, and the name of the dictionary."""
    rows = hashlib.sha256()
    for name, part in {"": corpus.train, **corpus.evals}.items():
        for column in (name, part.texts, part.pairs, part.labels):  # by column: a million rows take memory enough
            rows.update(json.dumps(column).encode())
    files = {model / "config.json", *model.glob("*.safetensors"), *(model / name for name in NAMES)}
    files |= set((model / BASE).glob("*.safetensors")) if base_of(model) else set()
    whole = hashlib.sha256()
    for path in sorted(files):
        if path.is_file():
            with path.open("rb") as file:
                whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    found = {"rows": rows.hexdigest(), "model": whole.hexdigest()}
    if scale := scale_of(corpus.train.labels, corpus.task.is_regression):
        found["score head"] = f"from {scale.mean:.9g} in units of {scale.spread:.9g}, gradients and loss, too"
    if config.augment.mode != "none":
        found["words"] = fingerprint(config.augment.style)
        if own := digests(config.augment.methods):
            found["methods"] = " ".join(f"{name} {digest}" for name, digest in own.items())
        if config.augment.votes:
            found["votes"] = hashlib.sha256(Path(config.augment.votes).read_bytes()).hexdigest()
    return found


def draws_of(policy: AugmentPolicy, rows: Rows) -> dict[str, str]:
    """A digest of what the first epoch makes of some of its rows: the same in every version that draws alike.

    Nothing where a method of one's own takes part, whose file has a digest.
    """
    if policy.config.mode == "none" or digests(policy.config.methods):
        return {}
    done = policy.augmented(rows, policy.chosen(rows, 0)[:_DRAWN], 0)
    texts = [(row.row, row.text.text, row.pair and row.pair.text) for row in done]
    return {"draws": hashlib.sha256(json.dumps(texts).encode()).hexdigest()}


def check(before: Mapping[str, str], now: Mapping[str, str], step: int) -> None:
    """ChangedError where something differs from when the checkpoint of `step` was made."""
    known = {*before, *_ALWAYS}
    changed = [why for name, why in CHANGES.items() if name in known and before.get(name) != now.get(name)]
    if changed:
        raise ChangedError(
            f"{' and '.join(changed)} since the checkpoint of step {step}: put back what was there and resume, "
            "or clone the run to begin anew with what is there now"
        )


def check_settings(before: Mapping[str, Any], now: Mapping[str, Any], step: int) -> None:
    """ChangedError where a setting left open stands for another value than when the run began, as defaults of another
    version of the lab may."""
    now = json.loads(json.dumps(now))  # as a record holds it
    changed = [f"{key} (was {before[key]}, is {now[key]})" for key in now if key in before and before[key] != now[key]]
    if changed:
        raise ChangedError(
            f"what is left open stands for another value since the checkpoint of step {step}: {', '.join(changed)}; "
            "resume with the version of the lab that began the run, or clone it to begin anew"
        )
