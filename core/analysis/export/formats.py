"""A run's trained model in, a folder that public libraries load out: adapter, merged weights, ONNX, ONNX in 8 bits."""

from __future__ import annotations

import copy
import json
import logging
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.model.adapted import has_adapters, merged
from core.processor import instructions, reduces_range

if TYPE_CHECKING:
    from core.analysis.export.fixed_scales import Ranges
    from core.analysis.predict import TrainedModel

FORMATS = {
    "adapter": "LoRA's matrices and the head, with the model they sit on beside them (peft)",
    "merged": "one model with the adapters added into its weights (transformers)",
    "onnx": "the merged model as a graph (onnxruntime), any batch and length",
    "onnx-int8": "the same with its weights in 8 bits: smaller, and faster where the processor helps",
}
ABOUT = "export.json"
SCOPES = "pkg.torch.onnx.name_scopes"
"""Where a node of a graph says which layer it is of."""
MISSING = "this format needs onnx, onnxscript and onnxruntime; install what requirements.txt names"


def write(trained: TrainedModel, run_id: str, to: str, out: Path) -> None:
    """Fill the empty folder `out`. ValueError for a format that this run or this machine cannot have."""
    from core.model.saved import quiet_loading

    if to not in FORMATS:
        raise ValueError(f"unknown format {to!r}; choose from {list(FORMATS)}")
    with quiet_loading():
        {"adapter": _adapter, "merged": _merged}.get(to, _onnx)(trained, run_id, out)
    if to == "onnx-int8":
        quantise(out / "model.onnx", out / "model.onnx")
    describe(trained, run_id, to, out)


def describe(trained: TrainedModel, run_id: str, to: str, out: Path, calibrated: int = 0) -> None:
    """Put beside a model what every format has: the tokenizer, what the outputs mean, and how to ask.

    `calibrated`: over how many rows the scales of an 8-bit graph were measured; 0 where each batch has its own.
    """
    trained.tokenizer.save_pretrained(out)
    shutil.copyfile(Path(__file__).with_name("answer.py"), out / "answer.py")
    task = trained.task
    about = {
        "format": to,
        "run": run_id,
        "task": task.name,
        "labels": list(task.labels),
        "columns": list(task.columns),
        "max_length": trained.max_length,
    }
    if to == "onnx-int8":
        about |= {"quantised_for": list(instructions()), "reduced_range": reduces_range(instructions())}
        about["scales"] = f"fixed, from {calibrated} training rows" if calibrated else "of each batch"
    (out / ABOUT).write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")


def _adapter(trained: TrainedModel, run_id: str, out: Path) -> None:
    from core.model.saved import ADAPTER, BASE, save_model

    if not has_adapters(trained.model):
        raise ValueError(f"run {run_id} was trained in full and has no adapter; export it as merged")
    save_model(copy.deepcopy(trained.model), trained.tokenizer, out, {"run": run_id})
    settings = json.loads((out / ADAPTER).read_text(encoding="utf-8"))
    # The base lies beside it; its place on this machine would mean nothing on another. The layers that a cut one was
    # made of stay noted: peft refuses it on the whole model, and answer.py, which has the base, passes them over.
    settings |= {"base_model_name_or_path": BASE}
    (out / ADAPTER).write_text(json.dumps(settings, indent=2, sort_keys=True), encoding="utf-8")
    for path in (*out.rglob("digests.json"), *out.rglob("made_from.json"), out / "README.md"):
        path.unlink(missing_ok=True)
    _light(trained, out)


def _merged(trained: TrainedModel, run_id: str, out: Path) -> None:
    merged_model(trained).save_pretrained(out)
    _light(trained, out)


def merged_model(trained: TrainedModel) -> Any:
    """The model with its adapters added in; the trained one stays as it is."""
    return merged(trained.model).eval()


def _light(trained: TrainedModel, out: Path) -> None:
    from core.analysis.export.light_source import NAME, light_source
    from core.model.limits import LIGHT

    config: Any = trained.model.config
    if config.model_type == LIGHT:
        (out / NAME).write_text(light_source(), encoding="utf-8")


def _onnx(trained: TrainedModel, run_id: str, out: Path) -> None:
    import torch

    from core.analysis.export.plain_layers import added, is_plain, with_plain_layers

    _needs_onnx()
    names = ["input_ids", "attention_mask"]
    if "token_type_ids" in trained.tokenizer.model_input_names:
        names.append("token_type_ids")

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = with_plain_layers(merged_model(trained))
            self.plain = is_plain(self.model)

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            given = dict(zip(names, inputs, strict=True))
            if self.plain:
                given["attention_mask"] = added(given["attention_mask"])
            return self.model(**given).logits

    longest = int(trained.model.config.max_position_embeddings)  # type: ignore[union-attr, arg-type]
    example = torch.ones(2, 8, dtype=torch.long)
    # Of three pieces and more: MobileBERT embeds each piece with its neighbours, and [CLS] x [SEP] has as many.
    sides = {0: torch.export.Dim("batch", min=1, max=4096), 1: torch.export.Dim("length", min=3, max=longest)}
    # the tracer and the writer of the graph remark on every second node
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Logits().eval(),
            tuple(example.clone() for _ in names),
            out / "model.onnx",
            dynamo=True,
            input_names=names,
            output_names=["logits"],
            dynamic_shapes=(tuple(sides for _ in names),),
            external_data=False,
            verbose=False,
        )
    _forget_traces(out / "model.onnx")


def _forget_traces(path: Path) -> None:
    """Drop what the exporter noted of the code at each node, paths of this machine among it: layers' names stay."""
    import onnx

    model = onnx.load(path)
    graph = model.graph
    for noted in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        kept = [entry for entry in noted.metadata_props if entry.key == SCOPES]
        del noted.metadata_props[:]
        noted.metadata_props.extend(kept)
    onnx.save(model, path)


def quantise(source: Path, target: Path, kept_float: Sequence[str] = (), ranges: Ranges | None = None) -> None:
    """The graph with the weights of its products and embeddings in 8 bits, a scale for each output channel.

    What products read is scaled by `ranges`, as `fixed_scales` measures them; without, by the largest of each batch.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from core.analysis.export.fixed_scales import fix

    graph = onnx.load(source)
    if ranges is not None:
        fix(graph, ranges, 7 if reduces_range(instructions()) else 8, kept_float)
    del graph.graph.value_info[:]  # shapes that the exporter noted stand in the way of new ones
    with _quiet():
        quantize_dynamic(
            graph,
            target,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"] if ranges is None else ["Gather"],
            per_channel=True,
            reduce_range=reduces_range(instructions()),
            weight_type=QuantType.QInt8,
            # A Gemm becomes a MatMul of another name before it is asked whether it is excluded.
            nodes_to_exclude=[name for kept in kept_float for name in (kept, f"{kept}_MatMul")],
        )
    _forget_zero_points(target)


def _forget_zero_points(path: Path) -> None:
    """Drop the weights' zero points: all are 0, and for each column the runtime would correct every number by its own.

    The answers stay the same to the bit; a light model's take 4 % less time.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load(path)
    weights = {one.name: one for one in model.graph.initializer}
    zeros = {name for name, one in weights.items() if not numpy_helper.to_array(one).any()}
    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and node.input[3:] and node.input[3] in zeros:
            del node.input[3]
    read = {name for node in model.graph.node for name in node.input}
    for name in weights.keys() - read:
        model.graph.initializer.remove(weights[name])
    onnx.save(model, path)


def _needs_onnx() -> None:
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in ("onnx", "onnxscript", "onnxruntime")):
        raise ValueError(MISSING)


class _quiet:  # noqa: N801 - used as a statement
    """Without the remarks of the exporter's and the quantiser's loggers."""

    def __enter__(self) -> None:
        self._before = logging.root.manager.disable
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(self._before)
