"""The methods of augmentation. A new one is a file beside this and a name in `_ALL`."""

from __future__ import annotations

from core.augment import own_method
from core.augment.method import Method
from core.augment.methods import context, swap, synonym, typo
from core.fields import ConfigError, unknown

_ALL = (synonym.METHOD, swap.METHOD, typo.METHOD, context.METHOD)
METHODS: dict[str, Method] = {method.name: method for method in _ALL}
"""By name, in the order of pages and help."""


def method_named(name: str) -> Method:
    """The method of that name; `FILE.py:FUNCTION` is one of your own. ConfigError names the nearest one."""
    if own_method.is_own(name):
        return own_method.load(name)
    if name not in METHODS:
        raise ConfigError("augment.methods", unknown("augment.methods", name, METHODS))
    return METHODS[name]


def color_family(name: str) -> str:
    """The colour family of a method by its name, `orange` for one of your own; empty for what is no method."""
    if name in METHODS:
        return METHODS[name].color
    return "orange" if own_method.is_own(name) else ""


def method_names() -> list[str]:
    """All that may be asked for: the lab's methods, and the functions in what LAB_METHODS opens."""
    return [*METHODS, *own_method.available()]
