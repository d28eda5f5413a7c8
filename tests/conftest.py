"""Fixtures that several rooms share: real data where it is to be had, a tiny MobileBERT, a run root of one's own."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.loading import load_lightly

# Set before torch is imported: many small tests on few cores run faster, and the same, on one thread each.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is read from or left in the cache of whoever runs the tests; processes side by side share one."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="lab-cache-")
        os.environ["XDG_CACHE_HOME"] = folder.name
        config.add_cleanup(folder.cleanup)
    load_lightly()  # as every process of the lab does


_seen, _tests = 0, 0


def pytest_runtest_setup() -> None:
    """What libraries brought since is no garbage, and nothing is walked that was there before a test: each training in
    this process ends with a look through all that is. At times there is a look at everything, for models that are gone.
    """
    global _seen, _tests
    _tests += 1
    if len(sys.modules) > _seen + 300 or _tests % 200 == 0:
        gc.unfreeze()
        gc.collect()
        _seen = len(sys.modules)
    gc.freeze()


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """A page that is tested becomes `__main__`, which processes forked later would load. Training in a test's own
    process rounds subnormal numbers to zero; what comes after counts on them (Hypothesis says so)."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
    if "torch" in sys.modules:
        sys.modules["torch"].set_flush_denormal(False)


@pytest.fixture
def real_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that LAB_DATA names; the test is skipped, visibly, without it."""
    value = os.environ.get("LAB_DATA")
    if not value:
        pytest.skip("LAB_DATA names no folder of real GLUE and BoolQ files")
    return Path(value)


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without local GLUE files."""
    monkeypatch.delenv("LAB_DATA", raising=False)


@pytest.fixture
def run_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty run root that every Store() without an argument uses."""
    root = tmp_path / "runs"
    monkeypatch.setenv("LAB_RUNS", str(root))
    return root


@pytest.fixture(scope="session")
def tiny_model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer MobileBERT with random weights and the demo's tokenizer, as a folder."""
    import torch
    from transformers import AutoTokenizer, MobileBertConfig, MobileBertForSequenceClassification

    from core.demo import DEMO_MODEL_DIR

    folder = tmp_path_factory.mktemp("tiny-mobilebert")
    tokenizer = AutoTokenizer.from_pretrained(DEMO_MODEL_DIR)
    torch.manual_seed(0)
    config = MobileBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        embedding_size=16,
        true_hidden_size=16,
        intra_bottleneck_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_feedforward_networks=2,
        classifier_activation=False,
        # Large enough that so small a network's outputs depend on its input.
        initializer_range=0.3,
    )
    MobileBertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
