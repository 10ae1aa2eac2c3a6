"""A feed's strays: how many there are of which type, and which of them go on the bus again."""

from __future__ import annotations

from typing import Any

import pytest

from generator.errors import OperationError
from generator.operations.feeds import strays
from generator.operations.feeds.strays import Redriven, count_hidden, list_strays, redrive_strays
from tests.operations.strayed import FEED, Aws, record
from tests.support.memory_aws.errors import error

KNOWN = FEED.types[0]


def test_a_look_counts_by_type_and_leaves_everything_there() -> None:
    bodies = [record(n, {"S": "kil"}) for n in range(12)]
    aws = Aws(*bodies, record(12, None), record(13, {"N": "5"}), "no record", "[1]")
    listed = [(stray.type, stray.player) for stray in list_strays(aws.feed)]
    assert listed == [*(("kil", f"p{n}") for n in range(12)), (None, "p12"), (None, "p13"), (None, ""), (None, "")]
    assert (len(aws.waiting), aws.hidden, aws.entries) == (16, {}, [])


def test_only_what_the_feed_knows_goes_on_the_bus_as_the_pipe_puts_it_there() -> None:
    aws = Aws(*(record(n, {"S": KNOWN if n % 2 else "kil"}) for n in range(24)), record(24, None))
    assert [*redrive_strays(aws.feed, FEED.types)][-1] == Redriven(sent=12, back=0)
    assert aws.sent() == [str(n) for n in range(1, 24, 2)]
    prefix = FEED.names.prefix
    places = {(one["EventBusName"], one["Source"], one["DetailType"]) for entries in aws.entries for one in entries}
    assert places == {(f"{prefix}-activities", prefix, "activity")}
    assert (len(aws.waiting), aws.hidden) == (13, {})


def test_what_the_bus_does_not_take_stays() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}) for n in range(4)))
    aws.refused = {record(2, {"S": KNOWN})}
    assert [*redrive_strays(aws.feed, [KNOWN])][-1] == Redriven(sent=3, back=0)
    assert ([body for _, body in aws.waiting], aws.hidden) == ([record(2, {"S": KNOWN})], {})


def test_large_ones_go_in_several_calls() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}, 390_000) for n in range(5)))
    assert [*redrive_strays(aws.feed, [KNOWN])][-1].sent == 5
    assert [len(entries) for entries in aws.entries] == [2, 2, 1]


def test_a_type_that_is_not_applied_yet_is_told_of_and_the_redrive_ends() -> None:
    aws = Aws(*(record(n, {"S": KNOWN}) for n in range(3)), applied=())
    assert [*redrive_strays(aws.feed, [KNOWN])][-1] == Redriven(sent=3, back=3)
    assert (len(aws.waiting), aws.hidden) == (3, {})


def test_what_another_look_has_taken_is_counted() -> None:
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(3)))
    aws.receive_message(MaxNumberOfMessages=2)
    assert count_hidden(aws.feed) == 2
    assert len([*list_strays(aws.feed)]) == 1


def test_a_look_that_fails_halfway_gives_back_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(30)))
    looking = list_strays(aws.feed)
    next(looking)
    monkeypatch.setattr(aws, "receive_message", _fail)
    with pytest.raises(OperationError, match="Throttled"):
        list(looking)
    assert (len(aws.waiting), aws.hidden) == (30, {})


def test_a_look_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "MOST", 20)
    aws = Aws(*(record(n, {"S": "kil"}) for n in range(45)))
    assert len([*list_strays(aws.feed)]) == 20
    assert (len(aws.waiting), aws.hidden) == (45, {})


def _fail(**_: Any) -> Any:
    raise error("Throttled", "ReceiveMessage")
