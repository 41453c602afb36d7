"""The queue before SQLite's one writer: one at a time, the door first, and nobody waits for the dead or the stuck."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.store.writers_queue import WritersQueue
from tests.product import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from bot.store.writers_queue import WritersQueue
with WritersQueue(Path(sys.argv[1])).turn():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def line(tmp_path: Path) -> Path:
    return tmp_path / "amends.db-queue"


@pytest.fixture
def holder(line: Path) -> "subprocess.Popen[bytes]":
    """Another process that has the turn."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(line)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"held\n"
    return process


def waits_for(queue: WritersQueue, goes_first: bool) -> float:
    begun = time.monotonic()
    with queue.turn(goes_first):
        return time.monotonic() - begun


def test_place_of_a_killed_process_is_free_at_once(line: Path, holder: "subprocess.Popen[bytes]") -> None:
    threading.Timer(0.3, holder.kill).start()
    assert 0.2 < waits_for(WritersQueue(line), True) < 5
    holder.wait()


def test_stuck_process_holds_nobody_up_for_ever(line: Path, holder: "subprocess.Popen[bytes]") -> None:
    assert 0.2 <= waits_for(WritersQueue(line, patience=0.2), False) < 5
    holder.kill()
    holder.wait()


def test_door_goes_before_all_others_who_wait(line: Path) -> None:
    order: list[str] = []
    done = threading.Event()

    def write(name: str, goes_first: bool) -> None:
        with WritersQueue(line).turn(goes_first):
            order.append(name)
            (done.wait(10) if name == "first" else time.sleep(0.05))

    threads = [threading.Thread(target=write, args=("first", False))]
    threads[0].start()
    while not order:
        time.sleep(0.01)
    threads += [threading.Thread(target=write, args=(f"other {n}", False)) for n in range(5)]
    threads.append(threading.Thread(target=write, args=("door", True)))
    for one in threads[1:]:
        one.start()
    time.sleep(0.2)
    done.set()
    for one in threads:
        one.join()
    assert sorted(order) == sorted(["first", "door", *(f"other {n}" for n in range(5))])
    assert order.index("door") <= 2  # one of the others may have stood at the head of the line already
