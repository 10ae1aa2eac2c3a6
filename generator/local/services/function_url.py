"""Plays the URL of the API function, with CloudFront's cache before it: turns requests into events, results into HTTP.

CloudFront keeps a response as long as its Cache-Control says and asks once for many readers. Here it is kept for a
second at most, because local mode rebuilds every two seconds.
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

CACHE_SECONDS = 1.0
"""Seconds for which a response is kept at most."""

CACHED_RESPONSES = 1000
"""Responses of one board that are kept at most."""

PARALLEL_INVOCATIONS = 4
"""Invocations of one board's function at the same time: each is a process here."""

_DROPPED_HEADERS = {"connection", "content-length", "date", "keep-alive", "server", "set-cookie", "transfer-encoding"}
"""Headers of the function that are not passed on: those of its own connection, and cookies, as in the bundle."""


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response. The names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class _CacheEntry:
    """The response to one request. Its lock is held while the function runs, so that other readers wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    response: HttpResponse | None = None
    fresh_until: float = 0.0
    """On the clock of `time.monotonic`."""
    shared: bool = True
    """Whether readers may share the response. The API forbids it for /v1/health."""


class FunctionUrl:
    """The URL of one board's API function."""

    def __init__(self, functions: Any, name: str, warn: Callable[[str], None]) -> None:
        """`functions`: a boto3 client for Lambda. `warn` is called with each failure, in words for a person."""
        self._functions = functions
        self._name = name
        self._warn = warn
        self._free = threading.BoundedSemaphore(PARALLEL_INVOCATIONS)
        self._cache: dict[tuple[str, str, str], _CacheEntry] = {}
        self._lock = threading.Lock()

    def fetch(self, method: str, path: str, query: str) -> HttpResponse:
        """The function's response, at most CACHE_SECONDS old; a 502 if the function fails."""
        with self._lock:
            if len(self._cache) >= CACHED_RESPONSES:
                self._cache.clear()
            entry = self._cache.setdefault((method, path, query), _CacheEntry())
        if not entry.shared:
            return self._invoke(method, path, query, None)
        with entry.lock:
            if entry.response is None or time.monotonic() >= entry.fresh_until:
                entry.response = self._invoke(method, path, query, entry.response)
                seconds = _max_age_seconds(entry.response)
                entry.shared = seconds > 0
                entry.fresh_until = time.monotonic() + min(CACHE_SECONDS, seconds)
            return entry.response

    def _invoke(self, method: str, path: str, query: str, old: HttpResponse | None) -> HttpResponse:
        """Run the function. If it answers that `old` is still current, return `old` with the new headers."""
        tag = old.headers.get("etag") if old and old.status == HTTPStatus.OK else None
        try:
            with self._free:
                result = invoke(self._functions, self._name, make_url_event(method, path, query, tag))
            response = read_response(result)
        except (FunctionError, ValueError, TypeError, AttributeError) as error:
            self._warn(str(error))
            return HttpResponse(HTTPStatus.BAD_GATEWAY, {"content-type": "text/plain"}, b"the API function failed\n")
        if old and response.status == HTTPStatus.NOT_MODIFIED:
            return HttpResponse(old.status, {**old.headers, **response.headers}, old.body)
        return response


def make_url_event(method: str, path: str, query: str, if_none_match: str | None) -> dict[str, Any]:
    """The event that a function URL makes of a request which CloudFront passes on, in payload format 2.0.

    It holds none of the reader's headers and cookies (Lambda developer guide, "Invoking Lambda function URLs").
    """
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


def read_response(result: Any) -> HttpResponse:
    """The HTTP response that a function URL makes of what the function returns.

    Raises ValueError, TypeError or AttributeError for a result that cannot be turned into a response.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        return HttpResponse(HTTPStatus.OK, {"content-type": "application/json"}, json.dumps(result).encode())
    headers = {
        str(name).lower(): str(value)
        for name, value in (result.get("headers") or {}).items()
        if str(name).lower() not in _DROPPED_HEADERS
    }
    headers.setdefault("content-type", "application/json")
    text = result.get("body") or ""
    body = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
    return HttpResponse(int(result["statusCode"]), headers, body)


def _max_age_seconds(response: HttpResponse) -> float:
    """Seconds for which a response may be kept, by its Cache-Control header."""
    directives = [one.strip().lower() for one in response.headers.get("cache-control", "").split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0
    ages = [one.partition("=")[2] for one in directives if one.startswith("max-age=")]
    return float(ages[0]) if ages and ages[0].isdigit() else 0
