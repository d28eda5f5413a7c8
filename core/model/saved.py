"""A trained model in, its folder out, and back: with its class names, its base, what was cut off it, and digests.

Trained in full, the folder is a model like any other. Trained with LoRA it holds the adapter, and in `base/` the very
model that the adapter sits on (cut to size, padding silenced, class names and all), which the adapter's configuration
names as its base: so neither a file that moves nor another model of the same name can change an answer. The adapter of
a cut model also says which layers it was made for, as peft's own `layer_replication`: put on the whole model by hand,
peft refuses it instead of giving other answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel
from transformers.utils import logging

from core.digests import write_digests
from core.model.adapted import ADAPTER, BASE, has_adapters
from core.model.light_mobilebert import LightMobileBertConfig
from core.model.source import ModelError, check_whole

_CARD = """---
base_model: base
library_name: peft
---
A LoRA adapter and the head it was trained with. They belong on the model in `base/`, which lies beside them and has the
class names: `base/made_from.json` says what that was made from and how it was cut. On another model, the whole one
that it was cut from included, they give other answers, or none.
"""


def save_model(model: Any, tokenizer: Any, folder: Path, about: Mapping[str, Any]) -> None:
    """Write a model of `core.model.build` into an empty `folder`. `about`: the base's name and cut, for people."""
    adapted = has_adapters(model)
    if adapted:
        base = model.get_base_model()
        base.save_pretrained(folder / BASE, state_dict=_bare(base))
        tokenizer.save_pretrained(folder / BASE)
        (folder / BASE / "made_from.json").write_text(json.dumps(dict(about), indent=1), encoding="utf-8")
        model.peft_config["default"].base_model_name_or_path = str((folder / BASE).resolve())
    model.save_pretrained(folder)
    if adapted:
        _name_layers(folder, base.config)
        (folder / "README.md").write_text(_CARD, encoding="utf-8")  # peft's own is a form that nobody filled in
        write_digests(folder / BASE)
    tokenizer.save_pretrained(folder)
    write_digests(folder)


def load_saved(folder: Path) -> PreTrainedModel | Any:
    """The model of a folder that `save_model` wrote, in evaluation mode. ModelError names a damaged or lost file."""
    check_whole(folder)
    try:
        if not (folder / ADAPTER).is_file():
            return _loaded(folder)
        from peft import LoraConfig, PeftModel

        settings = LoraConfig.from_pretrained(str(folder))
        settings.layer_replication = None  # the base that lies beside it is cut already
        return PeftModel.from_pretrained(_loaded(folder / BASE), str(folder), config=settings).eval()
    except ModelError:
        raise
    except Exception as error:  # safetensors, json, peft and torch each raise their own on a damaged file
        raise ModelError(f"the model in {folder} cannot be loaded: {str(error).strip().splitlines()[0]}") from None


def merged_tensors(folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a saved model with its adapter added into the weights it sits on, by the model's own names."""
    model: Any = load_saved(folder)
    return dict(model.merge_and_unload().state_dict())


def has_base(folder: Path) -> bool:
    """Whether the folder holds all that its answers need; an adapter of earlier versions lacks its base."""
    return (folder / BASE).is_dir() or not (folder / ADAPTER).is_file()


def _loaded(folder: Path) -> PreTrainedModel:
    with quiet_loading():
        model = AutoModelForSequenceClassification.from_pretrained(
            str(folder), use_safetensors=True, local_files_only=True
        )
    return model.eval()


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Without transformers' own table of missing tensors and its bars, in saving as well: whoever loads says what
    matters."""
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()


def _bare(base: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The base's own tensors by its own names, without what LoRA put between them."""
    return {
        name.replace(".base_layer.", ".").replace(".original_module.", "."): tensor
        for name, tensor in base.state_dict().items()
        if ".lora_" not in name and ".modules_to_save." not in name
    }


def _name_layers(folder: Path, config: Any) -> None:
    """Note the layers that a cut model was made of, where peft looks for them."""
    if not isinstance(config, LightMobileBertConfig):
        return
    path = folder / ADAPTER
    settings = json.loads(path.read_text(encoding="utf-8"))
    kept = config.kept_layers or list(range(config.num_hidden_layers))
    settings["layer_replication"] = [[layer, layer + 1] for layer in kept]
    path.write_text(json.dumps(settings, indent=2, sort_keys=True), encoding="utf-8")
