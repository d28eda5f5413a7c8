"""A run's configuration in, the passages of its script out: loss, schedule, optimizer, LoRA, score."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.analysis.export.augmentation import CHANGES
from core.analysis.export.script_batches import batches
from core.augment.policy import AugmentPolicy
from core.config import RunConfig
from core.model.adapted import ADAPTER
from core.runs.folder.run import Run
from core.sections import AugmentConfig
from core.tasks import Task

_CE = "F.cross_entropy(logits, labels)"
LOSSES = {
    "mse": '''def loss_of(logits, labels):
    """Mean squared error: the labels are scores."""
    return F.mse_loss(logits.reshape(-1), labels)''',
    "ce": f'''def loss_of(logits, labels):
    """Cross-entropy."""
    return {_CE}''',
    "joint": f'''def loss_of(logits, labels, tau=10.0, tau_base=100.0, kappa=1.05):
    """Cross-entropy and the contrastive term of LightMobileBert (2023), on the logits."""
    s = logits.double() @ logits.double().T / tau
    row_max = s.amax(dim=1, keepdim=True)
    same = (labels[:, None] == labels[None, :]).fill_diagonal_(False).double()
    itself = torch.eye(len(s), dtype=torch.bool)
    others = (kappa * (s - row_max)).masked_fill(itself, float("-inf")).logsumexp(dim=1, keepdim=True)
    each = (same * (s - row_max - others)).sum(1) / (same.sum(1) + 1)
    return {_CE} - (tau / tau_base) * each.mean().float()''',
    "supcon_textbook": f'''def loss_of(logits, labels, tau=0.07):
    """Cross-entropy and the supervised contrastive loss of Khosla et al. (2020, equation 2), on the logits."""
    same = (labels[:, None] == labels[None, :]).fill_diagonal_(False).float()
    z = F.normalize(logits.double(), dim=1)
    s = z @ z.T / tau
    itself = torch.eye(len(z), dtype=torch.bool)
    log_odds = s - s.masked_fill(itself, float("-inf")).logsumexp(dim=1, keepdim=True)
    count = same.sum(1)
    each = -(same * log_odds).sum(1) / count.clamp(min=1)
    return {_CE} + (each.sum() / (count > 0).sum().clamp(min=1)).float()''',
}
SCHEDULES = {
    "third": "return min(1.0, (4 * STEPS - 3 * (step + 1)) / (3 * STEPS))  # level, then down to 1/3",
    "linear": "return 1 - step / STEPS",
    "constant": "return 1.0",
}
_GROUPS = """def make_optimizer():  # no decay on biases
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups = [{"params": [p for name, p in named if not name.endswith("bias")], "weight_decay": DECAY},
              {"params": [p for name, p in named if name.endswith("bias")], "weight_decay": 0.0}]"""
_HEAD = """    head = [m for m in model.modules() if isinstance(m, torch.nn.Linear)][-1]  # moves by the scores' spread
    for group in groups:
        group["params"] = [p for p in group["params"] if p is not head.weight and p is not head.bias]
    groups = [group for group in groups if group["params"]]
    rest = {{"lr": LR * {spread}, "unit": {spread}}}
    groups += [{{"params": [head.weight], "weight_decay": DECAY / {spread}, **rest}},
               {{"params": [head.bias], "weight_decay": 0.0, **rest}}]
"""
_BACKWARD = "loss_of(logits.float(), labels).backward()"
_BACKWARD_OF_SCORES = """(loss_of(logits.float(), labels) / {spread} ** 2).backward()  # as of scores of spread 1
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad *= group.get("unit", 1.0)"""
_EACH_CLIPPED = '''class ClippedAdam(torch.optim.AdamW):
    """LMBert_Adam (LightMobileBert, 2023): Adam with bias correction, each gradient clipped to norm 1 by itself."""

    def step(self):
        for p in (p for group in self.param_groups for p in group["params"] if p.grad is not None):
            p.grad *= min(1.0, float(1.0 / (p.grad.norm() + 1e-6)))
        super().step()  # m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr (decay p + m' / (sqrt(v') + eps))


%s
    return ClippedAdam(groups, lr=LR, eps=1e-6, fused=True)  # as in the run: other roundings grow'''
_UNCORRECTED = '''class ClippedAdam(torch.optim.Optimizer):
    """Bert_Adam (LightMobileBert, 2023): Adam without bias correction, each gradient clipped to norm 1 by itself."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                g, state = p.grad * min(1.0, float(1.0 / (p.grad.norm() + 1e-6))), self.state[p]
                m = state["m"] = 0.9 * state.get("m", torch.zeros_like(p)) + 0.1 * g
                v = state["v"] = 0.999 * state.get("v", torch.zeros_like(p)) + 0.001 * g * g
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(group["lr"] * m / (v.sqrt() + group["eps"]))


%s
    return ClippedAdam(groups, {"lr": LR, "eps": 1e-6})'''
OPTIMIZERS = {
    "lmbert_adam": _EACH_CLIPPED % _GROUPS,
    "bert_adam": _UNCORRECTED % _GROUPS,
    "adamw": f"{_GROUPS}\n    return torch.optim.AdamW(groups, lr=LR, fused=True)",
}  # fmt: skip
SCORES = {
    "accuracy": "score = (guess == labels).mean()",
    "f1": "hit = ((guess == 1) & (labels == 1)).sum()\n"
    "score = 2 * hit / max(1, (guess == 1).sum() + (labels == 1).sum())",
    "mcc": "table = np.zeros((CLASSES, CLASSES))\n"
    "np.add.at(table, (labels, guess), 1)\n"
    "n, right, said, true = table.sum(), np.trace(table), table.sum(0), table.sum(1)\n"
    "spread = np.sqrt((n * n - said @ said) * (n * n - true @ true))\n"
    "score = (right * n - said @ true) / spread if spread else 0.0",
    "pearson": "score = np.corrcoef(guess, labels)[0, 1]",
}  # fmt: skip


def check(config: RunConfig) -> None:
    """ValueError for settings that the file does not know."""
    train = config.train
    if config.run.workers > 1:
        raise ValueError("a run of several workers cannot be written as one file: their dropout is drawn apart")
    if train.class_weights != "none":
        raise ValueError("train.class_weights is not written out in scripts yet; runs without it are")
    if train.loss != "ce" and train.features == "pooled":
        raise ValueError("train.features=pooled is not written out in scripts yet; runs on the logits are")


def parts(
    run: Run,
    task: Task,
    values: Mapping[str, Any],
    policy: AugmentPolicy,
    light: bool,
    kept: Sequence[int] | None = None,
) -> dict[str, Any]:
    """What takes the places in the template. `light`: the starting model was cut before; `kept`: it is cut to these."""
    config, record = run.config(), run.record()
    train, lora, surgery = config.train, config.lora, config.surgery
    metric = task.metrics[0]
    if metric not in SCORES:
        raise ValueError(f"{metric} is not written out in scripts; these are: {', '.join(SCORES)}")
    score, spread = run.status().metrics.get(metric), values.get("spread")
    computed = record.get("computed", {})
    bf16 = str(computed.get("precision", "fp32")).startswith("bf16")
    drawn = draws_rows(config.augment)
    augmented = " Augmented rows are read, not drawn anew." if config.augment.mode != "none" and not drawn else ""
    surgery_said = (
        f": cut to {surgery.layers} layers, their attention decomposed to rank {surgery.rank}"
        if light and surgery.variant == "light"
        else ""
    )
    cut = " The cut model is read, not cut anew." if light and surgery.variant == "light" else ""
    return {
        "title": _plain(task.name),
        "run": _plain(run.id),
        "metric": metric,
        "score": "undefined" if score is None else f"{score:.6f}",
        "beside": ", and what augmentation made of rows in each epoch" if augmented else "",
        "honesty": f"The order of sums may differ in the last bits, and with it the last digits.{augmented}{cut}",
        "seed": config.seed,
        "length": config.data.max_length,
        "batch": train.batch_size,
        "batches": batches(train),
        "steps": values["train.max_steps"],
        "end": int(values["end"]),
        "lr": values["train.lr"],
        "decay": 0.0 if train.optimizer == "bert_adam" else train.weight_decay,
        "regression": task.is_regression,
        "classes": task.num_labels,
        "threads": int(computed.get("threads", 1)),
        "bf16": bf16,
        "loss": LOSSES["mse" if task.is_regression else train.loss],
        "schedule": SCHEDULES[train.schedule],
        "optimizer": _optimizer(train.optimizer, spread),
        "backward": _BACKWARD if spread is None else _BACKWARD_OF_SCORES.format(spread=repr(spread)),
        "imports": _imports(light, bool(kept), drawn),
        "changed": _augmented(config, policy) if drawn else READ,
        "surgery": surgery_said,
        "fast": FAST.format(bf16=bf16) if is_fast(record) else "",
        "lora": (f"model = cut(model, {list(kept)}, rank={surgery.rank}, seed=SEED)\n" if kept else "")
        + (_lora(config, run.model_dir) if lora.enabled else "model.train()"),
        "score_code": SCORES[metric],
    }


def _optimizer(name: str, spread: float | None) -> str:
    """The optimizer's passage; of scores that spread so far the head has a rate of its own."""
    text = OPTIMIZERS[name]
    if spread is None:
        return text
    before, after, rest = text.partition(_GROUPS + "\n")
    return before + after + _HEAD.format(spread=repr(spread)) + rest


READ = 'rows(f"augmented-{epoch}.jsonl") if (HERE / f"augmented-{epoch}.jsonl").exists() else []'


def draws_rows(augment: AugmentConfig) -> bool:
    """Whether the augmentation is drawn by the script itself: the paper's own style, over all rows alike."""
    default = AugmentConfig()
    plain = ("min_words", "max_words", "pattern", "classes", "class_weights", "votes")
    return (
        augment.mode != "none"
        and augment.style == "paper"
        and CHANGES.keys() >= set(augment.methods)
        and all(getattr(augment, name) == getattr(default, name) for name in plain)
    )


def _augmented(config: RunConfig, policy: AugmentPolicy) -> str:
    """The call that draws an epoch's changed rows."""
    methods = {name: (policy.weights[name], policy.strengths[name]) for name in config.augment.methods}
    epoch = "0" if config.augment.mode == "static" else "epoch"
    return (
        f"augment(train, {epoch}, SEED, {config.augment.fraction!r}, {methods!r},\n"
        f"                          {policy.sides!r}, synonyms)"
    )


def _imports(light: bool, cut: bool, drawn: bool) -> str:
    """What is read from the files beside."""
    lines = [
        *(["import light_mobilebert  # the cut model's classes, for transformers"] if light else []),
        *(["from surgery import cut  # fewer layers, shared attention: written out in that file"] if cut else []),
        *(["from augmentation import augment  # the draws and the three methods: written out in that file"]
          if drawn else []),
    ]  # fmt: skip
    words = '\nsynonyms = json.loads((HERE / "synonyms.json").read_text(encoding="utf-8"))' if drawn else ""
    return "\n".join(lines) + words + "\n" if lines else ""


FAST = """import fast_path  # the same function, its dropout drawn as the run drew it
fast_path.fold_for_training(model, {bf16})
"""


def is_fast(record: Mapping[str, Any]) -> bool:
    """Whether the run's steps took the fast path."""
    return str(record.get("computed", {}).get("path", "")) == "fast"


def _lora(config: RunConfig, saved: Path) -> str:
    lora = config.lora
    settings = json.loads((saved / ADAPTER).read_text(encoding="utf-8"))  # by the model's own names
    targets, beside = sorted(settings["target_modules"]), ""
    if settings["exclude_modules"]:  # else the head is the one layer that peft trains in full by itself
        beside = f""",
                                         modules_to_save={list(dict.fromkeys(settings["modules_to_save"]))},
                                         exclude_modules={settings["exclude_modules"]!r}"""
    return f"""from peft import LoraConfig, TaskType, get_peft_model

torch.manual_seed(SEED + 1)
model = get_peft_model(model, LoraConfig(task_type=TaskType.SEQ_CLS, r={lora.r}, lora_alpha={lora.alpha},
                                         lora_dropout={lora.dropout}, target_modules={targets}{beside}))"""


def _plain(text: str) -> str:
    """Words that cannot end the docstring they stand in."""
    return " ".join(text.replace("\\", " ").replace('"', "'").split())
