"""Pages that need no model stay light: torch is never loaded for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["home", "runs", "launch", "sweeps", "augmentation", "playground"]
SCRIPT = """
import os, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=60).run()
for page in sys.argv[1:]:
    if page != "home":
        app = app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    print(page, "heavy:", *sorted({"torch", "transformers", "peft", "sklearn"} & set(sys.modules)), flush=True)
from core.runs.processes import end_helpers
end_helpers()
os._exit(0)  # without waiting for steps that Launch has timed
"""


def test_pages_load_no_model_library(tmp_path: Path) -> None:
    environment = {**os.environ, "LAB_RUNS": str(tmp_path / "runs"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *PAGES], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [f"{page} heavy:" for page in PAGES]
