"""A finished run in, one short Python file that does it again on torch, transformers and peft out, beside its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

from core.analysis.export import script_parts
from core.augment.policy import AugmentPolicy, run_policy
from core.data.rows import Rows
from core.files import replace_file
from core.runs.folder.files import RunError
from core.runs.folder.run import Run

AUGMENTATION = Path(__file__).with_name("augmentation.py")
SURGERY = Path(__file__).with_name("surgery.py")
TEMPLATE = Path(__file__).with_name("script_template.py.txt")
_WORD = re.compile(r"\S+")


def write_script(run: Run, out: Path) -> dict[str, Any]:
    """Write `out`, and beside it the folder of its rows and its starting model.

    RunError for a run that is not finished; ValueError for what the file cannot do as the run did it, and where the
    folder holds something else.
    """
    from core.data.sources import load_corpus
    from core.model.build import build_model
    from core.model.light_mobilebert import LightMobileBertConfig, choose_layers
    from core.model.score_head import scale_of
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer
    from core.train.batches import encode
    from core.train.defaults import resolved
    from core.train.steps import count_steps

    config, status, record = run.config(), run.status(), run.record()
    if status.state != "finished":
        raise RunError(f"run {run.id} is not finished; it is {status.state}")
    script_parts.check(config)
    if out.suffix != ".py":
        raise ValueError(f"{out} is no Python file; name one that ends in .py")
    data = out.with_name(f"{out.stem}_data")
    if data.exists() and not (data / "train.jsonl").is_file():
        raise ValueError(f"{data} is there and holds something else; name another file")
    corpus = load_corpus(config)
    task = corpus.task
    policy = run_policy(config, task)  # what may not be here comes before anything is written
    source = resolve_model(config.model)
    whole = config.replace({"lora.enabled": False, "model.variant": "base"})
    scores = scale_of(corpus.train.labels, task.is_regression)
    start = build_model(whole, task.num_labels, task.is_regression, task.labels or None, source=source, scores=scores)
    data.mkdir(parents=True, exist_ok=True)
    start.save_pretrained(str(data / "start"))
    tokenizer = load_tokenizer(source)
    tokenizer.save_pretrained(data / "start")
    light = isinstance(start.config, LightMobileBertConfig)
    if light:
        from core.analysis.export.light_source import NAME, light_source

        replace_file(data / NAME, light_source().encode())
    if script_parts.is_fast(record):
        from core.analysis.export.fast_source import NAME as FAST_NAME
        from core.analysis.export.fast_source import fast_source

        replace_file(data / FAST_NAME, fast_source().encode())
    kept = None
    if config.surgery.variant == "light" and not light:
        kept = choose_layers(start.config.num_hidden_layers, config.surgery.layers, config.surgery.keep, config.seed)
        replace_file(data / SURGERY.name, SURGERY.read_bytes())
    lengths = [len(item["input_ids"]) for item in encode(tokenizer, corpus.train, config.data.max_length)]
    values = {**resolved(config, corpus, lengths), **record.get("resolved", {})}
    own = task.origin == "file"
    per_epoch = count_steps(config.train, len(corpus.train), lengths, own=own).per_epoch
    epochs = -(-int(values["train.max_steps"]) // per_epoch)
    _write_rows(data / "train.jsonl", _rows(corpus.train))
    _write_rows(data / "eval.jsonl", _rows(next(iter(corpus.evals.values()))))
    for stale in data.glob("augmented-*.jsonl"):
        stale.unlink()
    if script_parts.draws_rows(config.augment):
        replace_file(data / AUGMENTATION.name, AUGMENTATION.read_bytes())
        replace_file(data / "synonyms.json", json.dumps(_synonyms(corpus.train, policy), ensure_ascii=False).encode())
    else:
        _write_augmented(data, corpus.train, policy, epochs)
    values["end"] = record.get("end", {}).get("step") or values["train.max_steps"]
    values["spread"] = scores.spread if scores else None
    parts = script_parts.parts(run, task, values, policy, light, kept)
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts, data=data.name)
    replace_file(out, text.encode())
    return {"file": str(out), "lines": len(text.splitlines()), "data": str(data), "note": parts["honesty"]}


def _write_augmented(data: Path, train: Rows, policy: AugmentPolicy, epochs: int) -> None:
    """What the run saw in each epoch, drawn here: the careful style needs the lab's dictionaries."""
    for epoch in range(epochs):
        rows, done = policy.epoch(train, epoch)
        if done:
            made = list(_rows(rows))
            _write_rows(data / f"augmented-{epoch}.jsonl", ({"row": one.row, **made[one.row]} for one in done))


def _synonyms(train: Rows, policy: AugmentPolicy) -> dict[str, str]:
    """Each word of the training rows that the paper's dictionary knows, with its first synonym."""
    words = {word for texts in (train.texts, train.pairs or ()) for text in texts for word in _WORD.findall(text)}
    found = {word: policy.table.first_lemma(word) for word in sorted(words)}
    return {word: first.lemma for word, first in found.items() if first}


def _rows(rows: Rows) -> Iterable[dict[str, Any]]:
    for i, (text, label) in enumerate(zip(rows.texts, rows.labels, strict=True)):
        yield {"text": text, **({"pair": rows.pairs[i]} if rows.pairs is not None else {}), "label": label}


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    replace_file(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
