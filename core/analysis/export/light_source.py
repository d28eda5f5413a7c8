"""The light model's classes in, one file that stands alone out: what a saved LightMobileBERT needs outside the lab.

Taken from the lab's own source, so that the two cannot part; only the cutting of a model is left out.
"""

from __future__ import annotations

import ast
import inspect
import textwrap

from core.model import light_mobilebert
from core.model.cp.attention import CollaborativeSelfAttention

NAME = "light_mobilebert.py"
_HEAD = '''"""LightMobileBERT for transformers: import this file before you load the model."""

from collections.abc import Callable
from typing import Any

import torch
from huggingface_hub.dataclasses import strict
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertTokenizer,
    MobileBertConfig,
    MobileBertForSequenceClassification,
    MobileBertModel,
    PreTrainedModel,
)
from transformers import initialization as init
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.mobilebert.modeling_mobilebert import (
    MobileBertLayer,
    MobileBertSelfAttention,
    eager_attention_forward,
)

LIGHT = "%s"
'''
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
    return "\n\n".join([_HEAD % light_mobilebert.LIGHT, *parts, registered])


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
