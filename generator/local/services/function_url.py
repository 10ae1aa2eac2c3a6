"""Plays the URL of the API function: turns requests into events, results into HTTP, and answers for CORS."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from generator.aws.invoke import invoke
from generator.errors import FunctionError
from generator.local.deploy.api_access import Cors
from generator.local.services.http_server import HttpResponse

PARALLEL_INVOCATIONS = 4
"""Invocations of one board's function at the same time: each is a process here."""

_OF_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
"""Origins that a development server on this machine has."""

_DROPPED_HEADERS = {"connection", "content-length", "date", "keep-alive", "server", "set-cookie", "transfer-encoding"}
"""Headers of the function that are not passed on: those of its own connection, and cookies, as in the bundle."""


class FunctionUrl:
    """The URL of one board's API function."""

    def __init__(
        self,
        functions: Any,
        name: str,
        warn: Callable[[str], None],
        cors: Cors | None = None,
        count: Callable[[str, int, float], None] = lambda name, status, milliseconds: None,
    ) -> None:
        """`functions`: a boto3 client for Lambda. `warn` is called with each failure, in words for a person, and
        `count` with each request: the function, the status and how long it took."""
        self._functions = functions
        self._name = name
        self._warn = warn
        self._cors = cors
        self._count = count
        self._free = threading.BoundedSemaphore(PARALLEL_INVOCATIONS)

    def respond(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse:
        """The response to a request; a 502 if the function fails. `headers`: names in lower case."""
        began = time.monotonic()
        response = self._respond(method, path, query, headers)
        self._count(self._name, response.status, (time.monotonic() - began) * 1000)
        return response

    def _respond(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse:
        if self._cors and method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers:
            return HttpResponse(HTTPStatus.OK, _allow(self._cors, headers, preflight=True), b"")
        response = self._invoke(method, path, query, headers)
        if self._cors is None:
            return response
        return replace(response, headers={**response.headers, **_allow(self._cors, headers, preflight=False)})

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no invocation begin or be under way within the `with`. Requests wait until its end."""
        for _ in range(PARALLEL_INVOCATIONS):
            self._free.acquire()
        try:
            yield
        finally:
            for _ in range(PARALLEL_INVOCATIONS):
                self._free.release()

    def _invoke(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse:
        """Run the function."""
        try:
            with self._free:
                result = invoke(self._functions, self._name, make_url_event(method, path, query, headers))
            return read_response(result)
        except (FunctionError, ValueError, TypeError, AttributeError) as error:
            self._warn(str(error))
            return HttpResponse(HTTPStatus.BAD_GATEWAY, {"content-type": "text/plain"}, b"the API function failed\n")


def _allow(cors: Cors, headers: Mapping[str, str], *, preflight: bool) -> dict[str, str]:
    """The headers by which a function URL lets the page of another origin read its answer; none for other origins.

    (Lambda developer guide, "Creating and managing Lambda function URLs": CORS.) Here, pages that this machine serves
    may read it too: what is to be published as one of the origins is being developed on such a page.
    """
    origin = headers.get("origin", "")
    if origin not in cors.origins and "*" not in cors.origins and not _OF_THIS_MACHINE.fullmatch(origin):
        return {}
    allowed = {"access-control-allow-origin": origin, "vary": "Origin"}
    if not preflight:
        return {**allowed, "access-control-expose-headers": ", ".join(cors.exposed)}
    return {
        **allowed,
        "access-control-allow-methods": ", ".join(cors.methods),
        "access-control-allow-headers": ", ".join(cors.headers),
        "access-control-max-age": str(cors.max_age),
    }


def make_url_event(method: str, path: str, query: str, passed: Mapping[str, str]) -> dict[str, Any]:
    """The event that a function URL makes of a request which CloudFront passes on, in payload format 2.0.

    It holds no other headers of the reader than `passed`, and no cookies (Lambda developer guide, "Invoking Lambda
    function URLs").
    """
    now = datetime.now(UTC)
    host = "local.lambda-url.on.aws"
    headers = {"host": host, "user-agent": "Amazon CloudFront", "x-forwarded-proto": "https", **passed}
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
