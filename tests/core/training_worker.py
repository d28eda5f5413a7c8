"""A worker with a training loop small enough for a test and real in every part that core.runs sees.

Logistic regression by full-batch gradient steps in NumPy: metrics, checkpoints, embeddings, augmented texts, exact
resume. `train.max_steps` and LAB_TEST_PAUSE set its length; `run.name` may name a way to misbehave.
"""

import os
import signal
import subprocess
import sys
import time

import numpy as np

from core import worker
from core.runs.folder import contents

PAUSE = float(os.environ.get("LAB_TEST_PAUSE", "0.005"))


def fit(run, should_stop):
    with open(run.dir / "began", "a") as file:
        file.write(f"{os.getpid()}\n")
    misbehave(run, run.config().run.name)
    steps = run.config().train.max_steps or 40
    random = np.random.default_rng(run.config().seed)
    inputs, labels = random.normal(size=(64, 8)), random.integers(0, 2, 64)
    weights, step = np.zeros(8), 0
    done = contents.numbers(run.checkpoint_dir)
    if run.status().resume:
        if done:
            step = done[-1]
            weights = contents.load_arrays(checkpoint(run, step))["weights"]
        run.rewind_metrics(step)
    run.set_status(phase="training", of=steps)
    while step < steps and not should_stop():
        noise = np.random.default_rng([run.config().seed, step]).normal(scale=0.01, size=inputs.shape)
        scores = 1 / (1 + np.exp(-(inputs + noise) @ weights))
        loss = -np.mean(np.log(np.where(labels == 1, scores, 1 - scores)))
        weights = weights - 0.1 * (inputs + noise).T @ (scores - labels) / len(labels)
        step += 1
        run.append_metrics({"step": step, "epoch": step / steps, "loss": loss})
        run.set_status(step=step, epoch=step / steps)
        if step % 4 == 0:
            contents.save_arrays(checkpoint(run, step), {"weights": weights})
            run.save_embeddings(step, inputs, scores[:, None], labels, range(64))
            run.save_augmented(step // 4, [{"row": row, "text": f"text {row}"} for row in range(20)])
        time.sleep(PAUSE)
    contents.save_arrays(run.model_dir / "weights.safetensors", {"weights": weights})


def checkpoint(run, step):
    return run.checkpoint_dir / f"step-{step:06d}.safetensors"


def misbehave(run, fault):
    if fault == "raise":
        raise ValueError("the file has one class only\nsecond line")
    if fault == "bug":
        raise KeyError("missing")
    if fault == "memory":
        np.ones(1 << 48, np.int8)
    if fault == "exit":
        os._exit(7)
    if fault == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        script = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        subprocess.Popen([sys.executable, "-c", script])
        subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
        orphan = f"import subprocess,sys; subprocess.Popen([sys.executable,'-c',{script!r}],start_new_session=True)"
        subprocess.run([sys.executable, "-c", orphan], check=True)
        (run.dir / "deaf").touch()
        time.sleep(60)


if __name__ == "__main__":
    if "stillborn" in sys.argv[1]:
        sys.exit("no such library")
    sys.exit(worker.main(sys.argv[1], fit))
