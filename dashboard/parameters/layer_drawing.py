"""The parameter rows of one encoder layer in, a drawing of it as SVG out: each block with its own parameters."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pandas as pd

from dashboard import theme
from dashboard.parameters.figures import part_color

WIDTH = 372
GAP, EDGE = 8, 18
FULL = WIDTH - 2 * EDGE
THIRD = (FULL - 2 * GAP) / 3
HALF = 66
"""Height of a box in the attention, where there may be two, one above the other."""
TITLES = {
    "bottleneck.input": "narrow: input",
    "bottleneck.attention": "narrow: query, key",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.self.mixing": "mixing",
    "attention.self.content_bias": "query bias",
    "attention.output": "join the heads",
    "intermediate": "feed-forward",
    "output": "feed-forward",
    "output.bottleneck": "widen again",
}
"""Module, as its name begins inside the layer -> what the block is called. `ffn.N` is handled in `block_of`."""


@dataclass
class Block:
    """One box: several tensors that do one thing."""

    title: str
    part: str
    params: int = 0
    adapters: int = 0
    """LoRA's parameters, not among `params`."""
    shape: str = ""
    """Sizes that go through, or the shape of a table."""


def block_of(module: str) -> str:
    """Which block a module inside a layer belongs to; the last feed-forward network's two halves are one."""
    stack = re.match(r"ffn\.\d+", module)
    if stack:
        return stack[0]
    return max((name for name in TITLES if module.startswith(f"{name}.") or module == name), key=len, default="other")


def blocks_of(rows: pd.DataFrame) -> dict[str, Block]:
    """The blocks of the first layer in `rows` (columns module, layer, part, shape, params), in the table's order."""
    found: dict[str, Block] = {}
    sizes: dict[str, list[int]] = {}
    inside = rows[rows["layer"] == 0]
    for row in inside.itertuples():
        module = str(row.module).split(".layer.0.")[-1]
        name = block_of(module)
        name = "output" if name == "intermediate" else name
        title = TITLES.get(name, "feed-forward" if name.startswith("ffn") else name)
        block = found.setdefault(name, Block(title, str(row.part)))
        if ".lora_" in module:
            block.adapters += int(row.params)
            continue
        block.params += int(row.params)
        if len(row.shape) == 2:
            out, inputs = row.shape
            sizes[name] = [*sizes.get(name, [inputs]), out]
            block.shape = " → ".join(map(str, sizes[name]))
    if "attention.self.mixing" in found:
        for name in ("query", "key"):
            found[f"attention.self.{name}"].title = f"shared {name}"
    return found


def score_line(rows: pd.DataFrame, heads: int, width: int) -> str:
    """What the heads compare, in words: so many columns each, or so many shared ones."""
    mixing = rows[(rows["layer"] == 0) & rows["module"].str.endswith("self.mixing")]
    if mixing.empty:
        return f"scores: {heads} heads × {width // heads} columns of their own"
    return f"scores: {heads} heads × {mixing['shape'].iloc[0][1]} shared columns + {heads}"


def drawing(rows: pd.DataFrame, heads: int, width: int, mode: str | None) -> str:
    """The layer from input (top) to output (bottom), in the ink of `mode` (`light` or `dark`).

    `heads` and `width`: attention heads, and the numbers they divide among themselves.
    """
    blocks = blocks_of(rows)
    most = max(block.params for block in blocks.values())
    pen = _Pen(theme.ink(mode), most)
    pen.line_of_text("layer input")
    first = [blocks[name] for name in ("bottleneck.input", "bottleneck.attention") if name in blocks]
    if first:
        pen.row(first)
    pen.attention(blocks)
    pen.bar_of_text(score_line(rows, heads, width))
    pen.row([blocks["attention.output"]])
    stacks = [block for name, block in blocks.items() if name.startswith("ffn")]
    for low in range(0, len(stacks), 3):
        pen.row(stacks[low : low + 3])
    pen.row([blocks["output"]])
    if "output.bottleneck" in blocks:
        pen.row([blocks["output.bottleneck"]])
    pen.line_of_text("layer output", arrow=False)
    return pen.svg()


def in_words(rows: pd.DataFrame) -> str:
    """The drawing for those who do not see it."""
    parts = [f"{block.title} {block.params + block.adapters:,}" for block in blocks_of(rows).values()]
    return "Parameters of one layer: " + ", ".join(parts)


class _Pen:
    """Draws downwards; `y` is where the next thing begins."""

    def __init__(self, ink: str, most: int) -> None:
        self.ink, self.most = ink, most
        self.y = 4.0
        self.out: list[str] = []

    def text(
        self, x: float, y: float, words: str, size: float = 12, weight: int = 400, fade: float = 1, color: str = ""
    ) -> None:
        self.out.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{color or self.ink}" '
            f'fill-opacity="{fade}" text-anchor="middle">{html.escape(words)}</text>'
        )

    def arrow(self) -> None:
        x, y = WIDTH / 2, self.y
        self.out.append(
            f'<path d="M{x} {y}v10m-4 -5l4 5l4 -5" fill="none" stroke="{self.ink}" stroke-opacity=".55" '
            'stroke-width="1.4"/>'
        )
        self.y += 13

    def line_of_text(self, words: str, arrow: bool = True) -> None:
        self.text(WIDTH / 2, self.y + 12, words, 12, fade=0.75)
        self.y += 18
        if arrow:
            self.arrow()

    def bar_of_text(self, words: str) -> None:
        self.out.append(
            f'<rect x="{EDGE}" y="{self.y:.1f}" width="{FULL}" height="24" rx="5" fill="none" stroke="{self.ink}" '
            'stroke-opacity=".45" stroke-dasharray="4 3"/>'
        )
        self.text(WIDTH / 2, self.y + 16, words, 12)
        self.y += 27
        self.arrow()

    def row(self, blocks: list[Block]) -> None:
        width = (FULL - GAP * (len(blocks) - 1)) / len(blocks)
        for i, block in enumerate(blocks):
            self.box(block, EDGE + i * (width + GAP), self.y, width, 54)
        self.y += 57
        self.arrow()

    def attention(self, blocks: dict[str, Block]) -> None:
        """Query, key and value; what the decomposition adds stands beneath query and key, in the same space."""
        place = "attention.self."
        extra = [blocks[place + name] for name in ("mixing", "content_bias") if place + name in blocks]
        for i, name in enumerate(("query", "key", "value")):
            tall = 2 * HALF + 4 if not extra or name == "value" else HALF
            self.box(blocks[place + name], EDGE + i * (THIRD + GAP), self.y, THIRD, tall)
        for i, block in enumerate(extra):
            self.box(block, EDGE + i * (THIRD + GAP), self.y + HALF + 4, THIRD, HALF)
        self.y += 2 * HALF + 7
        self.arrow()

    def box(self, block: Block, x: float, y: float, width: float, height: float) -> None:
        color, middle = part_color(block.part), x + width / 2
        self.out.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="5" fill="{color}" '
            f'fill-opacity=".2" stroke="{color}"/>'
            f'<rect x="{x + 4:.1f}" y="{y + height - 6:.1f}" height="3" rx="1.5" fill="{color}" '
            f'width="{max(1.0, (width - 8) * block.params / self.most):.1f}"/>'
        )
        top = y + height / 2 - (21 if block.adapters else 14)
        self.text(middle, top + 3, block.title, 11.5)
        self.text(middle, top + 18, f"{block.params:,}", 13, weight=600)
        self.text(middle, top + 31, block.shape, 10.5, fade=0.72)
        if block.adapters:
            self.text(
                middle, top + 45, f"LoRA +{block.adapters:,}", 11, weight=600, color=theme.PART_COLORS["adapters"]
            )

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y:.0f}" '
            f'font-family="system-ui, sans-serif">{"".join(self.out)}</svg>'
        )
