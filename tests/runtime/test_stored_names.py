"""The names under which running boards have stored their data. They never change, whatever the code calls things."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from runtime.config import Column, Limits, Points, Rule, WindowKind, parse_board_json, to_board_json
from runtime.domain.ranking import FormerRanks, Pieces, WindowRanks
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb.items import read_aggregate
from runtime.dynamodb.lease import Lease
from runtime.lifecycle.watch import watch
from runtime.s3.snapshots import Snapshot
from tests.runtime.boards import BOARD, NOW, board, item
from tests.runtime.world import World

MINUTE = 60_000
HOUR = 60 * MINUTE

WINDOW = {"id": "2026-11-24T00", "every": "hour", "starts_at": NOW, "ends_at": NOW + HOUR}
PIECES = {"count": 1, "sizes": [40]}
RANKS = {
    "span": WINDOW,
    "players": 1,
    "content": "c",
    "prefix": "p/",
    "ties": "first",
    "sealed": True,
    "total": "f" * 32,
}
RANKS |= {"blocks": PIECES, "buckets": PIECES, "base_players": 1, "top": 1, "format": 1}
RARE = {
    "decided": "d",
    "revision": 1,
    "corrected": 1,
    "recount": "r",
    "delta": "q/",
    "changes": 3,
    "segments": ["country"],
}
RARE |= {"former": [{"prefix": "o/", "players": 2, "buckets": PIECES}]}


def played() -> World:
    """A board with an hour that was played and sealed, a milestone, and a rejected activity."""
    world = World(
        board(
            windows=(WindowKind("hour", grace_seconds=0),),
            milestones=(1000,),
            limits=Limits(activities_per_minute=9),
            drain_seconds=60,
        )
    )
    assert not world.put(item(name="Ann"), item(number=1, type="jump")).failed
    Lease(world.table, 60).take(NOW)
    for minute in range(80):
        watch(world.config, world.heartbeats, world.activities, world.snapshots, NOW + minute * MINUTE)
        world.rebuild(NOW + minute * MINUTE)
        world.put(*world.aws.tables["activities"].values(), written=NOW + minute * MINUTE)
    return world


def test_what_is_attached_has_its_attributes() -> None:
    world = World(board(attach=("photo",)))
    world.put(item(photo="p"))
    more = {"attached": {"M": {"photo": {"S": "p"}}}, "attached_by": item()["activity_id"]}
    (row, *_) = (row for key, row in world.aws.tables["aggregates"].items() if key[1] == "ann")
    assert row.items() >= more.items()
    aggregate = read_aggregate({"columns": {"L": [{"N": "5"}]}, "at": {"N": "7"}} | more)
    assert (aggregate.attached, aggregate.attached_by) == ((("photo", "p"),), more["attached_by"]["S"])


def attributes(rows: MutableMapping[tuple[str, str], dict[str, Any]], prefix: str) -> set[str]:
    """The names of the attributes of all items in the partitions that begin with a text."""
    return {name for (partition, _), row in rows.items() if partition.startswith(prefix) for name in row}


def test_items_have_their_attributes() -> None:
    tables = played().aws.tables
    keys = {"partition", "player_id"}
    aggregate = {"columns", "at", "name", "named_by", "counted", "reached", "version"}
    assert attributes(tables["aggregates"], "2026-11-24T00#") == keys | aggregate
    window = {
        "window",
        "local",
        "state",
        "token",
        "arrived",
        "probed_at",
        "changed_at",
        "probes",
        "sealing_at",
        "closed_at",
        "final",
    }
    assert attributes(tables["aggregates"], "#windows") == keys | window
    assert attributes(tables["aggregates"], "#identity") == keys | {"is"}
    assert attributes(tables["aggregates"], "#edges") == keys | {"version"}
    assert attributes(tables["aggregates"], "#watch") == keys | {"began", "token", "sent", "arrived", "took"}
    assert attributes(tables["aggregates"], "#lease") == keys | {"holder", "until"}
    assert attributes(tables["aggregates"], "#outbox#") == keys | {"type", "details"}
    keys = {"player_id", "activity_id", "expires_at"}
    assert attributes(tables["marks"], "ann") == keys | {"outcome"}
    rejected = {"reason", "detail", "by", "activity", "written", "image", "rejection"}
    assert attributes(tables["marks"], "#rejected#") == keys | rejected
    assert attributes(tables["marks"], "#minutes#ann") == keys | {"counted"}
    (minute,) = (key for key in tables["marks"] if key[0] == "#minutes#ann")
    assert minute == ("#minutes#ann", f"{NOW // MINUTE:012}")


def test_only_columns_with_aggregates_of_their_own_have_more_attributes() -> None:
    """What a plain board stores costs no more than it did; while all that came was worth 0, it says so."""
    plain = {"partition", "player_id", "columns", "at", "counted", "version"}
    fish, big, now = (
        Column("fish", "descending"),
        Column("big", "descending", "best"),
        Column("now", "descending", "last"),
    )
    for columns, first, later in (
        ((fish,), {"still"}, set()),
        ((fish, big), {"still", "times"}, {"times"}),
        ((big,), {"times"}, {"times"}),
        ((fish, now), {"still", "newest"}, {"newest"}),
        ((fish, big, now), {"still", "newest", "times"}, {"newest", "times"}),
        ((replace(fish, aggregate="average"), replace(big, aggregate="count")), set(), set()),
    ):
        rules = (Rule("kill", (Points(Decimal(0), "worth"),) * len(columns)),)
        world = World(board(columns=columns, rules=rules, windows=(WindowKind("all_time"),)))
        for number, more in enumerate((first, later)):
            assert not world.put(item(number=number, worth=number)).failed
            assert attributes(world.aws.tables["aggregates"], "all-time#") == plain | more


def test_an_item_of_before_is_read_as_one_that_moved() -> None:
    """It was stored by a release that let an activity worth 0 move `at`. What it says stays what it says."""
    world = World(board(decimals=0, windows=(WindowKind("all_time"),)))
    world.put(item())
    (key,) = (key for key in world.aws.tables["aggregates"] if key[0].startswith("all-time#"))
    old = {"columns": {"L": [{"N": "0"}]}, "at": {"N": str(NOW)}, "counted": {"N": "1"}, "version": {"S": "1"}}
    world.aws.tables["aggregates"][key] = {"partition": {"S": key[0]}, "player_id": {"S": key[1]}, **old}
    assert read_aggregate(world.aws.tables["aggregates"][key]) == Aggregate((0,), NOW, counted=1)
    world.put(item(number=1, at=NOW - 5000))
    (row,) = (row for each, row in world.aws.tables["aggregates"].items() if each == key)
    assert (row["at"], row["columns"]) == ({"N": str(NOW)}, {"L": [{"N": "10"}]})


def test_a_sealed_window_and_the_pointer_store_the_same_form() -> None:
    world = played()
    row = world.aws.tables["aggregates"]["#windows", "2026-11-24T00"]
    assert json.loads(row["window"]["S"]).keys() == {"every", "starts_at", "ends_at", "shards"}
    final = json.loads(row["final"]["S"])
    pointer = json.loads(world.aws.bucket.objects["snapshots/current.json"].body)
    assert pointer.keys() == {
        "as_of",
        "windows",
        "identity",
        "key",
        "changed",
        "replaced",
        "board",
        "stored",
        "positions",
    }
    assert pointer["board"].keys() == {"aggregate", "ties", "columns", "windows"}
    (column,) = pointer["board"]["columns"]
    assert column.keys() == {"name", "order", "aggregate", "decimals", "title", "format", "unit"}
    assert pointer["board"]["windows"][0].keys() <= {each.name for each in fields(WindowKind)}
    assert all(list(map(type, each)) == [int, int, int] for each in pointer["replaced"])
    for stored in (final, *pointer["windows"]):
        nobody = set() if stored["players"] else {"total", "blocks", "buckets", "base_players", "top"}
        assert stored.keys() == RANKS.keys() - nobody
        assert stored["span"].keys() == WINDOW.keys()


def test_what_was_stored_is_read() -> None:
    pieces = Pieces(1, (40,))
    ranks = WindowRanks(
        Window(**WINDOW),  # type: ignore[arg-type]
        1,
        "c",
        "p/",
        "first",
        sealed=True,
        total="f" * 32,
        blocks=pieces,
        buckets=pieces,
        base_players=1,
        top=1,
    )
    assert WindowRanks.from_json(RANKS) == ranks
    assert ranks.to_json() == RANKS
    rare = WindowRanks.from_json(RANKS | RARE)
    assert (rare.former, rare.segments) == ((FormerRanks("o/", 2, pieces),), ("country",))
    assert json.loads(json.dumps(rare.to_json())) == rare.to_json() == RANKS | RARE
    pointer = {"as_of": NOW, "windows": [RANKS], "identity": {"hour": "hour"}, "key": "arn", "changed": "1"}
    pointer["replaced"] = [[NOW - 2, NOW - 1, NOW - 3]]
    replaced = ((NOW - 2, NOW - 1, NOW - 3),)
    assert Snapshot.from_json(pointer) == Snapshot(NOW, (ranks,), {"hour": "hour"}, "arn", "1", replaced)
    assert json.loads(json.dumps(Snapshot.from_json(pointer).to_json())) == pointer
    del pointer["key"], pointer["changed"], pointer["replaced"]  # as it was written before they were noted
    assert Snapshot.from_json(pointer) == Snapshot(NOW, (ranks,), {"hour": "hour"}, None, None)
    # As it was written while a board kept one run by one conditional write.
    stored = {"columns": {"L": [{"N": "5"}]}, "at": {"N": "7"}, "run": {"S": "r"}}
    aggregate = read_aggregate(stored)
    assert (aggregate.columns, aggregate.at, aggregate.run, aggregate.counted) == ((5,), 7, "r", 0)


def test_board_json_has_its_names() -> None:
    document = json.loads(to_board_json(BOARD))
    assert document["board"] == "weekly-kills"
    assert "name" not in document
    assert document["rules"][1]["when"] == {"mode": ["ranked", {"number": "1"}, True]}
    assert parse_board_json(to_board_json(BOARD)) == BOARD
