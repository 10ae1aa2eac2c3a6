"""The local CloudFront: pages and APIs of every board on one port, and nothing for strangers."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generator.errors import LocalError
from generator.local.deploy.api_access import ApiAccess, Cors
from generator.local.deploy.deployment import Deployment, Page
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl, read_response

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
    "open": (Page("dashboard/", "index.html"), CROSS_ORIGIN),
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
class Served:
    """The BOARDS that are served."""

    cloudfront: CloudFront
    functions: FakeLambda
    warnings: list[str]

    def get(self, path: str, method: str = "GET", host: str | None = None, **headers: str) -> Reply:
        """Request a path. Returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.cloudfront.port, timeout=5)
        try:
            connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.cloudfront.port}", **headers})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture
def served() -> Iterator[Served]:
    """The boards."""
    functions, warnings = FakeLambda(), list[str]()
    cloudfront = CloudFront()
    cloudfront.serve(FakeS3())
    for name, (page, access) in BOARDS.items():
        deployment = Deployment("a", "b", "c", "d", "bucket", {"api": "api"}, "p", "m", None, page, access)  # type: ignore[arg-type]
        api = ApiCache(FunctionUrl(functions, "api", warnings.append, access.cors), access)
        cloudfront.add_site(Site("nebula", name, f"<{name}>", deployment, api))
    yield Served(cloudfront, functions, warnings)
    cloudfront.stop()


def test_the_index_lists_the_boards_and_escapes_their_titles(served: Served) -> None:
    status, headers, body = served.get("/")
    assert status == 200
    assert b'<a href="/nebula/weekly/">&lt;weekly&gt;</a>' in body
    assert b'<a href="/nebula/closed/v1/leaderboard">' in body
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_page_comes_from_the_bucket(served: Served) -> None:
    assert served.get("/nebula/weekly/")[2] == b"<p>page"
    status, headers, body = served.get("/nebula/weekly/app.js")
    assert (status, headers["content-type"], headers["cache-control"], body) == (
        200,
        "text/javascript",
        "max-age=60",
        b"1",
    )
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, body = served.get("/nebula/weekly")
    assert (status, headers["location"]) == (301, "/nebula/weekly/")
    assert served.get("/nebula/weekly/", "HEAD")[::2] == (200, b"")
    assert served.get("/nebula/weekly?x=1")[1]["location"] == "/nebula/weekly/?x=1"
    # A bucket decodes a path, and gets no query string.
    for name in ("app%2Ejs", "%61pp.js", "app.js?v=2"):
        assert served.get(f"/nebula/weekly/{name}")[2] == b"1"


@pytest.mark.parametrize(
    "name",
    ["none.js", "../snapshots/x", "..%2fsnapshots/x", "%2e%2e/snapshots/x", "v1", "V1/x", "%00", "app.js/"],
)
def test_a_file_that_does_not_exist_is_forbidden_as_by_a_bucket_that_may_not_be_listed(
    served: Served, name: str
) -> None:
    assert served.get(f"/nebula/weekly/{name}")[0] == 403


@pytest.mark.parametrize("path", ["/nebula/other/", "/nebula/", "/x", "/nebula/closed/", "/quasar/weekly/"])
def test_a_path_that_does_not_exist_is_a_404(served: Served, path: str) -> None:
    assert served.get(path)[0] == 404


def test_a_file_of_a_page_is_kept_for_a_second_and_then_read_anew(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served.get("/nebula/weekly/app.js")[2] == b"1"
    monkeypatch.setitem(PAGE_FILES, "dashboard/app.js", ("text/javascript", b"2"))
    assert served.get("/nebula/weekly/app.js")[2] == b"1"
    assert served.get("/nebula/open/app.js")[2] == b"2"
    monkeypatch.setattr("generator.local.services.cloudfront.time.monotonic", lambda: time.perf_counter() + 1e6)
    assert served.get("/nebula/weekly/app.js")[2] == b"2"


def test_the_api_gets_the_events_that_cloudfront_would_send(served: Served) -> None:
    status, headers, body = served.get(
        "/nebula/weekly/v1/players/a~b@c?window=week&ids=a%2Cb&ids=c&empty=", Cookie="x=y", Authorization="secret"
    )
    assert status == 200
    assert "set-cookie" not in headers
    assert json.loads(body) == {
        "path": "/v1/players/a~b@c",
        "query": {"window": "week", "ids": "a,b,c", "empty": ""},
    }
    [event] = served.functions.events
    assert event["version"] == "2.0"
    assert event["rawQueryString"] == "window=week&ids=a%2Cb&ids=c&empty="
    assert event["requestContext"]["http"]["method"] == "GET"
    assert not {"cookie", "authorization"} & set(event["headers"])
    assert "cookies" not in event


def test_a_client_with_the_current_copy_gets_a_304(served: Served) -> None:
    for held in ('W/"1"', '"1"', '"0", W/"1"', "*"):
        status, headers, body = served.get("/nebula/weekly/v1/leaderboard", **{"If-None-Match": held})
        assert (status, headers["etag"], body) == (304, 'W/"1"', b"")
    assert served.get("/nebula/weekly/v1/leaderboard", **{"If-None-Match": '"0"'})[0] == 200
    assert served.get("/nebula/weekly/app.js", **{"If-None-Match": '"tag"'})[0] == 304


def test_a_response_is_shared_for_a_moment_and_then_revalidated(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(30) as pool:
        replies = list(pool.map(lambda _: served.get("/nebula/weekly/v1/leaderboard"), range(30)))
    assert {status for status, _, _ in replies} == {200}
    assert len(served.functions.events) == 1
    monkeypatch.setattr("generator.local.services.api_cache.CACHE_SECONDS", 0)
    served.get("/nebula/weekly/v1/leaderboard?offset=1")
    # The function answers that nothing changed: the body is the kept one, the headers are new.
    status, headers, body = served.get("/nebula/weekly/v1/leaderboard?offset=1")
    assert served.functions.events[-1]["headers"]["if-none-match"] == 'W/"1"'
    assert (status, headers["as-of"], json.loads(body)["path"]) == (200, "later", "/v1/leaderboard")


def test_a_response_that_may_not_be_kept_is_fetched_each_time(served: Served) -> None:
    served.functions.cache = "no-store"
    for _ in range(3):
        assert served.get("/nebula/weekly/v1/health")[0] == 200
    assert len(served.functions.events) == 3


def test_many_readers_run_few_invocations(served: Served) -> None:
    with ThreadPoolExecutor(24) as pool:
        replies = list(pool.map(lambda n: served.get(f"/nebula/weekly/v1/leaderboard?offset={n}"), range(24)))
    assert {status for status, _, _ in replies} == {200}
    assert served.functions.most_running <= 4


def test_errors_of_the_api_pass_and_a_failing_function_is_a_502_and_a_warning(served: Served) -> None:
    served.functions.status = 404
    assert served.get("/nebula/weekly/v1/players/x")[0] == 404
    served.functions.fails = True
    assert served.get("/nebula/weekly/v1/players/y")[0] == 502
    assert "boom" in served.warnings[0]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "QUERY", "get", "x"])
def test_methods_that_do_not_read_are_refused(served: Served, method: str) -> None:
    assert served.get("/nebula/weekly/v1/leaderboard", method)[0] == 403
    assert served.functions.events == []


def test_every_parameter_makes_an_answer_of_its_own(served: Served) -> None:
    """So nobody gets what the API said to somebody who wrote one wrong."""
    queries = ("offset=5", "offset=5&Offset=6", "Offset=5", "offset=5&x=1", "offset=5&%6fffset=7", "x=1&offset=5")
    for _ in range(2):
        for query in queries:
            served.get(f"/nebula/weekly/v1/leaderboard?{query}")
    assert [event["rawQueryString"] for event in served.functions.events] == list(queries)


@pytest.mark.parametrize(
    ("status", "cache", "invocations"),
    [
        (400, "public, max-age=1", 1),
        (400, "no-store", 3),
        (404, "no-store", 1),
        (410, "public, max-age=1", 3),
        (429, "public, max-age=1", 3),
        (500, "no-store", 3),
    ],
)
def test_errors_are_cached_as_cloudfront_does(served: Served, status: int, cache: str, invocations: int) -> None:
    served.functions.status, served.functions.cache = status, cache
    for _ in range(3):
        assert served.get("/nebula/weekly/v1/leaderboard")[0] == status
    assert len(served.functions.events) == invocations


def test_options_reaches_only_an_api_that_other_origins_may_read(served: Served) -> None:
    assert served.get("/nebula/weekly/v1/leaderboard", "OPTIONS")[0] == 403
    assert served.get("/nebula/weekly/", "OPTIONS")[0] == 403
    assert served.functions.events == []
    assert served.get("/nebula/open/v1/leaderboard", "OPTIONS")[0] == 200
    assert [event["requestContext"]["http"]["method"] for event in served.functions.events] == ["OPTIONS"]


def test_a_preflight_is_answered_without_the_function(served: Served) -> None:
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    status, headers, _ = served.get("/nebula/open/v1/leaderboard", "OPTIONS", Origin=GAME, **asks)
    assert status == 200
    assert headers["access-control-allow-origin"] == GAME
    assert headers["access-control-allow-methods"] == "GET, HEAD"
    assert headers["access-control-allow-headers"] == "if-none-match"
    assert headers["access-control-max-age"] == "3600"
    foreign = served.get("/nebula/open/v1/leaderboard", "OPTIONS", Origin="https://evil.example", **asks)[1]
    assert not [name for name in foreign if name.startswith("access-control-")]
    assert served.functions.events == []


def test_each_origin_has_answers_of_its_own(served: Served) -> None:
    for _ in range(2):
        headers = served.get("/nebula/open/v1/leaderboard", Origin=GAME)[1]
        assert (headers["access-control-allow-origin"], headers["vary"]) == (GAME, "Origin")
        assert headers["access-control-expose-headers"] == "as-of, etag"
        assert "access-control-allow-origin" not in served.get("/nebula/open/v1/leaderboard")[1]
        evil = served.get("/nebula/open/v1/leaderboard", Origin="https://evil.example")[1]
        assert "access-control-allow-origin" not in evil
    assert served.get("/nebula/open/v1/leaderboard", "HEAD", Origin=GAME)[1]["access-control-allow-origin"] == GAME
    served.functions.events.pop()
    current = served.get("/nebula/open/v1/leaderboard", Origin=GAME, **{"If-None-Match": 'W/"1"'})
    assert (current[0], current[1]["access-control-allow-origin"]) == (304, GAME)
    assert [event["headers"].get("origin") for event in served.functions.events] == [GAME, None, "https://evil.example"]
    # Where no other origin may read, the header is not passed on and makes no new answer.
    served.functions.events.clear()
    for origin in (GAME, "https://evil.example"):
        assert "access-control-allow-origin" not in served.get("/nebula/weekly/v1/leaderboard", Origin=origin)[1]
    assert len(served.functions.events) == 1
    assert "origin" not in served.functions.events[0]["headers"]


def test_a_page_that_this_machine_serves_may_read_a_board_that_other_origins_may_read(served: Served) -> None:
    for origin in ("http://localhost:5173", "http://127.0.0.1", "https://localhost:1", "http://[::1]:8080"):
        headers = served.get("/nebula/open/v1/leaderboard", Origin=origin)[1]
        assert headers["access-control-allow-origin"] == origin
        assert "access-control-allow-origin" not in served.get("/nebula/weekly/v1/leaderboard", Origin=origin)[1]
    for origin in ("http://localhost.evil.example", "http://evil.example:127.0.0.1", "null", "http://localhost:1/"):
        assert "access-control-allow-origin" not in served.get("/nebula/open/v1/leaderboard", Origin=origin)[1]


def test_an_error_of_the_api_can_be_read_by_the_page_of_another_origin(served: Served) -> None:
    for status in (400, 404, 410):
        served.functions.status = status
        answer = served.get(f"/nebula/open/v1/players/{status}", Origin=GAME)
        assert (answer[0], answer[1]["access-control-allow-origin"]) == (status, GAME)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_a_foreign_host_name_is_refused(served: Served, host: str) -> None:
    assert served.get("/", host=host)[0] == 421
    assert served.get("/nebula/weekly/v1/leaderboard", host=host)[0] == 421
    assert served.functions.events == []


def test_localhost_is_accepted_as_host(served: Served) -> None:
    assert served.get("/", host=f"localhost:{served.cloudfront.port}")[0] == 200


def test_a_port_that_is_taken_is_an_error_that_names_the_option(served: Served) -> None:
    with pytest.raises(LocalError, match=f"port {served.cloudfront.port} .*--port"):
        CloudFront(served.cloudfront.port)


def test_the_result_of_a_function_becomes_a_response() -> None:
    assert read_response({"hello": 1}).body == b'{"hello": 1}'
    assert read_response({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}).body == b"hi"
    assert read_response({"statusCode": 304}).body == b""
    with pytest.raises(ValueError, match="x"):
        read_response({"statusCode": "x"})
