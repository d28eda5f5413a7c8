"""How a run makes its batches in; the function that a script makes them with out, as text."""

from __future__ import annotations

from core.sections import TrainConfig

_FIXED = '''def batches(lengths, epoch):
    """Row numbers of an epoch's batches: like lengths together, all of one size or one row apart, in random order."""
    rng = np.random.default_rng([SEED, epoch])
    order, count = rng.permutation(len(lengths)), -(-len(lengths) // BATCH)
    even, larger = divmod(len(order), count)
    sizes = rng.permutation([even + (place < larger) for place in range(count)])
    block, found = min(50, max(1, count // 6)), []
    for first in range(0, count, block):
        ends = np.cumsum(sizes[first : first + block])
        part, order = order[: ends[-1]], order[ends[-1] :]
        part = part[np.argsort(-np.asarray(lengths)[part], kind="stable")]
        found += [piece.tolist() for piece in np.split(part, ends[:-1])]
    return [found[i] for i in rng.permutation(count)]'''
_BUDGET = '''def batches(lengths, epoch, budget=%d):
    """Row numbers of an epoch's batches of at most so many word pieces, padding included, in random order."""
    rng, order = np.random.default_rng([SEED, epoch]), np.argsort(-np.asarray(lengths), kind="stable")
    spans, found = [], []
    mix = max(8, -(-sum(lengths) // (budget * 50)))
    first = alone = sum(length > budget for length in lengths)
    while first < len(order):  # windows of like lengths, of `mix` batches each
        fit, left = budget // lengths[order[first]], len(order) - first
        if 2 * left < mix * fit and spans:
            spans[-1] = (spans[-1][0] + left, spans[-1][1])
            break
        spans.append((min(mix * fit, left), fit))
        first += spans[-1][0]
    for rows, fit in [(alone, 1)] * (alone > 0) + spans:
        even, larger = divmod(rows, count := -(-rows // fit))
        part, order = rng.permutation(order[:rows]), order[rows:]
        ends = np.cumsum(rng.permutation([even + (place < larger) for place in range(count)]))
        found += [piece.tolist() for piece in np.split(part, ends[:-1])]
    return [found[i] for i in rng.permutation(len(found))]'''


def batches(train: TrainConfig) -> str:
    """`core.train.batches` or, with a token budget, `core.train.token_budget`, written out."""
    return _FIXED if train.token_budget is None else _BUDGET % train.token_budget
