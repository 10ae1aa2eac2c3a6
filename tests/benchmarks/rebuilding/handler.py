"""`python -P handler.py FUNCTION EVENT`: calls a handler as Lambda does, and prints what the call took.

It runs in a folder like a bundle's, so it imports only `runtime` and what the layer has. What a warm function has
already is not timed: its modules, and its clients.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from runtime import aws

CONTEXT: Any = SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r")
"""As much of a context as the handler looks at."""


def main() -> None:
    """Call the handler once."""
    function: Any = import_module(f"runtime.{sys.argv[1]}")
    for client in (aws.dynamodb, aws.streams, aws.s3, aws.events):
        client()
    before, began = _cpu(), time.perf_counter()
    answer = function.handler(json.loads(sys.argv[2]), CONTEXT)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "cpu": _cpu() - before, "answer": answer}))


def _cpu() -> float:
    """The CPU time of this process, and of those that it has started and that have ended, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
