"""The answers of the API: pages, players and windows, compared to a sorted list; parameters; health."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.api import respond
from runtime.config import WindowKind
from runtime.domain import instants
from runtime.domain.instants import DAY
from runtime.queries import ProblemError
from runtime.s3.ranks import sizes
from tests.runtime.boards import BOARD, NOW, board
from tests.runtime.world import PLAIN, World
from tests.support.effort import examples


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 4)


def test_before_the_first_snapshot_nobody_is_ranked() -> None:
    world = World()
    assert world.page() == {
        "board": "weekly-kills",
        "title": "Weekly kills",
        "window": {
            "id": "2026-W48",
            "every": "week",
            "starts_at": "2026-11-23T03:00:00.000Z",
            "ends_at": "2026-11-30T03:00:00.000Z",
            "sealed": False,
        },
        "next_reset_at": "2026-11-30T03:00:00.000Z",
        "next_starts_at": "2026-11-30T03:00:00.000Z",
        "as_of": None,
        "players": 0,
        "entries": [],
    }
    with pytest.raises(ProblemError) as raised:
        world.player("ann")
    assert raised.value.status == HTTPStatus.NOT_FOUND


def test_an_entry_says_who_how_much_and_since_when() -> None:
    world = World()
    world.play("bob", "ann", "ann")
    world.rebuild(NOW + 1)
    (first, second) = world.page(now=NOW + 1, window="all_time")["entries"]
    assert first == {
        "rank": 1,
        "player_id": "ann",
        "name": None,
        "score": 20,
        "columns": {"score": 20},
        "at": "2026-11-24T00:00:00.000Z",
    }
    assert second["rank"] == 2
    answer = world.player("bob", NOW + 1, window="2026-W48")
    assert answer["entry"] == {**second, "percentile": 0.0}
    assert answer["as_of"] == "2026-11-24T00:00:00.001Z"


@examples(60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=80), st.integers(1, 9))
def test_every_page_and_player_agrees_with_a_sorted_list(kills: list[tuple[int, int]], limit: int) -> None:
    world = World()
    scores: dict[str, tuple[int, int]] = {}
    for number, second in kills:
        name = f"p{number}"
        world.play(name, at=NOW + second * 1000)
        have, at = scores.get(name, (0, 0))
        scores[name] = (have + 10, max(at, NOW + second * 1000))
    world.rebuild(NOW + DAY)
    expected = sorted((-score, at, name) for name, (score, at) in scores.items())
    found: list[tuple[int, str]] = []
    for offset in range(0, len(expected) + limit, limit):
        page = world.page(offset=str(offset), limit=str(limit))
        assert page["players"] == len(expected)
        assert [entry["rank"] for entry in page["entries"]] == list(
            range(offset + 1, min(offset + limit, len(expected)) + 1)
        )
        found += [(-entry["score"], entry["player_id"]) for entry in page["entries"]]
    assert found == [(score, name) for score, _, name in expected]
    for rank, (score, _, name) in enumerate(expected, 1):
        entry = world.player(name)["entry"]
        assert (entry["rank"], entry["score"]) == (rank, -score)
    with pytest.raises(ProblemError):
        world.player("p31")


def test_a_snapshot_may_lack_a_kind_of_window_that_is_new_to_the_board() -> None:
    world = World()
    world.play("ann")
    world.rebuild()
    more = board(decimals=0, windows=(*PLAIN.windows, WindowKind("day")))
    assert replace(world.api, board=more).leaderboard({}, NOW).status == HTTPStatus.OK


def test_a_new_reset_time_is_new_content() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day"),)))
    world.play("ann")
    world.rebuild(NOW + 2 * DAY)
    one, other = (world.api.leaderboard({"window": "2026-11-24"}, NOW + n * DAY) for n in (2, 3))
    assert one.content_hash != other.content_hash


def test_a_rolling_window_is_shown_as_the_snapshot_has_it() -> None:
    world = World(board(decimals=0, windows=(WindowKind("rolling", days=2),)))
    world.play("ann")
    world.rebuild(NOW + 1000)
    for window in (world.page(now=NOW + DAY)["window"], world.api.windows(NOW + DAY).body["windows"][0]):
        assert (window["starts_at"], window["ends_at"]) == ("2026-11-23T00:00:00.000Z", "2026-11-25T00:00:00.000Z")
    world.rebuild(NOW + DAY)
    assert world.page(now=NOW + DAY)["window"]["starts_at"] == "2026-11-24T00:00:00.000Z"


def test_an_ended_window_stays_readable_until_it_is_no_longer_kept() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day", keep=2),)))
    for day in range(5):
        world.play("ann", "ann" if day else "bob", at=NOW + day * DAY)
        world.rebuild(NOW + day * DAY + 1)
    now = NOW + 4 * DAY + 1
    assert world.page(now=now)["window"]["id"] == "2026-11-28"
    yesterday = world.page(now=now, window="2026-11-27")
    assert yesterday == world.page(now=now, window="day:previous")
    assert yesterday["entries"][0]["score"] == 20
    assert yesterday["window"]["sealed"] is False
    assert yesterday["next_reset_at"] == "2026-11-29T00:00:00.000Z"
    for step in range(4):
        world.rebuild(now + step * 3_600_000)
    end = NOW + 4 * DAY + DAY
    for step in range(4):
        world.rebuild(end + step * DAY)
    windows = world.api.windows(end + 3 * DAY).body["windows"]
    assert [(each["id"], each["sealed"], each["current"]) for each in windows if each["sealed"]] == [
        ("2026-11-28", True, False),
        ("2026-11-27", True, False),
    ]
    with pytest.raises(ProblemError) as raised:
        world.page(now=end + 3 * DAY, window="2026-11-24")
    assert raised.value.status == HTTPStatus.NOT_FOUND


def test_paging_through_a_pinned_snapshot_goes_on_in_its_window_when_that_ends() -> None:
    hour = 3_600_000
    end = NOW - NOW % hour + hour
    world = World(board(decimals=0, windows=(WindowKind("hour"),)))
    world.play("ann", "bob", at=end - 1000)
    as_of = instants.rfc3339(world.rebuild(end - 500).snapshot.as_of)
    pages = [world.page(now=now, as_of=as_of, offset=offset) for now, offset in ((end - 400, "0"), (end + 400, "1"))]
    assert [page["window"] for page in pages] == [pages[0]["window"]] * 2
    assert [len(page["entries"]) for page in pages] == [2, 1]
    assert world.page(now=end + 400)["entries"] == []
    with pytest.raises(ProblemError, match="is not kept"):
        world.page(now=end + 400, as_of=as_of, window="hour:previous")


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"limit": "0"}, "limit is a whole number from 1 to 100"),
        ({"limit": "101"}, "limit is a whole number from 1 to 100"),
        ({"offset": "-1"}, "offset is a whole number from 0 to 1000000000"),
        ({"offset": "x"}, "offset is a whole number from 0 to 1000000000"),
        ({"offset": "٣"}, "offset is a whole number from 0 to 1000000000"),
        ({"window": "<b>"}, "window is a kind of window, KIND:previous, or the id of a window"),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], detail: str) -> None:
    with pytest.raises(ProblemError) as raised:
        World().api.leaderboard(query, NOW)
    assert (raised.value.status, raised.value.detail) == (HTTPStatus.BAD_REQUEST, detail)


def test_a_single_id_in_the_query_gets_what_its_paths_give() -> None:
    world = World()
    world.play("ann", "bob:1@x", "bob:1@x", "cleo")
    world.rebuild()
    world.play("bob:1@x", at=NOW + 1)
    api, ids = world.api, {"ids": "bob:1@x"}
    alone, path = api.friends(ids, NOW), api.player("bob:1@x", {}, NOW)
    assert alone.body["entries"] == [path.body["entry"]]
    assert path.body["entry"]["pending"]["score"] == 30
    assert alone.content_hash == path.content_hash
    for span in ("1", "50"):
        around, plain = api.friends({**ids, "span": span}, NOW), api.neighbours("bob:1@x", {"span": span}, NOW)
        own = path.body["entry"]
        assert around.content_hash == path.content_hash
        expected = [own if each["player_id"] == "bob:1@x" else each for each in plain.body["entries"]]
        assert around.body == {**plain.body, "entries": expected}
    assert [set(entry) for entry in api.friends({"ids": "ann,cleo"}, NOW).body["entries"]] == [
        {"rank", "player_id", "name", "score", "columns", "at"}
    ] * 2
    for query in ({"ids": "nobody"}, {"ids": "nobody", "span": "3"}):
        assert api.friends(query, NOW).body["entries"] == []
    assert api.friends({"ids": "ann,cleo", "span": "1"}, NOW) == api.friends({"ids": "ann,cleo"}, NOW)


def test_a_page_has_the_entries_around_the_player_who_is_followed() -> None:
    world = World()
    for number in range(6):
        world.play(*[f"p{number}"] * (7 - number))
    world.rebuild()
    api = world.api
    plain = api.leaderboard({"limit": "2"}, NOW)
    assert "around" not in plain.body
    followed = api.leaderboard({"limit": "2", "player": "p4"}, NOW)
    assert {**followed.body, "around": None} == {**plain.body, "around": None}
    around = followed.body["around"]
    assert [each["player_id"] for each in around] == ["p3", "p4", "p5"]
    assert around[1] == api.player("p4", {}, NOW).body["entry"]
    assert "percentile" not in around[0]
    # Who has none on the board has none here, which is no error.
    assert api.leaderboard({"player": "nobody"}, NOW).body["around"] == []
    assert World().api.leaderboard({"player": "p1"}, NOW).body["around"] == []
    # The score that the next snapshot brings makes another answer of it; only of this player's.
    world.play("p4", at=NOW + 1)
    pending = api.leaderboard({"limit": "2", "player": "p4"}, NOW)
    assert pending.body["around"][1]["pending"]["score"] == 40
    assert pending.content_hash != followed.content_hash
    assert api.leaderboard({"limit": "2"}, NOW).content_hash == plain.content_hash
    with pytest.raises(ProblemError, match="a player id matches"):
        api.leaderboard({"player": "<b>"}, NOW)


def test_an_offset_past_the_end_gives_no_entries() -> None:
    world = World()
    world.play("ann")
    world.rebuild()
    assert world.page(offset="5")["entries"] == []


def test_health_follows_the_age_of_the_snapshot() -> None:
    world = World()
    assert world.api.health(NOW).status == HTTPStatus.SERVICE_UNAVAILABLE
    world.rebuild(NOW)
    assert world.api.health(NOW + 599_999).status == HTTPStatus.OK
    stale = world.api.health(NOW + 600_000)
    assert stale.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert respond(stale, BOARD, None).headers["Cache-Control"] == "no-store"
