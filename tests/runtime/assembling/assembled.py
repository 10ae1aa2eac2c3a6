"""A window whose base is assembled in memory, and the same base as one function writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from unittest.mock import patch

from runtime.config import AssemblyConfig, BoardConfig, Ties
from runtime.domain.ranking import WindowRanks
from runtime.domain.windows import ALL_TIME
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.table import Table
from runtime.dynamodb.window_items import WindowState
from runtime.lifecycle.assembling import steps
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.plan import AssemblyPlan, make_plan
from runtime.lifecycle.assembling.steps import run_step
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.ranks import base_writer
from tests.support.memory_aws import MemoryAws

TOKEN = "c" * 32
"""What stands for the content in a prefix: where a base lies decides which bucket a player is in."""


@dataclass(frozen=True)
class Assembly:
    """One assembly, to be carried out step by step."""

    board: BoardConfig
    aws: MemoryAws
    plan: AssemblyPlan

    @property
    def bucket(self) -> Bucket:
        """The board's bucket, with nothing in memory."""
        return Bucket(self.aws.client("s3"), "bucket")

    def run(self, step: str, number: int) -> None:
        """Carry out one part of a step, with nothing in memory."""
        table = Table(self.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
        run_step(self.board, table, self.bucket, self.plan.id, step, number)

    def parts(self, step: str) -> list[int]:
        """The numbers of a step's parts."""
        count = {"read": self.plan.reads, "gather": self.plan.groups, "finish": 1}.get(step, self.plan.ranges)
        return list(range(count))

    def run_all(self, chance: Random | None = None) -> WindowRanks:
        """Carry out all steps: by chance in any order within a step, and some parts more than once."""
        for step in steps.STEPS:
            self.run_parts(step, chance)
        return self.done()

    def run_parts(self, step: str, chance: Random | None = None) -> None:
        """Carry out all parts of a step."""
        numbers = self.parts(step)
        if chance:
            numbers = [*numbers, *chance.choices(numbers, k=chance.randint(0, 2))]
            chance.shuffle(numbers)
        for number in numbers:
            self.run(step, number)

    def done(self) -> WindowRanks:
        """The ranks that were assembled."""
        ranks = AssemblyFiles(self.bucket, self.plan.id).read_done()
        assert ranks is not None
        return ranks

    def files(self) -> dict[str, bytes]:
        """The files of the base, below its prefix."""
        return files_below(self.aws, self.plan.prefix)


def begin(
    board: BoardConfig,
    aws: MemoryAws,
    parts: Sequence[WindowState],
    ties: Ties,
    part: int,
    players: int,
    decisions: Decisions | None = None,
    source: WindowRanks | None = None,
) -> Assembly:
    """Plan an assembly of a window."""
    board = replace(board, assembly=AssemblyConfig(0, players, part, 500))
    given = (parts, ties, 7, None, decisions or Decisions(), "r1", source, players)
    plan = replace(make_plan(board, ALL_TIME, *given), prefix=f"{base_writer.ROOT}{ALL_TIME.id}/{TOKEN}-7/")
    AssemblyFiles(Bucket(aws.client("s3"), "bucket"), plan.id).write_plan(plan)
    return Assembly(board, aws, plan)


def write_at_once(board: BoardConfig, lines: Sequence[bytes], ties: Ties) -> tuple[WindowRanks, dict[str, bytes]]:
    """The base that one function writes under the same prefix, and its files."""
    aws, described = MemoryAws(), base_writer.describe_content
    files = RankFiles(Bucket(aws.client("s3"), "bucket"), board.columns)
    with patch.object(base_writer, "describe_content", lambda *_: TOKEN):
        ranks = files.write(ALL_TIME, iter(lines), ties, board.top, 7, None)
    return replace(ranks, content=described(ties, ranks.total, False, None)), files_below(aws, ranks.prefix)


def files_below(aws: MemoryAws, prefix: str) -> dict[str, bytes]:
    """The objects in a bucket below a prefix."""
    found = aws.bucket.bodies()
    return {key.removeprefix(prefix): body for key, body in found.items() if key.startswith(prefix)}
