"""Attached fields: what is kept of an activity beside a score, whose it is, and where it is shown."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BOUND, Column, Points, Rule, WindowKind, parse_board_json, to_board_json
from runtime.domain import events
from runtime.domain.identity import describe_identity
from runtime.domain.instants import HOUR
from runtime.domain.ranking import RankedEntry, WindowRanks
from runtime.domain.texts.attached import MAX_BYTES, attach, count_bytes, make_value
from runtime.domain.windows import Window
from runtime.dynamodb import outbox
from runtime.s3.ranks.blocks import split_block
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws.values import item_bytes

PHOTO = "https://example.com/a.jpg"
SCORED = (Rule("run", (Points(Decimal(0), "points"),)),)


def shown(world: World) -> dict[str, Any]:
    """What every player has attached, as a page of the API shows it."""
    return {entry["player_id"]: entry["attached"] for entry in world.page()["entries"]}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (PHOTO, PHOTO),
        ("javascript:alert(1)", "javascript:alert(1)"),  # a text like any other; the page makes no link of it
        ("<b>", "<b>"),
        ("Zoë 龍", "Zoë 龍"),
        ("", None),
        ("\u200b", None),
        ("a\nb", None),
        ("a\x00", None),
        ("\u2028a", None),
        ("a\ud800", None),
        ("x" * (MAX_BYTES - 8), "x" * (MAX_BYTES - 8)),
        ("x" * (MAX_BYTES - 7), None),
        ("é" * (MAX_BYTES // 2 - 4), "é" * (MAX_BYTES // 2 - 4)),
        ("é" * (MAX_BYTES // 2 - 3), None),
        ('"' * (MAX_BYTES // 2), None),
        (Decimal("7"), "7"),
        (Decimal("-12.50"), "-12.5"),
        (Decimal("1200"), "1200"),
        (Decimal("1.2E+3"), "1200"),
        (Decimal("-0"), "0"),
        (Decimal("0E-7"), "0"),
        (Decimal("0E+99"), "0"),
        (Decimal("9" * 38), "9" * 38),
        (Decimal("1E+38"), None),
        (Decimal("0." + "1" * 37), "0." + "1" * 37),
        (Decimal("0." + "1" * 38), None),
        (Decimal("1E-130"), None),
        (Decimal("1E+999999999"), None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (True, None),
        (None, None),
    ],
)
def test_what_can_be_attached(value: Any, text: str | None) -> None:
    assert attach(["f"], {"f": value} if value is not None else {}) == (() if text is None else (("f", text),))


def test_the_first_fields_of_the_yaml_fit() -> None:
    fields = {"a": "x" * 500, "b": "x" * 500, "c": "y" * 400}
    assert dict(attach(["a", "b", "c"], fields)).keys() == {"a", "c"}
    assert dict(attach(["c", "b", "a"], fields)).keys() == {"c", "b"}
    assert attach(["a", "c"], fields) == attach(["c", "a"], fields)
    assert attach([], fields) == ()


values = st.one_of(st.text(max_size=700), st.decimals(allow_nan=None), st.booleans())


@given(st.dictionaries(st.sampled_from("abcdefgh"), values), st.permutations("abcdefgh"))
def test_whatever_is_written_there_fits(fields: dict[str, Any], names: list[str]) -> None:
    kept = dict(attach(names, fields))
    assert count_bytes(kept) <= MAX_BYTES
    for name, text in kept.items():
        value = fields[name]
        assert text == value if isinstance(value, str) else Decimal(text) == value
    # Nothing that would fit beside the rest is left out but for the sake of an earlier field.
    for number, name in enumerate(names):
        (alone,) = attach([name], fields) or (None,)
        before = {each: kept[each] for each in names[:number] if each in kept}
        if alone and name not in kept:
            assert count_bytes({**before, name: alone[1]}) > MAX_BYTES


def test_a_bad_attachment_rejects_nothing() -> None:
    world = World(board(attach=("photo", "level")))
    batch = world.put(item(photo="a\nb", level=True), item("bob", number=1, photo="x" * 5000))
    assert (batch.counts["Counted"], batch.reasons) == (2, {})
    world.rebuild()
    assert shown(world) == {"ann": {}, "bob": {}}


@pytest.mark.parametrize("aggregate", ["sum", "average", "count"])
def test_the_newest_counted_activity_decides_as_a_whole(aggregate: str) -> None:
    """Whatever the order of arrival: what the newest activity does not carry is gone."""
    written = [
        item(at=NOW, number=0, photo="old", level=1),
        item(at=NOW + 1, number=1, photo="new"),
        item(at=NOW + 1, number=0, photo="same time, lower id", level=3),
        item(at=NOW + 2, number=0, type="jump", photo="rejected"),
    ]
    for order in permutations(written):
        world = World(board(aggregate=aggregate, attach=("level", "photo")))
        for each in order:
            world.put(each, written=NOW + 999)
        world.rebuild(NOW + HOUR)
        assert shown(world) == {"ann": {"photo": "new"}}
    world.put(item(at=NOW + 3), written=NOW + HOUR + 1)
    world.put(item(at=NOW, number=7, photo="late"), written=NOW + HOUR + 2)
    world.rebuild(NOW + 2 * HOUR)
    assert shown(world) == {"ann": {}}


@pytest.mark.parametrize(("aggregate", "photo"), [("best", "best"), ("last", "last")])
@pytest.mark.parametrize("milestones", [(), (5,)], ids=["one write", "transactions"])
def test_the_run_that_is_kept_has_its_own(aggregate: str, photo: str, milestones: tuple[int, ...]) -> None:
    runs = [
        item(at=NOW, type="run", points=7, photo="earlier"),
        item(at=NOW + 1, type="run", points=9, photo="best"),
        item(at=NOW + 2, type="run", points=9, photo="equal, and later"),
        item(at=NOW + 3, type="run", points=1, photo="last"),
    ]
    for order in permutations(runs):
        world = World(board(aggregate=aggregate, rules=SCORED, attach=("photo",), milestones=milestones))
        for each in order:
            assert not world.put(each, written=NOW + 999).failed
        world.rebuild(NOW + HOUR)
        assert shown(world) == {"ann": {"photo": photo}}


def test_the_days_of_a_rolling_window() -> None:
    world = World(board(windows=(WindowKind("rolling", days=3),), attach=("photo",)))
    for days, photo in ((2, "oldest"), (0, "newest"), (1, "between")):
        at = NOW - days * 24 * HOUR
        world.put(item(at=at, photo=photo), written=at)
    world.rebuild()
    assert shown(world) == {"ann": {"photo": "newest"}}


def test_the_list_may_change_at_any_time() -> None:
    """A field that is no longer in the YAML is not shown, in a sealed window neither; its order is the YAML's."""
    hour = (WindowKind("hour", grace_seconds=0), WindowKind("all_time"))
    config = board(windows=hour, attach=("photo", "level"), drain_seconds=60)
    world = World(config)
    world.put(item(photo="p", level=5, character="Sable"))
    for minute in range(70):
        world.rebuild(NOW + minute * 60_000)
        world.put(*world.aws.tables["activities"].values(), written=NOW + minute * 60_000)
    now = NOW + 70 * 60_000
    tags = []
    for names, expected in (
        (("photo", "level"), '{"photo": "p", "level": "5"}'),
        (("level", "photo"), '{"level": "5", "photo": "p"}'),
        (("level", "character"), '{"level": "5"}'),
        (("character",), "{}"),
    ):
        world.deploy(board(windows=hour, attach=names, drain_seconds=60))
        world.rebuild(now)
        for window in ("hour:previous", "all_time"):
            answer = world.api.leaderboard({"window": window}, now)
            assert json.dumps(answer.body["entries"][0]["attached"]) == expected
            tags.append(answer.content_hash)
        assert world.page(now, window="hour:previous")["window"]["sealed"]
    assert len(set(tags)) == len(tags)
    world.deploy(board(windows=hour, drain_seconds=60))
    assert "attached" not in world.page(now, window="all_time")["entries"][0]
    # A field that is new comes with the next counted activity.
    world.deploy(board(windows=hour, attach=("character",), drain_seconds=60))
    world.put(item(at=now, number=1, character="Wren"), written=now)
    world.rebuild(now + 1)
    assert world.page(now + 1, window="all_time")["entries"][0]["attached"] == {"character": "Wren"}


def test_every_answer_has_them() -> None:
    world = World(board(attach=("photo",)))
    world.put(item(photo=PHOTO), item("bob", number=1))
    world.rebuild()
    expected = {"ann": {"photo": PHOTO}, "bob": {}}
    assert shown(world) == expected
    bodies = [world.api.neighbours("ann", {}, NOW).body, world.api.friends({"ids": "bob,ann"}, NOW).body]
    assert all({each["player_id"]: each["attached"] for each in body["entries"]} == expected for body in bodies)
    assert world.player("ann")["entry"]["attached"] == {"photo": PHOTO}
    # A score that changes has a pending one, and what is attached changes with the snapshot.
    world.put(item(number=2, photo="next"))
    entry = world.player("ann")["entry"]
    assert (entry["attached"], entry["pending"]) == ({"photo": PHOTO}, {"score": 20, "columns": {"score": 20}})


def test_a_new_attachment_alone_is_a_new_snapshot() -> None:
    world = World(board(attach=("photo",), rules=(Rule("pose", (Points(Decimal(0)),)),)))
    world.put(item(type="pose", photo="one"))
    first = world.rebuild().snapshot.ranks[0]
    world.put(item(number=1, type="pose", photo="two"))
    second = world.rebuild(NOW + 60_000).snapshot.ranks[0]
    assert shown(world) == {"ann": {"photo": "two"}}
    assert first.content != second.content


def test_boards_without_them_store_what_they_did() -> None:
    """Whatever activities carry, no item, no file and no answer of such a board has anything of it."""
    plain, carrying, attaching = World(board()), World(board()), World(board(attach=("photo",)))
    for world in (plain, carrying, attaching):
        world.put(item() if world is plain else item(photo=PHOTO), item("bob", number=1))
        world.rebuild()
    assert plain.aws.tables["aggregates"].values() is not carrying.aws.tables["aggregates"].values()
    assert plain.items_of_all_time() == carrying.items_of_all_time()
    assert plain.aws.bucket.bodies() == carrying.aws.bucket.bodies()
    assert plain.page() == carrying.page()
    # What one without an attachment has more: the id that brought it.
    more = {
        player: row.keys() - plain.items_of_all_time()[player].keys()
        for player, row in attaching.items_of_all_time().items()
    }
    assert more == {"ann": {"attached", "attached_by"}, "bob": {"attached_by"}}
    assert attaching.items_of_all_time()["ann"]["attached"] == {"M": {"photo": {"S": PHOTO}}}
    (block,) = (
        body for key, body in attaching.aws.bucket.bodies().items() if "W48" in key and key.endswith("blocks/000000")
    )
    assert [json.loads(line.partition(b"\t")[2]) for line in split_block(block.rstrip())[1]] == [
        [None, {"photo": PHOTO}],
        [None],
    ]


def test_an_item_stays_within_two_units() -> None:
    columns = tuple(Column(f"column_{number}", "descending") for number in range(8))
    rule = Rule("run", (Points(Decimal(10**15 - 1)),) * 8)
    names = tuple(f"field_{number}" for number in range(8))
    world = World(board(columns=columns, rules=(rule,), decimals=0, attach=names, windows=(WindowKind("all_time"),)))
    fields = dict.fromkeys(names, "🎉" * 27)
    world.put(item("x" * 128, NOW, 0, type="run", name="\U0001f389" * 64, **fields))
    (row,) = world.items_of_all_time().values()
    assert len(row["attached"]["M"]) == 8
    assert 1024 < item_bytes(row) <= 2048


def test_a_closed_window_tells_of_them() -> None:
    world = World(board(windows=(WindowKind("hour", grace_seconds=0),), attach=("photo",), drain_seconds=60))
    world.put(item(photo=PHOTO), item("bob", number=1))
    for minute in range(80):
        world.rebuild(NOW + minute * 60_000)
        world.put(*world.aws.tables["activities"].values(), written=NOW + minute * 60_000)
    outbox.send(world.table, world.event_bus, "arcade-kills")
    ((_, detail),) = world.aws.events.sent
    assert [each["attached"] for each in detail["top"]] == [{"photo": PHOTO}, {}]
    plain = events.window_closed_detail(board(), world.snapshots.read_newest().ranks[0], [])  # type: ignore[union-attr]
    assert "attached" not in str(plain)


def test_the_largest_event_fits() -> None:
    """An event with every entry as large as it may be has less than 256 kB, as `TOP_IN_EVENT` says."""
    columns = tuple(Column(f"c{number}_{'x' * 29}", "descending") for number in range(8))
    names = tuple("abcdefgh")
    config = board(columns=columns, decimals=6, attach=names)
    fields = attach(names, dict.fromkeys(names, "x" * (MAX_BYTES // 8 - 8)))
    assert MAX_BYTES - 8 < count_bytes(dict(fields)) <= MAX_BYTES
    entry = RankedEntry(0, 10**7, "x" * 128, "\U0001f389" * 64, (-BOUND,) * 8, NOW, fields)
    window = Window("2026-11-24", "day", NOW, NOW + 24 * HOUR)
    detail = events.window_closed_detail(config, WindowRanks(window, 10**7, "", "", "first"), [entry] * 100)
    largest = len(json.dumps(detail, ensure_ascii=False).encode())
    assert 170_000 < largest < events.TOP_IN_EVENT * (900 + 1030) + 500 < 256_000
    alone = {name: value for name, value in detail["top"][0].items() if name != "attached"}
    assert len(json.dumps(alone, ensure_ascii=False).encode()) < 900


def test_board_json_keeps_the_list() -> None:
    config = board(attach=("photo", "level"))
    assert parse_board_json(to_board_json(config)) == config
    assert describe_identity(config) == describe_identity(board())


def test_values_for_examples_can_be_attached() -> None:
    for name in ("replay_url", "character", "Photo"):
        assert dict(attach([name], {name: make_value(name, 3)})) == {name: make_value(name, 3)}
    assert make_value("replay_url").startswith("https://")
    assert make_value("character", 1) != make_value("character", 2)
