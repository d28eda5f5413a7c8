"""Loads torch and transformers without the parts of them that no run of the lab uses, and large tables without pauses.

transformers imports, for any of its models, torch's compiler and distributed tensors (with SymPy), SciPy's optimizer
(for losses of object detection), and pandas (for its Trainer): 4 of the 6 CPU seconds of a worker's imports. Here
transformers believes the last ones to be missing, and a stand-in takes the place of each of torch's: it answers what is
asked of it at every start, and makes way for the module itself as soon as something else is.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import Any

_keeps = False
"""Whether this process keeps what it has loaded from the collector for good; to count what it keeps takes 40 ms."""
_MISSING = ("is_datasets_available", "is_scipy_available", "is_torch_distributed_available")


@contextmanager
def paused_collector() -> Iterator[None]:
    """Python's collector waits: a million new objects hold no garbage, and each look for some walks them all.

    Nor does it walk them at once when it goes on: they count as old, or are never walked, where the process keeps what
    it has loaded from the collector already. That walk took a tenth of an augmented epoch.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()  # what is alive leaves the young ones ...
            if not _keeps:
                gc.unfreeze()  # ... for the old ones
            gc.enable()


@contextmanager
def loaded_for_good() -> Iterator[None]:
    """What is imported inside comes in lightly, and the collector never walks what it leaves."""
    global _keeps
    with paused_collector():
        load_lightly()
        yield
    gc.freeze()
    _keeps = True


def load_lightly() -> None:
    """Make transformers' import light, whenever it comes in this process; nothing where it has come in already.

    So, too, where a process trains together with others: `core.train.process_group` exchanges through torch.
    """
    # Of transformers to peft, at each model with adapters: nothing that a user could do about it.
    warnings.filterwarnings("ignore", ".is_gradient_checkpointing. is deprecated", FutureWarning)
    met = {"transformers", *_LIGHT} & sys.modules.keys()
    if not met and not any(isinstance(finder, LightFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, LightFinder())


class LightFinder(MetaPathFinder):
    """Finds transformers as Python does, to load it lightly, and whatever lies below a module with a stand-in."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        parent = name.rpartition(".")[0]
        if isinstance(sys.modules.get(parent), StandIn):
            real(parent)
            loaded = sys.modules.get(name)  # by its parent, most likely
            return ModuleSpec(name, Loaded(loaded)) if loaded else importlib.util.find_spec(name)
        if name != "transformers":
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = LightLoader(spec.loader.name, spec.loader.path)
        return spec


class LightLoader(SourceFileLoader):
    """Loads the package between the stand-ins, which it is to meet, and what is changed in it."""

    def exec_module(self, module: types.ModuleType) -> None:
        import torch  # noqa: F401 - the stand-ins become attributes of it and its parts

        for name, answers in _LIGHT.items():
            if name not in sys.modules:
                put_in(name, StandIn(name, answers))
        super().exec_module(module)
        package = module.__name__
        for name in _MISSING:
            for part in ("utils", "utils.import_utils"):
                setattr(sys.modules[f"{package}.{part}"], name, lambda: False)
        put_in(f"{package}.models", _plain_package(f"{package}.models"))


class Loaded(Loader):
    """For a module that came in while it was looked for."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module, self.spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return self.module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self.spec


class StandIn(types.ModuleType):
    """In the place of a module until something is asked that is not among its `answers`; then the module comes in."""

    def __init__(self, name: str, answers: dict[str, Any]) -> None:
        super().__init__(name)
        self.__dict__.update(answers, __path__=[])  # a package, as far as imports from it and below it ask

    def __getattr__(self, name: str) -> Any:
        if name in ("__file__", "__wrapped__"):  # `inspect` asks every module for them
            raise AttributeError(name)
        return getattr(real(self.__name__), name)


def real(name: str) -> Any:
    """The module itself, loaded now if a stand-in was in its place."""
    stand_in = sys.modules[name]
    if isinstance(stand_in, StandIn):
        del sys.modules[name]
        module = importlib.import_module(name)
        stand_in.__dict__.update({answer: getattr(module, answer) for answer in _LIGHT[name]})
        put_in(name, module)
    return sys.modules[name]


def put_in(name: str, module: types.ModuleType) -> None:
    """As an import would leave it: among the modules, and in its parent."""
    parent, _, own = name.rpartition(".")
    sys.modules[name] = module
    if parent in sys.modules:
        sys.modules[parent].__dict__[own] = module


def _left_alone(function: Callable | None = None, *_args: Any, **_kwargs: Any) -> Any:
    """A decorator, with arguments or without, that changes nothing: what is not compiled needs no marks for it."""
    return function if function is not None else _left_alone


class _Nothing:
    """A class without instances: nothing is distributed or compiled before what makes it so has come in."""


def _indexing() -> Any:
    """For `torch.vmap` over the masks of other models."""
    return real(_INDEXING).TransformGetItemToIndex()


_INDEXING = "torch._dynamo._trace_wrapped_higher_order_op"
_LIGHT: dict[str, dict[str, Any]] = {
    "torch._dynamo": {
        **dict.fromkeys(("disable", "allow_in_graph", "assume_constant_result"), _left_alone),
        "eval_frame": types.SimpleNamespace(OptimizedModule=_Nothing),
    },
    _INDEXING: {"TransformGetItemToIndex": _indexing},
    "torch.distributed.tensor": {"DTensor": _Nothing},
    "torch.distributed.fsdp.fully_sharded_data_parallel": {"FullyShardedDataParallel": _Nothing},
}
"""The stand-ins, and what each can answer itself."""


def _plain_package(name: str) -> types.ModuleType:
    """A package whose modules are found when they are asked for, not by reading all its folders first."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    package = importlib.util.module_from_spec(spec)
    package.__getattr__ = lambda part: importlib.import_module(f"{name}.{part}")  # type: ignore[method-assign]
    return package
