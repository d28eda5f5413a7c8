"""A model by its name, or a finished run, in; what a sentence is sent through, whole and cut, out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import MobileBertConfig, MobileBertForMaskedLM

from core.analysis.predict import load_trained
from core.analysis.surgery import SEED, SurgeryModel
from core.analysis.training_effect import answer_of, of_one_text
from core.model.adapted import has_adapters, merged
from core.model.build import seeded
from core.model.fetch import fetch
from core.model.light_mobilebert import LightMobileBertConfig
from core.model.padding import silence_padding
from core.model.piece_marks import shown_pieces
from core.model.saved import quiet_loading
from core.model.source import ModelError, read_config, resolve_model
from core.model.tokenizer import load_tokenizer
from core.runs.folder.run import Run

GUESSES = 5


def of_model(name: str) -> SurgeryModel:
    """A pre-trained MobileBERT by name, with its guess of a masked word where its weights hold one.

    Raises ModelError for one that cannot be read, has no tokenizer, or is no MobileBERT that can be cut.
    """
    source = resolve_model(name)
    folder, tokenizer = fetch(source), load_tokenizer(source)
    config = MobileBertConfig.from_pretrained(folder) if _type_of(folder) == "mobilebert" else None
    if config is None:
        raise ModelError(f"{name} cannot be cut: only a MobileBERT can")
    config._attn_implementation = "eager"
    model: Any
    info: dict[str, Any]
    with quiet_loading(), seeded(SEED):
        if source.has_weights:
            loaded: Any = MobileBertForMaskedLM.from_pretrained(
                folder, config=config, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
            model, info = loaded
        else:
            model, info = MobileBertForMaskedLM(config), {"missing_keys": []}
    model.eval()
    silence_padding(model, tokenizer.pad_token_id)
    guesses = not any(key.startswith("cls.") for key in info["missing_keys"])
    note = source.note if guesses else "its weights hold no head that guesses masked words"

    def answer(states: torch.Tensor, place: int | None) -> dict[str, float]:
        if place is None or not guesses:
            return {}
        odds = model.cls(states)[0, place].softmax(-1)
        best = odds.topk(GUESSES)
        return dict(zip(shown_pieces(tokenizer, best.indices), best.values.tolist(), strict=True))

    return SurgeryModel(model.mobilebert, tokenizer, answer, guesses, note)


def of_run(run: Run) -> SurgeryModel:
    """A finished run's MobileBERT with its classes. Raises RunError, and ModelError where it cannot be cut."""
    trained = load_trained(run)
    model: Any = trained.model
    if not isinstance(model.config, MobileBertConfig) or isinstance(model.config, LightMobileBertConfig):
        raise ModelError(f"the model of run {run.id} cannot be cut: it is no MobileBERT, or was cut already")
    whole = merged(model)
    whole.eval().set_attn_implementation("eager")

    def answer(states: torch.Tensor, _place: int | None) -> dict[str, float]:
        return answer_of(whole.classifier(whole.mobilebert.pooler(states))[0], trained.task.labels)

    adapted, note = model if has_adapters(model) else None, of_one_text(trained.task)
    return SurgeryModel(whole.mobilebert, trained.tokenizer, answer, False, note, run.config().seed, adapted)


def _type_of(folder: Path) -> str:
    return str(read_config(folder).get("model_type"))
