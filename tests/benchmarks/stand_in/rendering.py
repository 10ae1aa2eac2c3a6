"""Rendering: the answers of Query and GetRecords, written to files before anything is timed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from tests.benchmarks.stand_in.players import Change, Population, player_id

PAGE_BYTES = 1024 * 1024
"""The items of a page: 1 MB by their sizes, not by their JSON (Amazon DynamoDB API reference, "Query")."""
PER_GET_RECORDS = 1000
"""The most records of one GetRecords (Amazon DynamoDB API reference, "GetRecords")."""
VIEW = "NEW_AND_OLD_IMAGES"
"""What the stream's records have of an item."""
STAGE = 10**12
"""Sequence numbers of a stage begin with its number: a stage is the population after one change more."""


class Part(NamedTuple):
    """A rendered answer: where its bytes are in the file, and what it holds."""

    start: int
    size: int
    crc: int
    """The CRC-32 of the bytes, which DynamoDB's answers have in a header."""
    items: int
    item_bytes: int
    last: str
    """The last player id, or the last sequence number."""


@dataclass(frozen=True)
class Rendered:
    """A file of answers that follow one another."""

    path: Path
    parts: Sequence[Part]


@dataclass(frozen=True)
class Pages:
    """The pages of a partition: with whole items, and with the attributes that rebuilds ask for alone."""

    whole: Rendered
    shown: Rendered


Work = TypeVar("Work")


def render_tables(population: Population, folder: Path, stage: int, workers: int = 2) -> list[Pages]:
    """Render the pages of every shard, by number."""
    return _render_each(partial(_render_shard, population, folder, stage), population, workers)


def render_stream(population: Population, change: Change, folder: Path, stage: int, workers: int = 2) -> list[Rendered]:
    """Render the stream records of a change, which `population` has made already, by the number of the shard."""
    return _render_each(partial(_render_records, population, change, folder, stage), population, workers)


def stream_shard(shard: int) -> str:
    """The id of the stream shard with the changes of a partition. The stand-in has one for each."""
    return f"shardId-{shard:020}-stand-in"


def stream_iterator(stream_shard_id: str, sequence: str) -> str:
    """A shard iterator: it stands behind a sequence number, "" for the beginning."""
    return f"{stream_shard_id}/{sequence}"


def _render_each(render: Callable[[int], Work], population: Population, workers: int) -> list[Work]:
    if workers < 2:
        return list(map(render, range(population.shards)))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(render, range(population.shards)))


def _render_shard(population: Population, folder: Path, stage: int, shard: int) -> Pages:
    """Write the pages of one shard. A page ends with the item by which it reaches 1 MB."""
    whole, shown = (Writer(folder / f"{kind}-{stage}-{shard}") for kind in ("pages", "shown"))
    partition, numbers = population.partition(shard), population.numbers(shard)
    following = next(numbers, None)
    with whole, shown:
        while following is not None or not whole.parts:
            items, parts, size, last = list[str](), list[str](), 0, ""
            while following is not None and size < PAGE_BYTES:
                text, item_size = population.make_item(partition, *following)
                items.append(text)
                parts.append(population.show_item(*following))
                size, last = size + item_size, player_id(following[0])
                following = next(numbers, None)
            key = f'{{"partition":{{"S":"{partition}"}},"player_id":{{"S":"{last}"}}}}'
            more = f',"LastEvaluatedKey":{key}' if following else ""
            for writer, texts in ((whole, items), (shown, parts)):
                head = f'{{"Count":{len(texts)},"ScannedCount":{len(texts)},"Items":['
                writer.write(f"{head}{','.join(texts)}]{more}}}", len(texts), size, last)
    return Pages(Rendered(whole.path, whole.parts), Rendered(shown.path, shown.parts))


class Writer:
    """Writes answers into a file, and notes where they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: list[Part] = []
        self._file = path.open("wb")
        self._start = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, text: str, items: int, item_bytes: int, last: str) -> None:
        """Append an answer. See `Part` for what is said of it."""
        data = text.encode()
        self.parts.append(Part(self._start, len(data), zlib.crc32(data), items, item_bytes, last))
        self._start += self._file.write(data)


def _render_records(population: Population, change: Change, folder: Path, stage: int, shard: int) -> Rendered:
    changed = (
        number
        for number in range(change.first, population.players, change.every)
        if population.shard_of(number) == shard
    )
    partition, sequence = population.partition(shard), stage * STAGE
    with Writer(folder / f"records-{stage}-{shard}") as writer:
        while numbers := list(islice(changed, PER_GET_RECORDS)):
            texts, size = [], 0
            for number in numbers:
                sequence += 1
                text, record_size = _make_record(population, partition, number, sequence)
                texts.append(text)
                size += record_size
            iterator = stream_iterator(stream_shard(shard), f"{sequence:021}")
            answer = f'{{"Records":[{",".join(texts)}],"NextShardIterator":"{iterator}"}}'
            writer.write(answer, len(texts), size, f"{sequence:021}")
    return Rendered(writer.path, writer.parts)


def _make_record(population: Population, partition: str, number: int, sequence: int) -> tuple[str, int]:
    """A record of a change, as JSON, and its size: that of the keys and of both images, nearly."""
    times = population.times(number)
    after, size = population.make_item(partition, number, times)
    before, size_before = population.make_item(partition, number, times - 1)
    keys = f'{{"partition":{{"S":"{partition}"}},"player_id":{{"S":"{player_id(number)}"}}}}'
    size += size_before + 33 + len(partition)
    text = (
        f'{{"eventID":"{sequence:032x}","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb",'
        f'"awsRegion":"eu-central-1","dynamodb":{{"ApproximateCreationDateTime":1.795E9,"Keys":{keys},'
        f'"NewImage":{after},"OldImage":{before},"SequenceNumber":"{sequence:021}","SizeBytes":{size},'
        f'"StreamViewType":"{VIEW}"}}}}'
    )
    return text, size
