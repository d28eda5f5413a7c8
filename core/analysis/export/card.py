"""A run and what was measured of its export in, the model's card in Markdown out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import wording
from core.analysis.robustness.measure import measured
from core.augment.own_method import without_folder
from core.config import RunConfig
from core.runs.folder.run import Run

if TYPE_CHECKING:
    from core.analysis.predict import TrainedModel

NEEDS = {
    "adapter": "torch transformers peft",
    "merged": "torch transformers",
    "onnx": "transformers onnxruntime",
    "onnx-int8": "transformers onnxruntime",
}
LICENCES = {
    "demo": "The rows are CC0: they were written for the lab that trained this.",
    "benchmark": "The rows are a public benchmark's (GLUE, SuperGLUE), which gathers corpora under terms of their own: "
    "look them up before you share what was learned from them.",
    "file": "The rows are an own file's; nobody has told their licence. Whoever shares this model has to know it.",
}  # fmt: skip


def card(run: Run, trained: TrainedModel, document: Mapping[str, Any]) -> str:
    """Data, method, score with its interval, limits and licence of the data, and how the model is asked."""
    config, record, task = run.config(), run.record(), trained.task
    origin = str(record.get("task", {}).get("source") or task.origin)
    origin = "a local copy" if Path(origin).is_absolute() and task.origin == "benchmark" else origin
    parts = [
        f"# {_plain(task.name)}: {_plain(config.run.name or run.id)}",
        f"{_sentence(_plain(task.title))} Exported as `{document['format']}` from the run `{run.id}`.",
        "## How to ask it",
        f"Needs `pip install {NEEDS[document['format']]}`"
        + (f" (trained with {_versions(record)})." if _versions(record) else "."),
        f"```python\n{snippet(trained)}```",
        f"From a shell: `python answer.py {' '.join(_words(trained))}`.",
        "## What it answers",
        ("Classes: " + ", ".join(map(_plain, task.labels)) if task.labels else "A score.")
        + f". Input: {' and '.join(map(_plain, task.columns))}, cut to {trained.max_length} word pieces.",
        "## Data",
        f"{_rows(record)} from {_plain(origin)}. {LICENCES.get(task.origin, LICENCES['file'])}"
        + ("" if config.model == "demo" else " The model that it started from has terms of its own, too."),
        "## Method",
        "\n".join(f"- {line}" for line in method(config, record)),
        "## Score",
        _score(run, document),
        *_robustness(run, str(document.get("weights", "last"))),
        "## Time and size",
        _times(document),
        "## Limits",
        "\n".join(f"- {line}" for line in _limits(run, record, document)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def snippet(trained: TrainedModel) -> str:
    """Python that a reader of the card can run in the folder, as it stands."""
    asked = ", ".join(repr(f"your {_plain(column)}") for column in trained.task.columns)
    return f'from answer import Exported\n\nprint(Exported(".").answer({asked}))\n'


def method(config: RunConfig, record: Mapping[str, Any]) -> list[str]:
    """What was trained, how, and on what."""
    model, lora, train, augment = record.get("model", {}), config.lora, config.train, config.augment
    resolved = record.get("resolved", {})
    cut = f", cut to {model.get('layers')} layers, attention of rank {model.get('attention_rank')}"
    lines = [f"start: `{_start(config.model)}`{cut if config.surgery.variant == 'light' else ''}"]
    if lora.enabled:
        targets = ", ".join(map(_plain, lora.targets))
        lines.append(f"LoRA on {targets}: rank {lora.r}, alpha {lora.alpha:g}, dropout {lora.dropout:g}")
    else:
        lines.append("every weight trained")
    rate, steps = resolved.get("train.lr", train.lr), resolved.get("train.max_steps", train.max_steps)
    lines.append(f"loss {train.loss}, optimizer {train.optimizer} at {rate}, schedule {train.schedule}")
    lines.append(f"{steps} steps of up to {wording.batches(train)}, seed {config.seed}")
    if augment.mode == "none":
        lines.append("no augmentation")
    else:
        ways = ", ".join(_plain(without_folder(name)) for name in augment.methods)
        share = wording.percent(augment.fraction)
        lines.append(f"{augment.mode} augmentation of {share} of the rows ({ways}; {augment.style})")
    return lines


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _start(model: str) -> str:
    """The starting model's name; of a folder on this machine the last part, which is all that others may know."""
    name = Path(model).name if Path(model).is_dir() or Path(model).is_absolute() else model
    return " ".join(name.replace("`", " ").split())


def _rows(record: Mapping[str, Any]) -> str:
    rows = record.get("rows", {})
    if not rows:
        return "Rows"
    held = ", ".join(f"{count:,} for evaluation ({name})" for name, count in rows.get("evals", {}).items())
    return f"{rows.get('train', 0):,} rows for training, {held},"


def _score(run: Run, document: Mapping[str, Any]) -> str:
    check = document["check"]
    lines = ["| | value | 95 % over rows |", "|---|---|---|"]
    for title, key in (
        ("run", "before"),
        (f"this export, {check['metric']}", "after"),
        ("after minus before", "change"),
    ):
        one = check[key]
        ends = one["why"] if one["why"] else f"{_number(one['low'])} to {_number(one['high'])}"
        lines.append(f"| {title} | {_number(one['value'])} | {ends} |")
    return "\n".join(lines) + (
        f"\n\nOver the {check['rows']:,} evaluation rows that the run kept; loaded anew, "
        f"{wording.percent(check['agreement'], 2)} of the answers are the run's, and no logit differs by more "
        f"than {check['max_abs_diff']:.2g}." + f" These are the run's {_weights(run, document)}."
    )


def _weights(run: Run, document: Mapping[str, Any]) -> str:
    """Which of the run's weights these are, and at which step the others were."""
    status = run.recorded_status()
    if document.get("weights") == "best":
        return f"weights of its best evaluation, step {status.best.get('step')}"
    return "last weights" + (f"; its best evaluation was {status.better}" if status.better else "")


def _robustness(run: Run, weights: str) -> list[str]:
    """What is left of the score under noise, as far as it was measured; nothing where it was not."""
    found = measured(run, weights)
    if not found:
        return []
    lines = ["| noise | share of words or letters | score |", "|---|---|---|"]
    lines += [f"| {_plain(one.noise)} | {wording.percent(one.level)} | {_number(one.score)} |" for one in found]
    return ["## Under noise", "\n".join(lines) + "\n\nMean of the draws, over the same evaluation rows, before the "
            "export."]  # fmt: skip


def _times(document: Mapping[str, Any]) -> str:
    lines = ["| | ms, median | quartiles |", "|---|---|---|"]
    for name, one in document["latency_ms"].items():
        lines.append(f"| {name} | {one['median']:.2f} | {one['low']:.2f} to {one['high']:.2f} |")
    flags = ", ".join(document["timed"]["instructions"]) or "an unknown instruction set"
    return "\n".join(lines) + f"\n\nOne text of 64 pieces, one thread, on a processor with {flags}."


def _limits(run: Run, record: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    lines = [
        "The interval is over rows of one evaluation set; another seed, or texts of another kind, may differ more."
    ]
    if found := {one.get("kind") for one in record.get("findings", [])}:
        lines.append("Of its data was noted: " + ", ".join(sorted(map(_plain, found))) + ".")
    verdict = record.get("end", {}).get("verdict") or run.recorded_status().verdict
    return [
        *lines,
        *map(_escaped, [*([verdict] if verdict else []), *record.get("notes", []), *document["notes"]]),
    ]


def _versions(record: Mapping[str, Any]) -> str:
    computed = record.get("computed", {})
    return ", ".join(f"{name} {computed[name]}" for name in ("torch", "transformers", "peft") if name in computed)


def _words(trained: TrainedModel) -> list[str]:
    return [f'"your {_plain(column)}"' for column in trained.task.columns]


def _number(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "not told"


def _escaped(text: Any) -> str:
    """A sentence of the lab's, names of a visitor's in it, as one line of Markdown that reads as it was written: keys
    keep their underscores, and p < 0.001 its sign."""
    return re.sub(r"[\\`*_\[\]#|]|<(?! )", r"\\\g<0>", " ".join(str(text).split()))


def _plain(text: Any) -> str:
    """Words of a visitor's own file as one line of Markdown, without marks that it would read."""
    return " ".join("".join(" " if letter in "`|<>[]*_#\\\"'" else letter for letter in str(text)).split())
