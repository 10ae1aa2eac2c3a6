"""The command that a failed case prints runs that case again, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.paths import REPOSITORY


def test_one_case_is_run_again_by_the_command_that_a_failure_prints() -> None:
    # Without what this process has set for itself: whoever copies the command has not.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POWERTOOLS_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "batch, sum", "0", "fails before"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["passed"]), done.stderr
