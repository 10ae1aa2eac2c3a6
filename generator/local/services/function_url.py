"""The API function as an origin: requests become function-URL events, answers are kept for a moment.

CloudFront keeps an answer as long as its Cache-Control says and asks once for many readers. Here it is kept for a
second at most, because the rebuilds of local mode come every two seconds.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from generator.aws.invoke import invoke
from generator.errors import FunctionError

KEPT_SECONDS = 1.0
PARALLEL = 4
"""Requests that one board's function runs at once: each is a process here."""

KEPT_ANSWERS = 1000

_DROPPED = {"connection", "content-length", "date", "keep-alive", "server", "set-cookie", "transfer-encoding"}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. The names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class _Kept:
    """What is known of one request. Its lock is held while the function is asked, so that others wait for that."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Answer | None = None
    until: float = 0.0
    shared: bool = True
    """Whether others may have the answer; the API says otherwise of its health."""


class ApiOrigin:
    """One board's API function."""

    def __init__(self, functions: Any, name: str, on_trouble: Callable[[str], None]) -> None:
        """`functions`: a boto3 client of Lambda. `on_trouble` is told of each failure in words for a person."""
        self._functions = functions
        self._name = name
        self._on_trouble = on_trouble
        self._free = threading.BoundedSemaphore(PARALLEL)
        self._kept: dict[tuple[str, str, str], _Kept] = {}
        self._lock = threading.Lock()

    def fetch(self, method: str, path: str, query: str) -> Answer:
        """The function's answer, or one that is under a second old. 502 when the function fails."""
        with self._lock:
            if len(self._kept) >= KEPT_ANSWERS:
                self._kept.clear()
            kept = self._kept.setdefault((method, path, query), _Kept())
        if not kept.shared:
            return self._ask(method, path, query, None)
        with kept.lock:
            if kept.answer is None or time.monotonic() >= kept.until:
                answer = self._ask(method, path, query, kept.answer)
                kept.answer, seconds = answer, _seconds(answer)
                kept.shared = seconds > 0
                kept.until = time.monotonic() + min(KEPT_SECONDS, seconds)
            return kept.answer

    def _ask(self, method: str, path: str, query: str, old: Answer | None) -> Answer:
        tag = old.headers.get("etag") if old and old.status == HTTPStatus.OK else None
        try:
            with self._free:
                result = invoke(self._functions, self._name, event(method, path, query, tag))
            answer = as_answer(result)
        except (FunctionError, ValueError, TypeError, AttributeError) as error:
            self._on_trouble(str(error))
            return Answer(HTTPStatus.BAD_GATEWAY, {"content-type": "text/plain"}, b"the API function failed\n")
        if old and answer.status == HTTPStatus.NOT_MODIFIED:
            return Answer(old.status, {**old.headers, **answer.headers}, old.body)
        return answer


def event(method: str, path: str, query: str, if_none_match: str | None) -> dict[str, Any]:
    """The event of a function URL, payload format 2.0, for a request that CloudFront passes on (Lambda developer
    guide, "Invoking Lambda function URLs"). None of the reader's headers and cookies are in it."""
    now = datetime.now(UTC)
    host = "local.lambda-url.on.aws"
    headers = {"host": host, "user-agent": "Amazon CloudFront", "x-forwarded-proto": "https"}
    if if_none_match:
        headers["if-none-match"] = if_none_match
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        **({"queryStringParameters": parameters} if parameters else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": headers["user-agent"],
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }


def as_answer(result: Any) -> Answer:
    """The HTTP answer that a function URL makes of what the function returns. Raises ValueError, TypeError or
    AttributeError where it is no such thing."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return Answer(HTTPStatus.OK, {"content-type": "application/json"}, json.dumps(result).encode())
    headers = {
        str(name).lower(): str(value)
        for name, value in (result.get("headers") or {}).items()
        if str(name).lower() not in _DROPPED
    }
    headers.setdefault("content-type", "application/json")
    body = result.get("body") or ""
    return Answer(
        int(result["statusCode"]), headers, base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    )


def _seconds(answer: Answer) -> float:
    """How long it may be kept, by its Cache-Control."""
    directives = [one.strip().lower() for one in answer.headers.get("cache-control", "").split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0
    ages = [one.partition("=")[2] for one in directives if one.startswith("max-age=")]
    return float(ages[0]) if ages and ages[0].isdigit() else 0
