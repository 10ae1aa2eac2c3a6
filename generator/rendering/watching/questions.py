"""The five questions of the dashboard, a row each: one figure first, then graphs, then a query over the log."""

from __future__ import annotations

from dataclasses import dataclass

from generator.rendering.watching import queries
from generator.rendering.watching.dollars import PERIOD, count_gb_seconds, price_month, price_month_of_cdn
from generator.rendering.watching.metrics import CDN_REGION, BoardMetrics, express
from generator.rendering.watching.widgets import Metric, Widget, make_graph, make_number, make_query
from runtime import metrics as names

WAITING, OLDEST = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
_OUTCOMES = (names.COUNTED, names.REJECTED, names.IGNORED, names.DUPLICATE)


@dataclass(frozen=True)
class Question:
    """A question, how its answer is read, and the widgets that give it: lines of widgets, each at most 24 wide."""

    asked: str
    read: str
    lines: tuple[tuple[Widget, ...], ...]


def list_questions(metrics: BoardMetrics) -> tuple[Question, ...]:
    """List the five questions."""
    return (_is_fresh(metrics), _keeps_up(metrics), _loses(metrics), _is_fast(metrics), _costs(metrics))


def _is_fresh(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    age = metrics.measured(names.SNAPSHOT_AGE, "age of the newest snapshot")
    line = (
        make_number("Age of the ranks, seconds", region, [age]),
        make_graph("Age of the ranks, seconds", region, [age], [("snapshot-age", board.snapshot_age_seconds)]),
        make_graph(
            "A rebuild, milliseconds",
            region,
            [metrics.function("rebuilder", "Duration", stat, stat=stat) for stat in ("p99", "Maximum")],
            [("rebuild-overrun", board.overrun_milliseconds)],
        ),
        make_query("What rebuilds said", region, queries.ask_rebuilder(board)),
    )
    return Question("Is it fresh?", "How old the ranks are that players see.", (line,))


def _keeps_up(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    waiting = metrics.queue("activities", WAITING, "activities that wait")
    lag = [
        metrics.measured(names.ARRIVAL_LAG, "from the table to the processor"),
        metrics.queue("activities", OLDEST, "the oldest in the queue"),
    ]
    pipe = [
        *(metrics.pipe(name, label) for name, label in _PIPE_FAILS),
        *(metrics.function("processor", name, f"processor: {name.lower()}") for name in ("Errors", "Throttles")),
        metrics.own(names.PROCESSING_ERRORS, "processing errors"),
    ]
    line = (
        make_number("Waiting", region, [waiting]),
        make_graph("On their way, seconds", region, lag, [("oldest-activity", board.alarms.oldest_activity_seconds)]),
        make_graph("What fails or is throttled", region, pipe, [("processing-errors", board.alarms.processing_errors)]),
        make_query("How long the processor takes", region, queries.ask_who_is_slow(board)),
    )
    return Question("Is it keeping up?", "How many activities wait, and how long each is on its way.", (line,))


_PIPE_FAILS = (
    ("ExecutionFailed", "pipe: failed batches"),
    ("ExecutionPartiallyFailed", "pipe: partly failed batches"),
    ("ExecutionTimeout", "pipe: late batches"),
    ("ExecutionThrottled", "pipe: throttled"),
)


def _loses(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    kept = [metrics.queue(f"{source}-dead-letters", WAITING, source) for source in metrics.dead_letter_queues]
    hidden = [[*metric[:-1], {**metric[-1], "id": f"q{n}", "visible": False}] for n, metric in enumerate(kept)]
    total = express(f"SUM([{', '.join(f'FILL(q{n}, 0)' for n in range(len(kept)))}])", "dead letters")
    shown = [metrics.own(name, name.removeprefix("Activities").lower()) for name in _OUTCOMES]
    unfit = metrics.own(names.UNFIT, "of the rejected, those that fit no rule")
    first = (
        make_number("Dead letters", region, [total, *hidden]),
        make_graph("Dead letters", region, kept, [("dead letters", board.alarms.dead_letters)]),
        make_graph("Written, and decided on", region, _compare(metrics)),
        make_query("What could not be written", region, queries.ask_what_failed(board)),
    )
    second = (
        make_graph("What became of them", region, [*shown, unfit]),
        make_graph("Rejected, by reason", region, [metrics.own_by_reason(names.REJECTED_BY_REASON)]),
        make_graph("Windows missed, by reason", region, [metrics.own_by_reason(names.MISSED_BY_REASON)]),
    )
    read = (
        "What is written is counted, rejected, ignored or a duplicate, or still waits; the board's own heartbeats, one "
        "in five minutes, are among the written only."
    )
    return Question("Is anything lost?", read, (first, second))


def _compare(metrics: BoardMetrics) -> list[Metric]:
    """What came into the queue, beside the sum of what was decided on. Of a feed the pipe carries for all boards."""
    hidden = [metrics.own(name, name, id=name[10:].lower(), visible=False) for name in _OUTCOMES]
    total = ", ".join(f"FILL({name[10:].lower()}, 0)" for name in _OUTCOMES)
    return [
        *(() if metrics.board.feed else (metrics.pipe("EventCount", "carried by the pipe"),)),
        metrics.queue("activities", "NumberOfMessagesSent", "put on the queue", stat="Sum"),
        express(f"SUM([{total}])", "counted + rejected + ignored + duplicate"),
        *hidden,
    ]


def _is_fast(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    p99 = metrics.function("api", "UrlRequestLatency", "p99", stat="p99")
    line = (
        make_number("99 of 100 requests, milliseconds", region, [p99]),
        make_graph(
            "Behind the cache, milliseconds" if board.public else "The API, milliseconds",
            region,
            [metrics.function("api", "UrlRequestLatency", "p50", stat="p50"), p99],
            [("api-latency", board.alarms.api_latency_p99_ms)],
        ),
        make_graph(
            "Behind the cache, requests" if board.public else "The API, requests",
            region,
            [
                metrics.function("api", "UrlRequestCount", "all"),
                metrics.function("api", "Invocations", "that got through"),
                metrics.function("api", "Url4xxCount", "4xx"),
                metrics.function("api", "Url5xxCount", "5xx"),
                metrics.function("api", "Throttles", "throttled"),
            ],
        ),
        make_query("Which paths fail", region, queries.ask_which_paths_fail(board)),
    )
    read = "How long the API takes, and which part of the requests fails."
    return Question("Is it fast?", read, (line, _show_cdn(metrics)) if board.public else (line,))


def _show_cdn(metrics: BoardMetrics) -> tuple[Widget, ...]:
    """What readers get of CloudFront. Its rate of cache hits is a metric that costs: the requests that CloudFront gets,
    beside those that the function gets, say about the same."""
    rates = (("4xxErrorRate", "4xx"), ("5xxErrorRate", "5xx"))
    asked = metrics.function("api", "UrlRequestCount", "asked of the function", region=metrics.board.region)
    return (
        make_graph(
            "CloudFront, percent", CDN_REGION, [metrics.cdn(name, label, stat="Average") for name, label in rates]
        ),
        make_graph(
            "CloudFront, requests, and what its caches lacked", CDN_REGION, [metrics.cdn("Requests", "all"), asked]
        ),
    )


def _costs(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    units = [
        *(metrics.table(part, "ConsumedWriteCapacityUnits", f"{part}: written") for part in metrics.tables),
        *(metrics.table(part, "ConsumedReadCapacityUnits", f"{part}: read") for part in metrics.tables),
    ]
    line = (
        make_number("US dollars a month", region, price_month(metrics), PERIOD),
        make_graph("Functions: GB-seconds and requests", region, count_gb_seconds(metrics)),
        make_graph("Tables, units", region, units),
        make_query("GB-seconds by function", region, queries.ask_what_runs_cost(board)),
    )
    cdn = (make_number("CloudFront, US dollars a month", CDN_REGION, price_month_of_cdn(metrics), PERIOD, height=3),)
    read = (
        "What AWS counted in the time shown, at its prices, for a month: without storage, logs, alarms and this "
        "dashboard, which `leaderboards cost` has."
    )
    return Question("What does it cost?", read, (line, cdn) if board.public else (line,))
