"""A board that runs on the embedded AWS, from outside: what a game server and a reader do with it."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from generator.local.stack import Stack
from runtime.domain.activity import make_id
from tests.support.projects import head

YAML = (
    head(project="e2e")
    + """
defaults: {dashboard: {refresh_seconds: 1}}
boards:
  - name: kills
    team: nebula
    title: Kills ${so far} & "more"
    scoring:
      decimals: 2
      rules:
        - {activity: kill, points: 10}
        - {activity: boss_kill, points: 50, per: {field: damage, points: 0.01}, when: {mode: [ranked, duel]}}
      ignore: [chat]
    window:
      - {every: week, starts: monday, timezone: Europe/Berlin}
      - {every: all_time}
  - name: wins
    team: nebula
    scoring: {rules: [{activity: win, points: 1}]}
    window: {every: day}
"""
)

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str) -> tuple[int, Any]:
    """Status and JSON of a GET."""
    try:
        with _OPENER.open(url, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def activity(player: str, kind: str, moment: float | None = None, **fields: Any) -> dict[str, Any]:
    """An activity in DynamoDB's JSON, with an id of its own, made now or at a moment (seconds of the epoch)."""
    made = int((time.time() if moment is None else moment) * 1000)
    return {
        "player_id": {"S": player},
        "activity_id": {"S": make_id(made, random.getrandbits(74))},
        "type": {"S": kind},
        **fields,
    }


@dataclass(frozen=True)
class Game:
    """One board, from outside: its table and its API."""

    stack: Stack
    name: str

    @property
    def table(self) -> str:
        return self.stack.boards[self.name].deployment.activities_table

    @property
    def api_url(self) -> str:
        return self.stack.boards[self.name].api_url

    def put(self, item: dict[str, Any]) -> None:
        self.stack.aws.client("dynamodb").put_item(TableName=self.table, Item=item)

    def put_all(self, items: list[dict[str, Any]]) -> None:
        """Write many at once; the stream shows them one by one all the same."""
        dynamodb = self.stack.aws.client("dynamodb")
        for start in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            answer = dynamodb.batch_write_item(RequestItems={self.table: requests})
            assert not answer["UnprocessedItems"]

    def score(self, player: str, window: str = "") -> float | None:
        """A player's score as the API gives it; None for one with no entry."""
        status, body = get(f"{self.api_url}/v1/players/{player}{window and '?window=' + window}")
        assert status in (200, 404), body
        return body["entry"]["score"] if status == 200 else None

    def wait_for(self, player: str, score: float, seconds: float) -> None:
        """Ask until a player has a score. Fails when that takes longer."""
        until = time.monotonic() + seconds
        while (now := self.score(player)) != score:
            assert time.monotonic() < until, f"{player} has {now} after {seconds} seconds and not {score}"
            time.sleep(0.1)

    def settle(self) -> None:
        """All that was written is counted, and in a snapshot that the API shows."""
        self.stack.drain(self.name)
        self.stack.rebuild(self.name)
        time.sleep(1.1)  # the front keeps an answer for a second

    def board(self, window: str = "") -> list[dict[str, Any]]:
        """Every entry of a window, page by page."""
        entries: list[dict[str, Any]] = []
        while True:
            status, body = get(f"{self.api_url}/v1/leaderboard?limit=100&offset={len(entries)}&window={window}")
            assert status == 200, body
            if not body["entries"]:
                return entries
            entries += body["entries"]

    def waiting(self, queue: str) -> int:
        """Messages in one of the board's queues: queue_url or dead_letter_queue_url."""
        url = getattr(self.stack.boards[self.name].deployment, queue)
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(attributes["Attributes"][name]) for name in names)
