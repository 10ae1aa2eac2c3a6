"""What AWS takes at most, and what a board needs of it: the numbers that `rules` refuses by and `board` sizes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.config import BOUND

NAME_LENGTH = 64
"""Characters of the name of a function, role or pipe (Lambda, IAM and EventBridge quotas)."""
LONGEST_PART = 13
"""Characters of the longest part that follows the prefix and its dash in such a name."""
BUCKET_LENGTH = 63
"""Characters of a bucket's name (S3 user guide, "Bucket naming rules"). Ours ends in a dash and the account's id."""
ACCOUNT_LENGTH = 12

PREFIX_LENGTH = min(NAME_LENGTH - LONGEST_PART - 1, BUCKET_LENGTH - ACCOUNT_LENGTH - 1)
"""Characters of PROJECT-ENV-BOARD."""

PROCESSED_PER_SECOND = 100
"""Activities a second that one running processor is counted on for: batches of 100 in under a second, measured on the
embedded AWS and halved."""
MIN_PROCESSORS, MAX_PROCESSORS = 2, 1000
"""Processors at once that a queue may start (Lambda developer guide, "Maximum concurrency for Amazon SQS")."""

CARRIED_PER_SECOND = 100
"""Activities a second that the pipe carries from one shard one batch at a time: batches of 10 in under 100 ms. A table
may have one shard only."""
MAX_PARALLELIZATION = 10
"""Batches of a shard that are under way at once (EventBridge Pipes API reference,
"PipeSourceDynamoDBStreamParameters")."""

WRITES_PER_PARTITION = 1000
"""Write units a second of one partition (DynamoDB developer guide, "Burst and adaptive capacity")."""

RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
"""What a bucket's name may not begin with (the same page)."""

PATTERN_LENGTH = 4096
"""Characters of a pipe's filter (EventBridge Pipes API reference, "Filter")."""

MAX_MEMORY_MB, MAX_SECONDS = 10_240, 900
"""Of a function (Lambda quotas)."""
REBUILT_PER_SECOND = 8000
"""Players of a window that a rebuild reads, ranks and writes in a second, on one whole processor: half of what was
measured on a developer's machine, where reading takes four fifths of the time."""
WHOLE_PROCESSOR_MB = 1769
"""Memory from which on a function has a processor to itself (Lambda developer guide, "Configure memory")."""
MANY_PLAYERS = 100_000
"""From so many on a rebuild has a whole processor."""
RUNTIME_MB = 256
"""Memory of the rebuilder itself."""
PLAYERS_PER_MB = 1000
"""Players of a window that a rebuild holds in a megabyte: about 1 kB each, measured."""
MEMORY_STEP_MB = 256

MAX_DECIMALS = 6
"""Digits that a score may have after its point."""
AVERAGE_DECIMALS = 2
"""Digits after the point of an average, where the board does not say."""
SCORE_DIGITS = len(str(BOUND))
"""Digits of a score, before and after its point."""

SNAPSHOT_GAPS = 3
"""Longest gaps of the schedule after which a snapshot is too old, where the board does not say."""
LEAST_SNAPSHOT_AGE = 600
"""Seconds: a snapshot that is younger is never too old, where the board does not say."""


def ceil_div(above: int, below: int) -> int:
    """The quotient of two whole numbers, rounded up."""
    return -(-above // below)


def processors(peak: int) -> int:
    """How many processors a peak of activities a second takes; may be more than AWS gives."""
    return max(MIN_PROCESSORS, ceil_div(peak, PROCESSED_PER_SECOND))


def rebuild_seconds(players: int, windows: int) -> int:
    """How long a rebuild of that many windows takes, with that many players in each."""
    return ceil_div(players * windows, REBUILT_PER_SECOND)


def most_players(windows: int) -> int:
    """How many players a rebuild of that many windows gets through in time."""
    return MAX_SECONDS * REBUILT_PER_SECOND // windows


def pipe_pattern(ignored: Sequence[str]) -> dict[str, object]:
    """The pipe's event pattern: new activities of any type but those ignored, and those without a text `type`, so that
    the processor can reject them visibly."""
    pattern: dict[str, object] = {"eventName": ["INSERT"]}
    if ignored:
        kinds = [{"anything-but": list(ignored)}, {"exists": False}]
        pattern["dynamodb"] = {"NewImage": {"type": {"S": kinds}}}
    return pattern


@dataclass(frozen=True)
class Quota:
    """How many of a thing an account has by default, and how many one board takes of it."""

    what: str
    limit: int
    public: int
    """Of a board with a page."""
    private: int
    """Of a board with `access: iam`."""
    regional: bool
    """Whether each region of an account has so many."""


QUOTAS = (
    Quota("origin access controls", 100, 2, 0, False),  # CloudFront developer guide, "Quotas"
    Quota("CloudFront distributions", 500, 1, 0, False),  # the same page
    Quota("IAM roles", 1000, 6, 6, False),  # IAM user guide, "IAM and AWS STS quotas"; with the simulator's
    Quota("DynamoDB tables", 2500, 3, 3, True),  # DynamoDB developer guide, "Service, account and table quotas"
    Quota("CloudWatch alarms", 5000, 11, 11, True),  # CloudWatch user guide, "CloudWatch service quotas"
)
