"""Applies a board, plays on it, reads it, destroys it, and lists what differed from what is expected."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from generator.board.board import Board
from runtime import clock
from runtime.domain.activity import make_id
from runtime.simulator import make_activities
from tests.terraform.workspace import TerraformError, Workspace

ACTIVITIES = 20
"""How many activities are written."""
LIFE_SECONDS = 40 * 86_400
"""How long they live after that: they must live 31 days."""
ODD_PLAYER = "smoke:1@a.b~c-d_e"
"""A player whose id has every character that an id may have beside letters and digits: CloudFront has to pass it on."""

FAILURES = (TerraformError, OSError, HTTPException, BotoCoreError, ClientError, ValueError, TypeError, LookupError)
"""What ends a trial early: Terraform or AWS refuses, a connection breaks, or an answer is not what it should be."""
LOG_PLACES = ("/aws/lambda/", "/aws/vendedlogs/pipes/")
"""What the names of a board's log groups begin with, before the board's own: of its functions, and of its pipe."""

Get = Callable[[str], tuple[int, bytes]]
"""Sends a GET to a path of the API, and returns the status and the body."""


class Reach(Protocol):
    """How AWS is reached: the real one, or a stand-in."""

    def client(self, service: str) -> Any:
        """A boto3 client."""

    def open_api(
        self, state: Mapping[str, Mapping[str, Any]], outputs: Mapping[str, str]
    ) -> AbstractContextManager[Get]:
        """The API of the board that is deployed."""


@dataclass
class Trial:
    """One board that is tried. `run` does it all."""

    board: Board
    workspace: Workspace
    reach: Reach
    say: Callable[[str], None]
    patience: float = 900.0
    """Seconds that the first ranks may take: the pipe waits two minutes, and a rebuild comes once in a while."""
    pause: float = 10.0
    """Seconds from one look at the API to the next."""
    differed: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """Do it all. What was made is destroyed whatever fails. Returns what differed, in words for a person."""
        try:
            self._apply()
            self._play()
        except FAILURES as error:
            self._tell(error)
        finally:
            self._destroy()
        return self.differed

    def _apply(self) -> None:
        self.say("init, validate, plan")
        self.workspace.init()
        self._expect(self.workspace.validate() == [], "validate has warnings")
        self.workspace.plan()
        self.say("apply (CloudFront takes some minutes)")
        self.workspace.apply()
        self._expect(not self.workspace.has_changes(), "a second plan, right after the apply, has changes")

    def _play(self) -> None:
        state = self.workspace.state()
        written = self._write(state["aws_dynamodb_table.activities"]["name"])
        with self.reach.open_api(state, self.workspace.outputs()) as get:
            self.say(f"{ACTIVITIES} activities written; waiting for the ranks of {len(written)} players")
            began = time.monotonic()
            while (ranked := self._rank(get)) != written and time.monotonic() - began < self.patience:
                time.sleep(self.pause)
            self._expect(ranked == written, f"ranked are {sorted(ranked)}, played have {sorted(written)}")
            self.say(f"the ranks came after {time.monotonic() - began:.0f} seconds")
            self._read(get)
        self._look_at_alarms()
        pipe = self.reach.client("pipes").describe_pipe(Name=state["aws_pipes_pipe.activities"]["name"])
        self._expect(
            pipe["CurrentState"] == "RUNNING", f"the pipe is {pipe['CurrentState']}: {pipe.get('StateReason')}"
        )

    def _write(self, table: str) -> set[str]:
        """Write plausible activities. Returns who played."""
        chance, dynamodb, players = random.Random(1), self.reach.client("dynamodb"), set()
        for number, activity in enumerate(make_activities(self.board.config, chance, ACTIVITIES, odd_share=0)):
            item = {
                **activity.item,
                "activity_id": {"S": make_id(clock.now(), chance.getrandbits(74))},
                "expires_at": {"N": str(clock.now() // 1000 + LIFE_SECONDS)},
                **({} if number else {"player_id": {"S": ODD_PLAYER}}),
            }
            dynamodb.put_item(TableName=table, Item=item)
            players.add(item["player_id"]["S"])
        return players

    def _rank(self, get: Get) -> set[str]:
        """The players whom the API ranks now; none while it does not answer."""
        status, body = get("/v1/leaderboard?limit=100")
        return {entry["player_id"] for entry in json.loads(body)["entries"]} if status == 200 else set()

    def _read(self, get: Get) -> None:
        """Ask for each kind of answer once."""
        encoded = quote(ODD_PLAYER, safe="")
        expected = {
            f"/v1/players/{encoded}": 200,
            f"/v1/players/{ODD_PLAYER}": 200,
            f"/v1/players/{encoded}/neighbours": 200,
            f"/v1/players?ids={encoded}": 200,
            "/v1/windows": 200,
            "/v1/health": 200,
            "/v1/players/nobody": 404,
            "/v1/leaderboard?limit=0": 400,
            **({"/": 200, "/style.css": 200, "/no-such-file": 403} if self.board.public else {}),
        }
        for path, wanted in expected.items():
            status, body = get(path)
            self._expect(status == wanted, f"GET {path}: {status}, not {wanted}: {body[:200]!r}")

    def _look_at_alarms(self) -> None:
        alarms = self.reach.client("cloudwatch").describe_alarms(
            AlarmNamePrefix=self.board.names.prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        raised = [
            f"{each['AlarmName']}: {each.get('StateReason')}"
            for each in [*alarms["MetricAlarms"], *alarms.get("CompositeAlarms", [])]
            if each["StateValue"] == "ALARM"
        ]
        self._expect(not raised, f"alarms of a healthy board are up: {raised}")

    def _destroy(self) -> None:
        self.say("destroy (CloudFront takes some minutes)")
        try:
            self.workspace.destroy()
            left = self.workspace.state()
        except FAILURES as error:
            self.differed.append(f"{error}\nmade and not destroyed; try again in {self.workspace.folder}")
            return
        self._expect(not left, f"left after destroy: {sorted(left)}")
        try:
            groups = list(self._find_log_groups())
        except FAILURES as error:
            self._tell(error)
            return
        self._expect(not groups, f"log groups left after destroy: {groups}")

    def _find_log_groups(self) -> Iterator[str]:
        """The board's log groups that are there: AWS makes one again for what still runs, unknown to Terraform."""
        logs = self.reach.client("logs")
        for place in LOG_PLACES:
            found = logs.describe_log_groups(logGroupNamePrefix=f"{place}{self.board.names.prefix}-")
            yield from (group["logGroupName"] for group in found["logGroups"])

    def _tell(self, error: Exception) -> None:
        self._expect(False, str(error) if isinstance(error, TerraformError) else f"{type(error).__name__}: {error}")

    def _expect(self, good: bool, words: str) -> None:
        if not good:
            self.say(f"DIFFERED: {words}")
            self.differed.append(words)
