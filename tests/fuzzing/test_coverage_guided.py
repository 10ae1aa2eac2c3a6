"""Short, seeded runs of the fuzzers that atheris guides.

By hand, longer: `python -m tests.fuzzing.yaml --runs 100000 --seed 7`
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.effort import TIMES
from tests.support.paths import REPOSITORY

FUZZERS = {"yaml": 400, "escaping": 800}
"""How many inputs each fuzzer tries: a few seconds' worth."""
SEED = int(os.environ.get("SEED", "1"))


def need_atheris() -> None:
    """Skip the test where atheris is not installed, which has wheels for some machines only; on CI it fails."""
    if importlib.util.find_spec("atheris") is None:
        sentence = "atheris is not installed: use Python 3.11 to 3.13 on Linux on x86-64, and run make setup"
        if os.environ.get("CI"):
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)


def start(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program, and wait for its end."""
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


@pytest.mark.long
@pytest.mark.parametrize("name", FUZZERS)
def test_no_input_breaks_it(name: str, tmp_path: Path) -> None:
    need_atheris()
    runs = FUZZERS[name] * TIMES
    command = ["-m", f"tests.fuzzing.{name}", "--runs", str(runs), "--seed", str(SEED)]
    done = start([sys.executable, *command, "--work", str(tmp_path / "work")])
    assert done.returncode == 0, f"python {' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-6000:]}"
    tried = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
    assert tried, done.stderr[-3000:]
    assert int(tried[1]) >= runs
    # It saw the lines that inputs reach: a fuzzer whose modules are not instrumented is blind.
    covered = re.search(r"DONE +cov: (\d+)", done.stderr)
    assert covered, done.stderr[-3000:]
    assert int(covered[1]) > {"yaml": 1500, "escaping": 25}[name]


def test_what_starts_it_may_have_had_more_memory(tmp_path: Path) -> None:
    need_atheris()
    program = [sys.executable, "-m", "tests.fuzzing.escaping", "--work", str(tmp_path / "work")]
    starter = "import subprocess, sys; held = b'x' * 400_000_000; sys.exit(subprocess.call(sys.argv[1:]))"
    done = start([sys.executable, "-c", starter, *program, "--runs", "10", "--megabytes", "300"])
    assert done.returncode == 0, done.stderr[-3000:]


def test_memory_has_a_limit(tmp_path: Path) -> None:
    need_atheris()
    # libFuzzer looks at the memory once a second.
    command = ["-m", "tests.fuzzing.escaping", "--runs", "1000000", "--megabytes", "20"]
    done = start([sys.executable, *command, "--work", str(tmp_path / "work")])
    assert done.returncode != 0
    assert "out-of-memory" in done.stderr
