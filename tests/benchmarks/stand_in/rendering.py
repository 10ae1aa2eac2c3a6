"""Rendering: the answers of Query and GetRecords, written to files before anything is timed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.stand_in.players import Change, Population, make_item, player_id

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


def render_tables(population: Population, folder: Path, stage: int, workers: int = 2) -> list[Rendered]:
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


def _render_each(render: Callable[[int], Rendered], population: Population, workers: int) -> list[Rendered]:
    if workers < 2:
        return list(map(render, range(population.shards)))
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(render, range(population.shards)))


def _render_shard(population: Population, folder: Path, stage: int, shard: int) -> Rendered:
    """Write the pages of one shard. A page ends with the item by which it reaches 1 MB."""
    path, start, parts = folder / f"pages-{stage}-{shard}", 0, list[Part]()
    partition, items = population.partition(shard), population.items(shard)
    following = next(items, None)
    with path.open("wb") as file:
        while following is not None or not parts:
            texts, size, last = [], 0, ""
            while following is not None and size < PAGE_BYTES:
                number, text, item_size = following
                texts.append(text)
                size, last = size + item_size, player_id(number)
                following = next(items, None)
            more = f',"LastEvaluatedKey":{{"partition":{{"S":"{partition}"}},"player_id":{{"S":"{last}"}}}}'
            body = f'{{"Count":{len(texts)},"ScannedCount":{len(texts)},"Items":[{",".join(texts)}]'
            data = f"{body}{more if following else ''}}}".encode()
            parts.append(Part(start, file.write(data), zlib.crc32(data), len(texts), size, last))
            start += len(data)
    return Rendered(path, parts)


def _render_records(population: Population, change: Change, folder: Path, stage: int, shard: int) -> Rendered:
    path, start, parts = folder / f"records-{stage}-{shard}", 0, list[Part]()
    changed = (
        number
        for number in range(change.first, population.players, change.every)
        if population.shard_of(number) == shard
    )
    partition, sequence = population.partition(shard), stage * STAGE
    with path.open("wb") as file:
        while numbers := list(islice(changed, PER_GET_RECORDS)):
            texts, size = [], 0
            for number in numbers:
                sequence += 1
                text, record_size = _make_record(population, partition, number, sequence)
                texts.append(text)
                size += record_size
            iterator = stream_iterator(stream_shard(shard), f"{sequence:021}")
            data = f'{{"Records":[{",".join(texts)}],"NextShardIterator":"{iterator}"}}'.encode()
            parts.append(Part(start, file.write(data), zlib.crc32(data), len(texts), size, f"{sequence:021}"))
            start += len(data)
    return Rendered(path, parts)


def _make_record(population: Population, partition: str, number: int, sequence: int) -> tuple[str, int]:
    """A record of a change, as JSON, and its size: that of the keys and of both images, nearly."""
    times = population.times(number)
    after, size = make_item(partition, number, times)
    before, size_before = make_item(partition, number, times - 1)
    keys = f'{{"partition":{{"S":"{partition}"}},"player_id":{{"S":"{player_id(number)}"}}}}'
    size += size_before + 33 + len(partition)
    text = (
        f'{{"eventID":"{sequence:032x}","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb",'
        f'"awsRegion":"eu-central-1","dynamodb":{{"ApproximateCreationDateTime":1.795E9,"Keys":{keys},'
        f'"NewImage":{after},"OldImage":{before},"SequenceNumber":"{sequence:021}","SizeBytes":{size},'
        f'"StreamViewType":"{VIEW}"}}}}'
    )
    return text, size
