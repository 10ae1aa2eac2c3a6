"""The local CloudFront before the boards' APIs: what reaches a function, and what a cache answers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.local.services.function_url import read_response
from tests.local.served_boards import Served


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


def test_a_response_is_shared_for_a_moment_and_then_revalidated(served: Served) -> None:
    with ThreadPoolExecutor(30) as pool:
        replies = list(pool.map(lambda _: served.get("/nebula/weekly/v1/leaderboard"), range(30)))
    assert {status for status, _, _ in replies} == {200}
    assert len(served.functions.events) == 1
    served.get("/nebula/weekly/v1/leaderboard?offset=1")
    served.clock.seconds += 1
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


def test_the_result_of_a_function_becomes_a_response() -> None:
    assert read_response({"hello": 1}).body == b'{"hello": 1}'
    assert read_response({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}).body == b"hi"
    assert read_response({"statusCode": 304}).body == b""
    with pytest.raises(ValueError, match="x"):
        read_response({"statusCode": "x"})
