"""What must hold of a board, whatever has failed: some of it at any time, all of it once every retry came through."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from runtime.answers import BoardApi
from runtime.domain import scoring
from runtime.domain.activity import StreamRecord, parse_stream_record
from runtime.dynamodb import items
from runtime.dynamodb.table import Table
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore
from tests.faults.aws import DEAD_LETTERS, QUEUE
from tests.faults.stage import SECOND, Stage, Written
from tests.faults.whole import check_files
from tests.runtime.naive_model import Model
from tests.runtime.naive_players import DecidedModel
from tests.runtime.naive_rules import Rules, Run
from tests.runtime.random_boards import GRACE, entry_of

Key = tuple[str, str]
Scores = dict[Key, tuple[Any, ...]]
"""The columns, the time and the name of each player, by window id and player id."""


def check_any_time(stage: Stage) -> None:
    """What holds at any moment, in the middle of a failure too."""
    check_effects(stage)
    check_nothing_is_lost(stage)
    check_files(stage)
    check_events(stage, complete=False)


def check_settled(stage: Stage) -> None:
    """What holds once everything was delivered."""
    model = make_model(stage)
    _compare(stage, model, "the aggregates are not those of the naive model")
    check_accounts(stage, model)
    check_files(stage)
    check_events(stage, complete=False)


def check_shown(stage: Stage) -> None:
    """What holds once a rebuild has come through besides."""
    check_settled(stage)
    counted = make_model(stage)
    model = DecidedModel(**vars(counted), hidden=set(stage.hidden))
    api = _api(stage)
    for every in stage.rules.windows:
        expected = [{**entry_of(row), "at": row.at} for row in model.board(every, stage.now)]
        assert _entries(api, every[0], stage.now) == expected, f"the newest snapshot does not show {every[0]} as it is"
    for window in api.windows(stage.now).body["windows"]:
        if window["every"] == "hour":
            rows = model.board(("hour", 0), _instant(window["starts_at"]))
            expected = [{**entry_of(row), "at": row.at} for row in rows]
            assert _entries(api, window["id"], stage.now) == expected, f"{window['id']} is not shown as it is"
    check_events(stage, complete=True)


def make_model(stage: Stage) -> Model:
    """The naive model of everything that was written."""
    types = {rule.activity for rule in stage.config.rules}
    return _make_model(stage.rules, tuple(each.run for each in stage.written if each.run and each.type in types))


@lru_cache(maxsize=64)
def _make_model(rules: Rules, runs: tuple[Run, ...]) -> Model:
    model = Model(rules, GRACE * SECOND)
    for run in runs:
        model.write(run)
    return model


# The aggregates and the marks.


def check_effects(stage: Stage) -> None:
    """Where totals are kept: an activity has its mark if and only if it has its effect."""
    if stage.config.keeps_one_run:
        return
    counted = {key for key, row in stage.aws.table("marks").items() if row.get("outcome") == {"S": "counted"}}
    runs = tuple(each.run for each in stage.written if each.run and (each.run.player, each.run.id) in counted)
    model = _make_model(replace(stage.rules, per_minute=None, milestones=()), runs)
    _compare(stage, model, "marks and aggregates do not agree")


def _compare(stage: Stage, model: Model, problem: str) -> None:
    """Compare the stored aggregates to the model's. What is left of a cleared window is what it was, or gone."""
    found, expected = read_scores(stage), model_scores(stage, model)
    opened = {key[1]: row for key, row in stage.aws.table("aggregates").items() if key[0] == "#windows"}
    steps = {window: opened.get(window, {"clearing": {"S": "cleared"}}).get("clearing") for window, _ in expected}
    gone = [place for place in expected if steps[place[0]] and place not in found]
    assert found == {place: score for place, score in expected.items() if place not in gone}, problem
    assert not [place for place in found if steps[place[0]] == {"S": "cleared"}], "a window that is cleared has scores"


def read_scores(stage: Stage) -> Scores:
    """Every stored aggregate."""
    found: Scores = {}
    for (partition, player), row in stage.aws.table("aggregates").items():
        if not partition.startswith("#"):
            stored = items.read_aggregate(row)
            values = zip(stage.config.columns, scoring.ranking_columns(stage.config, stored), strict=True)
            columns = tuple(Fraction(value, 10**column.decimals) for column, value in values)
            found[partition.split("#")[0], player] = (columns, stored.at, stored.name)
    return found


def model_scores(stage: Stage, model: Model) -> Scores:
    """The same out of the naive model."""
    found: Scores = {}
    for window, runs in model.counted.items():
        by_player: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            by_player[run.player].append(run)
        for player, some in by_player.items():
            row = model._row(player, some)
            found[_window_id(stage, window), player] = (row.columns, row.at, row.name)
    return found


def _window_id(stage: Stage, name: str) -> str:
    """The id of a window by the model's name for it."""
    kind, _, rest = name.partition(" ")
    if kind == "hour":
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=int(rest)):%Y-%m-%dT%H}"
    if kind == "rolling":
        days = dict(stage.rules.windows)["rolling"]
        return f"rolling-{days}d.{rest}"
    return name


# The accounts.


@lru_cache(maxsize=1024)
def _record(body: str) -> StreamRecord | None:
    try:
        return parse_stream_record(json.loads(body))
    except ValueError:
        return None


def _is_ignored(stage: Stage, written: Written) -> bool:
    return written.type in stage.config.ignore or written.type.startswith("#")


def check_nothing_is_lost(stage: Stage) -> None:
    """What was written has a mark, or is listed as rejected, or waits in a queue."""
    if stage.config.keeps_one_run:
        # What counted leaves no mark here: that nothing is missing shows when all has come through.
        return
    waiting = {_id_of(each.body) for name in (QUEUE, DEAD_LETTERS) for each in stage.aws.queue(name)}
    marks, listed = stage.aws.table("marks"), _listed(stage)
    for each in stage.written:
        record = _record(each.body)
        if record is not None and not _is_ignored(stage, each) and _id_of(each.body) not in waiting:
            key = items.mark_key(record)
            assert key in marks or _id_of(each.body) in listed, f"{key} is lost"


def check_accounts(stage: Stage, model: Model) -> None:
    """Counted, rejected and ignored are what was written, and each rejection is listed once."""
    counted = {(run.player, run.id) for runs in model.counted.values() for run in runs}
    expected: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    rejected, refused = set(), set()
    dead = []
    for key, each in {_id_of(each.body): each for each in stage.written}.items():
        record = _record(each.body)
        if record is None:
            dead.append(each.body)
        elif not _is_ignored(stage, each):
            player = record.player_id
            refused |= set() if key in counted else {key}
            expected[player, "counted" if key in counted else "rejected"] += 1
            outcome = stage.aws.table("marks").get(items.mark_key(record), {}).get("outcome", {}).get("S", "counted")
            found[player, outcome] += 1
            rejected |= {key} if outcome == "rejected" else set()
    listed = _listed(stage, once=True)
    if stage.config.keeps_one_run:
        # What counted may be listed besides: it left no mark, and came again when it could no longer be judged alike.
        again = {key for key, reason in listed.items() if key in counted and reason in ("too_old", "sealed")}
        assert not [key for key in listed if key in counted and key not in again], "listed though it counted"
        assert rejected == set(listed), f"rejections and their list do not agree: {rejected ^ set(listed)}"
        assert rejected - again == refused, f"rejected by the rules and not by the board: {rejected - again ^ refused}"
    else:
        assert found == expected, "counted + rejected + ignored is not what was written"
        assert rejected == set(listed), f"rejections and their list do not agree: {rejected ^ set(listed)}"
    assert [each.body for each in stage.aws.queue()] == [], "messages are left in the queue"
    assert sorted({each.body for each in stage.aws.queue(DEAD_LETTERS)}) == sorted(dead), "dead letters"


def _id_of(body: str) -> Key:
    record = _record(body)
    return (record.player_id, record.activity_id) if record else ("", body)


def _listed(stage: Stage, *, once: bool = False) -> dict[Key, str]:
    """The reason of each rejection that people can see, by player and activity; `once`: none is listed twice.

    One may be for a while: a redrive died before it had removed it, and it was rejected again on another day.
    """
    found: dict[Key, str] = {}
    for (partition, _), row in stage.aws.table("marks").items():
        if partition.startswith("#rejected#"):
            key = (row["by"]["S"], row["activity"]["S"])
            assert not once or key not in found, f"{key} is listed twice"
            found[key] = row["reason"]["S"]
    return found


# Snapshots.


def _api(stage: Stage) -> BoardApi:
    bucket = Bucket(stage.aws.client("s3"), "bucket")
    table = Table(stage.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
    return BoardApi(stage.config, RankFiles(bucket, stage.config.columns), SnapshotStore(bucket), table)


def _entries(api: BoardApi, window: str, now: int) -> list[dict[str, Any]]:
    """What readers see of a window, with the time of each entry in milliseconds."""
    entries = api.leaderboard({"window": window, "limit": "100"}, now).body["entries"]
    return [
        {**{key: value for key, value in each.items() if key != "percentile"}, "at": _instant(each["at"])}
        for each in entries
    ]


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000 + 0.5)


# Events.


def check_events(stage: Stage, *, complete: bool) -> None:
    """Each thing that happened has one id, and each id one content; once they are complete, none is missing."""
    contents: dict[str, str] = {}
    ids: dict[tuple[Any, ...], str] = {}
    waiting = [
        (row["type"]["S"], json.loads(detail["S"]))
        for (partition, _), row in stage.aws.table("aggregates").items()
        if partition.startswith("#outbox#")
        for detail in row["details"]["L"]
    ]
    for kind, detail in [*stage.aws.events, *waiting]:
        text = json.dumps(detail, sort_keys=True)
        assert contents.setdefault(detail["id"], text) == text, f"{detail['id']} has two contents"
        about = (kind, str(detail["window"]), detail.get("player_id"), detail.get("milestone"))
        assert ids.setdefault(about, detail["id"]) == detail["id"], f"{about} has two ids"
    model = make_model(stage)
    expected = Counter((_window_id(stage, window), player, number) for window, player, number in model.events)
    assert max(expected.values(), default=1) == 1
    sent = {
        (detail["window"], detail["player_id"], detail["milestone"])
        for kind, detail in stage.aws.events
        if kind == "leaderboard.milestone_reached"
    }
    assert sent <= set(expected), "an event tells of what did not happen"
    if complete:
        assert waiting == [], "events wait though a rebuild has come through"
        assert sent == set(expected), "an event is missing"
        _check_closed(stage, model)


def _check_closed(stage: Stage, model: Model) -> None:
    """Each sealed window has told its final ranks, which are the model's."""
    closed = {
        detail["window"]["id"]: detail for kind, detail in stage.aws.events if kind == "leaderboard.window_closed"
    }
    sealed = {
        window: row["state"]["S"]
        for (partition, window), row in stage.aws.table("aggregates").items()
        if partition == "#windows" and row.get("state", {}).get("S") == "sealed"
    }
    assert set(closed) >= set(sealed), "a window was sealed and nobody told"
    for window, detail in closed.items():
        rows = model.board(("hour", 0), _instant(detail["window"]["starts_at"]))
        expected = [(entry["rank"], entry["player_id"], entry["columns"]) for entry in map(entry_of, rows)]
        top = [(each["rank"], each["player_id"], each["columns"]) for each in detail["top"]]
        assert top == expected[: stage.config.top], f"{window} was closed with other ranks"
