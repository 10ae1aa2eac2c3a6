"""The local CloudFront: pages of every board on one port, and nothing for strangers."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from generator.errors import LocalError
from generator.local.services.cloudfront import CONNECTION_ATTEMPTS, CloudFront
from tests.local.served_boards import PAGE_FILES, FakeS3, Served


def test_the_page_that_lists_boards_is_at_the_top(served: Served) -> None:
    assert served.get("/")[0] == 404
    served.cloudfront.index = {"index.html": b"<p>all", "boards.json": b"{}"}
    status, headers, body = served.get("/")
    assert (status, headers["content-type"], body) == (200, "text/html; charset=utf-8", b"<p>all")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert served.get("/boards.json")[1]["content-type"] == "application/json"
    assert served.get("/", "POST")[0] == 403
    for path in ("/addresses.json", "/nebula/index.html", "/index.html/x"):
        assert served.get(path)[0] == 404


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


def test_each_response_of_a_board_with_a_page_is_counted(served: Served) -> None:
    served.get("/nebula/weekly/")
    served.get("/nebula/weekly/", "HEAD")
    served.get("/nebula/weekly/", **{"If-None-Match": '"tag"'})
    length = len(served.get("/nebula/weekly/v1/leaderboard")[2])
    served.get("/nebula/open/none.js")
    # Of nobody's board, not from this machine, and a board whose requests are signed, before which nothing stands.
    for path, host in (("/nebula/none/", None), ("/nebula/weekly/", "evil.example"), ("/nebula/closed/v1/x", None)):
        served.get(path, host=host)
    expected = [("weekly", 200, 7), ("weekly", 200, 0), ("weekly", 304, 0), ("weekly", 200, length)]
    assert served.counted[:4] == expected
    assert [(board, status) for board, status, _ in served.counted[4:]] == [("open", 403)]


def test_a_page_says_which_sites_may_show_it_in_a_frame(served: Served) -> None:
    for name in ("", "app.js"):
        headers = served.get(f"/nebula/open/{name}")[1]
        assert headers["content-security-policy"] == "frame-ancestors 'self' https://game.example.com"
        assert "x-frame-options" not in headers
    again = served.get("/nebula/open/", **{"If-None-Match": '"tag"'})
    assert again[0] == 304
    assert "frame-ancestors" in again[1]["content-security-policy"]
    # CloudFront's function does not run for what failed, nor for the API.
    for path in ("/nebula/open/none.js", "/nebula/open/v1/leaderboard", "/nebula/weekly/", "/nebula/weekly/app.js"):
        headers = served.get(path)[1]
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert "content-security-policy" not in headers


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
    served.clock.seconds += 1
    assert served.get("/nebula/weekly/app.js")[2] == b"2"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_a_foreign_host_name_is_refused(served: Served, host: str) -> None:
    assert served.get("/", host=host)[0] == 421
    assert served.get("/nebula/weekly/v1/leaderboard", host=host)[0] == 421
    assert served.functions.events == []


def test_localhost_is_accepted_as_host(served: Served) -> None:
    assert served.get("/nebula/weekly/", host=f"localhost:{served.cloudfront.port}")[0] == 200


def test_a_port_that_is_taken_is_an_error_that_names_the_option(served: Served) -> None:
    with pytest.raises(LocalError, match=f"port {served.cloudfront.port} .*--port"):
        CloudFront(served.cloudfront.port)


@pytest.mark.parametrize(("ended", "status"), [(1, 200), (CONNECTION_ATTEMPTS - 1, 200), (CONNECTION_ATTEMPTS, 502)])
def test_a_connection_that_had_ended_is_made_anew(
    served: Served, monkeypatch: pytest.MonkeyPatch, ended: int, status: int
) -> None:
    """The embedded AWS ends connections that it is too busy for: a reader is not told of the first."""
    get, calls = FakeS3.get_object, []

    def get_at_last(self: FakeS3, **request: str) -> Any:
        calls.append(request)
        if len(calls) <= ended:
            raise ConnectionClosedError(endpoint_url="http://127.0.0.1")
        return get(self, **request)

    monkeypatch.setattr(FakeS3, "get_object", get_at_last)
    assert served.get("/nebula/weekly/app.js")[0] == status
