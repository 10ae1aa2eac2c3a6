"""Whatever a path or a query holds, the API answers about what it names, or says 400 or 404."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzzing import api_server
from tests.fuzzing.api_server import PLAYERS, Served
from tests.fuzzing.odd_paths import NEWEST, ODD_PATHS, ODD_QUERIES, TAILS, decode, encodings, quote_all, written
from tests.fuzzing.raw_http import request
from tests.support.effort import examples

ROUTES = (
    "/v1/leaderboard",
    "/v1/players",
    "/v1/windows",
    "/v1/health",
    "/v1/players/ann",
    "/v1/players/Eve/neighbours",
)
REFUSALS = (400, 404, 410)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with api_server.serve() as served:
        yield served
        assert served.warnings == []


@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player[:20])
def test_each_player_is_found_however_the_id_is_written(served: Served, player: str) -> None:
    for form in (player, written(player), quote_all(player), quote_all(player).lower()):
        for path in (f"/v1/players/{form}", f"/v1/players/{form}/neighbours"):
            status, headers, body = request(served.url, f"/nebula/weekly-kills{path}")
            assert status == 200, (path, body)
            answer = json.loads(body)
            assert player in [each["player_id"] for each in answer.get("entries") or [answer["entry"]]]
            assert headers["as-of"] == answer["as_of"]
        status, answer = served.call("/v1/players", f"ids={form}")
        assert [each["player_id"] for each in answer["entries"]] == [player]
    twice = quote_all(quote_all(player))
    for path in (f"/v1/players/{twice}", f"/v1/players/{twice}/neighbours", f"/v1/players?ids={twice}"):
        assert request(served.url, f"/nebula/weekly-kills{path}")[0] == 400


@examples(150)
@given(player=st.sampled_from(PLAYERS), tail=st.sampled_from(TAILS) | st.text(max_size=6), data=st.data())
def test_an_answer_is_about_the_player_whose_id_the_path_is(
    served: Served, player: str, tail: str, data: st.DataObject
) -> None:
    path = f"/v1/players/{data.draw(encodings(player))}{tail}"
    segments = path.split("/")[3:]
    meant = decode(segments[0])
    for _ in range(2):
        status, body = served.call(path)
        if status == 200:
            assert segments[1:] in ([], ["neighbours"]), path
            found = [each["player_id"] for each in body.get("entries") or [body["entry"]]]
            assert (meant in found) if segments[1:] else found == [meant]
        else:
            assert status in REFUSALS, (path, body)
            assert not (meant in PLAYERS and segments[1:] in ([], ["neighbours"])), path


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: path[:30])
def test_what_is_no_route_is_not_found(served: Served, path: str) -> None:
    assert served.call(path)[0] in (*REFUSALS, 200)
    sent = request(served.url, f"/nebula/weekly-kills{path}")[0]
    if path.startswith(("/v1/players/neighbours/", "/v1/players/players/")):
        assert sent == 200
    else:
        # CloudFront takes no longer URL.
        assert sent in ((413,) if len(path) > 8192 else (400, 404)), path
    assert request(served.url, path)[0] in (400, 404, 413)


@examples(60)
@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from(ROUTES) | st.sampled_from(PLAYERS[:5]).map(lambda player: f"/v1/players/{written(player)}"),
            st.lists(st.sampled_from(ODD_QUERIES), max_size=2).map("&".join),
        ),
        min_size=1,
        max_size=8,
    )
)
@example(asked=[(f"/v1/players/{player}", "window=hour") for player in PLAYERS])
@example(asked=[(f"/v1/players/{player}/neighbours", "span=1") for player in PLAYERS])
@example(asked=[("/v1/leaderboard", query) for query in ODD_QUERIES])
@example(asked=[("/v1/players", query) for query in ODD_QUERIES])
@example(asked=[("/v1/players/ann/neighbours", query) for query in ODD_QUERIES])
def test_a_cached_answer_is_the_one_to_the_same_question(served: Served, asked: list[tuple[str, str]]) -> None:
    for path, odd in asked:
        query = odd.replace(NEWEST, served.as_of)
        expected = served.call(path, query)
        status, headers, body = request(served.url, f"/nebula/weekly-kills{path}?{query}".replace(" ", "%20"))
        assert (status, json.loads(body)) == expected, (path, query)
        assert status in (200, *REFUSALS), (path, query)
        head_status, head_headers, nothing = request(served.url, f"/nebula/weekly-kills{path}?{query}", "HEAD")
        assert (head_status, nothing) == (status, b"")
        compared = ("content-type", "content-length", "etag", "as-of", "cache-control")
        assert [head_headers.get(name) for name in compared] == [headers.get(name) for name in compared]
