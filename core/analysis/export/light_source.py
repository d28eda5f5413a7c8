"""The light model's classes in, one file that stands alone out: what a saved LightMobileBERT needs outside the lab.

Taken from the lab's own source, so that the two cannot part; only the cutting of a model is left out.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import ModuleType

from core.model import light_mobilebert
from core.model.cp import attention
from core.model.cp.attention import CollaborativeSelfAttention

NAME = "light_mobilebert.py"
_TITLE = '"""LightMobileBERT for transformers: import this file before you load the model."""'
_CUTTING = "from_mobilebert"
_WANTED = (
    "LightMobileBertConfig",
    "_Light",
    "_collaborative_layers",
    "LightMobileBertModel",
    "LightMobileBertForSequenceClassification",
)


def light_source() -> str:
    """The text of `light_mobilebert.py`."""
    text = inspect.getsource(light_mobilebert)
    registered = text[text.index("AutoConfig.register(") :]
    parts = [inspect.getsource(CollaborativeSelfAttention)]
    parts += [_without(inspect.getsource(getattr(light_mobilebert, name)), _CUTTING) for name in _WANTED]
    head = [_TITLE, "", *_imports(light_mobilebert, attention), "", f"LIGHT = {light_mobilebert.LIGHT!r}\n"]
    return "\n\n".join(["\n".join(head), *parts, registered])


def _imports(*modules: ModuleType) -> list[str]:
    """What the modules import of public libraries, a line each; of the lab itself nothing."""
    found: dict[str, None] = {}
    for module in modules:
        for node in ast.parse(inspect.getsource(module)).body:
            of = getattr(node, "module", "") or ""
            if isinstance(node, ast.Import | ast.ImportFrom) and of.partition(".")[0] not in ("core", "__future__"):
                found[ast.unparse(node)] = None
    return sorted(found)


def _without(source: str, name: str) -> str:
    """A class's or function's source without its method `name`."""
    lines = textwrap.dedent(source).splitlines()
    (node,) = ast.parse("\n".join(lines)).body
    for part in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(part, ast.FunctionDef) and part.name == name:
            first = min(part.lineno, *(mark.lineno for mark in part.decorator_list))
            del lines[first - 1 : part.end_lineno]
            break
    return "\n".join(lines).rstrip() + "\n"
