"""The local CloudFront and pages of other origins: who may read what, and who asks first."""

from __future__ import annotations

from tests.local.served_boards import GAME, Served


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
