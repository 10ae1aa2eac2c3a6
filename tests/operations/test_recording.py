"""Following an activity from its write until it ranks, with the functions and the tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from generator.errors import OperationError
from generator.operations.activity_item import DraftActivity, parse_fields
from generator.operations.foreseeing import foresee
from generator.operations.recorded_board import RecordedBoard
from generator.operations.recording import Decided, Follower, Ranked, Stage, write_activity
from generator.operations.rejections import list_rejections
from runtime.config import BoardConfig, Points, Rule, WindowKind
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error

LATER = NOW + 5000
RUN = (Rule("run", (Points(Decimal(0), "points"),)),)


class Recorder:
    """A board in memory, and what the command does with it."""

    def __init__(self, config: BoardConfig) -> None:
        self.world = World(config)
        self.now = NOW
        marks = self.world._table("marks")
        self.board = RecordedBoard(
            config, self.world.activities, marks, self.world.table, self.world.bucket, lambda: self.now
        )

    def start(self, *words: str, player: str = "ann", kind: str = "kill", number: int = 0) -> Follower:
        """Write an activity, which the processor has not seen yet."""
        self.draft = DraftActivity(player, make_id(self.now, number), kind, fields=parse_fields(words))
        forecast = foresee(self.board.config, self.draft, self.now, None, self.board.is_closed)
        write_activity(self.board, self.draft)
        return Follower(self.board, self.draft.make_record(self.now), forecast.contribution)

    def process(self) -> None:
        """Let the processor have what was written."""
        self.world.put(self.draft.item, written=self.now)

    def rebuild(self) -> None:
        """Make a snapshot of what is counted now."""
        self.now += 1000
        self.world.rebuild(self.now)

    def record(self, *words: str, player: str = "ann", kind: str = "kill", number: int = 0) -> list[Stage]:
        """Write an activity, and let it be counted and ranked. Returns what is seen of it."""
        follower = self.start(*words, player=player, kind=kind, number=number)
        return list(follower.follow(ticks(self.process, self.rebuild)))


def ticks(*works: Callable[[], None]) -> Iterator[None]:
    """A look before the first work, and one after each."""
    yield
    for work in works:
        work()
        yield


def ranks(stages: list[Stage]) -> list[tuple[str, int, float]]:
    """The window, the rank and the score of what was seen."""
    entries = [(stage.window, stage.answer["entry"]) for stage in stages if isinstance(stage, Ranked)]
    return [(window, entry["rank"], entry["score"]) for window, entry in entries]


def test_it_is_counted_and_then_ranks_in_each_window() -> None:
    recorder = Recorder(board(decimals=0))
    follower = recorder.start()
    assert recorder.world.activities.get(("ann", make_id(NOW, 0))) is not None
    seen: list[str] = []
    for stage in follower.follow(ticks(lambda: None, recorder.process, lambda: None, recorder.rebuild, lambda: None)):
        seen.append("counted" if stage == Decided("counted") else stage.window if isinstance(stage, Ranked) else "?")
        assert recorder.now == (NOW if len(seen) == 1 else NOW + 1000)
    assert seen == ["counted", "2026-W48", "all-time"]


def test_a_snapshot_of_before_is_not_taken_for_its_own() -> None:
    recorder = Recorder(board(decimals=0))
    assert ranks(recorder.record(number=1)) == [("2026-W48", 1, 10), ("all-time", 1, 10)]
    follower = recorder.start(number=2)
    recorder.process()
    assert list(follower.follow(ticks(lambda: None))) == [Decided("counted")]
    assert ranks(list(follower.follow(ticks(recorder.rebuild)))) == [("2026-W48", 1, 20), ("all-time", 1, 20)]


def test_a_snapshot_that_comes_amid_a_look_is_looked_at_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(board(decimals=0))
    follower = recorder.start()
    recorder.process()
    find_rank, looks = follower.find_rank, list[str]()

    def find(window: str) -> Ranked | None:
        found = find_rank(window)
        if not looks:
            recorder.rebuild()
        looks.append(window)
        return found

    monkeypatch.setattr(follower, "find_rank", find)
    assert ranks(list(follower.follow(ticks()))) == [("2026-W48", 1, 10), ("all-time", 1, 10)]
    assert looks == ["2026-W48", "all-time", "2026-W48"]


def test_a_rejection_is_seen_with_its_reason() -> None:
    recorder = Recorder(board(decimals=0))
    (stage,) = recorder.record(kind="jump")
    assert stage == Decided("rejected", "unknown_type", 'no rule of this board is for the type "jump"')


def test_a_rejection_is_found_whenever_the_stream_says_that_it_was_written() -> None:
    """Only the table knows that time. No other rejection of the day is taken for it."""
    recorder = Recorder(board(decimals=0))
    recorder.record(kind="leap", number=1)
    follower = recorder.start(kind="jump", number=2)
    recorder.now += 3000
    recorder.process()
    others = [item(f"p{number}", number=number, type="fly") for number in range(3, 43)]
    recorder.world.put(*others, written=recorder.now + 1000)
    recorder.now += 2 * DAY
    decided = follower.find_decision()
    assert decided is not None
    assert decided.detail == 'no rule of this board is for the type "jump"'


def test_a_rejection_that_the_list_has_no_longer_is_one_without_a_reason() -> None:
    recorder = Recorder(board(decimals=0))
    follower = recorder.start(kind="jump")
    recorder.process()
    for rejection in [*list_rejections(recorder.board.marks, recorder.now)]:
        recorder.board.marks.delete(rejection.key)
    assert follower.find_decision() == Decided("rejected")


def test_a_rejection_of_a_bad_player_id_is_seen() -> None:
    recorder = Recorder(board(decimals=0))
    (stage,) = recorder.record(player="a b/\x1b")
    assert isinstance(stage, Decided)
    assert stage.reason == "bad_player_id"


@pytest.mark.parametrize(("aggregate", "kept", "beaten"), [("best", "9", "5"), ("last", "9", "9")])
def test_a_run_that_is_kept_and_one_that_is_not(aggregate: str, kept: str, beaten: str) -> None:
    recorder = Recorder(board(decimals=0, aggregate=aggregate, rules=RUN))
    assert recorder.record(f"points={kept}", kind="run", number=7)[0] == Decided("counted")
    # The same millisecond, and an id that is lower: neither better nor newer.
    recorder.now = NOW
    stages = recorder.record(f"points={beaten}", kind="run", number=6)
    assert stages[0] == Decided("not kept")
    assert ranks(stages) == [("2026-W48", 1, 9), ("all-time", 1, 9)]
    stages = recorder.record("points=10", kind="run", number=8)
    assert stages[0] == Decided("counted")
    assert ranks(stages) == [("2026-W48", 1, 10), ("all-time", 1, 10)]


def test_a_run_is_not_decided_before_each_window_has_it() -> None:
    recorder = Recorder(board(decimals=0, aggregate="best", rules=RUN))
    follower = recorder.start("points=5", kind="run")
    assert follower.find_decision() is None
    recorder.process()
    assert follower.find_decision() == Decided("counted")
    recorder.world.table.delete(("all-time#3", "ann"))
    for shard in range(4):
        recorder.world.table.delete((f"all-time#{shard}", "ann"))
    assert follower.find_decision() is None


def test_a_run_that_is_rejected_is_seen() -> None:
    recorder = Recorder(board(decimals=0, aggregate="best", rules=RUN))
    (stage,) = recorder.record("points=far", kind="run")
    assert isinstance(stage, Decided)
    assert stage.reason == "bad_field"


def test_a_rolling_window_is_one_rank() -> None:
    recorder = Recorder(board(decimals=0, windows=(WindowKind("rolling", days=7),)))
    recorder.record(number=1)
    assert ranks(recorder.record(number=2)) == [("rolling", 1, 20)]


def test_the_rank_among_others() -> None:
    recorder = Recorder(board(decimals=0))
    recorder.world.play("bob", "bob", "cid")
    recorder.now = LATER
    stages = recorder.record(number=9)
    assert ranks(stages) == [("2026-W48", 3, 10), ("all-time", 3, 10)]
    assert isinstance(stages[1], Ranked)
    assert stages[1].answer["players"] == 3


def test_what_aws_refuses_ends_it_in_words() -> None:
    recorder = Recorder(board(decimals=0))
    follower = recorder.start()

    def refuse(call: Call, carry_out: Callable[[], Any]) -> Any:
        raise error("AccessDeniedException", call.operation, "not yours")

    recorder.world.aws.intercept = refuse
    with pytest.raises(OperationError, match="not yours"):
        follower.find_decision()
    with pytest.raises(OperationError, match="not yours"):
        recorder.start(number=3)
