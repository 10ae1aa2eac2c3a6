"""The questions that a feed can answer, a row each, as `questions` has those of a board.

How fresh ranks are and how fast they come is its boards' matter, and so is what the rules of boards do with activities.
"""

from __future__ import annotations

from generator.rendering.watching import queries
from generator.rendering.watching.dollars import PERIOD, price_month_of_feed
from generator.rendering.watching.graphs import WAITING, Question, show_dead_letters, show_pipe
from generator.rendering.watching.metrics import FeedMetrics, express, hide
from generator.rendering.watching.widgets import make_graph, make_number, make_query


def list_feed_questions(metrics: FeedMetrics) -> tuple[Question, ...]:
    """List the questions."""
    return (_keeps_up(metrics), _loses(metrics), _costs(metrics))


def _keeps_up(metrics: FeedMetrics) -> Question:
    feed, region = metrics.feed, metrics.feed.region
    fails = ("ExecutionFailed", "ExecutionTimeout", "ExecutionThrottled", "TargetStageFailed")
    hidden = [hide(metrics.pipe(name, name, stat="Sum"), f"f{number}") for number, name in enumerate(fails)]
    terms = ", ".join(f"FILL(f{number}, 0)" for number in range(len(fails)))
    line = (
        make_number("Failures of the pipe, 5 minutes", region, [express(f"SUM([{terms}])", "failures"), *hidden]),
        show_pipe(metrics, region),
        make_graph(
            "A batch, milliseconds",
            region,
            [metrics.pipe("Duration", stat, stat=stat) for stat in ("p50", "p99")],
        ),
        make_query("What the pipe could not do", region, queries.ask_pipe(feed)),
    )
    delivered = (
        make_graph("Carried by the pipe, activities", region, [metrics.pipe("EventCount", "activities")]),
        make_graph("Handed to boards, by rule", region, [metrics.bus_by_rule("Invocations")]),
        make_graph(
            "Throttled writes of game servers, 5 minutes",
            region,
            [metrics.table("activities", "WriteThrottleEvents", "throttled")],
            [("throttles", 1)],
            period=300,
        ),
    )
    read = (
        "Whether the pipe carries what is written to the bus, and the bus hands it to each board. How long that takes "
        "is on each board's own dashboard, where its heartbeats arrive."
    )
    return Question("Is it keeping up?", read, (line, delivered))


def _loses(metrics: FeedMetrics) -> Question:
    feed, region = metrics.feed, metrics.feed.region
    always = metrics.pipe("EventCount", "carried")
    strays = [metrics.queue("strays", "NumberOfMessagesSent", "new strays", stat="Sum")]
    line = (
        *show_dead_letters(metrics, region, ("pipe", "strays"), feed.alarms.dead_letters, always),
        make_graph("Strays in 5 minutes", region, strays, [("strays", feed.alarms.strays)], period=300),
        make_graph("Strays that are kept", region, [metrics.queue("strays", WAITING, "kept")]),
    )
    lost = (
        make_graph("Left in dead letters of boards, by rule", region, [metrics.bus_by_rule("InvocationsSentToDlq")]),
        make_graph("Lost, by rule", region, [metrics.bus_by_rule("InvocationsFailedToBeSentToDlq")]),
    )
    read = (
        "What could not be carried or delivered is a dead letter, here or of a board. Strays have a type that the feed "
        "does not have: `leaderboards strays` shows them."
    )
    return Question("Is anything lost?", read, (line, lost))


def _costs(metrics: FeedMetrics) -> Question:
    region = metrics.feed.region
    units = [
        metrics.table("activities", f"Consumed{kind}CapacityUnits", label)
        for kind, label in (("Write", "written"), ("Read", "read"))
    ]
    line = (
        make_number("US dollars a month", region, price_month_of_feed(metrics), PERIOD),
        make_graph("The activities table, units", region, units),
    )
    read = (
        "What AWS counted in the time shown, at its prices, for a month: without storage, logs, alarms and this "
        "dashboard, which `leaderboards cost` has, and without what each board does with what it gets."
    )
    return Question("What does it cost?", read, (line,))
