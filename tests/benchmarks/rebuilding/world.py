"""A board of many players on the stand-in, with a bundle's folder to run its functions in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from generator.aws.limits import MAX_MEMORY_MB, WHOLE_PROCESSOR_MB
from generator.board.board import Board
from generator.pipeline import validate
from runtime.config import BoardConfig, to_board_json
from runtime.domain.windows import ALL_TIME
from runtime.dynamodb.window_items import WindowState, window_item
from tests.benchmarks.rebuilding import handler
from tests.benchmarks.rebuilding.processes import Run, run
from tests.benchmarks.stand_in.players import SEGMENT, VALUES, Change, Population, value_of
from tests.benchmarks.stand_in.rendering import Pages, render_stream, render_tables
from tests.benchmarks.stand_in.server import BUCKET, StandIn
from tests.benchmarks.stand_in.stream import ARN
from tests.support.paths import REPOSITORY
from tests.support.projects import board_yaml, project_yaml

SHARDS = 8
"""How many partitions the players are spread over."""
LONG_AGO = 1_795_000_000_000
"""When the first change is said to have been; each later one is a second later. So none is still under way."""
_REGION = "eu-central-1"


@dataclass
class World:
    """A board, its players, and the stand-in that holds them."""

    folder: Path
    stand_in: StandIn
    population: Population
    workers: int = 2
    stage: int = 0
    _pages: Sequence[Pages] = ()

    @cached_property
    def board(self) -> BoardConfig:
        """The board. Its snapshots are stale at once, so that each rebuild publishes one, even if nothing changed."""
        board = make_board(1_000, self.population.is_split)
        assert board is not None
        return replace(board.config, shards=self.population.shards, stale_seconds=0)

    @property
    def memory_mb(self) -> int:
        """The memory of the rebuilder's function: the most that there is, where the generator refuses the board."""
        board = make_board(self.population.players, self.population.is_split)
        return board.rebuilder.memory_mb if board else MAX_MEMORY_MB

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables of the board's functions. They say no more memory than has this machine's cores."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(self.folder / "bundle"),
            "AWS_ENDPOINT_URL": self.stand_in.url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_REGION": _REGION,
            "AGGREGATES_TABLE": "aggregates",
            "ACTIVITIES_TABLE": "activities",
            "AGGREGATES_STREAM_ARN": ARN,
            "BUCKET": BUCKET,
            "KEY_ARN": "arn:aws:kms:eu-central-1:111122223333:key/bench",
            "POWERTOOLS_SERVICE_NAME": "bench",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(min(self.memory_mb, (os.cpu_count() or 1) * WHOLE_PROCESSOR_MB)),
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the stand-in."""
        keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
        return boto3.client(service, endpoint_url=self.stand_in.url, region_name=_REGION, **keys)  # type: ignore[call-overload]

    def change(self, change: Change) -> None:
        """Change some players, and say so as a processor does."""
        self.stage += 1
        self.population = self.population.change(change)
        records = render_stream(self.population, change, self.folder, self.stage, self.workers)
        self._load(records)

    def rebuild(self, **event: str) -> Run:
        """Call the rebuilder in a process of its own. With `window` it writes all files of that window again."""
        return self.call("rebuilder", event)

    def call(self, function: str, event: Mapping[str, Any]) -> Run:
        """Call the handler of a function in a process of its own."""
        return run(["-P", handler.__file__, function, json.dumps(event)], self.environment, self.folder)

    def prepare(self) -> None:
        """Make the bundle's folder, and the players."""
        shutil.copytree(REPOSITORY / "runtime", self.folder / "bundle" / "runtime")
        (self.folder / "bundle" / "board.json").write_text(to_board_json(self.board), encoding="utf-8")
        window = window_item(WindowState(ALL_TIME, self.population.shards))
        self.client("dynamodb").put_item(TableName="aggregates", Item=window)
        self._load([])

    def _load(self, records: Any) -> None:
        """Render the players as they are now, hand them to the stand-in, and announce the change."""
        pages = render_tables(self.population, self.folder, self.stage, self.workers)
        self.stand_in.load(self.population, pages, records, self.stage)
        for path in (path for each in self._pages for path in (each.whole.path, each.shown.path)):
            path.unlink()
        self._pages = pages
        self.client("dynamodb").update_item(
            TableName="aggregates",
            Key={"partition": {"S": "#changes"}, "player_id": {"S": "aggregates"}},
            UpdateExpression="SET #at = :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": {"S": f"{LONG_AGO + self.stage * 1000:015}"}},
        )


@contextmanager
def open_world(players: int, shards: int = SHARDS, workers: int = 2, is_split: bool = False) -> Iterator[World]:
    """A world with so many players. What it has on the disk is removed in the end.

    `is_split`: with a segment of which each player has a value, and with a search by name.
    """
    with TemporaryDirectory(prefix="leaderboards-bench-") as folder, StandIn(Path(folder)) as stand_in:
        world = World(Path(folder), stand_in, Population(players, shards, is_split=is_split), workers)
        world.prepare()
        stand_in.take_counts()
        yield world


def make_board(players: int, is_split: bool = False) -> Board | None:
    """A board that adds points up, with one window that never ends; None where so many players are refused."""
    keys = {"window": "{every: all_time}", "traffic": f"{{players: {players}}}"}
    if is_split:
        values = [value_of(number) for number in range(VALUES)]
        keys |= {"segments": f"[{{name: {SEGMENT}, values: {json.dumps(values)}}}]", "api": "{search_names: true}"}
    made = validate({"leaderboards.yaml": project_yaml(board_yaml("kills", **keys)).encode()})
    return made.boards[0] if made.boards else None
