"""The handler of the API: requests of a function URL in, answers with what caches need out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime import api, config, logs
from runtime.dynamodb.decisions import DecisionStore
from runtime.queries import PARAMETERS
from runtime.s3.rank_files import ROOT
from tests.runtime.boards import BOARD, NOW, item
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import Call


def request(path: str, query: str = "", method: str = "GET", headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Make the event of a request to a function URL (payload format 2.0)."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers or {},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default"},
        "isBase64Encoded": False,
    }


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(BOARD)
    world.play("ann", "ann", "b~o.b:1@x")
    world.rebuild()
    monkeypatch.setattr(config, "load_board", lambda: BOARD)
    monkeypatch.setattr(api, "_api", lambda: world.api)
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    return world


def ask(*args: Any, **kwargs: Any) -> tuple[int, dict[str, str], Any]:
    answer = api.handler(request(*args, **kwargs), CONTEXT)
    return answer["statusCode"], answer["headers"], json.loads(answer["body"]) if answer.get("body") else None


@pytest.mark.usefixtures("world")
def test_the_api_answers_with_json_and_what_caches_need() -> None:
    status, headers, body = ask("/v1/leaderboard", "limit=1")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert headers["Cache-Control"] == "public, max-age=30"
    assert headers["As-Of"] == body["as_of"] == "2026-11-24T00:00:00.000Z"
    assert [(entry["player_id"], entry["score"]) for entry in body["entries"]] == [("ann", 20)]
    assert ask("/v1/leaderboard", headers={"if-none-match": headers["ETag"]})[0] == 304
    assert ask("/v1/leaderboard", method="HEAD")[0] == 200


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("written", ["b~o.b:1@x", "b~o.b%3A1%40x", "b~o.b%3a1@x", "%62%7Eo.b:1@x"])
def test_an_id_may_stand_in_a_path_as_it_is_or_encoded(written: str) -> None:
    status, _, body = ask(f"/v1/players/{written}")
    assert (status, body["entry"]["player_id"], body["entry"]["rank"]) == (200, "b~o.b:1@x", 2)
    status, _, body = ask(f"/v1/players/{written}/neighbours", "span=1")
    assert [entry["player_id"] for entry in body["entries"]] == ["ann", "b~o.b:1@x"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("written", ["b~o.b%253A1@x", "b~o.b%3A1%40x%00", "ann%2Fneighbours", "ann%", "ann%zz", "%ff"])
def test_an_id_is_decoded_once_and_then_judged(written: str) -> None:
    assert ask(f"/v1/players/{written}")[0] == 400


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/leaderboard", "window=2001-01-01"),
        ("/v1/leaderboard", "window=day"),
        ("/v1/leaderboard", "window=all_time:previous"),
        ("/v1/players/nobody", ""),
        ("/v1/players/nobody/neighbours", "as_of=2026-11-24T00:00:00Z"),
        ("/v1/players", "ids=ann&window=2001-01-01"),
    ],
)
def test_what_was_looked_for_in_a_snapshot_says_in_which(path: str, query: str) -> None:
    status, headers, _ = ask(path, query)
    assert (status, headers["As-Of"], "ETag" in headers) == (404, "2026-11-24T00:00:00.000Z", False)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("query", ["window=UPPER", "limit=0", "as_of=x", "x=1", "as_of=2001-01-01T00:00:00Z"])
def test_what_was_not_looked_for_names_no_snapshot(query: str) -> None:
    status, headers, _ = ask("/v1/leaderboard", query)
    assert (status in (400, 410), "As-Of" in headers) == (True, False)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("query", ["limit", "limit=", "limit=&window=", "&&", "&", "as_of=&"])
def test_a_parameter_without_a_value_is_as_good_as_left_out(query: str) -> None:
    assert ask("/v1/leaderboard", query) == ask("/v1/leaderboard")


TAKEN = "window, as_of, offset, limit, player, segment"
UNKNOWN = {
    (
        "/v1/leaderboard",
        "Limit=1",
    ): f'"Limit" is no parameter of /v1/leaderboard, which takes {TAKEN}. Did you mean "limit"?',
    ("/v1/leaderboard", "window=week&LIMIT"): 'Did you mean "limit"?',
    (
        "/v1/leaderboard",
        "%6cimit=1",
    ): f'"%6cimit" is no parameter of /v1/leaderboard, which takes {TAKEN}. Did you mean "limit"?',
    (
        "/v1/leaderboard",
        "limit%20=1",
    ): f'"limit%20" is no parameter of /v1/leaderboard, which takes {TAKEN}. Did you mean "limit"?',
    ("/v1/leaderboard", "asOf=x"): 'Did you mean "as_of"?',
    ("/v1/leaderboard", "as-of=x"): 'Did you mean "as_of"?',
    ("/v1/leaderboard", "ofset=1"): 'Did you mean "offset"?',
    (
        "/v1/leaderboard",
        "ids=ann",
    ): f'"ids" is no parameter of /v1/leaderboard, which takes {TAKEN}',
    ("/v1/leaderboard", "=1"): '"" is no parameter of /v1/leaderboard',
    ("/v1/leaderboard", "?limit=1"): 'Did you mean "limit"?',
    ("/v1/leaderboard", "_=1795000000"): '"_" is no parameter of /v1/leaderboard',
    ("/v1/players", "ids[]=ann"): '"ids%5B%5D" is no parameter of /v1/players, which takes ids, span, window, as_of, '
    'name, limit, segment. Did you mean "ids"?',
    ("/v1/players/ann", "span=1"): '"span" is no parameter of /v1/players/{player_id}, which takes window, as_of',
    ("/v1/players/ann/neighbours", "limit=1"): '"limit" is no parameter of /v1/players/{player_id}/neighbours, which',
    ("/v1/windows", "window=week"): '"window" is no parameter of /v1/windows, which takes none',
    ("/v1/health", "now=1"): '"now" is no parameter of /v1/health, which takes none',
    ("/v1/leaderboard", "<script>\x1b[31m\u202e=1"): '"%3Cscript%3E%1B%5B31m%E2%80%AE" is no parameter of',
    ("/v1/leaderboard", "x" * 500): f'"{"x" * 40}" is no parameter of',
    ("/v1/leaderboard", "\ud800"): '"%3F" is no parameter of',
}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("asked", "detail"), UNKNOWN.items(), ids=lambda value: ascii(value)[:40])
def test_a_parameter_that_the_path_lacks_is_refused_by_name(asked: tuple[str, str], detail: str) -> None:
    status, headers, body = ask(*asked)
    assert (status, headers["Cache-Control"]) == (400, "no-store")
    assert detail in body["detail"]
    # Where nothing that the path takes is alike, nothing is guessed.
    assert ("Did you mean" in body["detail"]) == ("Did you mean" in detail)


ODD_QUERIES = st.lists(
    st.sampled_from(["window", "as_of", "limit", "span", "ids", "name", "Window", "%77indow", "x", "", "limit "])
    .flatmap(lambda name: st.sampled_from(["", "=", "=1", "=week", "=%31", "=ann", "=a;limit=2", "=%ff", "=+", "=\x00"])
    .map(lambda value: name + value)),
    max_size=5,
).map("&".join)  # fmt: skip


@given(
    ODD_QUERIES | st.text(max_size=30),
    st.sampled_from([("/v1/leaderboard",) * 2, ("/v1/players",) * 2, ("/v1/windows",) * 2,
                     ("/v1/players/ann/neighbours", "/v1/players/{player_id}/neighbours")]),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_makes_the_api_fail_or_is_half_understood(world: World, query: str, path: tuple[str, str]) -> None:
    status, headers, body = ask(path[0], query)
    assert status in (200, 400, 404), body
    names = [part.partition("=")[0] for part in query.split("&") if part]
    if set(names) - set(PARAMETERS[path[1]]) or len(set(names)) < len(names):
        assert (status, headers["Cache-Control"]) == (400, "no-store")
        assert body["detail"].isascii()
        assert body["detail"].isprintable()


@given(st.text(max_size=30) | st.sampled_from(["%", "%2", "%2F", "%00", "%C3%28", "a%20b", "ann%0a", "%61nn"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_makes_the_api_fail(world: World, written: str) -> None:
    for path in (f"/v1/players/{written}", f"/v1/players/{written}/neighbours", f"/{written}"):
        assert ask(path)[0] in (200, 400, 404), path


@pytest.mark.usefixtures("world")
def test_values_are_decoded_and_a_delimiter_stays_in_its_value() -> None:
    assert len(ask("/v1/leaderboard", "limit=%31")[2]["entries"]) == 1
    assert ask("/v1/players", "ids=ann%2Cb~o.b:1%40x")[2] == ask("/v1/players", "ids=ann,b~o.b%3A1@x")[2]
    assert ask("/v1/leaderboard", "limit=1;x=2")[0] == 400


@pytest.mark.usefixtures("world")
def test_ids_may_stand_several_times_and_no_cache_keeps_what_is_answered() -> None:
    status, headers, body = ask("/v1/players", "ids=ann&ids=b~o.b:1%40x,ann&ids=nobody&ids=")
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert body == ask("/v1/players", "ids=ann,b~o.b:1@x,nobody")[2]
    assert len(body["entries"]) == 2
    assert ask("/v1/players", "ids=ann,b~o.b:1@x")[1]["Cache-Control"] != "no-store"
    for query, problem in (("ids=ann&ids=-", 400), ("ids=ann&ids=b&window=no-such", 404), ("ids=&ids=", 400)):
        status, headers, _ = ask("/v1/players", query)
        assert (status, headers["Cache-Control"]) == (problem, "no-store"), query
    assert ask("/v1/players", "&".join(f"ids=p{number}" for number in range(51)))[0] == 400


@pytest.mark.usefixtures("world")
def test_a_mistake_is_cached_for_a_second_but_never_where_the_key_may_be_of_a_good_request() -> None:
    assert ask("/v1/leaderboard", "limit=0")[1]["Cache-Control"] == "public, max-age=1"
    status, headers, body = ask("/v1/leaderboard", "limit=1&limit=0")
    assert (status, headers["Cache-Control"], body["detail"]) == (400, "no-store", "limit is given twice")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("path", "query", "method", "status"),
    [
        ("/v1/players/nobody", "", "GET", 404),
        ("/v1/players/-", "", "GET", 400),
        ("/v1/leaderboard", "limit=x", "GET", 400),
        ("/v1/leaderboard", "window=2026-W01", "GET", 404),
        ("/v1/", "", "GET", 404),
        ("/v1/leaderboard", "", "POST", 405),
        ("/v1/players", "", "GET", 400),
    ],
)
def test_errors_are_problem_documents(path: str, query: str, method: str, status: int) -> None:
    found, headers, body = ask(path, query, method)
    assert (found, body["status"], body["type"]) == (status, status, "about:blank")
    assert headers["Content-Type"] == "application/problem+json"
    assert body["detail"]
    assert headers.get("Allow") == ("GET, HEAD" if status == 405 else None)


def test_a_name_is_searched_as_it_was_typed_and_no_log_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched = replace(BOARD, search_names=True)
    world = World(searched)
    world.put(item("ann", name="Ünï & <b>\u202e100%+"))
    world.rebuild()
    monkeypatch.setattr(config, "load_board", lambda: searched)
    monkeypatch.setattr(api, "_api", lambda: world.api)
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    for query in ("name=%C3%9Cn%C3%AF+%26+%3Cb%3E%E2%80%AE100%25%2B", "name=uni%20%26", "name=UNI+%26"):
        status, headers, body = ask("/v1/players", query)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=30")
        assert [entry["player_id"] for entry in body["entries"]] == ["ann"]
    for query in ("name=%E2%80%AE", "name=%00%1b", "name=" + "a" * 65, "name=a&name=b", "name=a&ids=ann"):
        assert ask("/v1/players", query)[0] == 400, query
    for query in ("name=%ff", "name=%F0%9F", "name=%00a%1b%5B31m", "name=%ED%A0%80", "name=uni%27%22%3B--"):
        assert ask("/v1/players", query)[2]["entries"] == [], query
    world.aws.intercept = fail_to_answer
    log = StringIO()
    ((own,), handler) = logs.logger.handlers, logging.StreamHandler(log)
    handler.setFormatter(own.formatter)
    monkeypatch.setattr(logs.logger._logger, "handlers", [handler])
    assert ask("/v1/players", "name=Topsecret")[0] == 500
    logged = log.getvalue()
    assert "the API could not answer" in logged
    assert "opsecret" not in logged


def fail_to_answer(*_: Any) -> None:
    raise RuntimeError("no bucket")


@pytest.mark.parametrize(("query", "status"), [("", 200), ("as_of=2026-11-24T00:00:00Z", 410)])
def test_an_erasure_deletes_files_of_a_snapshot_that_an_answer_is_made_of(
    world: World, query: str, status: int
) -> None:
    """They go as soon as another one is the newest: also where an answer has begun before."""

    def erase(call: Call, carry_out: Callable[[], Any]) -> Any:
        if call.request.get("Key", "").startswith(ROOT):
            world.aws.intercept = world.aws.call_hooks
            old = world.bucket.list_keys(ROOT)
            DecisionStore(world.table).begin_erasing("ann", NOW, NOW)
            assert world.rebuild(NOW + 1).published
            world.bucket.delete(old)
        return carry_out()

    world.aws.intercept = erase
    given, _, body = ask("/v1/leaderboard", query)
    assert given == status
    assert [entry["player_id"] for entry in body.get("entries", [])] == ["b~o.b:1@x"] * (status == 200)


def test_a_failure_tells_a_stranger_nothing(world: World) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret bucket name")

    world.aws.intercept = fail
    status, headers, body = ask("/v1/leaderboard")
    assert (status, headers["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in json.dumps(body)
