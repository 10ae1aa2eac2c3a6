"""Reads answers of DynamoDB and of its streams as the JSON that they are, four times as fast as botocore does.

botocore walks through every answer by its model of the service, to turn Base64 into bytes and seconds into datetimes:
a page of 4,000 items takes it 100 ms, and `json.loads` 25. Here bytes stay Base64 and instants numbers, so a client
that is taught so may not read binary values. All else is as botocore has it: whatever is no good answer, it reads
itself; and it checks the answer's CRC32 and repeats requests by what came over the wire, not by what was read of it.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

EMPTY = b"{}"
"""What is left for botocore to read."""


class Client(Protocol):
    """A boto3 client of a service with the JSON protocol."""

    @property
    def meta(self) -> Any:
        """What the client knows of itself; its events among it."""


def read_raw(client: Client, *operations: str) -> None:
    """Let a client read the answers of some operations, by AWS's names such as "Query", as the JSON that they are.

    The event is one that botocore has for its own handlers: the layer has botocore of a certain version.
    """
    service = client.meta.service_model.service_id.hyphenize()
    for operation in operations:
        client.meta.events.register(f"before-parse.{service}.{operation}", _read, unique_id=f"raw-json-{operation}")


def _read(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **more: Any) -> None:
    """Put an answer's content beside what botocore is to read of it, which is nothing then."""
    if response_dict["status_code"] != 200:
        return
    try:
        content = json.loads(response_dict["body"].decode())
    except ValueError:
        # It was cut off, or spoilt: botocore finds that by the CRC32.
        return
    if isinstance(content, dict):
        customized_response_dict |= content
        response_dict["body"] = EMPTY


@contextmanager
def without_collecting() -> Iterator[None]:
    """Let Python look for no cycles meanwhile: in what is parsed there are none, and it takes twice as long to look for
    them among 100,000 records as to parse these."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()
