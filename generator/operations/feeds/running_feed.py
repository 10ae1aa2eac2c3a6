"""Finds a feed that runs: its table, its queues and its bus, with boto3 clients that reach them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.config import Config

from generator.aws.sessions import AwsPlace
from generator.board.feed import Feed
from generator.operations.audit.trail import Trail
from generator.operations.local_run import LocalRun
from generator.operations.running_board import (
    ANY_PLACE,
    AWS_CONFIG,
    THREADS,
    ask_who,
    aws_errors_as_operation_errors,
    make_aws_session,
    name_user,
)
from runtime import clock
from runtime.dynamodb.table import Table

EVENT_BYTES = 1_000_000
"""Bytes that one PutEvents may have (EventBridge API reference, "PutEvents": less than 1 MB)."""
ENTRY_BYTES = 300
"""More bytes than an entry has beside its detail."""
ENTRIES_PER_PUT = 10
"""The most entries of one PutEvents (EventBridge API reference, "PutEvents")."""

_KEYS = ("player_id", "activity_id")


@dataclass(frozen=True)
class RunningFeed:
    """A feed that runs, in AWS or on this machine: what operations need of it."""

    feed: Feed
    sqs: Any
    events: Any
    activities: Table
    """Its table of activities, which also keeps what operators have done: no player's id begins as its partition."""
    client: Callable[..., Any]
    """Makes a client of a service, with what it takes as settings of botocore's Config."""
    now: Callable[[], int] = clock.now
    """The present instant by the feed's clock, in milliseconds since 1970."""
    who: Callable[[], str] = name_user
    """Asks who is at work."""

    def find_queue(self, part: str) -> str:
        """Ask for the URL of one of its queues, by the last part of its name."""
        return str(self.sqs.get_queue_url(QueueName=self.feed.names.part(part))["QueueUrl"])

    def hand_over(self, bodies: Sequence[str]) -> list[bool]:
        """Put up to ten stream records on the bus, as its pipe does. Returns of each whether the bus has taken it."""
        prefix, bus = self.feed.names.prefix, self.feed.names.part("activities")
        entry = {"EventBusName": bus, "Source": prefix, "DetailType": "activity"}
        answer = self.events.put_events(Entries=[{**entry, "Detail": body} for body in bodies])
        return ["ErrorCode" not in each for each in answer["Entries"]]

    def open_trail(self) -> Trail:
        """Where what is done to the feed is written."""
        return Trail(self.activities, self.who, self.now)


def find_feed_in_aws(feed: Feed, place: AwsPlace = ANY_PLACE) -> RunningFeed:
    """Find the feed where it is deployed in AWS, with the user's own credentials. Raises OperationError."""
    session = make_aws_session(feed, place)

    def make_client(service: str, **settings: Any) -> Any:
        return session.client(service, config=AWS_CONFIG.merge(Config(**settings)))

    return _find(feed, make_client, who=lambda: ask_who(session))


def find_feed_on_this_machine(feed: Feed, run: LocalRun) -> RunningFeed:
    """Find the feed in a run of `leaderboards local`. Raises OperationError if it does not run there."""
    return _find(feed, run.client, now=run.now)


def _find(feed: Feed, client: Callable[..., Any], **more: Any) -> RunningFeed:
    with aws_errors_as_operation_errors():
        sqs, events = client("sqs"), client("events")
        table = Table(client("dynamodb", max_pool_connections=THREADS), feed.names.part("activities"), _KEYS)
        running = RunningFeed(feed, sqs, events, table, client, **more)
        running.find_queue("strays")  # a feed that does not run there has none
    return running


def split(bodies: Sequence[str]) -> list[list[int]]:
    """The places of bodies in groups that one PutEvents takes."""
    groups: list[list[int]] = []
    size = 0
    for place, body in enumerate(bodies):
        length = len(body.encode()) + ENTRY_BYTES
        if not groups or len(groups[-1]) == ENTRIES_PER_PUT or size + length > EVENT_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(place)
        size += length
    return groups
