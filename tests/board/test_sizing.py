"""The arithmetic that `explain` prints for a board's sizing gives the numbers that are deployed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.aws import limits
from generator.board.board import Board
from generator.board.sizing import Decision
from generator.pipeline import bundles, validate
from tests.support.projects import RULES, board_yaml, project_yaml

ATTACHING = "{rules: [{activity: kill, points: 10}], attach: [photo]}"
IAM = "{access: iam, principals: ['arn:aws:iam::111111111111:root']}"


def decide(
    peak: int = 50,
    players: int = 10_000,
    rebuild: str = "rate(1 minute)",
    window: str = "{every: week}",
    reads: int = 50,
    api: str = "{}",
    scoring: str = RULES,
) -> Board:
    """A board with this traffic, this schedule, these windows and this API."""
    rates = f"{{average: 1, peak: {peak}}}"
    traffic = f"{{players: {players}, activities_per_second: {rates}, reads_per_second: {reads}}}"
    text = project_yaml(board_yaml(scoring=scoring, window=window, rebuild=rebuild, traffic=traffic, api=api))
    return validate({"leaderboards.yaml": text.encode()}).boards[0]  # a very large board has a warning


def ends_in(decision: Decision) -> int:
    """The last number of the arithmetic. A part behind a semicolon is left out: it is a remark, except on memory."""
    how = decision.how
    if decision.what != "rebuilder, memory":
        how = how.partition(";")[0]
    numbers: list[str] = re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", how)
    return int(numbers[-1].replace(",", ""))


@given(peak=st.integers(1, 100_000), players=st.integers(1, 7_000_000), minutes=st.integers(2, 1440))
def test_the_arithmetic_ends_in_what_is_deployed(peak: int, players: int, minutes: int) -> None:
    board = decide(peak, players, f"rate({minutes} minutes)")
    sizing = board.sizing
    assert sizing.pipe
    assert board.pipe
    for decision, deployed in (
        (sizing.pipe.parallelization, board.pipe.parallelization),
        (sizing.processors, board.queue.max_concurrency),
        (sizing.visibility, board.queue.visibility_seconds),
        (sizing.drain, board.config.drain_seconds),
        (sizing.shards, board.config.shards),
        (sizing.rebuilder_memory, board.rebuilder.memory_mb),
        (sizing.snapshot_age, board.snapshot_age_seconds),
        (sizing.cache, board.config.max_age_seconds),
    ):
        assert ends_in(decision) == decision.value == deployed, decision
    assert ends_in(sizing.rebuild) == sizing.rebuild.value <= board.rebuilder.timeout_seconds
    # The bounds hold, and the board carries what was asked for.
    assert limits.processors(peak) == board.queue.max_concurrency
    assert board.queue.max_concurrency * limits.PROCESSED_PER_SECOND >= peak
    assert board.config.shards * limits.WRITES_PER_PARTITION >= 4 * peak
    assert board.rebuilder.memory_mb * limits.players_per_mb(False, False) > players
    assert 1 <= board.config.max_age_seconds <= 60
    assert board.snapshot_age_seconds >= max(600, 3 * minutes * 60)


@pytest.mark.parametrize(
    ("name", "sized", "value", "how"),
    [
        ("processors", decide(200), 2, "200 activities/s / 100 per processor = 2"),
        ("processors", decide(1), 2, "1 activities/s / 100 per processor = 0.01, rounded up to 1, at least 2"),
        ("processors", decide(1234), 13, "1,234 activities/s / 100 per processor = 12.34, rounded up to 13"),
        (
            "pipe_parallelization",
            decide(1001),
            10,
            "1,001 activities/s / 100 carried by one at a time = 10.01, rounded up to 11, at most 10",
        ),
        ("shards", decide(250), 1, "250 activities/s x 4 write units / 1,000 per partition = 1, "
                                  "up to the next power of two = 1"),
        ("shards", decide(251), 2, "251 activities/s x 4 write units / 1,000 per partition = 1.004, "
                                  "up to the next power of two = 2"),
        ("rebuilder_memory", decide(players=1), 512, "256 MB itself + 1 players / 1,000 per MB = 257, "
                                                    "in steps of 256 = 512"),
        ("rebuilder_memory", decide(players=100_000), 1769, "256 MB itself + 100,000 players / 1,000 per MB = 356, "
                             "in steps of 256 = 512; a whole processor from 100,000 players on = 1,769"),
        ("shards", decide(126, scoring=ATTACHING), 2, "126 activities/s x 8 write units / 1,000 per partition = 1.008, "
                                                      "up to the next power of two = 2"),
        ("rebuilder_memory", decide(players=99_999, scoring=ATTACHING), 768, "256 MB itself + 99,999 players / 200 per "
                                                                             "MB = 756, in steps of 256 = 768"),
        ("rebuild", decide(players=8001, window="[{every: rolling, days: 3}, {every: day}]"), 5,
         "8,001 players x 4 windows, days of a rolling one counted / 8,000 ranked per second = 4.0005, "
         "rounded up to 5; 900 at most"),
        ("snapshot_age", decide(rebuild="rate(1 hour)"), 10_800, "3 x 3,600 s between two rebuilds = 10,800"),
        ("api_concurrency", decide(), 10, "50 reads/s / 10 for each that is reserved = 5, at least 10"),
        ("api_concurrency", decide(reads=333), 34, "333 reads/s / 10 for each that is reserved = 33.3, "
                                                   "rounded up to 34"),
        ("api_concurrency", decide(reads=1_000_000), 100, "1,000,000 reads/s / 10 for each that is reserved = 100,000, "
                                                          "at most 100"),
        ("api_concurrency", decide(reads=1_000_000, api=IAM), 900,
         "1,000,000 reads/s / 10 for each that is reserved = 100,000, at most 900"),
        ("api_concurrency", decide(reads=333, api="{max_concurrency: 7}"), 7, "api.max_concurrency"),
        ("cache", decide(rebuild="cron(0/10 8-9 * * ? *)"), 60, "600 s between two rebuilds / 2 = 300, at most 60"),
    ],
)  # fmt: skip
def test_arithmetic(name: str, sized: Board, value: int, how: str) -> None:
    decision: Decision = sized.sizing.named[name]
    assert (decision.value, decision.how) == (value, how)


def test_a_board_may_reserve_nothing() -> None:
    board = decide(api="{max_concurrency: unreserved}")
    assert board.sizing.api_concurrency is None
    assert board.api_max_concurrency is None
    assert b"reserved_concurrent_executions" not in bundles([board])[f"{board.folder}/terraform/api.tf"]
    assert b"reserved_concurrent_executions = 10\n" in bundles([decide()])[f"{board.folder}/terraform/api.tf"]


def test_the_largest_board_fits() -> None:
    assert "at most" not in decide(players=limits.most_players(1)).sizing.rebuilder_memory.how
    assert decide(players=limits.most_held_players(True, False), scoring=ATTACHING).rebuilder.memory_mb == 10_240
    assert decide(players=99_999).rebuilder.memory_mb < decide(players=100_000).rebuilder.memory_mb
