import subprocess
import sys
import threading

import pytest

from core.config import RunConfig
from core.runs.folder.store import RunError
from core.runs.local.waitlist import Waitlist, default_slots


@pytest.fixture
def waitlist(store):
    store.root.mkdir()
    return Waitlist(store.root)


def test_first_come_first_served_and_each_once(waitlist):
    waitlist.add("a")
    waitlist.add("b", "c", "a")
    waitlist.add("b")
    assert waitlist.read().order == ("a", "b", "c")


def test_place_can_be_changed_within_the_line(waitlist):
    waitlist.add("a", "b", "c")
    assert waitlist.move("c", 1) == 1
    assert waitlist.read().order == ("c", "a", "b")
    assert waitlist.move("c", 99) == 3
    assert waitlist.move("c", -5) == 1
    with pytest.raises(RunError, match="not waiting"):
        waitlist.move("z", 1)


def test_taken_out_once(waitlist):
    waitlist.add("a", "b")
    assert waitlist.remove("a")
    assert not waitlist.remove("a")
    assert waitlist.read().order == ("b",)


def test_slots_are_half_the_cores_until_set(waitlist):
    assert waitlist.read().slots == default_slots() >= 1
    waitlist.set_slots(3)
    waitlist.add("a")
    assert waitlist.read().slots == 3
    for bad in (0, -1, 65):
        with pytest.raises(RunError, match="between 1 and 64"):
            waitlist.set_slots(bad)


def test_changes_of_many_threads_all_count(waitlist):
    names = [f"run-{number}" for number in range(40)]
    threads = [threading.Thread(target=waitlist.add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waitlist.read().order) == sorted(names)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"order": "abc"}', '{"order": {"a": 1}, "slots": true}'])
def test_damaged_queue_is_made_good_from_the_runs(store, text):
    runs = [store.create(RunConfig()) for _ in range(3)]
    for place, run in zip((3.0, 1.0, 2.0), runs, strict=True):
        run.set_status(submitted=place)
    store.create(RunConfig())  # never submitted
    waitlist = Waitlist(store.root)
    waitlist.path.write_text(text)
    assert waitlist.read().order == (runs[1].id, runs[2].id, runs[0].id)
    assert waitlist.read().slots == default_slots()


def test_hostile_names_in_the_queue_are_passed_over(waitlist):
    waitlist.path.write_text('{"order": ["../../etc", "ok", 3, null, "-x", "ok", "a/b"], "slots": 1e9}')
    assert waitlist.read().order == ("ok",)


def test_waiting_costs_no_heavy_imports():
    script = (
        "import sys, core.runs.local.dispatcher\n"
        "heavy = {'torch', 'numpy', 'pandas', 'psutil', 'transformers', 'core.config'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_store_launcher_and_sweep_come_without_torch():
    script = (
        "import sys, core.runs.folder.store, core.runs.local.launcher, core.runs.sweep, core.worker\n"
        "heavy = {'torch', 'numpy', 'pandas', 'transformers', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
