"""How much an 8-bit model may lose in; which of its layers go back to 32 bits, and the whole trade, out.

All layers are quantised. While the score has fallen by more than is allowed, the layer that alone disturbs the answers
most goes back, and the next one, until it holds; what each step weighs, takes and scores is kept.
"""

from __future__ import annotations

import ast
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.analysis.errors.answers import Answers
from core.analysis.export import formats
from core.analysis.export.fixed_scales import Ranges
from core.analysis.export.fresh import LENGTH, WARM_UP
from core.model.encoder_parts import layer_of
from core.train.metrics import score

PROBED = 128
"""Rows on which each layer's own disturbance is measured, at most."""
PASSES = 20
AT_ONCE = 32
WEIGHED = ("MatMul", "Gemm", "Gather")


@dataclass(frozen=True)
class Step:
    """The model with some layers back in 32 bits."""

    returned: str
    """The layer that went back with this step; '' for the first, where none has."""
    bytes: int
    ms: float
    """Median of one text of 64 pieces on one thread, in this process."""
    score: float
    points: float
    """What the score has lost against the run, in hundredths; less than 0 where it gained."""


@dataclass(frozen=True)
class Budget:
    """An accuracy budget and what keeping it took."""

    points: float
    """Allowed."""
    steps: tuple[Step, ...]
    held: bool
    """False: even with every layer in 32 bits the score has fallen by more, or it is undefined."""

    @property
    def returned(self) -> list[str]:
        return [step.returned for step in self.steps if step.returned]

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "returned": self.returned}


def keep_budget(
    folder: Path,
    kept: Answers,
    metric: str,
    points: float,
    progress: Callable[[int, int], None] = lambda d, o: None,
    ranges: Ranges | None = None,
) -> Budget:
    """Quantise the `model.onnx` of an exported folder, in place, so that `metric` falls by at most `points` hundredths.

    `ranges`: the fixed scales of what products read, as `formats.quantise` takes them. ValueError for a budget that is
    negative. Bounded by the layers there are.
    """
    if not 0 <= points <= 100:
        raise ValueError(f"the budget is {points:g} points; write how many hundredths the score may fall, 0 to 100")
    whole, trial = folder / "whole.onnx", folder / "trial.onnx"
    (folder / "model.onnx").rename(whole)
    groups = layers_of(whole)
    asked = _Asked(folder, kept)
    before = score(metric, kept.logits, kept.labels)
    steps: list[Step] = []

    def step(returned: str, back: list[str]) -> bool:
        formats.quantise(whole, trial, [name for group in back for name in groups[group]], ranges)
        logits, ms = asked.ask(trial, timed=True)
        after = score(metric, logits, kept.labels)
        lost = float("nan") if before is None or after is None else 100 * (before - after)
        value = float("nan") if after is None else float(after)
        steps.append(Step(returned, trial.stat().st_size, ms, value, lost))
        return lost <= points + 1e-9

    back: list[str] = []
    held = step("", back)
    if not held:
        progress(1, 1 + 2 * len(groups))
        for done, group in enumerate(_worst_first(groups, whole, trial, asked, progress, ranges)):
            back.append(group)
            held = step(group, back)
            progress(2 + len(groups) + done, 1 + 2 * len(groups))
            if held:
                break
    trial.replace(folder / "model.onnx")
    whole.unlink()
    return Budget(points, tuple(steps), held)


def layers_of(path: Path) -> dict[str, list[str]]:
    """Layer -> the nodes of a graph that hold its weights: `embeddings`, `layer 0`, ..., `head`."""
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    weights = {one.name for one in graph.initializer}
    found: dict[str, list[str]] = {}
    for node in graph.node:
        if node.op_type in WEIGHED and weights & set(node.input):
            scopes = [entry.value for entry in node.metadata_props if entry.key == formats.SCOPES]
            found.setdefault(_group(" ".join(ast.literal_eval(scopes[0])) if scopes else ""), []).append(node.name)
    return found


def _group(scope: str) -> str:
    if (number := layer_of(scope)) is not None:
        return f"layer {number}"
    return "embeddings" if "embedding" in scope else "head"


def _worst_first(
    groups: Mapping[str, list[str]],
    whole: Path,
    trial: Path,
    asked: _Asked,
    progress: Callable[[int, int], None],
    ranges: Ranges | None,
) -> list[str]:
    """The layers by how far each, quantised alone, moves the logits: root of the mean square over some rows."""
    exact, _ = asked.ask(whole, PROBED)
    moved: dict[str, float] = {}
    for done, group in enumerate(groups):
        others = [name for other, names in groups.items() if other != group for name in names]
        formats.quantise(whole, trial, others, ranges)
        logits, _ = asked.ask(trial, PROBED)
        moved[group] = float(np.sqrt(np.mean((logits - exact) ** 2)))
        progress(2 + done, 1 + 2 * len(groups))
    return sorted(groups, key=lambda group: -moved[group])


class _Asked:
    """The kept rows, cut into pieces once; graphs are asked in this process, on one thread."""

    def __init__(self, folder: Path, kept: Answers) -> None:
        from transformers import AutoTokenizer

        about = json.loads((folder / formats.ABOUT).read_text(encoding="utf-8"))
        tokenizer, length = AutoTokenizer.from_pretrained(folder), int(about["max_length"])
        self._order = sorted(range(len(kept)), key=lambda i: -len(kept.texts[i]))
        self._batches = []
        for start in range(0, len(kept), AT_ONCE):
            chosen = self._order[start : start + AT_ONCE]
            sides = [[kept.texts[i] for i in chosen], *([[kept.pairs[i] for i in chosen]] if kept.pairs else [])]
            batch = tokenizer(*sides, truncation=True, max_length=length, padding=True, return_tensors="np")
            self._batches.append(dict(batch))
        self._vocabulary = len(tokenizer)

    def ask(self, path: Path, most: int | None = None, timed: bool = False) -> tuple[np.ndarray, float]:
        """(logits in the order of the rows, of the first `most` batches' worth unordered; milliseconds, 0 untimed)."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level, options.intra_op_num_threads = 3, 1
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]

        def run(batch: Mapping[str, np.ndarray]) -> np.ndarray:
            return session.run(None, {name: batch[name].astype(np.int64) for name in names})[0]

        batches = self._batches if most is None else self._batches[:: max(1, len(self._batches) * AT_ONCE // most)]
        found = np.concatenate([run(batch) for batch in batches])
        ms = 0.0
        if timed:
            ids = 5 + np.arange(LENGTH)[None] % (self._vocabulary - 5)
            one = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            times = []
            for _ in range(WARM_UP + PASSES):
                began = time.perf_counter()
                run(one)
                times.append(1000 * (time.perf_counter() - began))
            ms = statistics.median(times[WARM_UP:])
        return (found[np.argsort(self._order)] if most is None else found), ms
