"""Segments: which value a player is in, what is stored of it, and how segments of a running board may change."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from runtime.config import Column, Limits, Points, Rule, Segment, WindowKind, parse_board_json, to_board_json
from runtime.domain.identity import describe_identity
from runtime.domain.instants import HOUR
from runtime.domain.ranking import describe_shown
from runtime.domain.texts.segments import MAX_VALUES, read_value
from runtime.dynamodb.items import read_aggregate
from runtime.s3.ranks import segments as segment_files
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws.values import item_bytes

COUNTRY = Segment("country", "country", "Country")
BIG = Segment("big", "country", "Big countries", ("BR", "7"))
SCORED = (Rule("run", (Points(Decimal(0), "points"),)),)
MINUTE = 60_000


def values_of(world: World, now: int = NOW, **query: str) -> dict[str, dict[str, int]]:
    """How many players each value of each segment has."""
    listed = world.api.segments(query, now).body["segments"]
    return {each["name"]: {one["value"]: one["players"] for one in each["values"]} for each in listed}


def standing(world: World, player: str, now: int = NOW, **query: str) -> dict[str, Any]:
    """The values of a player, with the ranks in them."""
    found: dict[str, Any] = world.player(player, now, **query)["entry"]["segments"]
    return found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("BR", "BR"),
        ("a:b, c", "a:b, c"),
        ("Österreich 龍", "Österreich 龍"),
        ("x" * 64, "x" * 64),
        ("\U0001f389" * 64, "\U0001f389" * 64),
        ("x" * 65, None),
        ("", None),
        (" \u3000", None),
        ("a\nb", None),
        ("a\x1b[31m", None),
        ("a\ud800", None),
        (Decimal("7"), "7"),
        (Decimal("7.50"), "7.5"),
        (Decimal("1E+30"), "1" + 30 * "0"),
        (Decimal("1E+38"), None),
        (Decimal("NaN"), None),
        (True, None),
        (None, None),
    ],
)
def test_what_is_a_value(value: Any, text: str | None) -> None:
    assert read_value(COUNTRY, value) == text


def test_only_the_values_that_a_segment_names_count() -> None:
    assert [read_value(BIG, value) for value in ("BR", "DE", Decimal(7), Decimal("7.0"), "7", "br", None)] == [
        *("BR", None, "7", "7", "7", None, None)
    ]


def test_a_bad_value_rejects_nothing() -> None:
    world = World(board(segments=(COUNTRY,)))
    batch = world.put(item(country="x" * 65), item("bob", number=1, country=True), item("cat", number=2, country="BR"))
    assert (batch.counts["Counted"], batch.reasons) == (3, {})
    world.rebuild()
    assert values_of(world) == {"country": {"BR": 1}}
    assert standing(world, "ann") == {}


@pytest.mark.parametrize("aggregate", ["sum", "average", "count", "best", "last"])
def test_the_newest_counted_activity_that_has_a_value_decides(aggregate: str) -> None:
    """Whatever the order of arrival, for each segment by itself, and whichever run is kept."""
    written = [
        item(at=NOW, type="run", points=9, country="BR", mode="duel"),
        item(at=NOW + 1, number=0, type="run", points=7, country="DE"),
        item(at=NOW + 1, number=1, type="run", points=7, country="JP"),
        item(at=NOW + 2, type="run", points=5, country="a\nb"),
        item(at=NOW + 3, type="jump", country="rejected"),
    ]
    segments = (COUNTRY, BIG, Segment("mode", "mode", "Mode"))
    for order in permutations(written):
        world = World(board(aggregate=aggregate, rules=SCORED, segments=segments))
        for each in order:
            assert not world.put(each, written=NOW + 999).failed
        world.rebuild(NOW + HOUR)
        found = {name: each["value"] for name, each in standing(world, "ann", NOW + HOUR).items()}
        assert found == {"country": "JP", "big": "BR", "mode": "duel"}


def test_each_window_has_its_own_and_the_days_of_a_rolling_one_the_newest() -> None:
    kinds = (WindowKind("day"), WindowKind("rolling", days=3), WindowKind("all_time"))
    world = World(board(windows=kinds, segments=(COUNTRY,)))
    for days, country in ((0, None), (5, "BR"), (1, "DE"), (2, "JP")):
        at = NOW - days * 24 * HOUR
        world.put(item(at=at, country=country), written=at)
    world.rebuild()
    found = {kind: standing(world, "ann", window=kind) for kind in ("day", "rolling", "all_time")}
    german = {"country": {"value": "DE", "rank": 1, "players": 1}}
    assert found == {"day": {}, "rolling": german, "all_time": german}
    world.rebuild(NOW + 48 * HOUR)
    assert standing(world, "ann", NOW + 48 * HOUR, window="rolling") == {}


def test_a_board_that_keeps_a_run_has_marks_with_segments_only() -> None:
    for aggregate in ("best", "last"):
        assert board(aggregate=aggregate).keeps_one_run
        assert not board(aggregate=aggregate, segments=(COUNTRY,)).keeps_one_run


@pytest.mark.parametrize("aggregate", ["best", "last"])
def test_segments_may_come_to_a_running_board_and_go(aggregate: str) -> None:
    """What was kept by one conditional write goes on in transactions, and back."""
    plain = board(aggregate=aggregate, rules=SCORED, windows=(WindowKind("all_time"),))
    world = World(plain)
    runs = [item(at=NOW + number, type="run", points=9 - number, country=f"C{number}") for number in range(6)]
    world.put(runs[0], written=NOW + 999)
    world.deploy(replace(plain, segments=(COUNTRY,)))
    world.rebuild(NOW + 1000)
    assert (values_of(world, NOW + 1000), standing(world, "ann", NOW + 1000)) == ({"country": {}}, {})
    assert world.put(runs[0], runs[1], written=NOW + 999).counts["Counted"] == 2
    world.rebuild(NOW + 2000)
    expected = 9 if aggregate == "best" else 8
    entry = world.player("ann", NOW + 2000)["entry"]
    assert (entry["score"], entry["segments"]["country"]["value"]) == (expected, "C1")
    # A function of the board without segments takes the value with it; the next activity brings one.
    world.deploy(plain)
    better = item(at=NOW + 9, type="run", points=50, country="gone")
    world.put(better, written=NOW + 999)
    world.deploy(replace(plain, segments=(COUNTRY,)))
    world.put(runs[2], written=NOW + 999)
    world.rebuild(NOW + 3000)
    entry = world.player("ann", NOW + 3000)["entry"]
    assert (entry["score"], entry["segments"]["country"]["value"]) == (50, "C2")


def test_a_change_of_segments_is_ranked_anew_though_nobody_plays() -> None:
    world = World(board(segments=(COUNTRY, BIG)))
    world.put(item(country="BR"), item("bob", number=1, country="DE"))
    now = NOW
    for segments, expected in (
        ((COUNTRY, BIG), {"country": {"BR": 1, "DE": 1}, "big": {"BR": 1}}),
        ((BIG,), {"big": {"BR": 1}}),
        ((), {}),
        ((replace(COUNTRY, values=("DE", "FR")), BIG), {"country": {"DE": 1}, "big": {"BR": 1}}),
    ):
        world.deploy(replace(world.config, segments=segments))
        now += 5 * MINUTE
        assert not world.rebuild(now).settled
        assert world.rebuild(now + 2 * MINUTE).settled
        assert values_of(world, now + 2 * MINUTE) == expected
        assert ("segments" in world.player("ann", now + 2 * MINUTE)["entry"]) == bool(segments)
    # Another order alone is written at once, and follows on from there.
    last = world.rebuild(now + 3 * MINUTE).newest.ranks[0].prefix
    world.deploy(replace(world.config, segments=world.config.segments[::-1]))
    prefixes = [world.rebuild(now + minutes * MINUTE).newest.ranks[0].prefix for minutes in (4, 5)]
    assert last != prefixes[0] == prefixes[1]
    reordered = board(segments=(replace(BIG, values=("7", "BR")), COUNTRY))
    assert describe_shown(board(segments=(COUNTRY, BIG))) == describe_shown(reordered)


def test_a_segment_that_was_removed_leaves_the_item_with_the_next_activity() -> None:
    world = World(board(segments=(COUNTRY, BIG), windows=(WindowKind("all_time"),)))
    world.put(item(country="BR"))
    world.deploy(replace(world.config, segments=(COUNTRY,)))
    world.put(item(number=1))
    (row,) = world.items_of_all_time().values()
    assert row["segments"] == {"M": {"country": {"L": [{"S": "BR"}, item()["activity_id"]]}}}
    assert read_aggregate(row).segments == (("country", "BR", item()["activity_id"]["S"]),)


def test_of_many_values_those_with_the_most_players_have_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of values with as many players, the first by their texts."""
    assert MAX_VALUES == 250
    monkeypatch.setattr(segment_files, "MAX_VALUES", 2)
    world = World(board(segments=(COUNTRY,)))
    countries = ["D", "C", "B", "B", "A", None]
    world.put(*(item(f"p{number}", number=number, country=each) for number, each in enumerate(countries)))
    world.rebuild()
    (listed,) = world.api.segments({}, NOW).body["segments"]
    assert listed["values"] == [{"value": "B", "players": 2}, {"value": "A", "players": 1}]
    assert listed["others"] == 2
    assert (standing(world, "p0"), standing(world, "p5")) == ({}, {})
    # Whoever comes to a value without ranks changes nothing but the number of the others.
    world.put(item("p6", number=9, country="E"), item("p7", number=9, country="E"))
    world.rebuild(NOW + 1)
    assert values_of(world, NOW + 1) == {"country": {"B": 2, "E": 2}}
    world.put(item("p5", number=10, country="Z"))
    world.rebuild(NOW + 2)
    assert world.api.segments({}, NOW + 2).body["segments"][0]["others"] == 4


def test_a_new_value_alone_is_a_new_snapshot() -> None:
    world = World(board(segments=(COUNTRY,), rules=(Rule("pose", (Points(Decimal(0)),)),)))
    world.put(item(type="pose", country="BR"), item("bob", type="pose"))
    first = world.rebuild().snapshot.ranks[0]
    assert world.rebuild(NOW + MINUTE).snapshot.ranks[0].prefix == first.prefix
    world.put(item(at=NOW, number=1, type="pose", country="DE"), written=NOW + MINUTE)
    second = world.rebuild(NOW + 2 * MINUTE).snapshot.ranks[0]
    assert first.content != second.content
    assert values_of(world, NOW + 2 * MINUTE) == {"country": {"DE": 1}}


def test_boards_without_them_store_what_they_did() -> None:
    """Whatever activities carry, no item, no file and no answer of such a board has anything of it."""
    for aggregate in ("sum", "best"):
        plain, carrying = World(board(aggregate=aggregate)), World(board(aggregate=aggregate))
        split = World(board(aggregate=aggregate, segments=(COUNTRY,), limits=Limits(activities_per_minute=99)))
        for world in (plain, carrying, split):
            world.put(item() if world is plain else item(country="BR"), item("bob", number=1))
            world.rebuild()
        assert plain.items_of_all_time() == carrying.items_of_all_time()
        assert plain.aws.bucket.bodies() == carrying.aws.bucket.bodies()
        assert plain.page() == carrying.page()
        assert "segments" not in str(plain.aws.bucket.bodies())
        more = {
            player: row.keys() - plain.items_of_all_time()[player].keys()
            for player, row in split.items_of_all_time().items()
        }
        assert {player: names - {"counted", "version"} for player, names in more.items()} == {
            "ann": {"segments"},
            "bob": set(),
        }


def test_an_item_stays_within_two_units() -> None:
    columns = tuple(Column(f"column_{number}", "descending") for number in range(8))
    rule = Rule("run", (Points(Decimal(10**15 - 1)),) * 8)
    segments = tuple(Segment(f"{number}{'x' * 31}", "field", "Field") for number in range(3))
    world = World(board(columns=columns, rules=(rule,), segments=segments, windows=(WindowKind("all_time"),)))
    world.put(item("x" * 128, NOW, 0, type="run", name="\U0001f389" * 64, field="\U0001f389" * 64))
    (row,) = world.items_of_all_time().values()
    assert len(row["segments"]["M"]) == 3
    assert 1024 < item_bytes(row) <= 2048


def test_board_json_keeps_them() -> None:
    config = board(segments=(COUNTRY, BIG))
    assert parse_board_json(to_board_json(config)) == config
    assert describe_identity(config) == describe_identity(board())
    old = json.loads(to_board_json(board()))
    del old["segments"]
    assert parse_board_json(json.dumps(old)) == board()
