"""The reckoning after a crowd has played: where a board differs from what must have come of the activities."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from generator.operations.rejections import list_rejections
from runtime import clock
from runtime.domain.instants import rfc3339
from runtime.dynamodb.table import Table
from tests.end_to_end.crowd import Crowd
from tests.end_to_end.deployed import Listener, OperatedGame
from tests.end_to_end.game import age_answers, get
from tests.runtime.naive_model import Row

MILESTONE = "leaderboard.milestone_reached"


def read_snapshot(game: OperatedGame) -> str:
    """Read the newest snapshot page by page, which must be whole. Returns its `as_of`, "" where there is none yet."""
    first = get(f"{game.api_url}/v1/leaderboard?limit=100")[1]
    entries, as_of = first["entries"], first["as_of"]
    while as_of and len(entries) < first["players"]:
        page = get(f"{game.api_url}/v1/leaderboard?limit=100&offset={len(entries)}&as_of={as_of}")[1]
        assert (page["as_of"], page["players"]) == (as_of, first["players"])
        assert page["entries"]
        entries += page["entries"]
    assert len({entry["player_id"] for entry in entries}) == len(entries) == first["players"]
    return as_of or ""


def read_letters(game: OperatedGame, crowd: Crowd, receives: int) -> int:
    """Count the dead letters, which stay where they are. Each must be an activity of the crowd that the processor got
    as often as the queue allows: its worker was killed each time, or it might not write."""
    sqs, url = game.stack.aws.client("sqs"), game.stack.boards[game.name].deployment.dead_letter_queue_url
    found: list[dict[str, Any]] = []
    names: Any = ["ApproximateReceiveCount"]
    while more := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60, MessageSystemAttributeNames=names
    ).get("Messages", []):
        found += more
    for letter in found:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0)
        keys = json.loads(letter["Body"])["dynamodb"]["Keys"]
        key = keys["player_id"]["S"], keys["activity_id"]["S"]
        assert key in crowd.keys, f"a dead letter that nobody wrote: {letter}"
        assert int(letter["Attributes"]["ApproximateReceiveCount"]) > receives, letter
    return len(found)


def find_faults(game: OperatedGame, crowd: Crowd, listener: Listener | None) -> list[str]:
    """Where a board differs from what must have come of all that its crowd wrote, each as a line of text."""
    as_of = game.rebuild()["as_of"]
    age_answers(game.stack)
    return [*_compare_ranks(game, crowd, as_of), *_compare_accounts(game, crowd), *_compare_events(crowd, listener)]


def _compare_ranks(game: OperatedGame, crowd: Crowd, as_of: int) -> Iterator[str]:
    """Every rank of every window, in the snapshot of the instant `as_of`."""
    windows = get(f"{game.api_url}/v1/windows")[1]["windows"]
    kinds = dict(crowd.rules.windows)
    if {window["every"] for window in windows} != set(kinds):
        yield f"the windows are {windows}"
    for window in windows:
        every, starts = window["every"], window["starts_at"]
        now = as_of if window["current"] or not starts else _milliseconds(starts)
        expected = [_entry(game, row) for row in crowd.model.board((every, kinds[every]), now)]
        found = game.ranking(window["id"])
        if len(found) != len(expected):
            yield f"{window['id']} has {len(found)} players, not {len(expected)}"
        for is_, should in zip(found, expected, strict=False):
            if is_ != should:
                yield f"{window['id']}: {is_}, not {should}"
                break


def _compare_accounts(game: OperatedGame, crowd: Crowd) -> Iterator[str]:
    """What was written, counted, rejected and ignored."""
    client, names = game.stack.aws.client("dynamodb"), game.stack.boards[game.name].board.names
    keys = ("player_id", "activity_id")
    activities, marks = (Table(client, names.part(part), keys) for part in ("activities", "marks"))
    # The board writes items of its own: heartbeats, every few minutes.
    written = {key for item in _scan(activities) if not (key := activities.key_of(item))[0].startswith("#")}
    if written != crowd.keys or len(written) != crowd.written:
        yield f"{len(written)} activities are written, not {crowd.written}"
    rejections = list(list_rejections(marks, clock.now()))
    reasons = Counter(each.reason for each in rejections)
    if reasons != crowd.rejected + crowd.model.rejected:
        yield f"rejected were {reasons}, not {crowd.rejected + crowd.model.rejected}"
    outcomes = Counter(item["outcome"]["S"] for item in _scan(marks) if "outcome" in item)
    if outcomes["rejected"] != len(rejections):
        yield f"{outcomes['rejected']} marks say rejected, {len(rejections)} are listed"
    if game.config.keeps_one_run:
        # Without a mark for each run, what was counted shows in the ranks alone.
        counted = crowd.written - crowd.ignored - len(rejections)
        if outcomes["counted"]:
            yield f"{outcomes['counted']} marks say counted on a board that writes none"
    else:
        counted = outcomes["counted"]
        stored = sum(int(item["counted"]["N"]) for item in game.read_aggregates() if "counted" in item)
        should = sum(len(runs) for runs in crowd.model.counted.values())
        if stored != should:
            yield f"the aggregates have {stored} activities, not {should}"
    if counted + len(rejections) + crowd.ignored != crowd.written:
        yield f"{counted} counted + {len(rejections)} rejected + {crowd.ignored} ignored is not {crowd.written}"


def _compare_events(crowd: Crowd, listener: Listener | None) -> Iterator[str]:
    """Every milestone has one event: sent once or more, always with the same content."""
    events = listener.receive() if listener else []
    contents = {(event["detail"]["id"], json.dumps(event["detail"], sort_keys=True)) for event in events}
    ids = {id_ for id_, _ in contents}
    if len(ids) != len(contents):
        yield f"{len(contents) - len(ids)} events were sent with two contents"
    found = Counter((event["player_id"], event["milestone"]) for event in (json.loads(text) for _, text in contents))
    expected = Counter((player, milestone) for _, player, milestone in crowd.model.events)
    if found != expected or {event["detail-type"] for event in events} - {MILESTONE}:
        yield f"{len(events)} events of {len(ids)} ids; missing {expected - found}, too many {found - expected}"


def _entry(game: OperatedGame, row: Row) -> dict[str, Any]:
    """The entry that the API answers for a row of the model."""
    columns = {column.name: float(value) for column, value in zip(game.config.columns, row.columns, strict=True)}
    return {
        "rank": row.rank,
        "player_id": row.player,
        "name": row.name,
        "score": columns[game.config.columns[0].name],
        "columns": columns,
        "at": rfc3339(row.at),
    }


def _scan(table: Table) -> Iterator[dict[str, Any]]:
    for page in table.client.get_paginator("scan").paginate(TableName=table.name):
        yield from page["Items"]


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
