"""A variant's settings, checked; what is counted, timed and drawn is named by one of these."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from core.fields import in_range, one_of
from core.model.source import find_config

VARIANTS = ("base", "lora", "light", "light+lora")
CUT = ("light", "light+lora")


@dataclass(frozen=True)
class Structure:
    """A model cut to size. Unknown variants and sizes out of range raise ValueError."""

    model: str = "demo"
    """`demo`, `mobilebert`, a folder or a hub id, of which only config.json is read."""
    variant: str = "base"
    """`base`, `lora`, `light` or `light+lora`."""
    layers: int = 12
    """Kept by the light variants."""
    rank: int = 64
    """CP rank of the light variants; 0 keeps MobileBERT's attention."""
    lora_r: int = 8
    """Rank of the adapters on query and value."""
    labels: int = 2
    """Outputs of the head."""
    seq_len: int = 128
    """Word pieces of the one text that goes through."""

    def __post_init__(self) -> None:
        one_of("variant", self.variant, VARIANTS)
        for key in ("lora_r", "labels", "seq_len"):
            in_range(key, getattr(self, key), 1, 10**6)
        in_range("rank", self.rank, 0, 4096)

    def of(self, name: str) -> Structure:
        """This one as another variant: `light`, or cut to other layers and another rank: `light:8:32`. ValueError."""
        variant, *sizes = name.split(":")
        if not sizes:
            return replace(self, variant=variant)
        if variant not in CUT or len(sizes) != 2 or not all(size.isdecimal() for size in sizes):
            raise ValueError(f"{name!r} is no variant; choose from {list(VARIANTS)}, or write a cut such as light:8:32")
        return replace(self, variant=variant, layers=int(sizes[0]), rank=int(sizes[1]))

    @property
    def cut(self) -> tuple[int, int] | None:
        """(layers, rank); None leaves the model its own."""
        return (self.layers, self.rank) if self.variant in CUT else None

    @property
    def adapters(self) -> int:
        """Rank of the adapters; 0 without LoRA."""
        return self.lora_r if self.variant.endswith("lora") else 0

    def config_text(self) -> str:
        """The model's configuration as JSON text, which caches can key on. Raises ModelError."""
        return json.dumps(find_config(self.model), sort_keys=True)
