"""A request to stop in; the pass through a model that is going on ends between two of its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch


class Interrupted(Exception):  # noqa: N818 - a request to stop, not an error
    """Asked to stop in the middle of a step or an evaluation; nothing of it is kept."""


@contextmanager
def interruptible(layers: Sequence[torch.nn.Module], should_stop: Callable[[], bool]) -> Iterator[None]:
    """Within, passes forth and back through `layers` raise Interrupted after the one in which `should_stop` says so.

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
        for layer in layers:
            hooks.callback(layer.register_forward_hook(after).remove)
        yield
