"""What several rooms of `core` test with: a tiny MobileBERT, a run root with a small training loop, a full disk."""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.config import RunConfig
from core.runs.folder.store import Store
from core.runs.local.launcher import LocalLauncher
from tests.core.children import children

SCRIPT = Path(__file__).with_name("training_worker.py")
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "good", "bad", "film", "##s"]


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache that belongs to the test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture
def run(store):
    return store.create(RunConfig())


@pytest.fixture
def launcher(store, monkeypatch):
    """A launcher whose workers run the small training loop; nothing of them outlives the test."""
    monkeypatch.setenv("LAB_WORKER", shlex.join([sys.executable, "-P", str(SCRIPT)]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    launcher = LocalLauncher(store)
    yield launcher
    for info in store.list():
        if info.state in ("queued", "running"):
            launcher.stop(store.get(info.id))


@pytest.fixture
def wait_for(tmp_path):
    """Wait as long as there is progress: `seconds` are those in which no file of the test changes, and no process that
    was given its folder computes, on any machine."""

    def wait(condition, seconds=20.0):
        seen, since = progress(tmp_path), time.monotonic()
        while True:
            if value := condition():
                return value
            if time.monotonic() - since >= seconds:
                if (now := progress(tmp_path)) == seen:
                    break
                seen, since = now, time.monotonic()
            time.sleep(0.02)
        raise AssertionError(f"it did not happen, and nothing has changed for {seconds:g} s")

    return wait


def progress(folder):
    """When a file below the folder was changed last, in nanoseconds; whole seconds that processes given it computed."""
    changed, computed = [0], [0.0]
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # gone in between
            changed.append(path.lstat().st_mtime_ns)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in word for word in process.cmdline()):
                computed.append(sum(process.cpu_times()[:2]))
    return max(changed), int(sum(computed))


@pytest.fixture
def start_worker():
    """Start a worker by hand, as a script or another server would."""
    with children() as started:

        def start(run, **environment):
            child = subprocess.Popen(
                [sys.executable, "-P", str(SCRIPT), str(run.dir)],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1", **environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            started.append(child)
            return child

        yield start


@pytest.fixture
def tiny_config():
    from transformers import MobileBertConfig

    def make(**changes):
        values = {
            "vocab_size": len(WORDS),
            "hidden_size": 48,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "intermediate_size": 32,
            "embedding_size": 16,
            "intra_bottleneck_size": 32,
            "max_position_embeddings": 64,
            "num_feedforward_networks": 2,
            "classifier_activation": False,
        }
        return MobileBertConfig(**(values | changes))

    return make


@pytest.fixture
def tiny_model(tiny_config):
    """Builds a model whose biases and norms are not at their initial zeros and ones, as in a trained one."""
    import torch
    from transformers import MobileBertForSequenceClassification

    def make(seed=0, **changes):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = MobileBertForSequenceClassification(tiny_config(**changes)).eval()
            for parameter in model.parameters():
                parameter.data += 0.2 * torch.randn_like(parameter)
        return model

    return make


@pytest.fixture
def folder(tmp_path, tiny_model):
    """A folder with configuration, tokenizer and weights."""
    from transformers import BertTokenizerFast

    path = tmp_path / "model"
    tiny_model().save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    BertTokenizerFast(str(path / "vocab.txt")).save_pretrained(path)
    (path / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    return path


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=200", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of 1 MB needs the right to mount one")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def fill():
    """Fill a disk to the last byte."""

    def fill_up(folder):
        with open(folder / "filler", "ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    return fill_up
