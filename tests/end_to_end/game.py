"""A board that runs on the embedded AWS, from outside: what a game server and a reader do with it."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.board.function_config import WEEKDAYS
from generator.local.stack import Stack
from runtime.domain.activity import make_id
from tests.support.projects import head

_BEGAN = datetime.now(UTC) - timedelta(hours=6)
BEGAN_AT = _BEGAN.hour
"""The hour at which DAY begins: where a window ends in the middle of a test, the next one has none of its players."""
DAY = f'{{every: day, at: "{BEGAN_AT:02}:00"}}'
"""A daily window that began some hours ago, and ends in many."""
WEEK = f"{{every: week, starts: {WEEKDAYS[(_BEGAN - timedelta(days=2)).weekday()]}, timezone: Europe/Berlin}}"
"""A weekly window that began some days ago, and ends in some."""


def let_last(text: str) -> str:
    """A configuration whose plain days and weeks are DAY and WEEK, which do not end in the middle of a test."""
    return text.replace("{every: week}", WEEK).replace("{every: day}", DAY)


YAML = let_last(
    head(project="e2e")
    + """
defaults: {dashboard: {refresh_seconds: 1}}
boards:
  - name: kills
    team: nebula
    api: {search_names: true}
    title: Kills ${so far} & "more"
    scoring:
      decimals: 2
      rules:
        - {activity: kill, points: 10}
        - {activity: boss_kill, points: 50, per: {field: damage, points: 0.01}, when: {mode: [ranked, duel]}}
      ignore: [chat]
    window:
      - {every: week}
      - {every: all_time}
    segments: [{name: country}]
  - name: wins
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: {every: day}
"""
)

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str) -> tuple[int, Any]:
    """Send a GET request. Returns the status and the JSON."""
    try:
        with _OPENER.open(url, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def activity(player: str, kind: str, moment: float | None = None, **fields: Any) -> dict[str, Any]:
    """An activity in DynamoDB's JSON, with an id of its own. It happens at `moment`, in seconds since 1970, or now."""
    made = int((time.time() if moment is None else moment) * 1000)
    return {
        "player_id": {"S": player},
        "activity_id": {"S": make_id(made, random.getrandbits(74))},
        "type": {"S": kind},
        **fields,
    }


def age_answers(stack: Stack) -> None:
    """Make all that the local CloudFront keeps of APIs as old as a second later, when it asks again."""
    assert stack._cloudfront
    for site in stack._cloudfront._sites.values():
        for entry in list(site.api._cache.values()):
            with entry.lock:
                entry.fresh_until = 0.0


@dataclass(frozen=True)
class Game:
    """One board as a game sees it: its activities table and its API."""

    stack: Stack
    name: str

    @property
    def table(self) -> str:
        """The name of the activities table."""
        return self.stack.boards[self.name].deployment.activities_table

    @property
    def api_url(self) -> str:
        """The address of the API, without /v1."""
        return self.stack.boards[self.name].api_url

    def put(self, item: dict[str, Any]) -> None:
        """Write an activity."""
        self.stack.aws.client("dynamodb").put_item(TableName=self.table, Item=item)

    def put_all(self, items: list[dict[str, Any]]) -> None:
        """Write many activities, 25 with each call. In the stream they appear one by one all the same."""
        dynamodb = self.stack.aws.client("dynamodb")
        for start in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            answer = dynamodb.batch_write_item(RequestItems={self.table: requests})
            assert not answer["UnprocessedItems"]

    def score(self, player: str, window: str = "") -> float | None:
        """A player's score as the API gives it now, not a cache; None for a player without an entry."""
        age_answers(self.stack)
        status, body = get(f"{self.api_url}/v1/players/{player}{window and '?window=' + window}")
        assert status in (200, 404), body
        return body["entry"]["score"] if status == 200 else None

    def wait_for(self, player: str, score: float, seconds: float) -> None:
        """Ask the API until a player has a score. Fails if that takes longer than `seconds`."""
        until = time.monotonic() + seconds
        while (now := self.score(player)) != score:
            assert time.monotonic() < until, f"{player} has {now} after {seconds} seconds, not {score}"
            time.sleep(0.1)

    def settle(self) -> None:
        """Wait until everything that was written is counted, and in a snapshot that the API shows."""
        self.stack.drain(self.name)
        self.stack.rebuild(self.name)
        age_answers(self.stack)

    def ranking(self, window: str = "") -> list[dict[str, Any]]:
        """Every entry of a window as the API gives it now, not a cache, read page by page."""
        age_answers(self.stack)
        entries: list[dict[str, Any]] = []
        while True:
            status, body = get(f"{self.api_url}/v1/leaderboard?limit=100&offset={len(entries)}&window={window}")
            assert status == 200, body
            if not body["entries"]:
                return entries
            entries += body["entries"]

    def count_messages(self, queue: str, *states: str) -> int:
        """The number of messages in a queue of the board: `queue` is queue_url or dead_letter_queue_url.

        `states`: NotVisible for those that were received and are not acknowledged, "" for those that wait; or both.
        """
        url = getattr(self.stack.boards[self.name].deployment, queue)
        names: Any = [f"ApproximateNumberOfMessages{state}" for state in states or ("", "NotVisible")]
        attributes = self.stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(attributes["Attributes"][name]) for name in names)
