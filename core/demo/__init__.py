"""The embedded default: three small corpora written for this project and a tiny MobileBERT pre-trained on them."""

from __future__ import annotations

from pathlib import Path

DEMO_MODEL_DIR = Path(__file__).parent / "checkpoint"
"""The folder of the tiny MobileBERT: config, tokenizer and safetensors weights."""
