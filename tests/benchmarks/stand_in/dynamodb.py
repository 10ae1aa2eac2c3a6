"""DynamoDB of the stand-in: pages of players come from files, the board's own items from the AWS in memory."""

from __future__ import annotations

import json
import re
import time
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

from botocore.exceptions import ClientError

from tests.benchmarks.stand_in import metering
from tests.benchmarks.stand_in.counting import Counts, read_units
from tests.benchmarks.stand_in.metering import find_writes
from tests.benchmarks.stand_in.players import Population, number_of
from tests.benchmarks.stand_in.rendering import Pages, Part, Rendered
from tests.benchmarks.stand_in.stream import StandInStream
from tests.support.memory_aws.dynamodb import MemoryDynamoDB
from tests.support.memory_aws.tables import MemoryTable
from tests.support.memory_aws.values import Item, item_bytes

TABLES = {
    "aggregates": ("partition", "player_id"),
    "activities": ("player_id", "activity_id"),
    "marks": ("player_id", "activity_id"),
}
"""The keys of the tables, by name."""
PLAYER = re.compile(r"player-[0-9]{8}")


@dataclass(frozen=True)
class Answer:
    """An answer: its bytes, or where in a file they are, with their CRC-32."""

    body: bytes = b""
    path: Path | None = None
    start: int = 0
    size: int = 0
    crc: int = 0
    status: int = 200

    def read(self) -> bytes:
        """The bytes, wherever they are."""
        if self.path is None:
            return self.body
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.size)


class StandInDynamoDB:
    """The operations that a rebuild needs, by AWS's names. Threads may share it."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._lock = RLock()
        now = lambda: time.time_ns() // 1_000_000  # noqa: E731
        self._tables = {
            name: MemoryTable(name, keys, stream="NEW_AND_OLD_IMAGES", expires=False, now=now)
            for name, keys in TABLES.items()
        }
        self._memory = MemoryDynamoDB(self._tables, now)
        self._memory.page_items = 10_000
        self._population = Population(0, 0)
        self._pages: dict[str, Pages] = {}
        self.stream = StandInStream(self._tables["aggregates"].stream)

    def load(self, population: Population, pages: list[Pages], records: list[Rendered], stage: int) -> None:
        """Hold these players from now on. `records` are appended to the stream, and may be none."""
        with self._lock:
            self._population = population
            self._pages = {population.partition(shard): each for shard, each in enumerate(pages)}
            self.stream.append(population.shards, records, stage)

    def answer(self, operation: str, request: Any) -> Answer:
        """Carry an operation out."""
        self._counts.add(**{operation: 1})
        with self._lock:
            try:
                if found := self._answer_players(operation, request):
                    return found
                return make_answer(self._answer_memory(operation, request))
            except ClientError as error:
                return _make_error(error)

    def _answer_players(self, operation: str, request: Any) -> Answer | None:
        """The answer out of the rendered files; None where the request is about the board's own items."""
        if operation in ("DescribeStream", "GetShardIterator"):
            return make_answer(self.stream.describe() if operation == "DescribeStream" else self.stream.seek(request))
        if operation == "GetRecords":
            self._counts.add(stream_reads=1)
            part = self.stream.read(request)
            return _from_file(*part) if isinstance(part, tuple) else make_answer(part)
        if operation == "Query" and (partition := _partition(request)) in self._pages:
            return self._query(partition, request)
        if operation == "GetItem" and self._is_player(request["Key"]):
            item, size = self._population.item(number_of(request["Key"]["player_id"]["S"]))
            self._counts.add(read_units=read_units(size))
            return make_answer({"Item": json.loads(item)})
        if operation == "BatchGetItem":
            return self._get_players(request)
        return None

    def _query(self, partition: str, request: Any) -> Answer:
        wanted, pages = _projection(request), self._pages[partition]
        shown = self._population.shown
        rendered = pages.shown if wanted == shown else pages.whole
        after = request.get("ExclusiveStartKey", {}).get("player_id", {}).get("S", "")
        lasts = [part.last for part in rendered.parts]
        number = bisect_right(lasts, after) if after else 0
        is_odd = after != (lasts[number - 1] if number else "") or wanted not in (shown, None) or "Limit" in request
        if is_odd or number == len(rendered.parts):
            return self._query_oddly(pages.whole, number, after, request)
        part = rendered.parts[number]
        self._counts.add(read_units=read_units(part.item_bytes), items_read=part.items)
        return _from_file(rendered.path, part)

    def _query_oddly(self, rendered: Rendered, number: int, after: str, request: Any) -> Answer:
        """A page that is none of the rendered ones: a part of one."""
        part, wanted = rendered.parts[min(number, len(rendered.parts) - 1)], _projection(request)
        whole = json.loads(_from_file(rendered.path, part).read())
        most = request.get("Limit", part.items)
        rest = [item for item in whole["Items"] if item["player_id"]["S"] > after]
        items = rest[:most]
        answer = {"Count": len(items), "ScannedCount": len(items), "Items": items}
        if items and (len(items) < len(rest) or "LastEvaluatedKey" in whole or len(items) == most):
            answer["LastEvaluatedKey"] = {name: items[-1][name] for name in ("partition", "player_id")}
        self._counts.add(read_units=read_units(sum(map(item_bytes, items))), items_read=len(items))
        if wanted is not None:
            answer["Items"] = [{name: each[name] for name in each.keys() & wanted} for each in items]
        return make_answer(answer)

    def _get_players(self, request: Any) -> Answer | None:
        ((table, wanted),) = request["RequestItems"].items()
        keys = wanted["Keys"]
        if not all(map(self._is_player, keys)):
            return None
        found = [self._population.item(number_of(key["player_id"]["S"])) for key in keys]
        self._counts.add(read_units=sum(read_units(size) for _, size in found), items_read=len(found))
        items = ",".join(item for item, _ in found)
        return _make_bytes(f'{{"Responses":{{"{table}":[{items}]}},"UnprocessedKeys":{{}}}}'.encode())

    def _is_player(self, key: Item) -> bool:
        """Whether a key is that of one of the players."""
        player = key.get("player_id", {}).get("S", "")
        if not PLAYER.fullmatch(player) or (number := number_of(player)) >= self._population.players:
            return False
        return key.get("partition") == {"S": self._population.partition(self._population.shard_of(number))}

    def _answer_memory(self, operation: str, request: Any) -> Any:
        method = re.sub(r"(?<!^)([A-Z])", r"_\1", operation).lower()
        assert not any(self._is_player(key) for _, key in find_writes(method, request)), "no rebuild writes a player"
        carry_out = partial(getattr(self._memory, method), **request)
        return metering.carry_out(self._tables, self._counts, method, request, carry_out)


def make_answer(document: Any) -> Answer:
    """The answer with a JSON document."""
    return _make_bytes(json.dumps(document, separators=(",", ":")).encode())


def _make_bytes(body: bytes, status: int = 200) -> Answer:
    return Answer(body, size=len(body), crc=zlib.crc32(body), status=status)


def _from_file(path: Path, part: Part) -> Answer:
    return Answer(path=path, start=part.start, size=part.size, crc=part.crc)


def _make_error(error: ClientError) -> Answer:
    told = {name: value for name, value in error.response.items() if name not in ("Error", "ResponseMetadata")}
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **told}
    return _make_bytes(json.dumps(body).encode(), error.response["ResponseMetadata"]["HTTPStatusCode"])


def _partition(request: Any) -> str:
    """The partition key that a Query asks for."""
    values = request["ExpressionAttributeValues"]
    return str(next(iter(values.values()))["S"]) if len(values) == 1 else ""


def _projection(request: Any) -> frozenset[str] | None:
    """The attributes that a Query asks for; None for whole items. Which they are changes nothing about its units."""
    if "ProjectionExpression" not in request:
        return None
    names = request.get("ExpressionAttributeNames", {})
    return frozenset(names.get(each.strip(), each.strip()) for each in request["ProjectionExpression"].split(","))
