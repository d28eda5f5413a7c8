"""A request to stop in; the pass through a model that is going on ends between two of its layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

_LAYER = re.compile(r"(.*\.)?encoder\.layer\.\d+")


class Interrupted(Exception):  # noqa: N818 - a request to stop, not an error
    """Asked to stop in the middle of a step or an evaluation; nothing of it is kept."""


@contextmanager
def interruptible(model: torch.nn.Module, should_stop: Callable[[], bool]) -> Iterator[None]:
    """Within, forward and backward passes raise Interrupted after the layer in which `should_stop` came to say so.

    A step of a large model may take longer than a stop may; its weights change only at its end.
    """

    def ask(*_: Any) -> None:
        if should_stop():
            raise Interrupted

    def after(_layer: torch.nn.Module, _inputs: Any, output: Any) -> None:
        ask()
        hidden = output[0] if isinstance(output, tuple) else output
        if hidden.requires_grad:
            hidden.register_hook(ask)

    with ExitStack() as hooks:
        for name, module in model.named_modules():
            if _LAYER.fullmatch(name):
                hooks.callback(module.register_forward_hook(after).remove)
        yield
