"""The second step of an assembly: it counts the lines of a range of keys, and how ranks go on behind them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from runtime.aws import THREADS
from runtime.domain.order_keys import BEHIND
from runtime.lifecycle.assembling.work import Work
from runtime.s3.ranks.blocks import RankCounter
from runtime.sorting.runs import merge_runs, split_runs

RANGE_BYTES = 32 * 1024 * 1024
"""Bytes of lines that are merged at once, about: so much of a range is read before it is wanted."""
CHUNK = 10_000
"""Lines whose ranks are counted at once."""


def count(work: Work, number: int) -> None:
    """Count the lines of a range."""
    runs, ranks = work.load_runs(), RankCounter(work.plan.ties, work.width)
    start, end = split_runs(runs, work.plan.ranges, BEHIND)[number : number + 2]
    with ThreadPoolExecutor(THREADS) as pool:
        lines = merge_runs(runs, RANGE_BYTES, start, end, pool.map)
        while chunk := list(islice(lines, CHUNK)):
            ranks.add(chunk)
    found = ranks.describe()
    told = {"lines": found.lines, "first": found.first.decode(), "last": found.last.decode(), "rank": found.rank}
    work.files.write("count", number, told)
