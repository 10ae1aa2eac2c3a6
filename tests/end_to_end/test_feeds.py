"""Five boards of different scoring count one feed, each exactly; one that is broken holds up none of the others."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from generator.local.feeds.local_feed import LocalFeed
from generator.local.stack import Stack
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY, HOUR, rfc3339
from tests.end_to_end.deployed import OperatedGame, deploy_boards, wait_until, write_ready_file
from tests.end_to_end.game import age_answers
from tests.end_to_end.storm import set_redelivery, without_writing
from tests.runtime.naive_model import Model
from tests.runtime.naive_rules import Rules, Run
from tests.support.cli import run
from tests.support.effort import TIMES
from tests.support.projects import boards_of, head

ACTIVITIES, PLAYERS, STRAYS = 1_500 * TIMES, 24, 7
SECONDS = 900.0
"""Seconds that the boards may take at the most, on a machine that has much else to do."""

FEED = """feeds:
  - {name: matches, team: nebula, types: [kill, lap, match, duel]}
"""
YAML = (
    head(project="fan")
    + FEED
    + """defaults: {feed: matches, window: {every: all_time}}
boards:
  - {name: total, team: nebula, scoring: {decimals: 2, rules: [{activity: kill, per: {field: value, points: 1}}]}}
  - name: played
    team: nebula
    scoring: {aggregate: count, ties: shared, rules: [{activity: match}, {activity: duel}]}
  - name: average
    team: nebula
    scoring: {aggregate: average, decimals: 1, ties: dense, rules: [{activity: duel, per: {field: value, points: 1}}]}
  - name: fastest
    team: nebula
    scoring: {aggregate: best, order: ascending, decimals: 1, rules: [{activity: lap, per: {field: value, points: 1}}]}
  - name: newest
    team: nebula
    scoring: {aggregate: last, decimals: 0, rules: [{activity: match, per: {field: value, points: 1}}]}
"""
)
LATE = """  - name: late
    team: nebula
    scoring: {aggregate: count, rules: [{activity: kill}]}
"""
"""A board that is added while the feed runs."""
KINDS = ("kill", "lap", "match", "duel")
SHARES = (48, 40, 10, 2)
"""Of how many percent of the activities each type is."""
BROKEN = "average"
_WINDOWS = (("all_time", 0),)
RULES = {
    "total": (("kill",), Rules("sum", ("descending",), 2, "first", _WINDOWS)),
    "played": (("match", "duel"), Rules("count", ("descending",), 0, "shared", _WINDOWS)),
    "average": (("duel",), Rules("average", ("descending",), 1, "dense", _WINDOWS)),
    "fastest": (("lap",), Rules("best", ("ascending",), 1, "first", _WINDOWS)),
    "newest": (("match",), Rules("last", ("descending",), 0, "first", _WINDOWS)),
}
"""Which types each board counts, and its rules as the naive model takes them."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deploy_boards(boards_of(YAML)) as deployed:
        yield deployed


def make_activities(chance: random.Random, now: int) -> Iterator[dict[str, Any]]:
    """What a game server writes, once for all boards."""
    for _ in range(ACTIVITIES):
        at = now - chance.randrange(HOUR)
        yield {
            "player_id": {"S": f"p{int(PLAYERS * chance.random() ** 2)}"},
            "activity_id": {"S": make_id(at, chance.getrandbits(74))},
            "type": {"S": chance.choices(KINDS, SHARES)[0]},
            "value": {"N": str(Decimal(chance.randrange(20_000)).scaleb(-3))},
            "expires_at": {"N": str((now + 40 * DAY) // 1000)},
        }


def expect(board: str, items: list[dict[str, Any]], now: int) -> list[dict[str, Any]]:
    """The board that must come of all activities: rank, player, score, and when it was reached."""
    kinds, rules = RULES[board]
    model = Model(rules, HOUR)
    for item in items:
        if item["type"]["S"] in kinds:
            identity = item["activity_id"]["S"]
            at = int(identity.replace("-", "")[:12], 16)
            values = (Fraction(item["value"]["N"]),)
            model.write(Run(item["player_id"]["S"], identity, at, now, None, values))
    return [
        {"rank": row.rank, "player_id": row.player, "score": float(row.columns[0]), "at": rfc3339(row.at)}
        for row in model.board(("all_time", 0), now)
    ]


def read(game: OperatedGame) -> list[dict[str, Any]]:
    """The same, as the API answers it."""
    return [{name: entry[name] for name in ("rank", "player_id", "score", "at")} for entry in game.ranking()]


def feed_of(stack: Stack) -> LocalFeed:
    feed = stack.boards["total"].feed
    assert feed
    return feed


def write_all(stack: Stack, games: dict[str, OperatedGame], items: list[dict[str, Any]]) -> None:
    """Write activities into the feed's table, and let them lie in the boards' queues until all are there.

    Processors then take whole batches, and need the same time on every machine.
    """
    for game in games.values():
        game.stop_processing()
    games["total"].put_all(items)
    pipe = feed_of(stack).pipe
    rounds = pipe.idle_rounds + 2
    wait_until(lambda: pipe.idle_rounds >= rounds, SECONDS)
    for game in games.values():
        game.resume_processing()


def count_strays(stack: Stack) -> int:
    """The activities that no board counts, in the queue that keeps them."""
    name = "ApproximateNumberOfMessages"
    url = feed_of(stack).deployment.strays_queue_url
    answer = stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def test_five_boards_count_one_feed_and_a_broken_one_holds_up_no_other(stack: Stack, tmp_path: Path) -> None:
    games = {name: OperatedGame(stack, name) for name in RULES}
    assert len({game.table for game in games.values()}) == 1
    now = int(time.time() * 1000)
    items = list(make_activities(random.Random(14), now))
    strays = [{**item, "type": {"S": "kil"}, "player_id": {"S": "stray"}} for item in items[:STRAYS]]
    set_redelivery(games[BROKEN], visibility=1, receives=1)
    with without_writing(games[BROKEN]):
        write_all(stack, games, [*items, *strays, *items[:100]])  # a game server that is unsure writes again
        for name, game in games.items():
            stack.drain(name, SECONDS)
            game.rebuild()
        age_answers(stack)
        found = {name: read(game) == expect(name, items, now) for name, game in games.items()}
        assert found == {name: name != BROKEN for name in RULES}
    lost = sum(item["type"]["S"] == "duel" for item in items)
    assert {name: game.count_messages("dead_letter_queue_url") for name, game in games.items()} == {
        name: lost * (name == BROKEN) for name in RULES
    }
    assert count_strays(stack) == STRAYS
    redrive_the_broken_one(stack, games[BROKEN], lost, tmp_path)
    assert read(games[BROKEN]) == expect(BROKEN, items, now)
    # Nobody else counted anything again.
    assert {name: read(game) == expect(name, items, now) for name, game in games.items()} == dict.fromkeys(RULES, True)


def redrive_the_broken_one(stack: Stack, game: OperatedGame, letters: int, folder: Path) -> None:
    """Put its dead letters back, as its team would after the mend."""
    (folder / "leaderboards.yaml").write_text(YAML)
    set_redelivery(game, visibility=90, receives=5)
    ready = write_ready_file(stack, folder)
    command = ("redrive", game.name, "--from", "dead-letters", "--no-wait", "--local", "--ready-file", str(ready))
    redriven = run(*command, cwd=folder)
    assert (redriven.code, redriven.stdout) == (0, f"nebula/{game.name}: {letters} put back\n")
    stack.drain(game.name, SECONDS)
    game.rebuild()
    age_answers(stack)


def test_probes_and_heartbeats_reach_only_the_board_that_sent_them(stack: Stack) -> None:
    before = {name: stack.boards[name].carried.written for name in RULES}
    game = OperatedGame(stack, "newest")
    stack.aws.client("lambda").invoke(FunctionName=game.function("rebuilder"), Payload=b'{"task": "watch"}')
    stack.drain("newest", SECONDS)
    assert {name: stack.boards[name].carried.written - before[name] for name in RULES} == {
        name: int(name == "newest") for name in RULES
    }
    assert count_strays(stack) == STRAYS
    beats = [item for item in game.read_aggregates() if item["partition"]["S"] == "#watch"]
    assert len(beats) == 1
    assert "arrived" in beats[0]


def test_a_board_that_is_added_later_starts_from_its_creation(stack: Stack) -> None:
    before = read(OperatedGame(stack, "fastest"))
    written = {name: stack.boards[name].carried.written for name in RULES}
    [late] = [board for board in boards_of(YAML + LATE) if board.name == "late"]
    stack.put(replace(late, schedule="rate(1 day)"))
    game = OperatedGame(stack, "late")
    now = int(time.time() * 1000)
    kills = [item | {"type": {"S": "kill"}} for item in islice(make_activities(random.Random(15), now), 30)]
    game.put_all(kills)
    stack.drain("late", SECONDS)
    game.rebuild()
    assert sum(entry["score"] for entry in read(game)) == len(kills)
    # The others count on, each what it takes.
    stack.drain("total", SECONDS)
    assert {name: stack.boards[name].carried.written - written[name] for name in RULES} == {
        name: len(kills) * (name == "total") for name in RULES
    }
    assert read(OperatedGame(stack, "fastest")) == before


def test_a_board_moves_to_a_table_of_its_own_and_back(stack: Stack) -> None:
    """As a save of the YAML does it on this machine, where nothing is protected. Its scores stay."""
    game, now = OperatedGame(stack, "late"), int(time.time() * 1000)
    kills = [item | {"type": {"S": "kill"}} for item in islice(make_activities(random.Random(16), now), 12)]
    before = stack.boards["late"].board
    shared = game.table
    [own] = boards_of(YAML.replace(FEED, "").replace("feed: matches, ", "") + LATE)[-1:]
    stack.put(replace(own, schedule="rate(1 day)"))
    assert game.table != shared
    game.put_all(kills[:6])
    OperatedGame(stack, "total").put_all(kills[6:9])  # no business of its own
    stack.drain("total", SECONDS)
    stack.drain("late", SECONDS)
    stack.put(before)
    assert game.table == shared
    game.put_all(kills[9:])
    stack.drain("late", SECONDS)
    game.rebuild()
    age_answers(stack)
    assert sum(entry["score"] for entry in read(game)) == 30 + 6 + 3


def test_strays_are_shown_and_go_on_the_bus_once_their_type_is_known(stack: Stack, tmp_path: Path) -> None:
    """Their times have passed by no window, so the board that counts `kil` now counts all of them."""
    place = ("--local", "--ready-file", str(write_ready_file(stack, tmp_path)))
    file = tmp_path / "leaderboards.yaml"
    file.write_text(YAML)
    shown = run("strays", "matches", *place, cwd=tmp_path)
    assert (shown.code, shown.stdout) == (0, f'{STRAYS} of "kil", such as one of "stray"\n')
    text = YAML.replace("duel]", "duel, kil]") + LATE.replace("activity: kill", "activity: kil")
    file.write_text(text)
    early = run("strays", "matches", "--redrive", *place, cwd=tmp_path)
    assert (early.code, early.stdout) == (1, f"nebula/feed-matches: {STRAYS} put on the bus\n")
    assert f"{STRAYS} came back: apply build/nebula/feed-matches with their type" in early.stderr
    [late] = [board for board in boards_of(text) if board.name == "late"]
    stack.put(replace(late, schedule="rate(1 day)"))
    game = OperatedGame(stack, "late")
    redriven = run("strays", "feed-matches", "--redrive", "--json", *place, cwd=tmp_path)
    assert json.loads(redriven.stdout) == {"feed": "matches", "redriven": STRAYS, "back": 0, "hidden": 0}
    stack.drain("late", SECONDS)
    game.rebuild()
    assert {entry["player_id"]: entry["score"] for entry in read(game)}["stray"] == STRAYS
    assert count_strays(stack) == 0


def test_record_writes_into_the_feeds_table(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    ready = write_ready_file(stack, tmp_path)
    command = ("record", "fastest", "--player", "ann", "--type", "lap", "value=1", "--no-wait")
    recorded = run(*command, "--local", "--ready-file", str(ready), cwd=tmp_path)
    assert (recorded.code, recorded.stderr.split()[:4]) == (0, ["written:", "lap", "of", "ann,"])
