"""A worker process that does what its request says, for tests of what becomes of workers."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, BinaryIO

from runtime.sorting.processes import serve


def work(request: Any, file: BinaryIO) -> Any:
    """Write the request's text into the file, and answer, fail, die or wait."""
    file.write(request["text"].encode())
    match request["then"]:
        case "fail":
            raise ValueError(request["text"])
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "wait":
            time.sleep(3600)
    return {"pid": os.getpid(), "path": os.environ["PYTHONPATH"]}


if __name__ == "__main__":
    serve(work)
