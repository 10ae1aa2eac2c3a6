"""What `status` says of windows that many functions rank: that one is being assembled, and that this has failed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from generator.board.board import Board
from generator.cli.operations.status.document import describe_status
from generator.cli.operations.status.one import show_one
from generator.operations.status.fleet import BundleStatus
from generator.pipeline import validate
from runtime.config import AssemblyConfig
from runtime.domain.instants import HOUR, MINUTE
from runtime.lifecycle.assembled.assemblies import UnreadyError
from tests.operations.watched import DIGEST, Watched
from tests.runtime.assembled.assembler import Assembler
from tests.runtime.world import World
from tests.support.projects import board_yaml, project_yaml

pytestmark = pytest.mark.usefixtures("one_thread")


def large_board() -> Board:
    """A board that has all that assembles, and does it from three players on."""
    text = project_yaml(board_yaml("huge", window="{every: all_time}", traffic="{players: 60000000}"))
    [board] = validate({"leaderboards.yaml": text.encode()}).boards
    return replace(board, config=replace(board.config, shards=2, assembly=AssemblyConfig(2, 5, 2, 500)))


class Large(Watched):
    """A place with one large board, on which four players have played."""

    def __init__(self) -> None:
        super().__init__()
        board = large_board()
        self.world = World(board.config)
        self.bundles, self.boards, self.worlds = [board], {"huge": board}, {board.names.prefix: self.world}
        self.codes = {board.names.part(part): DIGEST for part in (*self.parts, "assembler")}
        self.assembler = Assembler(self.world)
        self.world.play("ann", "bob", "cid", "dan")

    def rebuild(self) -> None:
        """Rebuild, whether there is something to publish or not."""
        with suppress(UnreadyError):
            self.world.rebuild(self.now)

    def tell(self) -> tuple[BundleStatus, str]:
        """How the board is, and what is said of its windows."""
        status = self.look("huge")
        lines = [line.text for line in show_one(status, 1000)]
        return status, next(line.strip() for line in lines if "all-time: its" in line or "version" in line)


def test_one_that_runs_is_no_problem() -> None:
    place = Large()
    place.rebuild()
    status, told = place.tell()
    assert told == "all-time: its ranks are being assembled since 2026-11-24T00:00:00.000Z"
    assert "assembly-failures" not in [problem.alarm for problem in status.problems]


def test_one_that_has_failed_is_a_problem_until_another_is_begun() -> None:
    place = Large()
    place.rebuild()
    place.assembler.fail()
    place.now += MINUTE
    place.rebuild()
    status, told = place.tell()
    [problem] = [each for each in status.problems if each.alarm == "assembly-failures"]
    assert problem.what == "the ranks of all-time could not be assembled"
    assert problem.command
    assert problem.command.startswith("aws logs tail /aws/lambda/arcade-huge-assembler ")
    assert told == (
        "all-time: its assembly of 2026-11-24T00:00:00.000Z failed; where it is needed, another is begun from "
        "2026-11-24T01:01:00.000Z on, or at once with leaderboards rebuild huge --window all-time"
    )
    assert describe_status(status, (), more=False)["assemblies"] == [
        {"id": "all-time", "since": "2026-11-24T00:00:00.000Z", "failed_at": "2026-11-24T00:01:00.000Z"}
    ]
    place.now += HOUR
    place.rebuild()
    status, told = place.tell()
    assert told == "all-time: its ranks are being assembled since 2026-11-24T01:01:00.000Z"
    assert "assembly-failures" not in [problem.alarm for problem in status.problems]
    place.assembler.work()
    place.now += MINUTE
    place.rebuild()
    status, told = place.tell()
    assert told.startswith("version")
    assert status.facts
    assert status.facts.board
    assert not status.facts.board.assemblies
