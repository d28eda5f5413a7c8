"""Pages that need no model stay light: torch is never loaded for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import os, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=60).run()
if sys.argv[1] != "home":
    app = app.switch_page(f"../pages/{sys.argv[1]}.py").run()
assert not app.exception, app.exception
assert not app.error, [error.value for error in app.error]
print("HEAVY", sorted({"torch", "transformers", "peft", "sklearn"} & set(sys.modules)), app.title[0].value, flush=True)
from core.runs.processes import end_helpers
end_helpers()
os._exit(0)  # without waiting for steps that Launch has timed
"""


@pytest.mark.parametrize("page", ["home", "runs", "launch", "sweeps", "augmentation", "playground"])
def test_page_loads_no_model_library(page: str, tmp_path: Path) -> None:
    environment = {**os.environ, "LAB_RUNS": str(tmp_path / "runs"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, page], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "HEAVY []" in done.stdout
