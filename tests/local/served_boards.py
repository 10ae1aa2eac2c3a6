"""Boards that the local CloudFront serves: their pages and answers are made up."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError

from generator.local.deploy.api_access import ApiAccess, Cors
from generator.local.deploy.deployment import Page
from generator.local.services.cloudfront import CloudFront

GAME = "https://game.example.com"
CORS = Cors(frozenset([GAME]), ("GET", "HEAD"), ("if-none-match",), ("as-of", "etag"), 3600)
PUBLIC = ApiAccess(
    methods=frozenset(("GET", "HEAD")),
    error_seconds={400: 1, 404: 1, 500: 0, 502: 0},
)
CROSS_ORIGIN = replace(
    PUBLIC,
    methods=PUBLIC.methods | {"OPTIONS"},
    cached_methods=PUBLIC.methods | {"OPTIONS"},
    headers=("access-control-request-headers", "access-control-request-method", "origin"),
    default_seconds=300,
    cors=CORS,
)
BOARDS = {
    "weekly": (Page("dashboard/", "index.html"), PUBLIC),
    "open": (Page("dashboard/", "index.html", f"frame-ancestors 'self' {GAME}"), CROSS_ORIGIN),
    "closed": (None, ApiAccess()),
}
"""The boards that are served: their page, and how requests reach their API."""
PAGE_FILES = {"dashboard/index.html": ("text/html", b"<p>page"), "dashboard/app.js": ("text/javascript", b"1")}
Reply = tuple[int, dict[str, str], bytes]


class FakeS3:
    """A boto3 client for S3 with one bucket, which holds PAGE_FILES."""

    def get_object(self, Bucket: str, Key: str) -> Any:  # noqa: N803
        """As boto3 does."""
        if Key not in PAGE_FILES:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        kind, body = PAGE_FILES[Key]
        return {"ContentType": kind, "ETag": '"tag"', "CacheControl": "max-age=60", "Body": BytesIO(body)}


@dataclass
class FakeLambda:
    """A boto3 client for Lambda with one API function, whose answer repeats the request's path and query."""

    events: list[dict[str, Any]] = field(default_factory=list)
    cache: str = "public, max-age=30"
    status: int = 200
    fails: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    running: int = 0
    most_running: int = 0

    def invoke(self, FunctionName: str, Payload: bytes, LogType: str) -> Any:  # noqa: N803
        """As boto3 does."""
        event = json.loads(Payload)
        self.events.append(event)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.gate.wait(0.05)
        self.running -= 1
        if self.fails:
            return {"FunctionError": "Unhandled", "LogResult": "", "Payload": BytesIO(b'{"errorMessage": "boom"}')}
        if event["headers"].get("if-none-match") == 'W/"1"':
            answer = {"statusCode": 304, "headers": {"ETag": 'W/"1"', "As-Of": "later", "Cache-Control": self.cache}}
        else:
            answer = {
                "statusCode": self.status,
                "headers": {"ETag": 'W/"1"', "Cache-Control": self.cache, "Set-Cookie": "a=b"},
                "body": json.dumps({"path": event["rawPath"], "query": event.get("queryStringParameters")}),
                "cookies": ["c=d"],
            }
        return {"Payload": BytesIO(json.dumps(answer).encode())}


@dataclass
class StandingClock:
    """What CloudFront has of the module `time`: a clock that goes on only where a test lets it."""

    seconds: float = 1000.0

    def monotonic(self) -> float:
        """As `time.monotonic` does."""
        return self.seconds


@dataclass
class Served:
    """The BOARDS that are served. By the `clock`, what is kept for a second stays new for as long as a test takes."""

    cloudfront: CloudFront
    functions: FakeLambda
    warnings: list[str]
    clock: StandingClock
    counted: list[tuple[str, int, int]] = field(default_factory=list)
    """Each response that was counted: board, status, bytes."""

    def get(self, path: str, method: str = "GET", host: str | None = None, **headers: str) -> Reply:
        """Request a path. Returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.cloudfront.port, timeout=60)
        try:
            connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.cloudfront.port}", **headers})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()
