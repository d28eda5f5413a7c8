"""A run's configuration in, a model ready to train out: weights, surgery, head, LoRA; all random draws seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PreTrainedModel

from core.config import RunConfig
from core.model import expected_notes
from core.model.adapted import base_of
from core.model.architecture import model_class, shape_of
from core.model.build_notes import add_build_notes, build_notes_of
from core.model.encoder_parts import final_linear, head_names, is_head, is_pooler
from core.model.encoders import is_mobilebert
from core.model.fetch import fetch, first_line
from core.model.head import match_head
from core.model.light_mobilebert import LightMobileBertConfig, LightMobileBertForSequenceClassification
from core.model.limits import check_cut
from core.model.lora import NEW_POOLER, add_lora
from core.model.padding import silence_padding
from core.model.saved import merged_tensors, quiet_loading
from core.model.score_head import ScoreScale, start_head
from core.model.source import ModelError, ModelSource, read_config, resolve_model
from core.model.tokenizer import load_tokenizer
from core.model.tokenizer_files import whole_of

if TYPE_CHECKING:
    from peft import PeftModel

Progress = Callable[[int, int], None]
"""Called with (done, total)."""
_NOT_MODEL = ("position_ids",)


def build_model(
    config: RunConfig,
    num_labels: int,
    regression: bool = False,
    label_names: Sequence[str] | None = None,
    progress: Progress | None = None,
    source: ModelSource | None = None,
    scores: ScoreScale | None = None,
) -> PreTrainedModel | PeftModel:
    """The model that `config` describes, in float32, in training mode, on the CPU.

    Random weights, the head and LoRA's matrices are drawn from `config.seed`; the caller's random state is untouched.
    The head is the same for base and light, and for every loss.

    Args:
        config: reads `model`, `seed`, `model.*` and `lora.*`.
        num_labels: outputs of the head (1 for regression).
        label_names: names for the model's own id2label; None leaves LABEL_0, LABEL_1, ...
        progress: called with (done, total) layers decomposed.
        source: `model`, found already.
        scores: of the training rows, which a new head for a score starts from.

    Raises ModelError for a source that cannot be used, ValueError for more layers than there are or an unknown target.
    """
    source = source or resolve_model(config.model)
    with seeded(config.seed):
        model = load_model(source, num_labels, regression, label_names)
    if scores is not None:
        start_head(model, scores)
    if config.surgery.variant == "light":
        note = build_notes_of(model)
        model = _as_light(model, config, progress)
        if not build_notes_of(model):
            add_build_notes(model, note)
    if not config.lora.enabled:
        return model.train()
    with seeded(config.seed + 1):
        return add_lora(model, config.lora).train()


def load_model(
    source: ModelSource, num_labels: int, regression: bool = False, label_names: Sequence[str] | None = None
) -> PreTrainedModel:
    """A MobileBERT (saved LightMobileBERT, other encoder) with a classification head; random weights where the source
    has none.

    Raises ModelError when the weights do not fit the configuration; a head of another size is drawn anew.
    """
    folder = fetch(source)
    shape = shape_of(read_config(folder), num_labels, regression, label_names)
    cls = model_class(shape)
    if not source.has_weights:
        return _padded(cls(shape), source)
    try:
        with quiet_loading():
            adapted = base_of(folder) is not None
            model, info = cls.from_pretrained(
                None if adapted else folder,
                state_dict=merged_tensors(folder) if adapted else None,
                config=shape,
                dtype=torch.float32,
                use_safetensors=True,
                local_files_only=True,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except ModelError:
        raise
    except Exception as error:  # safetensors, json and torch each raise their own on a damaged file
        raise ModelError(f"the weights in {folder} cannot be loaded: {first_line(error)}") from None
    heads = head_names(model)
    _check_loaded(folder, info, heads)
    if new := sorted(key for key in info["missing_keys"] if is_pooler(key) and not is_head(key, heads)):
        setattr(model, NEW_POOLER, new)
    if _head_is_new(info, heads):
        note = match_head(read_config(folder), label_names or (), regression).note if label_names or regression else ""
    else:
        note = _settle_head(model, read_config(folder), label_names, regression)
    return _padded(model, source, note)


def _head_is_new(info: dict[str, Any], heads: list[str]) -> bool:
    """Whether the weights hold no head, or one of another size: it was drawn then."""
    keys = [*info["missing_keys"], *(str(key[0]) for key in info["mismatched_keys"])]
    return any(is_head(key, heads) for key in keys)


def _settle_head(
    model: PreTrainedModel, config: dict[str, Any], label_names: Sequence[str] | None, regression: bool
) -> str:
    """Give each class the row that bears its name in the model's own head, or draw a new head; what to say of it."""
    if label_names is None and not regression:
        return ""
    order, note = match_head(config, label_names or (), regression)
    head = final_linear(model)
    with torch.no_grad():
        if order is None:
            head.weight.normal_(std=model.config.initializer_range)  # as transformers draws a new one
            head.bias.zero_()
        else:
            for parameter in head.parameters():
                parameter.copy_(parameter[order].clone())
    return note


def _padded(model: PreTrainedModel, source: ModelSource, note: str = "") -> PreTrainedModel:
    """With its padding silenced; `note` is said before what there is to say of that."""
    folder = Path(source.path_or_id)
    has_tokenizer = source.needs_download or (
        whole_of({path.name for path in folder.iterdir()}, model.config.model_type) is not None
    )
    pad_id = load_tokenizer(source).pad_token_id if has_tokenizer else model.config.pad_token_id
    if is_mobilebert(model.config.to_dict()):
        add_build_notes(model, note, silence_padding(model, pad_id or 0))
    else:
        model.config.pad_token_id = pad_id
        add_build_notes(model, note, expected_notes.NEW_POOLER if hasattr(model, NEW_POOLER) else "")
    return model


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random draws on the CPU inside come from `seed`; outside nothing changes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _as_light(model: PreTrainedModel, config: RunConfig, progress: Progress | None) -> PreTrainedModel:
    surgery = config.surgery
    if isinstance(model.config, LightMobileBertConfig):
        have = (model.config.num_hidden_layers, model.config.attention_rank)
        check_cut(config.model, have, (surgery.layers, surgery.rank))
        return model
    return LightMobileBertForSequenceClassification.from_mobilebert(
        model, layers=surgery.layers, keep=surgery.keep, rank=surgery.rank, seed=config.seed, progress=progress
    )


def _check_loaded(folder: Path, info: dict[str, Any], heads: list[str]) -> None:
    """Only the head may be missing or of another size, and the pooler missing, which a model trained on masked words
    lacks: anything else would silently train random layers."""
    missing = sorted(
        key for key in info["missing_keys"]
        if not (is_head(key, heads) or is_pooler(key) or key.rpartition(".")[2] in _NOT_MODEL)
    )  # fmt: skip
    if missing:
        raise ModelError(f"the weights in {folder} lack {len(missing)} of this model's tensors, first {missing[0]}")
    mismatched = sorted(str(key[0]) for key in info["mismatched_keys"] if not is_head(str(key[0]), heads))
    if mismatched:
        raise ModelError(f"the weights in {folder} have other shapes than its config.json says, first {mismatched[0]}")
