"""A model's name in, a place to load it from out: the demo, a folder, or a hub repository. Loads no weights, no torch.

Whether the hub answers is found out in under 3 s, because the libraries' own retries take 49 s to fail. Weights are
only ever read from safetensors: a pickle can run code, so a folder that has nothing else is refused.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.demo import DEMO_MODEL_DIR
from core.digests import NAME as DIGESTS
from core.digests import damage
from core.files import CLOSED, open_to_visitors
from core.model.adapted import ADAPTER, base_of
from core.model.encoders import ENCODERS, MOBILEBERT, with_common_names
from core.model.hub import hub_reachable, offline
from core.model.tokenizer_files import lack, whole_of

FULL_SIZE = "mobilebert"
"""The published architecture: its configuration ships with the lab, its weights and tokenizer do not."""
PUBLISHED = "google/mobilebert-uncased"
"""The hub repository with the published weights."""
OFFERED = ("demo", PUBLISHED)
"""Starting models that a list shows; any folder or hub id may be typed."""
BUILT_IN = {"demo": DEMO_MODEL_DIR, FULL_SIZE: Path(__file__).with_name("published")}
WEIGHT_FILES = ("model.safetensors", "model.safetensors.index.json")
_PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt", "model.bin")
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w./-]+)?", re.ASCII)
_INSTEAD = "choose the model demo, or a folder with config.json and tokenizer"


class ModelError(ValueError):
    """A model that cannot be used; the message says in one line why and what to do."""


@dataclass(frozen=True)
class ModelSource:
    """Where a model is loaded from, and what must be said of it."""

    name: str
    """As the user wrote it."""
    kind: str
    """`demo`, `architecture`, `folder` or `hub`."""
    path_or_id: str
    """The folder, or for a hub repository that is not on this machine yet its id."""
    has_weights: bool
    """False: the model starts from random weights."""
    note: str
    """What every page and record of a run must say; empty with weights."""
    revision: str | None = None
    """Hub only: branch, tag, commit or `refs/pr/N`."""
    needs_download: bool = False
    """Hub only: the files are not on this machine yet."""


def resolve_model(name: str, tokenizer: bool = True) -> ModelSource:
    """Find `demo`, a folder, or a hub id (`owner/name` or `owner/name@revision`).

    Args:
        tokenizer: must there be one? Without it `mobilebert` (the architecture alone) and a folder of mere weights do.

    Raises ModelError, in one line, for a folder that lacks a part, an architecture that is not taken, a hub that
    does not answer within 3 s, and a repository without safetensors.
    """
    name = name.strip()
    if name == FULL_SIZE:
        if tokenizer:
            raise ModelError(f"{name} is the architecture alone: it can be counted and cut, not trained; {_INSTEAD}")
        note = f"random weights: {name} is the architecture alone"
        return ModelSource(name, "architecture", str(BUILT_IN[name]), False, note)
    folder = _model_of_run(_folder_of(name))
    if folder.is_dir():
        return _folder_source(name, "demo" if name in BUILT_IN else "folder", folder, tokenizer)
    if folder.exists():
        raise ModelError(f"{name} is a file; name the folder that holds config.json")
    if not _HUB_ID.fullmatch(name) or name.startswith((".", "-")):
        raise ModelError(f"no folder {name}; {_INSTEAD}")
    return _hub_source(name)


def find_config(name: str) -> dict[str, Any]:
    """A model's configuration alone, which needs neither weights nor tokenizer. Raises ModelError as resolve_model."""
    name = name.strip()
    folder = _model_of_run(_folder_of(name))
    if folder.is_dir():
        return read_config(folder)
    repo, _, revision = name.partition("@")
    if not folder.exists() and _HUB_ID.fullmatch(name):
        cached = _cached_snapshot(repo, revision or None)
        if cached is not None:
            return read_config(cached)
    source = resolve_model(name)
    if not source.needs_download:
        return read_config(Path(source.path_or_id))
    from huggingface_hub import hf_hub_download

    try:
        return read_config(Path(hf_hub_download(repo, "config.json", revision=revision or None)).parent)
    except OSError as error:
        raise ModelError(f"{name}: config.json could not be downloaded ({type(error).__name__}); {_INSTEAD}") from None


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's config.json, checked to be of a type that is taken; sizes by BERT's names. Raises ModelError."""
    path = (base_of(folder) or folder) / "config.json"
    if not path.is_file():
        adapter = " (it holds an adapter without its base; merge the two)" if (folder / ADAPTER).exists() else ""
        raise ModelError(f"{folder} holds no config.json{adapter}; {_INSTEAD}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read as JSON: {str(error).splitlines()[0]}") from None
    found = config.get("model_type") if isinstance(config, dict) else None
    if found not in (*MOBILEBERT, *ENCODERS):
        raise ModelError(f"{path} describes model_type {found!r}; taken are {', '.join((*MOBILEBERT, *ENCODERS))}")
    return with_common_names(config)


def check_whole(folder: Path) -> None:
    """ModelError, naming the file, where a file of the folder is not what its digests say."""
    if wrong := damage(folder):
        raise ModelError(
            f"{folder} is damaged: {wrong}; put the file back, or choose another model "
            f"(if it was changed on purpose, remove {DIGESTS})"
        )


def _folder_of(name: str) -> Path:
    """Where the name would be as a folder, there or not; one that this user may not look into raises ModelError."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    if not open_to_visitors(Path(name)):  # a name of the hub may still be meant, whatever lies here under that name
        if _HUB_ID.fullmatch(name) and not name.startswith((".", "-")):
            return Path(os.devnull, "nowhere")
        raise ModelError(f"{name} {CLOSED}")
    try:
        folder = Path(name).expanduser()
        (folder / "config.json").stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError, RuntimeError) as error:  # no permission, too long, a zero byte, an unknown ~user
        raise ModelError(f"{name[:80]!r} cannot be looked into: {getattr(error, 'strerror', None) or error}") from None
    return folder


def _model_of_run(folder: Path) -> Path:
    """The model in a run's folder, which people name as often as the model itself; any other folder as it is."""
    if not (folder / "status.json").is_file():
        return folder
    if not (folder / "model").is_dir():
        raise ModelError(f"{folder} is a run that has saved no model; a run saves it when it finishes")
    return folder / "model"


def _folder_source(name: str, kind: str, folder: Path, tokenizer: bool = True) -> ModelSource:
    model_type = read_config(folder)["model_type"]
    files = [path.name for path in folder.iterdir() if path.is_file()]
    if tokenizer and whole_of(files, model_type) is None:
        raise ModelError(f"{folder} {lack(files, model_type)}")
    has_weights = _has_weights(folder)
    if base_of(folder) and not has_weights:
        raise ModelError(f"{folder} holds an adapter's configuration without its weights, adapter_model.safetensors")
    note = "" if has_weights else f"random weights: {folder} holds no model.safetensors"
    return ModelSource(name, kind, str(folder), has_weights, note)


def _has_weights(folder: Path) -> bool:
    """True with every weight file there, False with none; a pickle alone or a missing shard raises ModelError."""
    if (folder / "model.safetensors").is_file():
        return True
    if base_of(folder) and (folder / "adapter_model.safetensors").is_file():
        return True
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError):
            raise ModelError(f"{index} cannot be read as a list of shards") from None
        missing = sorted(shard for shard in shards if not (folder / shard).is_file())
        if missing:
            raise ModelError(f"{folder} lacks {len(missing)} of {len(shards)} weight shards, first {missing[0]}")
        return True
    pickles = [file for file in _PICKLES if (folder / file).is_file()]
    if pickles:
        raise ModelError(
            f"{folder} holds its weights only as {pickles[0]}, a pickle, which is never loaded; "
            "save them as model.safetensors (save_pretrained does), or remove the file to start from random weights"
        )
    return False


def _hub_source(name: str) -> ModelSource:
    repo, _, revision = name.partition("@")
    cached = _cached_snapshot(repo, revision or None)
    if cached is not None:
        source = _folder_source(name, "hub", cached)
        if source.has_weights:
            return ModelSource(name, "hub", str(cached), True, "", revision or None)
    if offline():
        raise ModelError(f"{name} is neither a folder nor on this machine, and HF_HUB_OFFLINE is set; {_INSTEAD}")
    if not hub_reachable():
        raise ModelError(f"{name} is not a folder, and the model hub does not answer; {_INSTEAD}")
    _check_listing(name, repo, _list_repository(name, repo, revision or None))
    return ModelSource(name, "hub", repo, True, "", revision or None, needs_download=True)


def _cached_snapshot(repo: str, revision: str | None) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(repo, "config.json", revision=revision)
    except HFValidationError as error:
        raise ModelError(f"{repo!r} is neither a folder nor a hub id: {str(error).splitlines()[0]}") from None
    return Path(config).parent if isinstance(config, str) else None


def _list_repository(name: str, repo: str, revision: str | None) -> set[str]:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    try:
        info = HfApi().model_info(repo, revision=revision, timeout=2.0)
    except (RepositoryNotFoundError, RevisionNotFoundError):
        raise ModelError(f"the hub has no model {name}; check the spelling, or {_INSTEAD}") from None
    except Exception as error:  # the client raises several libraries' own errors; all mean the same to the user
        raise ModelError(f"the hub did not describe {name} ({type(error).__name__}); {_INSTEAD}") from None
    return {sibling.rfilename for sibling in info.siblings or []}


def _check_listing(name: str, repo: str, files: set[str]) -> None:
    if "config.json" not in files or whole_of(files, None) is None:
        raise ModelError(f"{name} holds no config.json with a tokenizer that is read beside it; {_INSTEAD}")
    if not files & set(WEIGHT_FILES):
        raise ModelError(
            f"{name} holds no model.safetensors, and pickles are never loaded; "
            f"a conversion may wait in a pull request of the repository: try {repo}@refs/pr/N"
        )
