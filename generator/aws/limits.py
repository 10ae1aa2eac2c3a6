"""AWS's limits and what a board needs of them: the numbers by which rules refuse a board, and by which it is sized."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.config import BOUND

NAME_LENGTH = 64
"""Characters of the name of a function, role or pipe (Lambda, IAM and EventBridge quotas)."""
LONGEST_PART = 13
"""Characters of the longest part that follows the prefix and its dash in the name of a function, role or pipe."""
BUCKET_LENGTH = 63
"""Characters of a bucket's name (S3 user guide, "Bucket naming rules"). Ours ends in a dash and the account's id."""
ACCOUNT_LENGTH = 12
"""Digits of an account's id."""

MAX_ORIGINS = 100
"""Other sites that may read a function URL (Lambda API reference, "Cors": AllowOrigins)."""

PREFIX_LENGTH = min(NAME_LENGTH - LONGEST_PART - 1, BUCKET_LENGTH - ACCOUNT_LENGTH - 1)
"""Characters that PROJECT-ENV-BOARD may have, so that no name in AWS becomes too long."""

PROCESSED_PER_SECOND = 100
"""Activities a second that one processor is sized for: a batch of 100 each second, half of what was measured on the
embedded AWS."""
BATCHES_PER_SECOND, LEAST_BATCH, MOST_BATCH = 10, 100, 1000
"""Batches of activities a second that are wanted at a peak, and the activities of one: the more there are, the more of
one player's are written together. More than 1,000 take a processor too long."""
IN_FLIGHT = 120_000
"""Messages of a queue that may be received and not yet deleted, about; beyond that it gives no more, and tells nobody
(Amazon SQS developer guide, "Amazon SQS standard queue quotas": in flight)."""
BATCHING_SECONDS = 1
"""For how long Lambda waits for a batch to be full. A batch of more than 10 needs a second at the least (Lambda API
reference, "CreateEventSourceMapping": MaximumBatchingWindowInSeconds)."""
MIN_PROCESSORS, MAX_PROCESSORS = 2, 1000
"""The fewest and the most processors that a queue may be allowed to run at once (Lambda developer guide, "Maximum
concurrency for Amazon SQS")."""

READS_PER_EXECUTION = 10
"""Requests a second that a function URL takes for each reserved execution; it refuses more with 429 (Lambda developer
guide, "Creating and managing Lambda function URLs": throttling)."""
READS_PER_MISS = 10
"""Of how many reads one is about one player, so that no cache has its answer: an assumption."""
ACCOUNT_CONCURRENCY = 1000
"""Executions at once that an account has in a region by default (Lambda developer guide, "Lambda quotas")."""
UNRESERVED_CONCURRENCY = 100
"""Executions that an account cannot reserve (Lambda API reference, PutFunctionConcurrency)."""
MIN_API_CONCURRENCY = 10
"""Requests that the API may work on at once at the least, if the board does not say: the first requests after a quiet
time take seconds, not a tenth of one, and come together."""
MAX_CACHED_API_CONCURRENCY = 100
"""The most of a board with a page, if it does not say: CloudFront answers most of its reads."""
MAX_API_CONCURRENCY = ACCOUNT_CONCURRENCY - UNRESERVED_CONCURRENCY
"""The most of a board whose every read reaches the function, if it does not say."""

CARRIED_PER_SECOND = 100
"""Activities a second that the pipe carries from one shard, one batch at a time: 10 in 100 ms. A table's stream may
have only one shard."""
MAX_PARALLELIZATION = 10
"""Batches of one shard that a pipe may carry at once (EventBridge Pipes API reference,
"PipeSourceDynamoDBStreamParameters")."""

MAX_TAGS = 50
"""Tags that a resource may have (Tagging AWS resources user guide, "Best practices and strategies": tag naming limits
and requirements). Keys and values that begin with `aws:`, in any case, are AWS's own (the same page)."""

STREAM_HOURS = 24
"""Hours for which a table's stream keeps a record (DynamoDB developer guide, "Change data capture for DynamoDB
Streams")."""

WRITES_PER_PARTITION = 1000
"""Write units a second that one partition takes (DynamoDB developer guide, "Burst and adaptive capacity")."""

TABLE_UNITS = 40_000
"""Write units a second, and as many read units, that a table takes by default (DynamoDB developer guide, "Quotas in
Amazon DynamoDB": throughput default quotas)."""
NEW_TABLE_WRITES = 4_000
"""Write units a second that a new table takes; then twice its last peak within 30 minutes (DynamoDB developer guide,
"DynamoDB on-demand capacity mode": initial throughput and scaling properties)."""
DISTRIBUTION_REQUESTS = 250_000
"""Requests a second that a distribution takes by default (CloudFront developer guide, "Quotas")."""

MAX_PRINCIPALS = 20
"""Principals of one API: what fits into a function's policy if their ARNs are not the longest."""
POLICY_BYTES = 20_480
"""Bytes of a function's resource-based policy (Lambda developer guide, "Lambda quotas"; serverless/serverless#5357)."""
STATEMENT_BYTES = 420
"""Bytes of a statement in that policy, without the principal's ARN. A principal takes two statements."""

RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
"""Beginnings that a bucket's name may not have (S3 user guide, "General purpose bucket naming rules")."""
RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""Endings that a bucket's name may not have (the same page)."""

PATTERN_LENGTH = 4096
"""Characters that a pipe's filter may have (EventBridge Pipes API reference, "Filter")."""

BUS_PATTERN_LENGTH = 2048
"""Characters that the pattern of a rule on an event bus may have by default (EventBridge user guide, "Amazon
EventBridge quotas": event pattern size)."""
BUS_RULES, FEW_BUS_RULES = 300, 100
"""Rules that an event bus may have by default, and in the regions of FEW_RULES (the same page: number of rules)."""
FEW_RULES = ("af-south-1", "eu-south-1")
DELIVERED_PER_SECOND, FEW_DELIVERED = (
    {
        **dict.fromkeys(("us-east-1", "us-west-2", "eu-west-1"), 18_750),
        **dict.fromkeys(("us-east-2", "eu-central-1"), 4500),
        **dict.fromkeys(("us-west-1", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-2"), 2250),
        **dict.fromkeys(("af-south-1", "ap-northeast-3", "ap-southeast-3", "eu-south-1"), 750),
    },
    1100,
)
"""Events a second that the buses of an account deliver by default in some regions, and in all others; what is more
comes later (the same page: invocations throttle limit)."""
DELIVERY_AGE = 600
"""Seconds for which a feed's bus tries to deliver an activity to a board's queue. AWS takes 60 to 86,400 (EventBridge
API reference, "RetryPolicy"); a window is sealed later by as long."""
MAX_FEED_TYPES = 100
"""Types of activities that a feed may name, as many as a board may ignore."""

MAX_MEMORY_MB, MAX_SECONDS = 10_240, 900
"""The most memory and the longest timeout that a function may have (Lambda quotas)."""
WHOLE_PROCESSOR_MB = 1769
"""Memory at which a function has a full vCPU (Lambda developer guide, "Configure memory")."""
PLAYERS_PER_SHARD = 250_000
"""Players of a shard of a window: one after another they are read in some 5 s, as a partition gives 3,000 read units a
second (DynamoDB developer guide, "Burst and adaptive capacity"), each of 4 kB."""

MAX_DECIMALS = 6
"""Digits that a score may have after its point."""
AVERAGE_DECIMALS = 2
"""Digits after the point of an average, if the board does not say."""
SCORE_DIGITS = len(str(BOUND))
"""Digits of a score, before and after its point."""

SHORTEST_GAP = 60
"""The fewest seconds between two runs of a schedule (EventBridge Scheduler user guide, "Schedule types")."""
EVENT_AGE = 60, 3600
"""The shortest and the longest that a rebuild may wait to be started, in seconds. AWS takes a minute at the least
(Lambda API reference, "PutFunctionEventInvokeConfig"; EventBridge Scheduler API reference, "RetryPolicy"); after an
hour a person should hear of it."""
MAX_RETRIES = 2
"""How often Lambda repeats an asynchronous call that failed, at the most (Lambda API reference,
"PutFunctionEventInvokeConfig")."""
WATCH = "rate(5 minutes)"
"""When a board is watched: seldom enough to cost next to nothing, often enough for the default thresholds of alarms."""

SCHEDULE_PRECISION = 60
"""Seconds within which EventBridge starts what is due (EventBridge Scheduler user guide, "Schedule types in EventBridge
Scheduler")."""
SNAPSHOT_GAPS = 3
"""A snapshot is too old after this many times the longest gap of the schedule, if the board does not say."""
MAX_SNAPSHOT_AGE = 3 * 86_400
"""Seconds after which a snapshot is too old, at the most: the longest gap that a schedule may have is a day."""
LEAST_SNAPSHOT_AGE = 600
"""Seconds after which a snapshot is too old, at the least, if the board does not say."""


def ceil_div(above: int, below: int) -> int:
    """Divide two whole numbers, and round up."""
    return -(-above // below)


def processors(peak: int) -> int:
    """The number of processors for a peak of activities a second. AWS may not allow that many."""
    return max(MIN_PROCESSORS, ceil_div(peak, PROCESSED_PER_SECOND))


def in_flight(peak: int, batch: int) -> int:
    """Messages of a queue that are with Lambda at a peak of activities a second: while batches are filled, and while
    they are worked on, by as many processors as the peak needs."""
    return peak * BATCHING_SECONDS + processors(peak) * batch


def table_writes(peak: int, windows: int, one_run: bool, limited: bool) -> dict[str, int]:
    """The write units a second that a peak of activities takes of each table, at most: where no two activities are of
    one player. `one_run`: whether the board keeps one run, so that there are no marks and no transactions. `limited`:
    whether it limits activities by the minute, so that a counter is written beside each mark."""
    if one_run:
        return {"activities": peak, "aggregates": peak * windows}
    # A transaction takes 2 write units for an item (DynamoDB developer guide, "Managing complex workflows with DynamoDB
    # transactions": capacity management).
    return {"activities": peak, "aggregates": 2 * peak * windows, "marks": 2 * peak * (1 + limited)}


def delivered_per_second(region: str | None) -> int:
    """The events a second that the buses of an account deliver by default in a region."""
    return DELIVERED_PER_SECOND.get(region or "", FEW_DELIVERED)


def policy_bytes(principals: Sequence[str]) -> int:
    """The bytes that a function's policy has with these principals, at most."""
    return sum(2 * (STATEMENT_BYTES + len(principal)) for principal in principals)


def bus_rules(region: str | None) -> int:
    """The rules that an event bus may have by default in a region."""
    return FEW_BUS_RULES if region in FEW_RULES else BUS_RULES


def pipe_pattern(ignored: Sequence[str]) -> dict[str, object]:
    """Make the pipe's event pattern. It passes new activities whose type is not ignored, and those whose `type` is not
    text, so that the processor can reject them visibly."""
    pattern: dict[str, object] = {"eventName": ["INSERT"]}
    if ignored:
        kinds = [{"anything-but": list(ignored)}, {"exists": False}]
        pattern["dynamodb"] = {"NewImage": {"type": {"S": kinds}}}
    return pattern


def board_pattern(source: str, kinds: Sequence[str], own: Sequence[str]) -> dict[str, object]:
    """Make the event pattern of a board's rule on a feed's bus. It passes activities of the types that the board names,
    and the items that the board itself writes. `source`: that of the feed's events."""
    return {"source": [source], "detail": {"dynamodb": {"NewImage": {"type": {"S": [*kinds, *own]}}}}}


def stray_pattern(source: str, kinds: Sequence[str]) -> dict[str, object]:
    """Make the event pattern of a feed's rule for what no board counts: activities whose type the feed does not name,
    or is no text. Items that boards write themselves are none: no producer may write an id that begins as theirs do."""
    unknown = [{"anything-but": list(kinds)}, {"exists": False}]
    others = [{"anything-but": {"prefix": "#"}}]
    image = {"NewImage": {"type": {"S": unknown}}, "Keys": {"player_id": {"S": others}}}
    return {"source": [source], "detail": {"dynamodb": image}}
