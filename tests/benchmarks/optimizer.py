"""How long one optimizer step takes on the full-size model: the fused Adam against a Python loop over the tensors.

    python -m tests.benchmarks.optimizer [CONFIG_FOLDER] [--threads N]

Both are timed in the same process, alternating, on random gradients of which some exceed the clipping norm. Processor
time is taken, over all threads, so that a busy machine says the same as an idle one.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch
from transformers import AutoConfig, MobileBertConfig, MobileBertForSequenceClassification

from core.train.optimizer import BertAdam, LMBertAdam


def loop_step(params, state, step, lr=1e-4, betas=(0.9, 0.999), eps=1e-6, decay=0.01, max_norm=1.0):
    """The update as the paper's code has it: operation by operation, tensor by tensor."""
    with torch.no_grad():
        for p, (m, v) in zip(params, state, strict=True):
            torch.nn.utils.clip_grad_norm_([p], max_norm)
            grad = p.grad
            m.mul_(betas[0]).add_(grad, alpha=1 - betas[0])
            v.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
            update = (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)
            if p.ndim > 1:
                update = update + decay * p
            p.add_(update, alpha=-lr)


def measure(config, repeats=7):
    """{name: median milliseconds of processor time} for the loop and both optimizers."""
    model = MobileBertForSequenceClassification(config)
    params = list(model.parameters())
    draw = torch.Generator().manual_seed(0)
    grads = [torch.randn(p.shape, generator=draw) * 0.01 for p in params]
    state = [(torch.zeros_like(p), torch.zeros_like(p)) for p in params]
    decayed, spared = [p for p in params if p.ndim > 1], [p for p in params if p.ndim == 1]
    groups = [{"params": decayed}, {"params": spared, "weight_decay": 0.0}]
    steppers = {
        "loop": lambda i: loop_step(params, state, i),
        "lmbert_adam": (lambda o: lambda i: o.step())(LMBertAdam(groups, lr=1e-4)),
        "bert_adam": (lambda o: lambda i: o.step())(BertAdam(params, lr=1e-4)),
    }
    times = {name: [] for name in steppers}
    for i in range(1, repeats + 3):
        for name, step in steppers.items():
            for p, grad in zip(params, grads, strict=True):
                p.grad = grad.clone()
            began = time.process_time()
            step(i)
            if i > 2:
                times[name].append(1000 * (time.process_time() - began))
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", help="folder with a config.json (default: the published shape)")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = (
        AutoConfig.from_pretrained(arguments.folder)
        if arguments.folder
        else MobileBertConfig(classifier_activation=False)
    )
    result = measure(config)
    for name, milliseconds in result.items():
        print(f"{name:12} {milliseconds:8.1f} ms a step   {result['loop'] / milliseconds:5.2f} x the loop's speed")


if __name__ == "__main__":
    main()
