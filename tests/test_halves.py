"""Many things are made in two processes, with the results of one: whatever happens to the second process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator import halves
from tests.support.processes import start_python

PROGRAM = """
import atexit, json, os, threading
from generator import halves

print("begun")
atexit.register(print, "ended")
own, ITEMS = os.getpid(), list(range(halves.ENOUGH))

def make(item):
    return {"item": str(item), "here": "yes" if os.getpid() == own else "no"}

def fail(item):
    if os.getpid() != own:
        HOW
    return make(item)

made = halves.make_in_halves(ITEMS, fail)
few = halves.make_in_halves(ITEMS[1:], fail)
waiting = threading.Event()
thread = threading.Thread(target=waiting.wait)
thread.start()
beside = halves.make_in_halves(ITEMS, fail)
waiting.set()
thread.join()
try:
    os.waitpid(-1, 0)
    left = True
except ChildProcessError:
    left = False
print(json.dumps([made, few, beside, left]))
"""


@pytest.mark.parametrize(
    ("how", "helps"),
    [
        ("pass", True),
        ("raise ValueError", False),
        ("raise KeyboardInterrupt", False),
        ("os.kill(os.getpid(), 9)", False),
        ("os._exit(0)", False),
        ("return object", False),
    ],
)
def test_what_the_second_process_does_not_make_is_made_here(tmp_path: Path, how: str, helps: bool) -> None:
    with start_python("-c", PROGRAM.replace("HOW", how), cwd=tmp_path) as process:
        out, err = process.communicate(timeout=60)
    assert (err, process.returncode) == ("", 0)
    # The second process says nothing, neither what is still to be written nor what the end of the program has to say.
    begun, found, ended = out.splitlines()
    assert (begun, ended) == ("begun", "ended")
    made, few, beside, left = json.loads(found)
    assert not left
    items = [str(item) for item in range(halves.ENOUGH)]
    assert [each["item"] for each in made] == [each["item"] for each in beside] == items
    assert [each["item"] for each in few] == items[1:]
    middle = halves.ENOUGH // 2
    assert [each["here"] for each in made] == ["yes"] * middle + ["no" if helps else "yes"] * (halves.ENOUGH - middle)
    # Neither few things nor a process with other threads is worth one, or safe.
    assert {each["here"] for each in (*few, *beside)} == {"yes"}


def test_an_error_is_raised_here(tmp_path: Path) -> None:
    with start_python(
        "-c",
        "from generator import halves\n"
        "try:\n"
        "    halves.make_in_halves([*range(39), 'a text'], lambda item: item + 1)\n"
        "except TypeError:\n"
        "    print('raised')\n",
        cwd=tmp_path,
    ) as process:
        assert process.communicate(timeout=60) == ("raised\n", "")
