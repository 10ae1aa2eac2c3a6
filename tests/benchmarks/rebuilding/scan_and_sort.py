"""`python -P scan_and_sort.py PARTITION...`: the plain way to rank a table, which reads all, sorts, and writes all.

One boto3 client reads every partition with its paginator, a list of tuples is sorted, and every 2,000 entries become an
object with their ranks. That is less than a snapshot holds: no player can be found in it.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3

BLOCK = 2_000
"""Entries of an object."""

Entry = tuple[int, int, str, str]
"""What is sorted: the negated score, when it was reached, the player's id and name."""


def read(partitions: list[str]) -> list[Entry]:
    """Read the entries of all players."""
    paginator = boto3.client("dynamodb").get_paginator("query")
    entries: list[Entry] = []
    for partition in partitions:
        for page in paginator.paginate(
            TableName="aggregates",
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "partition"},
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        ):
            for item in page["Items"]:
                score, at = -int(item["columns"]["L"][0]["N"]), int(item["at"]["N"])
                entries.append((score, at, item["player_id"]["S"], item["name"]["S"]))
    return entries


def write(entries: list[Entry]) -> None:
    """Write the ranks of sorted entries."""
    client = boto3.client("s3")

    def put(start: int) -> None:
        ranked = enumerate(entries[start : start + BLOCK], start + 1)
        block = [[rank, player, name, -score] for rank, (score, _, player, name) in ranked]
        body = json.dumps(block, separators=(",", ":")).encode()
        client.put_object(Bucket="bucket", Key=f"plain/{start // BLOCK:06}.json", Body=body)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(put, range(0, len(entries), BLOCK)))


def main() -> None:
    """Read, sort and write, and print what it took."""
    began, cpu = time.perf_counter(), time.process_time()
    entries = read(sys.argv[1:])
    entries.sort()
    write(entries)
    times = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    print(json.dumps({**times, "answer": {"players": len(entries)}}))


if __name__ == "__main__":
    main()
