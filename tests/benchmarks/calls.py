"""Counts the calls of AWS that the processor makes for a batch, and times its CPU with botocore.

Each batch is written twice: each player alone, as where another processor often writes the same players, and players
together, as where that hardly happens. Tables are in memory, behind botocore; what they take is left out. The rest is
this project's code, botocore, and the JSON of requests and answers.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from runtime import aws, processor
from runtime.config import BoardConfig
from runtime.dynamodb.aggregates import CALLS_OF_UNITS
from runtime.dynamodb.table import PER_TRANSACTION
from tests.benchmarks.processor import BOARDS, messages
from tests.runtime.boards import NOW
from tests.support.executors import OneThread
from tests.support.memory_aws import HookedAws

BATCHES = 3
CHOSEN = ("a sum of one rule", "a sum in two windows", "a best time", "segments and attached fields")
"""Some of the boards whose decisions are timed too, by what they are."""
SETTINGS = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "AGGREGATES_TABLE": "aggregates",
    "MARKS_TABLE": "marks",
}
"""The environment of the function."""

Row = dict[str, Any]


class Transport:
    """Carries requests of botocore to tables in memory, in the place of HTTP."""

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0
        """The CPU time that the tables took."""
        self._tables = HookedAws().client("dynamodb")

    def send(self, request: Any, **_: Any) -> Any:
        """Answer a request."""
        self.calls += 1
        began = time.process_time()
        operation = re.sub("(?<!^)(?=[A-Z])", "_", request.headers["X-Amz-Target"].decode().partition(".")[2]).lower()
        answer = json.dumps(getattr(self._tables, operation)(**json.loads(request.body))).encode()
        response: Any = AWSResponse(request.url, 200, HTTPHeaders(), None)
        response._content = answer
        self.seconds += time.process_time() - began
        return response


def measure(batch: int = 500) -> list[Row]:
    """Calls and milliseconds of CPU of a batch, by the kind of board and how many of the activities are of a player."""
    return [
        {
            "board": name,
            "players": players,
            "alone": _measure(BOARDS[name], batch, players, together=0),
            "together": _measure(BOARDS[name], batch, players, together=PER_TRANSACTION),
        }
        for name in CHOSEN
        for players in (1, batch // 5, batch)
    ]


def table(rows: Sequence[Row]) -> str:
    """Formats what `measure` returns as a table for a person."""
    lines = [f"{'calls and CPU of a batch':<30} {'players':>8} {'alone':>18} {'together':>18}"]
    for row in rows:
        taken = (f"{row[how]['calls']:>9,} {row[how]['milliseconds']:>5,.0f} ms" for how in ("alone", "together"))
        lines.append(f"{row['board']:<30} {row['players']:>8,} {' '.join(taken)}")
    return "\n".join(lines)


def _measure(config: BoardConfig, batch: int, players: int, together: int) -> dict[str, float]:
    """What a batch takes, once the windows are open and each player has played."""
    transport, taken = Transport(), []
    threads = patch("runtime.dynamodb.aggregates.ThreadPoolExecutor", OneThread)
    with patch.dict(os.environ, SETTINGS), patch("runtime.config.load_board", lambda: config), threads:
        client: Any = aws.dynamodb.__wrapped__()
        client.meta.events.register("before-send.dynamodb", transport.send)
        with patch("runtime.aws.dynamodb", lambda: client):
            stores = processor._stores.__wrapped__()
        for number in range(BATCHES):
            stores[1]._unrefused = CALLS_OF_UNITS * together**2
            records = messages(config, players, batch, first=number * batch)
            began, transport.calls, transport.seconds = time.process_time(), 0, 0.0
            result = processor.process(records, config, *stores, NOW)
            seconds = time.process_time() - began - transport.seconds
            assert result.counts["Counted"] == batch
            if number:
                taken.append((transport.calls, seconds))
    return {"calls": taken[-1][0], "milliseconds": round(min(seconds for _, seconds in taken) * 1000, 1)}
