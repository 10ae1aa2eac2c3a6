"""What the embedded AWS holds of the boards, as one text and back: for `local --keep`.

It is taken between two requests, and nothing expires meanwhile, so it is of one moment: a transaction is in it whole
or not at all, and an activity is in the stream, in the queue, or counted. A message that is being processed is in it
as one that waits: what was counted of it has its mark.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from typing import Any

POINTER = "snapshots/current.json"
"""The key of a board's newest snapshot: see `runtime/s3/snapshots.py`."""

LEASE = "#lease"
"""The partition of the lease of a rebuild: it ends with the run. See `runtime/dynamodb/items.py`."""


async def exchange_state(method: str, receive: Any, send: Any) -> None:
    """Answer a request of the parent: give what is held, or put in what the request gives."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = b""
    if method == "PUT":
        load(json.loads(body))
    else:
        answer = dump()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": answer})


def dump() -> bytes:
    """The items, streams, messages and newest snapshots, as JSON.

    {"tables": {name: [item]}, "streams": {table: [record]}, "queues": {name: [message]},
    "buckets": {name: {key: object}}}
    """
    from ministack.services import dynamodb, s3, sqs

    with sqs._queues_lock, dynamodb._lock:
        state = {
            "tables": {
                key[-1]: [item for name, found in table["items"].items() if name != LEASE for item in found.values()]
                for key, table in dynamodb._tables._data.items()
            },
            "streams": {
                # What a rebuild reads of a stream, it reads of none but its own run's.
                key[-1]: records
                for key, records in dynamodb._stream_records._data.items()
                if not key[-1].endswith("-aggregates")
            },
            "queues": {_name(key[-1]): queue["messages"] for key, queue in sqs._queues._data.items()},
            "buckets": {key[-1]: _snapshot(bucket["objects"]) for key, bucket in s3._buckets._data.items()},
        }
        return json.dumps(state, separators=(",", ":")).encode()


def load(state: dict[str, Any]) -> None:
    """Put into tables, queues and buckets that are there what `dump` gave of them. Streams are not told of it."""
    from ministack.core.concurrency import esm_wake
    from ministack.services import dynamodb, s3, sqs

    for key, table in dynamodb._tables._data.items():
        for item in state.get("tables", {}).get(key[-1], ()):
            partition, sort = (next(iter(item[table[name]].values())) for name in ("pk_name", "sk_name"))
            dynamodb._set_item(table, partition, sort, item)
    for key, bucket in s3._buckets._data.items():
        for name, found in state.get("buckets", {}).get(key[-1], {}).items():
            bucket["objects"][name] = {**found, "body": b64decode(found["body"])}
    with sqs._queues_lock:
        for key, queue in sqs._queues._data.items():
            for message in state.get("queues", {}).get(_name(key[-1]), ()):
                queue["messages"].append({**message, "visible_at": time.time(), "receipt_handle": None})
    esm_wake.set()


def _snapshot(objects: dict[str, Any]) -> dict[str, Any]:
    """The pointer of a board's bucket and the files that it refers to; nothing of another bucket, or before the first.

    Pages are not among them, as each run uploads its own, nor are older snapshots: nobody can pin one of another run.
    """
    if POINTER not in objects:
        return {}
    pointer = json.loads(objects[POINTER]["body"])
    history = pointer.get("stored", pointer["as_of"])
    prefixes = (each[name] for each in pointer["windows"] for name in ("prefix", "delta") if name in each)
    wanted = (POINTER, f"snapshots/at/{history:015}.json", *prefixes)
    return {
        key: {**found, "body": b64encode(found["body"]).decode()}
        for key, found in objects.items()
        if key.startswith(wanted)
    }


def _name(url: str) -> str:
    """The name of a queue, from its URL: that has a port of this run."""
    return url.rsplit("/", 1)[-1]
