"""The five questions of a board's dashboard, a row each: one figure first, then graphs, then a query over the log.

Expressions that a threshold is drawn over are those of its alarm.
"""

from __future__ import annotations

from generator.rendering.watching import queries
from generator.rendering.watching.dollars import PERIOD, count_gb_seconds, price_month, price_month_of_cdn
from generator.rendering.watching.graphs import WAITING, Question, show_dead_letters, show_pipe
from generator.rendering.watching.metrics import CDN_REGION, BoardMetrics, express, hide
from generator.rendering.watching.widgets import Metric, Widget, make_graph, make_number, make_query
from runtime import metrics as names

OLDEST = "ApproximateAgeOfOldestMessage"
_OUTCOMES = (names.COUNTED, names.REJECTED, names.IGNORED, names.DUPLICATE)


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
    second = (
        make_graph("Windows whose ranks were healed", region, [metrics.own(names.HEALED, "healed")]),
        *(_show_assemblies(metrics) if board.assembler else ()),
    )
    read = "How old the ranks are that players see. Healed are those that a daily read of all players has put right."
    return Question("Is it fresh?", read, (line, second))


def _show_assemblies(metrics: BoardMetrics) -> tuple[Widget, ...]:
    """How many windows are assembled, and how long that takes."""
    region = metrics.board.region
    ended = [("Succeeded", "done"), ("Failed", "failed"), ("TimedOut", "took too long"), ("Aborted", "stopped")]
    executions = [metrics.machine(f"Executions{name}", label, stat="Sum") for name, label in ended]
    took = metrics.machine("ExecutionTime", "the longest", stat="Maximum")
    return (
        make_graph("Assemblies", region, executions, [("assembly-failures", 1)], period=300),
        make_graph("An assembly, milliseconds", region, [took]),
        make_graph(
            "Calls of the assembler",
            region,
            [
                metrics.function("assembler", "Invocations", "all"),
                metrics.function("assembler", "Errors", "failed"),
                metrics.function("assembler", "Throttles", "throttled"),
            ],
        ),
    )


def _keeps_up(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    waiting = metrics.queue("activities", WAITING, "activities that wait")
    lag = [
        metrics.measured(names.ARRIVAL_LAG, "from the table to the processor"),
        metrics.queue("activities", OLDEST, "the oldest in the queue"),
    ]
    errors = [
        express("SUM([FILL(handled, 0), FILL(processor, 0)])", "errors"),
        metrics.own(names.PROCESSING_ERRORS, "messages that failed", id="handled"),
        metrics.function("processor", "Errors", "runs that failed", id="processor"),
    ]
    line = (
        make_number("Waiting", region, [waiting]),
        make_graph("On their way, seconds", region, lag, [("oldest-activity", board.alarms.oldest_activity_seconds)]),
        make_graph(
            "The processor, errors in 5 minutes",
            region,
            errors,
            [("processing-errors", board.alarms.processing_errors)],
            period=300,
        ),
        make_query("How long the processor takes", region, queries.ask_who_is_slow(board)),
    )
    second = (show_pipe(metrics, region), _show_throttled(metrics))
    read = "How many activities wait, how long each is on its way, and what holds them up."
    return Question("Is it keeping up?", read, (line, second))


def _show_throttled(metrics: BoardMetrics) -> Widget:
    """The requests that AWS throttles. A board on a feed has no activities table of its own."""
    board = metrics.board
    shown = {
        "processor": metrics.function("processor", "Throttles", "processor", id="processor"),
        "written": metrics.table("activities", "WriteThrottleEvents", "activities: written", id="written"),
        "read": metrics.table("aggregates", "ReadThrottleEvents", "aggregates: read", id="read"),
    }
    if board.feed:
        del shown["written"]
    total = express(f"SUM([{', '.join(f'FILL({key}, 0)' for key in shown)}])", "throttled")
    thresholds = [("throttles", board.alarms.throttles)]
    return make_graph("Throttled in 5 minutes", board.region, [total, *shown.values()], thresholds, period=300)


def _loses(metrics: BoardMetrics) -> Question:
    board, region = metrics.board, metrics.board.region
    always = metrics.queue("activities", WAITING, "waiting")
    shown = [metrics.own(name, name.removeprefix("Activities").lower()) for name in _OUTCOMES]
    unfit = metrics.own(names.UNFIT, "of the rejected, those that fit no rule")
    first = (
        *show_dead_letters(metrics, region, metrics.dead_letter_queues, board.alarms.dead_letters, always),
        make_graph("Written, and decided on", region, _compare(metrics)),
        make_query("What could not be written", region, queries.ask_what_failed(board)),
    )
    second = (
        make_graph("What became of them", region, [*shown, unfit]),
        make_graph("Rejected, by reason", region, [metrics.own_by_reason(names.REJECTED_BY_REASON)]),
        make_graph("Windows missed, by reason", region, [metrics.own_by_reason(names.MISSED_BY_REASON)]),
        _show_rejected(metrics),
    )
    read = (
        "What is written is counted, rejected, ignored or a duplicate, or still waits; the board's own heartbeats, one "
        "in five minutes, are among the written only."
    )
    return Question("Is anything lost?", read, (first, second))


def _show_rejected(metrics: BoardMetrics) -> Widget:
    """The part that the alarm looks at: without those over a limit, and 0 where they are few."""
    alarms = metrics.board.alarms
    unfit = "SUM([FILL(unfit, 0), counted * 0])"
    percent = f"IF({unfit} >= {alarms.rejected_count}, 100 * {unfit} / SUM([counted, FILL(unfit, 0)]), 0)"
    shown = [
        express(percent, "percent"),
        hide(metrics.own(names.COUNTED, "counted"), "counted"),
        hide(metrics.own(names.UNFIT, "unfit"), "unfit"),
    ]
    thresholds = [("rejected", alarms.rejected_percent)]
    return make_graph("Rejected, percent in 5 minutes", metrics.board.region, shown, thresholds, period=300)


def _compare(metrics: BoardMetrics) -> list[Metric]:
    """What came into the queue, beside the sum of what was decided on. Of a feed the pipe carries for all boards."""
    hidden = [hide(metrics.own(name, name), name[10:].lower()) for name in _OUTCOMES]
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
            period=300,
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
    second = (_show_failed(metrics), *(_show_cdn(metrics) if board.public else ()))
    return Question("Is it fast?", read, (line, second))


def _show_failed(metrics: BoardMetrics) -> Widget:
    """The part of the API's requests that fails or is refused, as its alarm counts it."""
    answered = "SUM([FILL(invocations, 0), requests * 0])"
    failed = "100 * SUM([FILL(errors, 0), FILL(throttled, 0), requests * 0]) / requests"
    names_by_id = {"errors": "Url5xxCount", "throttled": "Throttles", "invocations": "Invocations"}
    shown = [
        express(f"IF({answered} == 0, IF(requests >= 10, 100, 0), {failed})", "percent"),
        *(hide(metrics.function("api", name, name), key) for key, name in names_by_id.items()),
        hide(metrics.function("api", "UrlRequestCount", "requests"), "requests"),
    ]
    thresholds = [("api-errors", metrics.board.alarms.api_errors_percent)]
    return make_graph("The API fails, percent in 5 minutes", metrics.board.region, shown, thresholds, period=300)


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
