"""Worker processes: one module of the functions' code, run several times at once, each on a processor of its own.

They are started by `subprocess` and talk by temporary files: Lambda has no /dev/shm, without which the pools and queues
of `multiprocessing` fail (AWS Compute Blog, "Parallel Processing in Python with AWS Lambda"). A temporary file has no
name, so the system removes it as soon as the last process that has it open has ended, however that came to be: Lambda
itself leaves /tmp as it is, also after a timeout (AWS Lambda developer guide, "Understanding the Lambda execution
environment lifecycle": failures during the invoke phase).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

POLL_SECONDS = 0.02
"""How often workers are asked whether they have ended."""
TOLD_CHARACTERS = 4000
"""How much of what a failed worker has said is told: the end of a traceback."""


class WorkerError(Exception):
    """A worker process has failed, or was ended."""


@dataclass(frozen=True)
class _Worker:
    """A process that was started, and the files by which it gets a request, answers and complains."""

    process: subprocess.Popen[bytes]
    talk: IO[bytes]
    errors: IO[bytes]

    def answer(self) -> Any:
        """What it has answered."""
        self.talk.seek(0)
        return json.load(self.talk)

    def complaint(self, status: int) -> str:
        """How it has failed."""
        self.errors.seek(0)
        told = self.errors.read().decode(errors="replace").strip()[-TOLD_CHARACTERS:]
        how = f"was ended by the signal {signal.Signals(-status).name}" if status < 0 else f"has failed ({status})"
        return f"a worker process {how}{f': {told}' if told else ', and said nothing'}"

    def end(self) -> None:
        """Let nothing of it be left."""
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.talk, self.errors):
            if file is not None:
                file.close()


def run_workers(module: str, requests: Sequence[Any], files: Sequence[BinaryIO]) -> list[Any]:
    """Run a module in a process of its own for each request, all at once, and return their answers in the same order.

    Requests and answers are JSON. Each worker gets one of the files too, for what is larger: see `serve`. Raises
    WorkerError where one fails, and ends the others.
    """
    workers: list[_Worker] = []
    try:
        for request, file in zip(requests, files, strict=True):
            workers.append(_start(module, request, file))
        waiting = list(workers)
        while waiting:
            for worker in list(waiting):
                status = worker.process.poll()
                if status:
                    raise WorkerError(worker.complaint(status))
                if status == 0:
                    waiting.remove(worker)
            time.sleep(POLL_SECONDS if waiting else 0)
        return [worker.answer() for worker in workers]
    finally:
        for worker in workers:
            worker.end()


def serve(work: Any) -> None:
    """What a worker's module does when it runs: `work(request, file)` gives the answer.

    The worker ends when the process that has started it does: then its stdin ends.
    """
    file, talk = (os.fdopen(int(number), "r+b") for number in sys.argv[1:3])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with file, talk:
        answer = json.dumps(work(json.load(talk), file)).encode()
        talk.seek(0)
        talk.truncate()
        talk.write(answer)


def _start(module: str, request: Any, file: BinaryIO) -> _Worker:
    """Start one worker, with the code and the libraries of this process."""
    talk, errors = TemporaryFile(), TemporaryFile()  # noqa: SIM115
    talk.write(json.dumps(request).encode())
    talk.seek(0)
    descriptors = file.fileno(), talk.fileno()
    process = subprocess.Popen(  # noqa: S603 (it is this Python and our own code)
        [sys.executable, "-P", "-m", module, *map(str, descriptors)],
        stdin=subprocess.PIPE,
        stdout=errors,
        stderr=errors,
        pass_fds=descriptors,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    return _Worker(process, talk, errors)


def _end_with_parent() -> None:
    # sys.stdin would have a lock, which Python cannot take as it ends.
    while os.read(0, 1):
        pass
    os._exit(1)
