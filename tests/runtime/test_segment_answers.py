"""`segment=` and /v1/segments: what readers get, what is refused and how, and what becomes of sealed windows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from runtime import api, config
from runtime.config import BoardConfig, Segment, Ties, WindowKind
from runtime.s3.ranks import sizes
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import MINUTE, seal
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT

COUNTRY, PLATFORM = Segment("country", "country", "Country"), Segment("platform", "os", "Platform")
SPLIT = board(decimals=0, segments=(COUNTRY, PLATFORM))
PLAYERS = {"ann": ("BR", "pc", 3), "bob": ("DE", "pc", 3), "cat": ("BR", None, 2), "dan": ("BR", "pc", 2)}
"""Country, platform and how many kills each player has; eve has neither."""


def play(world: World, written: int = NOW) -> None:
    """Let the players make their kills."""
    for player, (country, platform, kills) in {**PLAYERS, "eve": (None, None, 1)}.items():
        for number in range(kills):
            world.put(item(player, at=written, number=number, country=country, os=platform), written=written)


class Asked:
    """A board's handler, and what it answers to requests."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, shown: BoardConfig) -> None:
        self.world = World(shown)
        self._patch = monkeypatch
        monkeypatch.setattr("runtime.clock.now", lambda: NOW)
        self.deploy(shown)

    def deploy(self, shown: BoardConfig) -> None:
        """Start the functions anew with a board."""
        self.world.deploy(shown)
        self._patch.setattr(config, "load_board", lambda: shown)
        self._patch.setattr(api, "_api", lambda: self.world.api)

    def __call__(self, path: str, query: str = "", method: str = "GET", etag: str = "") -> tuple[int, Any, Any]:
        """The status, the headers and the body of an answer."""
        http = {"method": method, "path": path}
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"if-none-match": etag} if etag else {},
            "requestContext": {"http": http, "stage": "$default"},
            "isBase64Encoded": False,
        }
        answer = api.handler(event, CONTEXT)
        return answer["statusCode"], answer["headers"], json.loads(answer["body"]) if answer.get("body") else None


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked(monkeypatch, SPLIT)
    play(asked.world)
    asked.world.rebuild()
    return asked


@pytest.mark.parametrize(
    ("ties", "ranks"),
    [("first", (1, 2, 3)), ("shared", (1, 2, 2)), ("dense", (1, 2, 2))],
)
def test_every_path_answers_within_a_value(ask: Asked, ties: Ties, ranks: tuple[int, int, int]) -> None:
    ask.deploy(replace(SPLIT, ties=ties))
    ask.world.rebuild(NOW + 1)
    status, headers, body = ask("/v1/leaderboard", "segment=country:BR")
    assert (status, body["segment"], body["players"]) == (200, {"name": "country", "value": "BR"}, 3)
    assert [(each["player_id"], each["rank"]) for each in body["entries"]] == [
        *zip(("ann", "cat", "dan"), ranks, strict=True)
    ]
    assert headers["Cache-Control"] == "public, max-age=30"
    assert ask("/v1/leaderboard", "segment=country%3ABR&offset=1&limit=1")[2]["entries"] == body["entries"][1:2]
    around = ask("/v1/players/dan/neighbours", "segment=country:BR&span=1")[2]
    assert (around["entries"], around["players"]) == (body["entries"][1:], 3)
    friends = ask("/v1/players", "ids=dan,bob,ann,eve&segment=country:BR")[2]
    assert friends["entries"] == [body["entries"][0], body["entries"][2]]
    status, _, answer = ask("/v1/players/dan", "segment=country:BR")
    entry = answer["entry"]
    overall = {"first": 4, "shared": 3, "dense": 2}[ties]
    assert (entry["rank"], answer["players"], entry["overall"]) == (ranks[2], 3, {"rank": overall, "players": 5})
    assert entry["percentile"] == 0
    assert entry["segments"] == {
        "country": {"value": "BR", "rank": ranks[2], "players": 3},
        "platform": {"value": "pc", "rank": {"first": 3, "shared": 3, "dense": 2}[ties], "players": 3},
    }
    assert ask("/v1/players", "ids=dan&segment=country:BR")[2]["entries"] == [entry]
    plain = ask("/v1/players/dan")[2]["entry"]
    assert (plain["rank"], plain["segments"], "overall" in plain) == (overall, entry["segments"], False)
    assert ask("/v1/players/eve")[2]["entry"]["segments"] == {}


def test_the_values_are_listed_those_with_the_most_players_first(ask: Asked) -> None:
    status, headers, body = ask("/v1/segments", "window=all_time")
    assert (status, body["window"]["id"], body["players"]) == (200, "all-time", 5)
    assert body["segments"] == [
        {
            "name": "country",
            "title": "Country",
            "values": [{"value": "BR", "players": 3}, {"value": "DE", "players": 1}],
            "others": 0,
        },
        {"name": "platform", "title": "Platform", "values": [{"value": "pc", "players": 3}], "others": 0},
    ]
    assert headers["As-Of"] == body["as_of"]
    assert ask("/v1/segments", f"as_of={body['as_of']}")[0] == 200
    assert ask("/v1/segments", "window=all_time", etag=headers["ETag"])[0] == 304
    assert ask("/v1/segments", method="HEAD")[0] == 200
    assert ask("/v1/segments", method="POST")[0] == 405
    assert ask("/v1/segments", "limit=1")[0] == 400
    ask.deploy(replace(SPLIT, segments=(replace(COUNTRY, title="Nation"), PLATFORM)))
    assert ask("/v1/segments", "window=all_time", etag=headers["ETag"])[0] == 200
    ask.deploy(board(decimals=0))
    assert ask("/v1/segments")[2]["segments"] == []


_HINT = "this board has country, platform"
_FORM = f"segment is NAME:VALUE; a name is in small letters, a value has 1 to 64 characters; {_HINT}"


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("segment=country:XX", 404, 'nobody is in country "XX" in the window 2026-W48'),
        ("segment=country:%C3%96&window=all_time", 404, 'nobody is in country "Ö" in the window all-time'),
        ("segment=country:BR:x", 404, 'nobody is in country "BR:x" in the window 2026-W48'),
        ("segment=contry:BR", 404, f'no segment "contry"; {_HINT}'),
        ("segment=os:pc", 404, f'no segment "os"; {_HINT}'),
        ("segment=Country:BR", 400, _FORM),
        ("segment=%1b%5b31m:BR", 400, _FORM),
        ("segment=country", 400, _FORM),
        ("segment=country:", 400, _FORM),
        ("segment=country:a%0Ab", 404, 'nobody is in country "a%0Ab" in the window 2026-W48'),
        ("segment=country:%E2%80%8B", 404, 'nobody is in country "%E2%80%8B" in the window 2026-W48'),
        ("segment=country:%E2%80%AEx", 404, 'nobody is in country "%E2%80%AEx" in the window 2026-W48'),
        (f"segment=country:{'x' * 65}", 400, _FORM),
        ("segment=country:BR&segment=country:DE", 400, "segment is given twice"),
    ],
)
def test_what_is_refused_and_why(ask: Asked, query: str, status: int, detail: str) -> None:
    for path in ("/v1/leaderboard", "/v1/players/ann", "/v1/players/ann/neighbours"):
        found, headers, body = ask(path, query)
        assert (found, body["detail"]) == (status, detail)
        assert headers["Content-Type"] == "application/problem+json"
        assert ("As-Of" in headers) == (status == 404)
    assert ask("/v1/players", f"ids=ann&{query}")[0] == status


def test_one_without_a_value_is_as_good_as_left_out(ask: Asked) -> None:
    assert ask("/v1/leaderboard", "segment=") == ask("/v1/leaderboard")


def test_a_player_who_is_not_in_it_has_no_entry(ask: Asked) -> None:
    for player in ("bob", "eve", "nobody"):
        for path in (f"/v1/players/{player}", f"/v1/players/{player}/neighbours"):
            status, _, body = ask(path, "segment=country:BR")
            assert status == 404
            assert body["detail"] == f'no entry for the player {player} in country "BR" in the window 2026-W48'
        assert ask("/v1/players", f"ids={player}&segment=country:BR")[2]["entries"] == []


def test_a_board_without_segments_says_so(ask: Asked) -> None:
    ask.deploy(board(decimals=0))
    assert (
        ask("/v1/leaderboard", "segment=country:BR")[2]["detail"] == 'no segment "country"; this board has no segments'
    )
    assert "segments" not in ask("/v1/players/ann")[2]["entry"]


def test_before_the_first_snapshot_nobody_is_in_any(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Asked(monkeypatch, SPLIT)
    assert ask("/v1/leaderboard", "segment=country:BR")[0] == 404
    assert [each["values"] for each in ask("/v1/segments")[2]["segments"]] == [[], []]
    ask.world.rebuild()
    assert ask("/v1/leaderboard", "segment=country:BR")[0] == 404
    assert [each["values"] for each in ask("/v1/segments")[2]["segments"]] == [[], []]


def test_an_etag_changes_with_the_segments_and_with_what_is_pending(ask: Asked) -> None:
    _, first, _ = ask("/v1/players/ann", "segment=country:BR")
    assert ask("/v1/players/ann", "segment=country:BR", etag=first["ETag"])[0] == 304
    ask.world.put(item("ann", number=9))
    status, second, body = ask("/v1/players/ann", "segment=country:BR", etag=first["ETag"])
    assert (status, body["entry"]["pending"]["score"], body["entry"]["score"]) == (200, 40, 30)
    ask.deploy(replace(SPLIT, segments=(COUNTRY,)))
    status, _, body = ask("/v1/players/ann", "segment=country:BR", etag=second["ETag"])
    assert (status, list(body["entry"]["segments"])) == (200, ["country"])


def test_a_sealed_window_keeps_the_ranks_within_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the board's ties and segments change later. A segment that is newer has no ranks there."""
    monkeypatch.setattr(sizes, "BLOCK", 2)
    world = World(replace(SPLIT, windows=(WindowKind("day"),), segments=(COUNTRY,)))
    play(world)
    world.rebuild(NOW + 1)
    now = seal(world) + MINUTE
    narrow = replace(COUNTRY, values=("DE",))
    world.deploy(replace(world.config, ties="shared", segments=(PLATFORM, narrow)))
    world.rebuild(now)
    page = world.page(now, window="2026-11-24", segment="country:BR")
    assert page["window"]["sealed"]
    assert [(each["player_id"], each["rank"]) for each in page["entries"]] == [("ann", 1), ("cat", 2), ("dan", 3)]
    entry = world.player("dan", now, window="2026-11-24")["entry"]
    assert entry["segments"] == {"country": {"value": "BR", "rank": 3, "players": 3}}
    listed = world.api.segments({"window": "2026-11-24"}, now).body["segments"]
    assert {each["name"]: len(each["values"]) for each in listed} == {"platform": 0, "country": 2}
