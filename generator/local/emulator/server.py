"""The process that is the embedded AWS: ministack, on a loopback port of its own choice.

`aws.Emulator` runs this file as a child, with an environment that holds nothing of the user's: whatever stands there is
seen by every Lambda function. One line on standard output tells the port. Standard input tells when to stop: it
closes when the parent wants that and also when the parent dies, however it dies.

Only this file reaches into ministack, whose version is pinned.
"""

from __future__ import annotations

import asyncio
import hashlib
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
import zipfile
from pathlib import Path
from typing import Any

KEPT_LOG_STREAMS = 100
"""Log streams kept for each function: ministack opens one for each invocation and drops none."""

KEPT_DATAPOINTS = 1000
"""Points kept of each metric."""

STREAM_SECONDS = 600
"""How long a DynamoDB stream keeps its records. AWS keeps them for 24 hours; here they would fill the memory."""

TRIM_SECONDS = 30

LOG_LINES = 12
"""How much is told of what a failing function logged: the end, where the reason stands."""


def main() -> None:
    """Serve until standard input closes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    # ministack reads its environment when it is imported, so nothing of it may be imported before this line.
    os.environ["GATEWAY_PORT"] = str(port)
    threading.Thread(target=_stop_when_stdin_closes, daemon=True).start()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    # Every request lets go of the interpreter several times, and would wait 5 ms each time for a busy thread.
    sys.setswitchinterval(0.0005)
    _log_to_parent()
    _extract_once()
    _honour_batching()
    threading.Thread(target=_trim_for_ever, daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    print(json.dumps({"port": port}), flush=True)  # noqa: T201
    asyncio.run(serve(_guarded(app, port, os.environ["AWS_ACCESS_KEY_ID"]), config))


def _guarded(app: Any, port: int, key: str) -> Any:
    """The emulator behind a door: for programs that know the administrator's key, and for the functions' roles.

    Whoever may create a Lambda function here runs code as the user. ministack takes well-known keys unchecked and
    answers any web page's script; so a page open in a browser on this machine could do it. Role sessions (ASIA…) are
    let through, because their signature is checked. What comes in counts as come over TLS: the policies ask for it,
    and there is no wire here.
    """
    hosts = {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}
    administrator = re.compile(rf"(?:Credential=|X-Amz-Credential=){re.escape(key)}(?:/|%2F)".encode())
    session = re.compile(rb"AWS4-HMAC-SHA256 Credential=ASIA[0-9A-F]{16}/")

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            signed = headers.get(b"authorization", b"")
            if not (
                headers.get(b"host") in hosts
                and b"origin" not in headers
                and b"sec-fetch-site" not in headers
                and (
                    administrator.search(signed)
                    or session.match(signed)
                    or administrator.search(scope["query_string"])
                    or scope["path"] == "/_ministack/health"
                )
            ):
                await send({"type": "http.response.start", "status": 403, "headers": []})
                await send({"type": "http.response.body", "body": b"not for you\n"})
                return
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        elif scope["type"] != "lifespan":
            return
        await app(scope, receive, send)

    return guarded


def _stop_when_stdin_closes() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    # A graceful stop waits for every invocation under way, and all state is in memory: end the workers and go.
    runtime: Any = sys.modules.get("ministack.core.lambda_runtime")
    if runtime:
        runtime._REAP_GRACE = 0.2
        runtime.reset()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    # This process leads its own group, and a worker started just now is in it too.
    os.killpg(0, signal.SIGKILL)


def _log_to_parent() -> None:
    """One line on standard error for each thing that went wrong: its text as JSON, for it may have several lines."""
    failed_in_part: set[int | None] = set()

    def wrong(record: logging.LogRecord) -> bool:
        # Warnings of others than Lambda are about what is not installed or not used.
        if record.levelno >= logging.ERROR or not record.name.startswith("lambda"):
            return record.levelno >= logging.ERROR
        if "partial failures" in record.msg:
            failed_in_part.add(record.thread)
            return True
        # What the function wrote comes next, from the same thread.
        if "output:" in record.msg and record.thread in failed_in_part:
            failed_in_part.discard(record.thread)
            return True
        return record.levelno >= logging.WARNING

    class AsJson(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            first, *rest = record.getMessage().splitlines() or [""]
            metrics = '{"_aws"'
            lines = [line for line in rest if not line.startswith(metrics)]
            return json.dumps("\n  ".join([first, *lines[-LOG_LINES:]]))

    handler = logging.StreamHandler()
    handler.setFormatter(AsJson())
    handler.addFilter(wrong)
    logging.getLogger().handlers = [handler]
    logging.getLogger("lambda").setLevel(logging.INFO)


def _extract_once() -> None:
    """Let all workers share one copy of a layer and of a function's code, and what Python compiled of it.

    ministack extracts them anew for each worker: a thousand small files, compiled each time.
    """
    from ministack.core import lambda_runtime

    lock = threading.Lock()

    class Shared(zipfile.ZipFile):
        def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
            assert self.filename
            archive = Path(self.filename)
            copy = Path(os.environ["TMPDIR"], "archives", hashlib.sha256(archive.read_bytes()).hexdigest())
            with lock:
                if not copy.exists():
                    super().extractall(copy, members, pwd)
            for entry in copy.iterdir():
                Path(path, entry.name).symlink_to(entry)

    lambda_runtime.zipfile = types.SimpleNamespace(
        ZipFile=Shared, BadZipFile=zipfile.BadZipFile, LargeZipFile=zipfile.LargeZipFile
    )


def _honour_batching() -> None:
    """Give an event source mapping whole batches: as many messages as it asks for, or those of its batching window.

    ministack caps a batch at 10 and waits for none; AWS does so only for mappings without a window (Lambda developer
    guide, "Creating and configuring an Amazon SQS event source mapping").
    """
    from ministack.services import lambda_svc, sqs

    def receive(queue_url: str, max_number: int) -> list[dict[str, Any]]:
        with sqs._queues_lock:
            queue = sqs._get_q(queue_url)
            sqs._expire_retained(queue)
            sqs._dlq_sweep(queue)
            now = time.time()
            waiting = [message for message in queue["messages"] if message.get("visible_at", 0) <= now]
            mapping: dict[str, Any] = next(
                (one for one in lambda_svc._esms.values() if one["EventSourceArn"] == queue["attributes"]["QueueArn"]),
                {},
            )
            window = mapping.get("MaximumBatchingWindowInSeconds", 0)
            if len(waiting) < max_number and all(now - message.get("visible_at", 0) < window for message in waiting):
                return []
            visible = int(queue["attributes"].get("VisibilityTimeout", "30"))
            batch: list[dict[str, Any]] = sqs._collect_msgs(queue, max_number, visible)
            return batch

    sqs._receive_messages_for_esm = receive


def _trim_for_ever() -> None:
    from ministack.services import cloudwatch, cloudwatch_logs, dynamodb

    dynamodb._STREAM_RETENTION_SECONDS = STREAM_SECONDS
    while True:
        time.sleep(TRIM_SECONDS)
        for group in list(cloudwatch_logs._log_groups._data.values()):
            for stream in list(group["streams"])[:-KEPT_LOG_STREAMS]:
                group["streams"].pop(stream, None)
        for points in list(cloudwatch._metrics._data.values()):
            del points[:-KEPT_DATAPOINTS]


if __name__ == "__main__":
    main()
