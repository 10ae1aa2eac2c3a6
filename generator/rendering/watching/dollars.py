"""What a board costs now, in metric math: what AWS counts, each at its price, for a month.

Storage, log lines and what costs the same whatever happens (alarms, the dashboard, the key) are in no metric that can
be asked here: `leaderboards cost` has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.aws.prices import PRICES
from generator.board.board import Board
from generator.rendering.watching.metrics import CDN_REGION, BoardMetrics, FeedMetrics, express, hide
from generator.rendering.watching.widgets import Metric

PERIOD = 300
"""Seconds for which units are counted."""
A_MONTH = 730 * 3600 // PERIOD
"""Periods of a month, which has 730 hours, as AWS's own calculator counts it."""
GB = 2**30

Charged = tuple[Metric, Decimal]
"""A metric, and what one unit of it costs."""


def price_month(metrics: BoardMetrics) -> list[Metric]:
    """What the board costs a month in its own region, at the mean rate of the time that is shown."""
    return _sum(list(_list_charged(metrics)), "US dollars a month")


def price_month_of_cdn(metrics: BoardMetrics) -> list[Metric]:
    """What CloudFront costs a month at that rate. An expression is over metrics of one region."""
    charged = [
        (metrics.cdn("Requests", "requests"), _price("cdn_request", CDN_REGION)),
        (metrics.cdn("BytesDownloaded", "bytes"), _price("cdn_gb", CDN_REGION) / GB),
    ]
    return _sum(charged, "US dollars a month")


def count_gb_seconds(metrics: BoardMetrics) -> list[Metric]:
    """GB-seconds of each function, and its requests on the other axis."""
    shown = []
    for part, memory in _list_sizes(metrics.board):
        share = _write(Decimal(memory) / 1024 / 1000)
        shown.append(hide(metrics.function(part, "Duration", part), part))
        shown.append(express(f"{part} * {share}", f"{part}: GB-seconds"))
        shown.append(metrics.function(part, "Invocations", f"{part}: requests", yAxis="right"))
    return shown


def price_month_of_feed(metrics: FeedMetrics) -> list[Metric]:
    """What a feed costs a month at that rate, without the queues and rules of its boards."""
    region = metrics.feed.region
    charged = [
        (metrics.table("activities", "ConsumedWriteCapacityUnits", "activities"), _price("write_unit", region)),
        # What the pipe carries, it puts on the bus.
        (metrics.pipe("EventCount", "pipe and bus"), _price("pipe_request", region) + _price("event", region)),
        (metrics.queue("strays", "NumberOfMessagesSent", "strays"), _price("sqs_request", region)),
    ]
    return _sum(charged, "US dollars a month")


def _list_charged(metrics: BoardMetrics) -> Iterator[Charged]:
    region = metrics.board.region
    for part, memory in _list_sizes(metrics.board):
        yield metrics.function(part, "Invocations", part), _price("lambda_request", region)
        each = _price("lambda_gb_second", region) * memory / 1024 / 1000
        yield metrics.function(part, "Duration", part), each
    for table in metrics.tables:
        yield metrics.table(table, "ConsumedWriteCapacityUnits", table), _price("write_unit", region)
        yield metrics.table(table, "ConsumedReadCapacityUnits", table), _price("read_unit", region)
    # At the most: a request can carry ten messages.
    for what in ("MessagesSent", "MessagesReceived", "MessagesDeleted", "EmptyReceives"):
        yield metrics.queue("activities", f"NumberOf{what}", what), _price("sqs_request", region)
    if not metrics.board.feed:
        yield metrics.pipe("EventCount", "pipe"), _price("pipe_request", region)


def _list_sizes(board: Board) -> list[tuple[str, int]]:
    """The functions, each with its memory in MB."""
    sizes = {"processor": board.processor, "rebuilder": board.rebuilder, "api": board.api}
    if board.assembler:
        sizes["assembler"] = board.assembler
    return [(part, size.memory_mb) for part, size in sizes.items()]


def _sum(charged: Sequence[Charged], label: str) -> list[Metric]:
    """The dollars of a month, and the hidden metrics that they are computed from."""
    hidden = []
    for number, (metric, _) in enumerate(charged):
        *name, options = hide(metric, f"m{number}")
        hidden.append([*name, {**options, "stat": "Sum"}])
    terms = (f"FILL(m{number}, 0) * {_write(each * A_MONTH)}" for number, (_, each) in enumerate(charged))
    # The newest period is not over yet: the mean of all is what a month may come to.
    total = express(f"SUM([{', '.join(terms)}])", "by period", id="total", visible=False)
    return [express("TIME_SERIES(AVG(total))", label), total, *hidden]


def _price(name: str, region: str) -> Decimal:
    """The price of one unit."""
    price = PRICES[name]
    return price.amount(region) / price.per


def _write(number: Decimal) -> str:
    """A number as metric math takes it, with the digits that matter."""
    return format(Decimal(f"{number:.4g}"), "f")
