"""Positions in the stream of the aggregates table: how far a rebuild has read it. The pointer keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHANGED_PER_MB = 100
"""Of how many items a read keeps the images for each megabyte of the function's memory. Each takes 2.5 KB, as measured,
and they may have a quarter of it: where more have changed, all aggregates are to be read."""


class StreamGapError(Exception):
    """The stream may lack what followed on some positions: they are too old, or of another stream."""


class StreamBehindError(Exception):
    """The stream has not come as far as the table within the time that a rebuild has for it."""


class StreamFullError(StreamBehindError):
    """More has changed since some positions than a function has memory for: the more so, the later it is read."""


@dataclass(frozen=True)
class Positions:
    """How far the stream has been read."""

    arn: str
    """The stream's ARN: a table that was restored, or whose stream was switched off and on, has another."""
    shards: Mapping[str, str]
    """The sequence number of the last record that was read, by the stream's shard; "" before its oldest record."""
    at: int
    """When, in milliseconds: the stream keeps its records only for a time."""

    def to_json(self) -> dict[str, Any]:
        """The positions as the pointer has them."""
        return {"arn": self.arn, "shards": dict(self.shards), "at": self.at}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Positions:
        """Read what `to_json` made."""
        return cls(document["arn"], document["shards"], document["at"])
