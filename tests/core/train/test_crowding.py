"""Threads that wait for each other sleep sooner while others want the cores, and only then."""

import subprocess
import sys
import threading
import time

import pytest
import torch

from core.train import crowding
from core.train.crowding import Sleepers, decide, eased_threads, waited

ONE_CORE = """
import os, threading, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from core.train.crowding import waited

def work(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(1000))

before = waited()
work(0.5)
alone = waited() - before
others = [threading.Thread(target=os.system, args=("timeout 1 sh -c 'while :; do :; done'",)) for _ in range(2)]
[other.start() for other in others]
time.sleep(0.1)
before = waited()
work(0.6)
print(alone, waited() - before)
"""


@pytest.mark.parametrize(("threads", "cores", "teams"), [(2, 2, 1), (2, 4, 3), (4, 8, 2), (8, 8, 1), (4, 2, 1)])
def test_teams_make_more_threads_than_cores(threads, cores, teams):
    sleepers = Sleepers(threads, cores)
    assert len(sleepers) == teams
    assert threads + teams * (threads - 1) > cores >= (threads + (teams - 1) * (threads - 1) if teams > 1 else 0)
    sleepers.end()


def test_a_program_that_takes_a_third_of_a_core_changes_nothing_and_one_that_takes_most_does():
    asleep = [False]
    for share in (0.0, 0.25, 0.55, 0.38, 0.36, 0.2, 0.38):  # what was seen beside 0, 0.3, 0.6, 1, 0.6 and 0.3 of a core
        asleep.append(decide(asleep[-1], share))
    assert asleep[1:] == [False, False, True, True, True, False, False]


def test_time_in_line_for_a_core_is_seen():
    if waited() is None:
        pytest.skip("this system does not tell")
    told = subprocess.run([sys.executable, "-c", ONE_CORE], capture_output=True, text=True, check=True, timeout=60)
    _, beside_two = map(float, told.stdout.split())
    assert beside_two > 0.2  # two thirds of 0.6 s, were the three alone here


def test_a_thread_that_has_just_ended_is_passed_over(monkeypatch):
    if waited() is None:
        pytest.skip("this system does not tell")
    here, gone = str(threading.get_native_id()), "999999999"  # above the highest number of a thread
    monkeypatch.setattr(crowding.os, "listdir", lambda _folder: [gone, here])
    assert waited() is not None
    monkeypatch.setattr(crowding.os, "listdir", lambda _folder: [gone])
    assert waited() is None


def test_threads_sleep_as_long_as_it_is_crowded_and_leave_with_the_training(monkeypatch):
    line = {"seconds": 0.0, "a look": 0.0}

    def told():
        line["seconds"] += line["a look"]
        return line["seconds"]

    monkeypatch.setattr(crowding, "LOOK_S", 0.02)
    monkeypatch.setattr(crowding, "waited", told)
    before, threads = threading.active_count(), torch.get_num_threads()
    torch.set_num_threads(2)
    monkeypatch.setattr(crowding.os, "sched_getaffinity", lambda _pid: {0, 1})
    try:
        with eased_threads():
            assert count_of(before + 1)
            line["a look"] = 0.019
            assert count_of(before + 2), "crowded, and no team more"
            line["a look"] = 0.0
            assert count_of(before + 1), "free again, and the team is kept"
            line["a look"] = 0.019
            assert count_of(before + 2)
        assert threading.active_count() == before
    finally:
        torch.set_num_threads(threads)


def test_one_thread_is_not_looked_after():
    before, threads = threading.active_count(), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with eased_threads():
            assert threading.active_count() == before
    finally:
        torch.set_num_threads(threads)


def count_of(threads):
    until = time.monotonic() + 10
    while threading.active_count() != threads and time.monotonic() < until:
        time.sleep(0.01)
    return threading.active_count() == threads
