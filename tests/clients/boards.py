"""Two boards made for clients: many pages, ids that get encoded, names beyond ASCII, scores with every digit."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.local.stack import Stack
from runtime.config import BoardConfig
from runtime.domain.instants import rfc3339
from runtime.dynamodb.streaming.raw_json import read_raw
from runtime.dynamodb.streaming.table_stream import TableStream
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_store import WindowStore
from runtime.rebuilder import Rebuilder
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.snapshots import SnapshotStore
from tests.end_to_end.deployed import OperatedGame
from tests.end_to_end.game import activity
from tests.support.projects import head

RUNS, TOTALS = "exact-runs", "big-totals"
"""The names of the boards."""

YAML = (
    head(project="clients")
    + f"""
boards:
  - name: {RUNS}
    team: nebula
    api: {{search_names: true}}
    scoring:
      aggregate: best
      decimals: 6
      ignore: [chat]
      rank_by: [{{name: score, order: descending}}, {{name: seconds, order: ascending}}]
      rules: [{{activity: run, score: {{field: points}}, seconds: {{field: seconds}}}}]
    window:
      - {{every: season, seasons: [{{name: age-of-testing, starts: 2026-01-01, ends: 2099-01-01}}]}}
      - {{every: all_time}}
  - name: {TOTALS}
    team: nebula
    scoring: {{aggregate: last, rules: [{{activity: run, per: {{field: points, points: 1}}}}]}}
    window: {{every: all_time}}
"""
)
"""The season outlasts every test. A client of the first board reads the second one too."""

ODD = "a:b@c~d.e-f_1"
"""A player id with every character that an id may have beside letters and digits. Most clients encode some of them."""
MAIL = "p@example.com"
CROWD = 246
"""Players with nothing remarkable: with the others, 250, which is three pages of 100."""

SPECIAL = {
    MAIL: ("999999999.999999", "3.25", "Ünïcödé"),
    ODD: ("123456789.123457", "0.000001", "Zoë 龍 ✨"),
    "x:y": ("0.1", "0.3", None),
    "below": ("-123456789.654321", "1.5", None),
}
"""Points, seconds and names. No 32-bit float has these points, and every 64-bit float gives back 15 digits."""

BIG = {"most": "999999999999999", ODD: "123456789012345", "mid": "123456789", "least": "-999999999999999"}
"""The totals of the second board: 15 digits is what a score may have."""

SECONDS = 300.0
"""How long activities may be on their way: long enough for a machine that compiles at the same time."""


@dataclass
class Boards:
    """Both boards, deployed, and what is on them."""

    stack: Stack
    runs: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Points and seconds by player, best first."""

    def __post_init__(self) -> None:
        self.game, self.totals = OperatedGame(self.stack, RUNS), OperatedGame(self.stack, TOTALS)

    @property
    def addresses(self) -> list[str]:
        """The address of each board's API, as clients take it: without /v1."""
        return [self.game.api_url, self.totals.api_url]

    def fill(self) -> None:
        """Write what both boards have from the start, and make their first snapshots."""
        self.totals.put_all([_run(player, points) for player, points in BIG.items()])
        crowd = {f"player-{number:03}": (f"{number}.{number:06}", "1.5", None) for number in range(1, CROWD + 1)}
        self._write(SPECIAL | crowd)
        for name in (TOTALS, RUNS):
            self.stack.drain(name, SECONDS)
            self.stack.rebuild(name)

    def overtake(self) -> None:
        """Let a new player take the first place, so that every other entry moves on, and make a snapshot of that."""
        late = len(self.runs)
        self._write({f"late-{late}": ("999999999.999999", str(Decimal(1) - Decimal(late).scaleb(-6)), None)})
        self.make_snapshot(None)

    def make_snapshot(self, millisecond: int | None) -> str:
        """Count all that was written and make a snapshot, at the next full second and `millisecond` if that is given.

        Returns its `as_of`.
        """
        self.stack.drain(RUNS, SECONDS)
        rebuilder = make_rebuilder(self.game)
        now = int(time.time() * 1000)
        if millisecond is not None:
            previous = rebuilder.snapshots.read_newest()
            now = max(now, previous.as_of if previous else 0) // 1000 * 1000 + 1000 + millisecond
            time.sleep(max(0.0, now / 1000 - time.time()))
        result = Rebuilder(**{**vars(rebuilder), "clock": lambda: now}).rebuild()
        time.sleep(1.1)  # the local CloudFront keeps a response for a second
        return rfc3339(result.newest.as_of)

    def _write(self, runs: dict[str, tuple[str, str, str | None]]) -> None:
        self.game.put_all([_run(player, *run) for player, run in runs.items()])
        self.runs |= {player: (Decimal(points), Decimal(seconds)) for player, (points, seconds, _) in runs.items()}
        self.runs = dict(sorted(self.runs.items(), key=lambda each: (-each[1][0], each[1][1])))


def make_rebuilder(game: OperatedGame) -> Rebuilder:
    """The board's own rebuilder, in this process, so that a test can choose the time of a snapshot."""
    aws, deployment = game.stack.aws, game.stack.boards[game.name].deployment
    config: BoardConfig = game.config
    name = deployment.functions["rebuilder"].rsplit(":", 1)[-1]
    settings = aws.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    dynamodb: Any = aws.client("dynamodb")
    table = Table(dynamodb, settings["AGGREGATES_TABLE"], ("partition", "player_id"))
    activities = Table(dynamodb, settings["ACTIVITIES_TABLE"], ("player_id", "activity_id"))
    bucket = Bucket(aws.client("s3"), settings["BUCKET"], settings["KEY_ARN"])
    rank_files = RankFiles(bucket, config.columns, config.search_names)
    # One of its own: the pipe of the embedded AWS reads with the one that everybody gets.
    streams = aws.client("dynamodbstreams", api_version="2012-08-10")
    read_raw(streams, "GetRecords")
    stream = TableStream(streams, table, settings["AGGREGATES_STREAM_ARN"])
    tables = table, stream, activities
    return Rebuilder(config, WindowStore(table, config), *tables, rank_files, SnapshotStore(bucket))


def _run(player: str, points: str, seconds: str = "1", name: str | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {"points": {"N": points}, "seconds": {"N": seconds}}
    return activity(player, "run", **fields | ({"name": {"S": name}} if name else {}))
