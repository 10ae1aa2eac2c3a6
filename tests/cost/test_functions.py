"""The numbers about the functions are those of the functions."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from generator.aws.limits import ceil_div
from generator.cost import functions, rebuilds
from runtime import aws, config, processor, rebuilder
from runtime.config import BoardConfig, Segment, WindowKind
from runtime.domain.activity import parse_stream_record
from runtime.domain.instants import DAY, MINUTE
from runtime.dynamodb import changes, items
from runtime.dynamodb.streaming import table_stream
from runtime.s3.ranks.bulk import WHOLE
from runtime.s3.ranks.sizes import BLOCK, PER_PACK, most_changes
from tests.cost.metering import Meter
from tests.runtime.boards import NOW, board, item, message, stream_record
from tests.runtime.world import World, processor_of
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import HookedAws
from tests.support.memory_aws.values import item_bytes

BOARDS = {
    "week and all time": board(),
    "one shard": board(shards=1, windows=(WindowKind("day"),)),
    "rolling": board(shards=2, windows=(WindowKind("rolling", days=7),)),
    "names": board(search_names=True),
    "segments": board(segments=(Segment("country", "country", "Country", ("BR", "DE")),), search_names=True),
    "every kind": board(windows=tuple(WindowKind(every) for every in ("all_time", "hour", "day", "week", "month"))),
}
PLAYER = "0196a3c2-7c1e-7abc-8def-0123456789ab"
NAME = "Zoë the Fearless"


def run_handler(monkeypatch: pytest.MonkeyPatch, world: World, now: int, task: str = "rebuild") -> None:
    """Run the rebuilder as its schedules do."""
    monkeypatch.setattr("runtime.clock.now", lambda: now)
    monkeypatch.setattr(aws, "events", lambda: world.event_bus)
    monkeypatch.setattr(rebuilder, "_rebuilder", lambda: world.rebuilder(now))
    rebuilder.handler({"task": task}, CONTEXT)


PLAYERS = [f"p{number}" for number in range(3)]


def ready(given: BoardConfig, monkeypatch: pytest.MonkeyPatch) -> World:
    """A board that three players play, whose stream has as many shards as that of a new table."""
    world = World(given)
    world.aws.stream.split(into=rebuilds.STREAM_SHARDS)
    assert not world.put(*(item(each, NOW, country="BR") for each in PLAYERS)).failed
    # The first two runs open windows and sweep.
    for run in range(2):
        run_handler(monkeypatch, world, NOW + run * MINUTE)
    return world


def play_on(world: World) -> None:
    at = NOW + MINUTE + 1
    assert not world.put(*(item(each, at, name=NAME, country="DE") for each in PLAYERS), written=at).failed


def meter_a_run(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    meter = Meter(world)
    run_handler(monkeypatch, world, NOW + 2 * MINUTE)
    took = meter.take()
    # The run before has moved the pointer alone: this one looks once for what has died since.
    took.pop("bucket lists", None)
    return took


@pytest.mark.parametrize("given", BOARDS.values(), ids=BOARDS)
def test_a_full_rebuild_asks_for_what_its_terms_say(given: BoardConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    world = ready(given, monkeypatch)
    # The positions are of another stream.
    world.aws.stream.renew()
    world.aws.stream.split(into=rebuilds.STREAM_SHARDS)
    world.stream = world.open_stream()
    play_on(world)
    took = meter_a_run(world, monkeypatch)
    said = rebuilds.measure_full_rebuild(given, [len(PLAYERS)] * len(given.windows), 1769)
    assert rebuilds.STREAM_SHARDS <= took.pop("stream reads") <= said.stream_reads
    # Of the days of a rolling window, only those are read in which somebody played.
    unread = given.shards * sum(kind.days - 1 for kind in given.windows if kind.days)
    # A stream that is begun has more fences. Once a day it is followed, and all is read to check that.
    more = table_stream.FENCES_OF_SHARD * rebuilds.STREAM_SHARDS - table_stream.FENCES
    assert took == {
        "reads": said.read_units - unread,
        "writes": said.write_units + more,
        "bucket writes": said.bucket_writes,
        "bucket reads": said.bucket_reads,
    }


@pytest.mark.parametrize("given", BOARDS.values(), ids=BOARDS)
def test_a_rebuild_follows_changes_for_what_its_terms_say(given: BoardConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    world = ready(given, monkeypatch)
    play_on(world)
    took = meter_a_run(world, monkeypatch)
    said = rebuilds.measure_following_rebuild(given, len(PLAYERS), len(PLAYERS), 1769)
    assert (took["writes"], took["bucket writes"]) == (said.write_units, round(said.bucket_writes))
    assert rebuilds.STREAM_SHARDS <= took["stream reads"] <= said.stream_reads
    # No delta is there yet, those who come last come behind the last block, and one day of a rolling window is played.
    assert 2 + 2 * len(given.windows) <= took["bucket reads"] <= said.bucket_reads
    assert rebuilds.measure_quiet_rebuild().read_units + items.OUTBOX_SHARDS <= took["reads"] <= said.read_units


@pytest.mark.parametrize("changes", [60, 700])
def test_a_rebuild_writes_all_that_has_changed_since_the_base(changes: int) -> None:
    players, most, written, held = 1_000_000, most_changes(1_000_000), 0, 0
    for _ in range(runs := 5_000):
        held += changes
        written += held if 2 * held <= most else players
        held = held if 2 * held <= most else 0
    said = rebuilds.measure_following_rebuild(board(windows=(WindowKind("week"),)), players, changes, 1769)
    assert written / runs * 0.95 <= said.stored <= written / runs * 1.2


@pytest.mark.parametrize("given", BOARDS.values(), ids=BOARDS)
def test_a_rebuild_of_a_quiet_board(given: BoardConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(given)
    world.play("ann")
    for run in range(9):
        run_handler(monkeypatch, world, NOW + run * MINUTE)
    meter = Meter(world)
    run_handler(monkeypatch, world, NOW + 9 * MINUTE)
    said = rebuilds.measure_quiet_rebuild()
    assert meter.take() == {"reads": said.read_units, "bucket reads": said.bucket_reads}


@pytest.mark.parametrize("players", [1, 500, 501, 64_000, 64_001, 1_000_000])
@pytest.mark.parametrize("changes", [0, 1, 5, 100, 10_000, 1_000_000])
def test_pieces_are_read_alone_or_by_the_pack(players: int, changes: int) -> None:
    chance = random.Random(players + changes)
    pieces, packs = ceil_div(players, BLOCK), ceil_div(ceil_div(players, BLOCK), PER_PACK)
    wanted: dict[int, set[int]] = {}
    for _ in range(changes):
        piece = chance.randrange(pieces)
        wanted.setdefault(piece // PER_PACK, set()).add(piece)
    made = sum(1 if len(each) >= WHOLE else len(each) for each in wanted.values())
    said = rebuilds.count_piece_reads(players, changes)
    assert said <= WHOLE * packs
    # Where packs have some seven pieces that are wanted, many are read whole: then the terms say too much.
    assert made * 0.8 - 1 <= said <= made * 1.75 + 1


def test_what_is_done_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rebuilder.SWEEP_EVERY_MS * functions.SWEEPS_A_MONTH == functions.MONTH_SECONDS * 1000
    assert ceil_div(functions.MONTH_SECONDS * 1000, DAY) == functions.FULL_READS_A_MONTH
    assert changes.REMEMBERED == functions.ANNOUNCED_SECONDS * 1000
    assert aws.THREADS == functions.THREADS
    assert table_stream.FENCES == rebuilds.FENCES
    world = World(board())
    world.play("ann")
    meter = Meter(world)
    for run in range(DAY // MINUTE):
        if run == 60:
            meter.take()
        run_handler(monkeypatch, world, NOW + run * MINUTE)
    published = functions.count_publications(board(), 43_800)
    took = meter.take()
    assert took["bucket writes"] == functions.PUBLISHED_ANEW * round(published * 23 / 730)
    assert "bucket lists" not in took
    run_handler(monkeypatch, world, NOW + DAY)
    took = meter.take()
    assert (took["bucket lists"], took["bucket writes"]) == (1, functions.PUBLISHED_ANEW)
    # Two are of the rebuild itself, one is the pointer.
    assert took["bucket reads"] - 2 <= functions.count_kept_snapshots(board(), 0) + 1


def emitted(lines: str) -> set[str]:
    """The names of the custom metrics in what a function printed."""
    found = set()
    for line in lines.splitlines():
        for block in json.loads(line).get("_aws", {}).get("CloudWatchMetrics", []):
            found |= {metric["Name"] for metric in block["Metrics"]}
    return found


def test_the_metrics_of_an_idle_board(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(board())
    for task in ("rebuild", "watch", "rebuild"):
        run_handler(monkeypatch, world, NOW, task)
    printed = capsys.readouterr().out
    assert emitted(printed) == set(functions.IDLE_METRICS)
    assert 3 * 26 + 330 + len(printed.splitlines()[-1]) < functions.LOG_BYTES


def test_a_watch_and_the_way_of_its_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(board())
    world.play("ann")
    run_handler(monkeypatch, world, NOW)
    run_handler(monkeypatch, world, NOW, "watch")
    # The processor has run before: it knows the windows, and asks only whether there are others by now.
    world.window_store.refresh()
    meter = Meter(world)
    run_handler(monkeypatch, world, NOW + 5 * MINUTE, "watch")
    took = meter.take()
    assert took == {"reads": functions.WATCH_READS, "writes": functions.WATCH_WRITES, "bucket reads": 1}
    (sent, *_) = (row for row in world.aws.tables["activities"].values() if row["type"]["S"] == "#heartbeat")
    assert not world.put(sent, written=NOW + 5 * MINUTE).failed
    assert meter.take() == {"reads": functions.ARRIVAL_READS, "writes": functions.ARRIVAL_WRITES}


def test_the_metrics_that_play_adds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    tables = HookedAws()
    monkeypatch.setattr(config, "load_board", board)
    monkeypatch.setattr(processor, "_stores", lambda: processor_of(tables))
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    processor.handler({"Records": [message(item(), "1")]}, CONTEXT)
    assert emitted(capsys.readouterr().out) == set(functions.PLAYING_METRICS)


def test_the_sizes_of_items() -> None:
    world = World(board())
    world.put(item(PLAYER, name=NAME))
    (aggregate, *_) = (row for key, row in world.aws.tables["aggregates"].items() if key[1] == PLAYER)
    record = parse_stream_record(stream_record(item(PLAYER, name=NAME, mode="ranked", damage=1234, expires_at=NOW)))
    written = item(PLAYER, name=NAME, mode="ranked", damage=1234, expires_at=NOW // 1000)
    for size, assumed in (
        (item_bytes(written), functions.ACTIVITY_BYTES),
        (item_bytes(items.mark_item(record, "counted", NOW)), functions.MARK_BYTES),
        (item_bytes(aggregate), functions.AGGREGATE_BYTES),
    ):
        assert assumed * 0.75 < size <= assumed * 1.25, (size, assumed)
    body = message(written)["body"]
    assert len(body) < functions.MESSAGE_BYTES < 3 * len(body)


def test_what_attached_fields_add() -> None:
    """A photo on a content network and a character: bytes of each item and of a snapshot, and no more units."""
    config = board(attach=("photo", "character"))
    photo = "https://cdn.example.com/photos/0196a3c27c1e.jpg"
    added: dict[str, list[int]] = {"aggregate": [], "activity": [], "block": []}
    fields: dict[str, Any]
    for given, fields in ((board(), {}), (config, {"photo": photo, "character": "Sable"})):
        world = World(given)
        written = item(PLAYER, NOW, 0, name=NAME, **fields)
        world.put(written)
        world.rebuild()
        (aggregate, *_) = (row for key, row in world.aws.tables["aggregates"].items() if key[1] == PLAYER)
        bodies = world.aws.bucket.bodies()
        (block,) = (body for key, body in bodies.items() if "all-time" in key and key.endswith("blocks/000000"))
        added["aggregate"].append(item_bytes(aggregate))
        added["activity"].append(item_bytes(written))
        added["block"].append(len(block))
        assert item_bytes(aggregate) < functions.WRITE_UNIT_BYTES
    for name, (before, after) in added.items():
        assert functions.ATTACHED_BYTES * 0.4 < after - before <= functions.ATTACHED_BYTES * 1.25, (name, before, after)
    assert (functions.attached_bytes(board()), functions.attached_bytes(config)) == (0, functions.ATTACHED_BYTES)
    assert functions.aggregate_bytes(config) == functions.AGGREGATE_BYTES + functions.ATTACHED_BYTES
    assert functions.count_write_units(config) == functions.count_write_units(board())


@pytest.mark.parametrize("given", [board(), board(search_names=True)], ids=["plain", "names"])
def test_the_size_of_a_player_in_a_snapshot(given: BoardConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(given)
    count = 300
    for number in range(count):
        world.put(item(f"{PLAYER[:-4]}{number:04}", name=NAME, number=number))
    world.rebuild()
    files = [body for key, body in world.aws.bucket.bodies().items() if "all-time" in key and "/ranks/" in key]
    assert functions.count_files(count) + functions.count_name_files(given, count) == len(files)
    assert functions.entry_bytes(given) * 0.5 < sum(map(len, files)) / count < functions.entry_bytes(given)
    names = [body for key, body in world.aws.bucket.bodies().items() if "all-time" in key and "/names/" in key]
    named = functions.LINE_BYTES + functions.PLACE_BYTES
    assert not names or named * 0.5 < sum(map(len, names)) / count < named
    # A second pack, and no more than that.
    monkeypatch.setattr(functions, "NAMES", 1)
    monkeypatch.setattr(functions, "PER_PACK", count - 1)
    assert functions.count_name_files(given, count) == (3 if names else 0)
