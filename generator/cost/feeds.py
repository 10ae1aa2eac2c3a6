"""The terms of a feed: what is paid for once, however many boards count its activities."""

from __future__ import annotations

from collections.abc import Iterator

from generator.aws.limits import ceil_div
from generator.board.feed import Feed
from generator.cost import functions
from generator.cost.deployed import Deployed
from generator.cost.functions import MONTH_SECONDS
from generator.cost.idle import TABLE_KEY_SECONDS, dashboard_term, watch_terms
from generator.cost.term import Term, Terms
from generator.cost.traffic import CHUNK_BYTES, count_writes, table_terms
from runtime.domain.activity import MIN_TTL


def list_idle_feed_terms(feed: Feed, deployed: Deployed) -> Iterator[Term]:
    """Everything that a feed costs while nobody plays; heartbeats are counted with the boards that send them."""
    yield from watch_terms(feed.region, deployed)
    yield dashboard_term(feed.region, deployed)
    yield Terms(feed.region, "key").make("KMS keys", deployed.counts["aws_kms_key"], "kms_key")


def list_feed_traffic_terms(feed: Feed, deployed: Deployed, factor: int) -> Iterator[Term]:
    """From the producer's write onto the bus, at `factor` times the feed's activities.

    Every type is one that the feed has: a stray costs a request to SQS besides.
    """
    rate = feed.rates.average * factor
    number = rate * MONTH_SECONDS
    terms = Terms(feed.region, "activities")
    yield terms.make("activities, written", number * count_writes(functions.ACTIVITY_BYTES), "write_unit")
    chunks = ceil_div(functions.MESSAGE_BYTES, CHUNK_BYTES)
    yield terms.make("pipe", number * chunks, "pipe_request")
    yield terms.make("bus", number * chunks, "event")
    # One producer writes: at the most as often as if it paused.
    yield terms.make("KMS for tables", MONTH_SECONDS / TABLE_KEY_SECONDS, "kms_request")
    stored = Terms(feed.region, "storage")
    yield from table_terms(stored, deployed, "activities", rate * MIN_TTL / 1000, functions.ACTIVITY_BYTES)
