"""Where the embedded AWS is known to differ from AWS: there the one in memory does as AWS says, and this table says so.

Each has the words of AWS by which it is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.support.memory_aws import Call


@dataclass(frozen=True)
class Difference:
    """One difference between two errors for the same call, None where there was none."""

    what: str
    source: str
    applies: Callable[[Call, str | None, str | None], bool]
    """Whether it is this difference: by the call, the error code in memory, and the one of the embedded AWS."""


DIFFERENCES: tuple[Difference, ...] = ()


def is_known(call: Call, mine: ClientError | None, theirs: ClientError | None) -> bool:
    """Whether the difference between two errors is one of the table."""
    codes = [None if each is None else each.response["Error"]["Code"] for each in (mine, theirs)]
    return any(difference.applies(call, *codes) for difference in DIFFERENCES)


def settle(call: Call, answer: Any) -> Any:
    """An answer without what differs."""
    return answer
