"""Gives each run of a function the whole log that it wrote, however busy the machine is.

ministack waits 50 ms for the first line of a log, which a thread of its own reads, and takes the log for empty then.
What comes later counts as the next run's: on a busy machine errors had no reason, and metrics were of another minute.
"""

from __future__ import annotations

import queue
import time
from typing import Any

END = "\0"
"""What a worker writes into its log at the end of each run, before it answers."""
ORPHANED_SECONDS = 1.0
"""How long a dead worker's log may still be written, by processes that it has started."""

_ANSWERS = "        _real_stdout.flush()\n\nrun()\n"
"""The end of ministack's program for Python functions: what it has answered goes out. `print` writes into the log."""


def read_logs_to_their_end() -> None:
    """Let workers say where the log of a run ends, and read until there, from now on."""
    from ministack.core import lambda_runtime

    program = lambda_runtime._PYTHON_WORKER_SCRIPT
    assert _ANSWERS in program
    lambda_runtime._PYTHON_WORKER_SCRIPT = program.replace(_ANSWERS, f"        print({END!r}, flush=True)\n{_ANSWERS}")
    lambda_runtime.Worker._drain_stderr_bounded = lambda_runtime.Worker._drain_stderr = _read_log


def _read_log(worker: Any) -> str:
    """Read what a worker wrote in the run that is over. One that died, or had no more time, did not come to its end."""
    lines: list[str] = []
    until = time.monotonic() + ORPHANED_SECONDS
    while not (lines and lines[-1].endswith(END)):
        is_read = not worker._stderr_thread.is_alive()
        try:
            lines.append(worker._stderr_queue.get(timeout=0.01))
        except queue.Empty:
            if is_read or (worker._proc is None and time.monotonic() > until):
                break
    return "\n".join(lines).removesuffix(END).rstrip("\n")
