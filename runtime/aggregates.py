"""The aggregates and marks tables: every accepted activity is added once, whatever is delivered twice or dies halfway.

One transaction writes an activity's mark (refused where it exists) and the player's aggregates (refused where they
changed since they were read). So a mark exists exactly where its points do. `items` says what lies in the tables.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runtime import items, scoring
from runtime.activity import Activity, Record, Rejection
from runtime.aws import THREADS
from runtime.config import BoardConfig
from runtime.items import Opened
from runtime.scoring import Aggregate, Columns
from runtime.windows import Span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 10
"""How often a player's batch is tried when another processor writes the same aggregates."""
PER_TRANSACTION = 100
"""Items of one transaction at the most (DynamoDB API reference, TransactWriteItems)."""
UNMARKED = "attribute_not_exists(player_id)"
_PASSING = {"None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class IdentityError(Exception):
    """The stored numbers mean something else than this bundle's: nothing may be written."""


class BusyError(Exception):
    """Others kept writing the same aggregates. Nothing was written; the messages may be delivered again."""


@dataclass(frozen=True)
class Entry:
    """One judged record: points for windows, or a rejection."""

    record: Record
    verdict: tuple[Activity, Columns, tuple[Span, ...]] | Rejection


@dataclass
class Outcome:
    """What became of a player's entries."""

    counted: int = 0
    duplicate: int = 0
    rejected: list[Rejection] = field(default_factory=list)


class Aggregates:
    """The two tables of one board."""

    def __init__(
        self, client: DynamoDBClient, config: BoardConfig, aggregates_table: str, marks_table: str = ""
    ) -> None:
        self._client = client
        self._config = config
        self._table = aggregates_table
        self._marks = marks_table
        self._opened: dict[str, Opened] = {}
        self._identified = False

    def identify(self) -> None:
        """Make sure that the stored numbers mean what this bundle's mean, or claim an empty table.

        Raises IdentityError where they do not. A kind of window that is new to the board is added.
        """
        if self._identified:
            return
        for key, mine in items.identity(self._config).items():
            stored = self._get("#identity", key)
            if stored is None:
                self._put_new("#identity", key, {"is": {"S": mine}})
                stored = self._get("#identity", key)
            if stored is None or stored["is"]["S"] != mine:
                raise IdentityError(
                    f"this board's data was made with {key} = {stored and stored['is']['S']}, the bundle has {mine}: "
                    "nothing is written; give the board a new name, or put the old value back"
                )
        self._identified = True

    def settle(self, player_id: str, entries: Sequence[Entry], now: int) -> Outcome:
        """Write the effect of one player's entries, each once. Raises BusyError or botocore's ClientError.

        After an error some of the entries may have been written; giving them again is harmless.
        """
        outcome = Outcome()
        waiting = [list(entries)]
        while waiting:
            some = waiting.pop()
            if not self._settle_at_once(player_id, some, now, outcome):
                waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
        return outcome

    def opened(self) -> list[Opened]:
        """Every window that has taken an activity, in the order of their ids."""
        return [items.read_opened(item) for item in self._query("#windows")]

    def players(self, window: Opened) -> Iterator[tuple[str, Aggregate]]:
        """Every player's aggregate in a window, in no order; all that was written before the call is in it."""

        def shard(number: int) -> list[tuple[str, Aggregate]]:
            found = self._query(f"{window.span.id}#{number}")
            return [(item["player_id"]["S"], items.read_aggregate(item)) for item in found]

        with ThreadPoolExecutor(THREADS) as pool:
            for found in pool.map(shard, range(window.shards)):
                yield from found

    def _settle_at_once(self, player_id: str, entries: list[Entry], now: int, outcome: Outcome) -> bool:
        """Write the entries in one transaction; False, with nothing written, where they are too many for one."""
        remaining = entries
        for attempt in range(ATTEMPTS):
            writes, marked, rejected = self._fold(player_id, remaining, now)
            if len(writes) > PER_TRANSACTION:
                return False
            try:
                self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.TransactionCanceledException as error:
                codes = [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
                if not set(codes) <= _PASSING:
                    raise
                # Marks come first: a refused one was written by an earlier delivery, and so was its effect.
                taken = {marked[index] for index in range(len(marked)) if codes[index] == "ConditionalCheckFailed"}
                if taken:
                    outcome.duplicate += len(taken)
                    remaining = [entry for entry in remaining if entry.record.activity_id not in taken]
                    if not remaining:
                        return True
                else:
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
            else:
                outcome.counted += len(remaining) - len(rejected)
                outcome.rejected += rejected
                return True
        raise BusyError(f"the aggregates of player {player_id} changed {ATTEMPTS} times while they were written")

    def _fold(self, player_id: str, entries: Sequence[Entry], now: int) -> tuple[list[Any], list[str], list[Rejection]]:
        """The transaction that has the effect of the entries: its items (the marks first), the activity id of each
        mark, and what is rejected."""
        spans = {span for entry in entries if not isinstance(entry.verdict, Rejection) for span in entry.verdict[2]}
        places = {span: self._place(span, player_id) for span in spans}
        before = self._read(player_id, list(places.values()))
        after: dict[str, Aggregate] = {}
        marks: list[Any] = []
        records: list[Any] = []
        rejected = []
        for entry in entries:
            verdict = entry.verdict
            if not isinstance(verdict, Rejection):
                activity, given, into = verdict
                changed: dict[str, Aggregate] = {}
                for span in into:
                    place = places[span]
                    have = after.get(place) or (before[place][0] if place in before else None)
                    result = scoring.add(have, activity, given)
                    if isinstance(result, Rejection):
                        verdict = result
                        break
                    changed[place] = result
                else:
                    after |= changed
            if isinstance(verdict, Rejection):
                rejected.append(verdict)
                item = items.rejected(entry.record, verdict, now)
                records.append({"Put": {"TableName": self._marks, "Item": item}})
            mark = items.mark(entry.record, "rejected" if isinstance(verdict, Rejection) else "counted", now)
            marks.append({"Put": {"TableName": self._marks, "Item": mark, "ConditionExpression": UNMARKED}})
        writes = [
            self._write(place, player_id, aggregate, before[place][1] if place in before else 0)
            for place, aggregate in after.items()
        ]
        return [*marks, *records, *writes], [entry.record.activity_id for entry in entries], rejected

    def _place(self, span: Span, player_id: str) -> str:
        """The partition of a player's aggregate in a window; opens the window where it is new."""
        opened = self._opened.get(span.id)
        if opened is None:
            stored = self._get("#windows", span.id)
            if stored is None:
                self._put_new("#windows", span.id, items.opened(span, self._config.shards))
                stored = self._get("#windows", span.id)
            assert stored is not None
            opened = self._opened[span.id] = items.read_opened(stored)
        return f"{span.id}#{zlib.crc32(player_id.encode()) % opened.shards}"

    def _read(self, player_id: str, places: Sequence[str]) -> dict[str, tuple[Aggregate, int]]:
        found: dict[str, tuple[Aggregate, int]] = {}
        keys: list[Any] = [{"partition": {"S": place}, "player_id": {"S": player_id}} for place in places]
        while keys:
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}})
            for item in answer["Responses"].get(self._table, []):
                found[item["partition"]["S"]] = (items.read_aggregate(item), int(item["version"]["N"]))
            rest = answer["UnprocessedKeys"].get(self._table)
            keys = list(rest["Keys"]) if rest else []
        return found

    def _write(self, place: str, player_id: str, aggregate: Aggregate, version: int) -> dict[str, Any]:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(player_id)"}
        if version:
            condition = {
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        item = items.aggregate(place, player_id, aggregate, version + 1)
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _get(self, partition: str, key: str) -> dict[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table,
            Key={"partition": {"S": partition}, "player_id": {"S": key}},
            ConsistentRead=True,
        )
        return answer.get("Item")

    def _put_new(self, partition: str, key: str, attributes: dict[str, Any]) -> None:
        """Write an item that never changes again. Where another was first, its item stays."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={"partition": {"S": partition}, "player_id": {"S": key}, **attributes},
                ConditionExpression="attribute_not_exists(player_id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _query(self, partition: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "partition"},
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]
