"""What a feed's pipe gave up goes on its bus, or on the boards' queues, and counts once wherever the redrive dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from generator.errors import OperationError
from generator.operations.audit.reading import list_deeds
from generator.operations.feeds.redriving import FedBoard, redrive_feed_pipe
from generator.operations.feeds.running_feed import EVENT_BYTES, RunningFeed, split
from generator.operations.redrives.putting_back import RedriveCounts
from generator.operations.redrives.receiving import HIDDEN_SECONDS
from tests.operations.game import BOARDS, Game
from tests.operations.lost import Lost
from tests.runtime.boards import item
from tests.support.bundles import everything
from tests.support.executors import use_one_thread
from tests.support.memory_aws import Call
from tests.support.memory_aws.calls import Client

[FEED] = everything().feeds
PLAYERS = ("ann", "bob", "cid", "dan")


class Death(BaseException):
    """Stands for the death of the program at this point."""


@dataclass(frozen=True)
class MemoryFeed(RunningFeed):
    """A feed whose queue of dead letters is in memory."""

    url: str = ""

    def find_queue(self, part: str) -> str:
        assert part == "pipe-dead-letters"
        return self.url


@dataclass
class Fed:
    """A board that counts a feed, whose pipe gave up what four players did: the stream has the last two only.

    The bus hands the board what is of its type, and only that.
    """

    refused: set[str] = field(default_factory=set)
    """Players whose events the bus does not take."""

    def __post_init__(self) -> None:
        self.game = Game(BOARDS["keeps totals"])
        self.lost = Lost(self.game)
        self.entries: list[dict[str, str]] = []
        self.lost.write(*(item(player, number=number) for number, player in enumerate(PLAYERS)))
        self.lost.write(item("#probe-1", number=90, type="#probe"), item("cid", number=91, type="lap"))
        through = item("bob", number=70)
        self.lost.write(through)
        self.game.world.put(through)
        self.lost.give_up(0, 1)
        self.lost.give_up(2, 5)
        self.lost.trimmed = 2
        events: Any = Client("events", {"put_events": self._put_events}, self.game.aws._intercept, lambda *_: None)
        running = self.lost.running
        self.feed = MemoryFeed(FEED, running.sqs, events, running.activities, running.client, url=self.lost.letters.url)

    def redrive(self) -> RedriveCounts:
        """Redrive to the end."""
        *_, done = redrive_feed_pipe(self.feed, lambda: [FedBoard(self.lost.running, {"kill"})])
        return done

    def check(self) -> None:
        """Nothing is lost, and nothing counts twice."""
        self.game.process_queue()
        assert self.game.scores() == {"ann": 10, "bob": 20, "cid": 10, "dan": 10}
        assert self.lost.letters.messages == []

    def _put_events(self, **request: Any) -> dict[str, Any]:
        answers = []
        for entry in request["Entries"]:
            change = json.loads(entry["Detail"])["dynamodb"]
            if refused := change["Keys"]["player_id"]["S"] in self.refused:
                answers.append({"ErrorCode": "InternalFailure"})
                continue
            self.entries.append(entry)
            if change["NewImage"]["type"]["S"] in ("kill", "#probe"):
                sqs = self.game.running.sqs
                sqs.send_message(QueueUrl=self.game.queue.url, MessageBody=entry["Detail"])
            answers.append({"EventId": str(refused)})
        return {"Entries": answers}


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    use_one_thread(monkeypatch)


def test_what_the_stream_has_goes_on_the_bus_and_the_rest_to_the_boards() -> None:
    fed = Fed()
    # cid, dan and cid's lap by the bus; then ann and bob, of whom the board has no mark, by its queue.
    assert fed.redrive() == RedriveCounts(sent=5, searched=1)
    players = [json.loads(entry["Detail"])["dynamodb"]["Keys"]["player_id"]["S"] for entry in fed.entries]
    assert players == ["cid", "dan", "cid", "#probe-1"], "probes go last"
    prefix = FEED.names.prefix
    places = {(one["EventBusName"], one["Source"], one["DetailType"]) for one in fed.entries}
    assert places == {(f"{prefix}-activities", prefix, "activity")}
    fed.check()
    assert fed.redrive() == RedriveCounts()


def test_what_is_on_the_bus_is_not_read_from_the_table_again() -> None:
    """An activity that was written again has other content there, and a board's queue may be faster than the bus."""
    fed = Fed()
    fed.lost.write(item("cid", number=2, type="kill", name="later"))
    fed.redrive()
    bodies = [json.loads(message.body)["dynamodb"]["NewImage"] for message in fed.game.queue.messages]
    assert [image.get("name") for image in bodies if image["player_id"] == {"S": "cid"}] == [None]
    fed.check()


def test_what_the_bus_does_not_take_stays() -> None:
    fed = Fed({"dan"})
    with pytest.raises(OperationError, match="the bus does not take an event just now"):
        fed.redrive()
    assert len(fed.lost.letters.messages) == 2
    fed.refused.clear()
    fed.game.now += HIDDEN_SECONDS * 1000
    fed.redrive()
    fed.check()


def test_where_the_stream_has_everything_no_board_is_asked() -> None:
    fed = Fed()
    fed.lost.trimmed = 0

    def find_boards() -> list[FedBoard]:
        raise AssertionError

    *_, done = redrive_feed_pipe(fed.feed, find_boards)
    assert done == RedriveCounts(sent=5)
    fed.check()


def die_at(fed: Fed, number: int, when: str) -> bool:
    """Redrive, and die before or after a call. False where there are fewer calls."""
    made = 0

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        is_last = made == number
        if is_last and when == "before":
            raise Death
        try:
            return carry_out()
        finally:
            if is_last:
                raise Death

    fed.game.aws.intercept = intercept
    try:
        fed.redrive()
    except Death:
        return True
    finally:
        fed.game.aws.intercept = fed.game.aws.call_hooks
    return False


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_redrive_that_dies_at_any_call_is_completed_by_the_next(when: str) -> None:
    number = 1
    while True:
        fed = Fed()
        died = die_at(fed, number, when)
        fed.game.now += HIDDEN_SECONDS * 1000
        fed.redrive()
        fed.check()
        if not died:
            break
        number += 1
    assert number > 15, "each call of the redrive was one to die at"


def test_a_group_is_what_one_request_takes() -> None:
    assert split([]) == []
    assert split(["x"] * 25) == [[*range(10)], [*range(10, 20)], [*range(20, 25)]]
    large = "ä" * (EVENT_BYTES // 5)
    assert split([large, large, large, "x"]) == [[0, 1], [2, 3]]


def test_what_is_done_to_a_feed_is_written_into_its_own_table() -> None:
    fed = Fed()
    feed = replace(fed.feed, activities=fed.game.world.activities, who=lambda: "op", now=lambda: fed.game.now)
    with feed.open_trail().deed("redrive", {"from": "pipe"}, "mended") as deed:
        deed.outcome({"put_back": 2})
    [found] = list_deeds(feed.activities)
    assert (found.command, found.reason, found.outcome, found.state) == ("redrive", "mended", {"put_back": 2}, "done")
    changes = [each["dynamodb"] for each in fed.game.aws.tables["activities"].stream]
    [first, *_] = [each["NewImage"] for each in changes if each["Keys"]["player_id"]["S"] == "#audit"]
    assert "type" not in first, "no rule on the bus takes it, see limits.stray_pattern"
