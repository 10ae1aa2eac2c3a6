"""The program that is the embedded AWS: ministack on a free loopback port, with what it lacks added.

`process.Emulator` runs this file as a child, with an environment that holds nothing of the user's, because every Lambda
function sees it. The child prints its port as one line of JSON. It stops when its standard input closes. The
parent closes that to stop the child; if the parent dies in any way, the operating system closes it.

Only this folder depends on ministack's inner workings, and ministack's version is pinned.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import signal
import socket
import sys
import threading
import time
import types
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

REFUSAL = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>"
"""What strangers are told, in a form that the AWS SDKs show."""

METRICS = '{"_aws"'
"""How a line of metrics in a log begins."""

STATE_PATH = "/_leaderboards/state"
"""Where the parent asks what is held, and puts in what was held before."""

QUEUES_PATH = "/_leaderboards/queues"
"""Where the parent asks what is in the queues."""

LOG_LINES = 12
"""Lines reported of a failing function's log: the last ones, which hold the reason."""


def main() -> None:
    """Serve until standard input closes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    # ministack reads its environment when it is imported, so it may only be imported after this line.
    os.environ["GATEWAY_PORT"] = str(port)
    threading.Thread(target=_stop_when_stdin_closes, daemon=True).start()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    # A request gives up the interpreter several times, and by default waits up to 5 ms each time for a busy thread.
    sys.setswitchinterval(0.0005)
    _log_to_parent()
    _go_by_clock()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    print(json.dumps({"port": port}), flush=True)  # noqa: T201
    asyncio.run(_run(serve(_guard(app, port, os.environ["AWS_ACCESS_KEY_ID"]), config)))


async def _run(serving: Coroutine[Any, Any, None]) -> None:
    """Serve, with what ministack lacks, tell of what is done, and trim what is kept."""
    # This file runs as a script, with the packages that are installed: the generator may be in a folder of its own.
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from generator.local.emulator.batching import honour_batching
    from generator.local.emulator.executions import start_again
    from generator.local.emulator.extracting import extract_once
    from generator.local.emulator.judging import judge_every_table, judge_streams
    from generator.local.emulator.logs import read_logs_to_their_end
    from generator.local.emulator.telling import count_sent_messages, tell_runs
    from generator.local.emulator.trimming import trim_for_ever

    extract_once()
    honour_batching()
    judge_every_table()
    judge_streams()
    start_again()
    read_logs_to_their_end()
    tell_runs()
    count_sent_messages()
    trimming = asyncio.create_task(trim_for_ever())
    await serving
    trimming.cancel()


def _guard(app: Any, port: int, key: str) -> Any:
    """Let only these reach the embedded AWS: programs that know the administrator's key, functions, and game servers.

    A caller that can create a Lambda function here runs code as the user, and ministack would let any web page that is
    open in a browser on this machine do so: it answers scripts of any origin and accepts well-known keys unchecked.
    Every request is marked as sent over TLS: the bundles' policies demand TLS, and a loopback connection needs none.
    """
    hosts = {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}
    administrator = re.compile(rf"(?:Credential=|X-Amz-Credential=){re.escape(key)}(?:/|%2F)".encode())

    async def guarded_app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            signed, query = headers.get(b"authorization", b""), scope["query_string"]
            if not (
                headers.get(b"host") in hosts
                and b"origin" not in headers
                and b"sec-fetch-site" not in headers
                and (
                    administrator.search(signed)
                    or administrator.search(query)
                    or _is_checked_by_iam(scope["path"], query, signed, headers.get(b"x-amz-target", b""))
                    or scope["path"] == "/_ministack/health"
                )
            ):
                await send({"type": "http.response.start", "status": 403, "headers": []})
                await send({"type": "http.response.body", "body": REFUSAL})
                return
            if scope["path"] in (STATE_PATH, QUEUES_PATH) and administrator.search(signed):
                await _answer_parent(scope, receive, send)
                return
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        elif scope["type"] != "lifespan":
            return
        await app(scope, receive, send)

    return guarded_app


async def _answer_parent(scope: Any, receive: Any, send: Any) -> None:
    """Give the parent what is held or what is in the queues, or put in what it gives."""
    from generator.local.emulator.stores import exchange_state
    from generator.local.emulator.telling import answer_queues

    if scope["path"] == QUEUES_PATH:
        await answer_queues(send)
    else:
        await exchange_state(scope["method"], receive, send)


def _is_checked_by_iam(path: str, query: bytes, signed: bytes, target: bytes) -> bool:
    """Whether a request is one whose signature and permissions ministack checks.

    Functions call with sessions of their roles (ASIA…), game servers with keys of users (AKIA…), and only DynamoDB.
    ministack has paths of its own that it checks for nobody, and it could look at another key in the query string.
    """
    found = re.match(rb"AWS4-HMAC-SHA256 Credential=(ASIA|AKIA)[0-9A-F]{16}/", signed)
    if not found or b"amz" in query.lower() or b"awsaccesskeyid" in query.lower():
        return False
    if found[1] == b"AKIA":
        return path == "/" and target.startswith(b"DynamoDB_20120810.")
    return not path.startswith(("/_ministack", "/_localstack"))


def _stop_when_stdin_closes() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    # A graceful stop would wait for every invocation under way. All state is in memory, so just end the workers.
    runtime: Any = sys.modules.get("ministack.core.lambda_runtime")
    try:
        if runtime:  # it has no `reset` yet while it is being imported: then there is no worker either
            runtime._REAP_GRACE = 0.2
            runtime.reset()
    finally:
        # A worker that was started a moment ago may still write into it.
        for _ in range(10):
            shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        # This process leads its own group, so a worker that was started a moment ago ends too.
        os.killpg(0, signal.SIGKILL)


def _log_to_parent() -> None:
    """Write each failure to standard error as a line of JSON: a string, since its text may have several lines."""
    failed_in_part: set[int | None] = set()
    """Threads whose function returned partial failures, until its output is logged."""

    def is_failure(record: logging.LogRecord) -> bool:
        # Warnings from anything but Lambda are about services that are not installed or not used.
        if record.levelno >= logging.ERROR or not record.name.startswith("lambda"):
            return record.levelno >= logging.ERROR
        if "partial failures" in record.msg:
            failed_in_part.add(record.thread)
            return True
        # The next record of this thread is what the function wrote.
        if "output:" in record.msg and record.thread in failed_in_part:
            failed_in_part.discard(record.thread)
            return True
        return record.levelno >= logging.WARNING

    class AsJson(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            first, *rest = record.getMessage().splitlines() or [""]
            lines = [line for line in rest if not line.startswith(METRICS)]
            return json.dumps("\n  ".join([first, *lines[-LOG_LINES:]]))

    handler = logging.StreamHandler()
    handler.setFormatter(AsJson())
    handler.addFilter(is_failure)
    logging.getLogger().handlers = [handler]
    logging.getLogger("lambda").setLevel(logging.INFO)


def _go_by_clock() -> None:
    """Let schedules, the times of events and the expiry of items go by the run's clock, as functions do.

    All else stays with the machine's clock: signatures, and how long a message is hidden, do not change with it.
    """
    from importlib.util import module_from_spec, spec_from_file_location

    from ministack.services import dynamodb, eventbridge, scheduler

    # Our packages are not among this program's.
    spec: Any = spec_from_file_location(
        "shifted_clock", Path(__file__).parent.parent / "rehearsal" / "shifted_clock.py"
    )
    clock: Any = module_from_spec(spec)
    spec.loader.exec_module(clock)

    def now() -> float:
        return float(clock.now()) / 1000

    def reaper_now() -> float:
        # The module reads the time for its streams too, whose records keep the machine's time until the pipe has them.
        return now() if threading.current_thread().name == "dynamodb-ttl-reaper" else time.time()

    eventbridge._now_ts = now
    scheduler.time = types.SimpleNamespace(time=now, sleep=time.sleep)
    dynamodb.time = types.SimpleNamespace(**{**vars(time), "time": reaper_now})


if __name__ == "__main__":
    main()
