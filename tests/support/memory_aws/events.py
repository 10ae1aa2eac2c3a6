"""EventBridge in memory: it records the events that it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.memory_aws.errors import UnknownRequestError
from tests.support.memory_aws.values import refuse

PER_REQUEST = 10
"""The most entries of a PutEvents (Amazon EventBridge API reference, "PutEvents")."""
REQUEST_BYTES = 1_048_576
"""The size below which the entries of a PutEvents are in all (Amazon EventBridge API reference, "PutEvents")."""


class MemoryEvents:
    """An event bus: `sent` has the events that it took, each with its detail type and its detail."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.entries: list[dict[str, Any]] = []
        """The same events as they were sent."""
        self.refuse: bool | Callable[[Mapping[str, Any]], str | None] = False
        """Whether every event is refused; or, for each, the error code with which it is refused."""

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Send up to ten events; each may be refused alone."""
        if not 1 <= len(Entries) <= PER_REQUEST:
            raise refuse(f"PutEvents of {len(Entries)} entries")
        for entry in Entries:
            if unknown := entry.keys() - {"Source", "DetailType", "Detail"}:
                raise UnknownRequestError(f"PutEvents with {unknown}")
        if sum(map(entry_bytes, Entries)) >= REQUEST_BYTES:
            raise refuse("Total size of the entries in the request is over the limit.")
        if all(find_fault(entry) == "InvalidArgument" for entry in Entries):
            # (Amazon EventBridge API reference, "PutEventsRequestEntry".)
            raise refuse("No entry has a Detail, a DetailType and a Source")
        answers = [self._put(entry) for entry in Entries]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    def _put(self, entry: Mapping[str, Any]) -> dict[str, str]:
        code = find_fault(entry)
        if code is None and self.refuse:
            code = self.refuse(entry) if callable(self.refuse) else "ThrottlingException"
        if code is not None:
            return {"ErrorCode": code, "ErrorMessage": code}
        self.sent.append((entry["DetailType"], json.loads(entry["Detail"])))
        self.entries.append(dict(entry))
        return {"EventId": f"{len(self.entries)}"}


def find_fault(entry: Mapping[str, Any]) -> str | None:
    """The error code with which EventBridge refuses an entry whatever happens, None for a good one.

    (Amazon EventBridge API reference, "PutEventsResultEntry".)
    """
    if not all(entry.get(name) for name in ("Source", "DetailType", "Detail")):
        return "InvalidArgument"
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    return None if isinstance(detail, dict) else "MalformedDetail"


def entry_bytes(entry: Mapping[str, Any]) -> int:
    """The size of an entry (Amazon EventBridge user guide, "Calculating PutEvents event entry size")."""
    return sum(len(text.encode()) for text in entry.values())
