"""Unlabelled demo passages in, the tiny MobileBERT out: `python -m core.demo.pretrain [--steps N] [--out DIR]`.

Everything is seeded: the passages, the WordPiece vocabulary, the initial weights, the masks. The same machine
and thread count rebuild the same checkpoint.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import BatchEncoding, MobileBertConfig, MobileBertForMaskedLM, PreTrainedTokenizerBase

from core.demo import DEMO_MODEL_DIR
from core.demo.corpora import DEMO_LABELS, build_corpus
from core.demo.passages import Passage, passages
from core.demo.vocabulary import make_tokenizer
from core.digests import write_digests

SEED = 13
PASSAGES = 90_000
MASKED = 0.15
"""Share of the word pieces hidden from the model, as in BERT."""


def demo_config(tokenizer: PreTrainedTokenizerBase) -> MobileBertConfig:
    """MobileBERT's own architecture at a hundredth of its size: bottleneck, stacked FFNs, trigrams, NoNorm."""
    return MobileBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        embedding_size=64,
        intra_bottleneck_size=64,
        num_hidden_layers=6,
        num_attention_heads=4,
        intermediate_size=128,
        num_feedforward_networks=3,
        max_position_embeddings=512,
        initializer_range=0.05,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        classifier_activation=False,
        pad_token_id=tokenizer.pad_token_id,
    )


def mask_pieces(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerBase, rng: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """BERT's masking (Devlin et al. 2019, 3.1): 80 % mask, 10 % random, 10 % kept. ids (B, T) -> inputs, labels (B, T).

    Labels are -100 where nothing is predicted.
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    chosen = (torch.rand(ids.shape, generator=rng) < MASKED) & ~special
    labels = torch.where(chosen, ids, -100)
    fate = torch.rand(ids.shape, generator=rng)
    noise = torch.randint(len(tokenizer.all_special_ids), len(tokenizer), ids.shape, generator=rng)
    inputs = torch.where(chosen & (fate < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(chosen & (fate >= 0.9), noise, inputs), labels


def encode(read: list[Passage], tokenizer: PreTrainedTokenizerBase) -> list[dict]:
    """Passages to word-piece rows: what follows is read as a second text, or left out, its first piece kept as `next`.

    A pair has no room for a third text, so that what is said of a pair is always left out.
    """
    rows = []
    sides = [
        tokenizer([side or "" for side in column], add_special_tokens=False)["input_ids"]
        for column in zip(*read, strict=True)
    ]
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    for place, (text, pair, after) in enumerate(zip(*sides, strict=True)):
        shown = not pair and place % 5 == 0
        second = pair or (after if shown else [])
        ids = [first, *text[:60], last, *([*second[:60], last] if second else [])]
        kinds = [0] * (len(text[:60]) + 2)
        rows.append(
            {
                "input_ids": ids,
                "token_type_ids": kinds + [1] * (len(ids) - len(kinds)),
                "attention_mask": [1] * len(ids),
                "next": after[0] if after and not shown else -100,
            }
        )
    return rows


def batches(
    rows: list[dict], tokenizer: PreTrainedTokenizerBase, size: int, rng: random.Random
) -> Iterator[tuple[BatchEncoding, torch.Tensor]]:
    """Endless padded batches of rows of like length: (B, T) tensors, and each row's `next` (B)."""
    while True:
        order = sorted(range(len(rows)), key=lambda line: len(rows[line]["input_ids"]) + rng.random() * 4)
        groups = [[rows[line] for line in order[start : start + size]] for start in range(0, len(order), size)]
        rng.shuffle(groups)
        for group in groups:
            after = torch.tensor([row["next"] for row in group])
            plain = [{key: value for key, value in row.items() if key != "next"} for row in group]
            yield tokenizer.pad(plain, return_tensors="pt"), after


def mlm_accuracy(
    model: MobileBertForMaskedLM, tokenizer: PreTrainedTokenizerBase, texts: list[tuple[str, str | None]], seed: int = 0
) -> float:
    """Share of the hidden pieces that the model names, each text masked once."""
    rng = torch.Generator().manual_seed(seed)
    right = seen = 0
    model.eval()
    for start in range(0, len(texts), 64):
        some = texts[start : start + 64]
        batch = tokenizer(
            [text if pair is None else (text, pair) for text, pair in some], padding=True, return_tensors="pt"
        )
        inputs, labels = mask_pieces(batch["input_ids"], tokenizer, rng)
        with torch.no_grad():
            logits = model(**{**batch, "input_ids": inputs}).logits  # (B, T, vocab)
        hidden = labels != -100
        right += int((logits.argmax(-1)[hidden] == labels[hidden]).sum())
        seen += int(hidden.sum())
    model.train()
    return right / max(seen, 1)


def pretrain(steps: int, out: Path, batch_size: int, lr: float, count: int) -> None:
    """Read, build the vocabulary, train, save to `out`; progress goes to stdout."""
    torch.manual_seed(SEED)
    read = passages(count, SEED)
    tokenizer = make_tokenizer([side for passage in read for side in passage if side], out)
    model = MobileBertForMaskedLM(demo_config(tokenizer))
    print(f"{len(read)} passages, {len(tokenizer)} pieces, {model.num_parameters():,} parameters", flush=True)
    dev = [(row["text"], row.get("pair")) for name in DEMO_LABELS for row in build_corpus(name).dev]
    train(model, tokenizer, read, dev, steps, batch_size, lr)
    with torch.no_grad():  # what a run would do, too: see core.model.padding
        model.mobilebert.embeddings.word_embeddings.weight[tokenizer.pad_token_id] = 0
    model.save_pretrained(out)
    write_digests(out)
    print(f"saved to {out}: dev accuracy on hidden pieces {mlm_accuracy(model, tokenizer, dev):.3f}", flush=True)


def train(model, tokenizer, read, dev, steps: int, batch_size: int, lr: float) -> None:
    """AdamW with a short warm-up and linear decay; NoNorm needs the clipping."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01)
    warm = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))
    )
    rng, masks = random.Random(SEED), torch.Generator().manual_seed(SEED)
    began, shown = time.monotonic(), torch.zeros(2)
    stream = batches(encode(read, tokenizer), tokenizer, batch_size, rng)
    for step, (batch, after) in zip(range(1, steps + 1), stream, strict=False):
        inputs, labels = mask_pieces(batch["input_ids"], tokenizer, masks)
        states = model.mobilebert(**{**batch, "input_ids": inputs})[0]  # (B, T, hidden)
        hidden = labels != -100  # words are scored for these positions only: a third less work
        loss = cross_entropy(model.cls(states[hidden]), labels[hidden])
        told = after != -100
        named = cross_entropy(model.cls(states[told, 0]), after[told]) if told.any() else loss * 0
        (loss + named).backward()  # the second term: the state of [CLS] names the first word of what comes next
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        shown += torch.stack([loss, named]).detach()
        if step % 200 == 0 or step == steps:
            words, after_words = (shown / (step % 200 or min(200, steps))).tolist()
            spent = time.monotonic() - began
            accuracy = f", dev accuracy {mlm_accuracy(model, tokenizer, dev):.3f}" if step % 1000 == 0 else ""
            line = f"step {step} of {steps}: loss {words:.3f}, next {after_words:.3f}{accuracy}, {spent:.0f} s"
            print(line, flush=True)
            shown.zero_()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--out", type=Path, default=DEMO_MODEL_DIR)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    chosen = parser.parse_args()
    pretrain(chosen.steps, chosen.out, chosen.batch_size, chosen.lr, chosen.passages)


if __name__ == "__main__":
    main()
