"""The five lines with which `leaderboards explain` begins: what they say of each kind of board."""

from __future__ import annotations

import pytest

from generator.board.board import Board
from generator.cost.estimate import estimate_board
from generator.explaining.summary import MOST_NAMES, summarize
from generator.pipeline import validate
from tests.support.projects import board_yaml, boards_of, project_yaml

FIRST = "who got there first is ahead"


def tell(line: str, **keys: str) -> str:
    """What a line says of a board with these keys."""
    board = make_board(**keys)
    said: str = getattr(summarize(board, estimate_board(board)), line)
    assert said.isprintable()
    return said


def make_board(**keys: str) -> Board:
    generated = validate({"leaderboards.yaml": project_yaml(board_yaml(**keys)).encode()})
    assert generated.boards, generated.diagnostics
    return generated.boards[0]


def test_a_board_on_a_feed_gets_no_other_types() -> None:
    text = project_yaml(board_yaml(feed="matches")) + "feeds:\n  - {name: matches, team: nebula, types: [kill, lap]}\n"
    (board,) = boards_of(text)
    said = summarize(board, estimate_board(board)).counts
    assert said == "kill from the feed matches; rejected: activities over 30 days old"


@pytest.mark.parametrize(
    ("scoring", "said"),
    [
        (
            "",
            f"players by all of their points added up, highest first; where scores are equal, {FIRST}",
        ),
        (
            "order: ascending, ties: shared, aggregate: best, ",
            "players by their best single activity, lowest first; where scores are equal, they share a rank, and the "
            "next rank is left out (1, 2, 2, 4)",
        ),
        (
            "aggregate: average, ties: dense, ",
            "players by the mean of their activities, highest first; where scores are equal, they share a rank, and "
            "none is left out (1, 2, 2, 3)",
        ),
        (
            "aggregate: last, ",
            f"players by their newest activity, highest first; where scores are equal, {FIRST}",
        ),
    ],
)
def test_what_ranks_whom(scoring: str, said: str) -> None:
    assert tell("ranks", scoring=f"{{{scoring}rules: [{{activity: kill, points: 10}}]}}") == said


def test_columns_that_break_ties() -> None:
    one, two = "{name: fish}", "{name: grams, order: ascending}"
    rule = "{activity: catch, fish: 1, grams: {field: grams}}"
    assert tell("ranks", scoring=f"{{rank_by: [{one}, {two}], rules: [{rule}]}}") == (
        "players by all of their points added up: fish, highest first, then grams, lowest first; "
        "where all of it is equal, who got there first is ahead"
    )
    assert tell("ranks", scoring=f"{{rank_by: [{one}], rules: [{{activity: catch, fish: 1}}]}}") == (
        "players by all of their points added up: fish, highest first; where it is equal, who got there first is ahead"
    )


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("{every: all_time}", "all time never"),
        ("{every: hour, grace: 90s}", "each hour (late writes still count for 1 minute 30 seconds)"),
        (
            '{every: week, starts: friday, at: "18:00", timezone: America/Sao_Paulo}',
            "each Friday at 18:00 America/Sao_Paulo (late writes still count for 5 minutes)",
        ),
        ("{every: month}", "on the 1st of each month at 00:00 UTC (late writes still count for 5 minutes)"),
        ("{every: rolling, days: 3}", "the last 3 days never, but at 00:00 UTC the oldest one drops out"),
        (
            "{every: season, seasons: [{name: may, starts: 2026-05-01, ends: 2026-06-01}]}",
            "with each season (may) at 00:00 UTC (late writes still count for 5 minutes)",
        ),
        (
            "[{every: day}, {every: all_time}]",
            "each day at 00:00 UTC (late writes still count for 5 minutes); all time never",
        ),
    ],
)
def test_when_it_resets(window: str, said: str) -> None:
    assert tell("resets", window=window) == said


def test_what_counts_and_what_is_refused() -> None:
    rules = "{activity: kill, points: 1.5}, {activity: duel, points: 1, when: {mode: ranked}}"
    limits = "{points: {min: -3, max: 1000.50}, activities_per_minute: 1200}"
    assert tell("counts", scoring=f"{{rules: [{rules}], ignore: [chat], limits: {limits}}}") == (
        "kill and duel (depending on mode); ignored: chat; rejected: other types, more than 1,200 a minute by one "
        "player, points below -3, points above 1,000.5 and activities over 30 days old"
    )
    both = "{activity: kill, points: 1, when: {mode: ranked}}, {activity: kill, points: 1}"
    assert tell("counts", scoring=f"{{rules: [{both}]}}").startswith("kill; rejected: other types and ")
    many = ", ".join(f"{{activity: kind-{number}, points: 1}}" for number in range(MOST_NAMES + 3))
    assert " kind-4 and 3 more; " in tell("counts", scoring=f"{{rules: [{many}]}}")


def test_how_fresh_it_is_and_who_reads_it() -> None:
    assert tell("fresh", rebuild="rate(5 minutes)") == (
        "new ranks after 5 minutes at the latest (rate(5 minutes)); answers are cached for up to 1 minute; "
        "read by anyone, on a page and an API"
    )
    own = "{access: iam, principals: [arn:aws:iam::111111111111:role/a, arn:aws:iam::111111111111:role/b]}"
    assert tell("fresh", api=own, rebuild="cron(0 6,9 * * ? *)") == (
        "new ranks after 21 hours at the latest (cron(0 6,9 * * ? *)); answers are cached for up to 1 minute; "
        "read by 2 principals of AWS, who sign their requests; there is no page"
    )


def test_what_it_costs_is_what_cost_says() -> None:
    board = make_board()
    cost = estimate_board(board)
    assert summarize(board, cost).costs == (
        f"{cost.sums[0]:,.2f} US dollars a month where nobody plays or reads, {cost.sums[1]:,.2f} at its `traffic`: "
        "5 activities/s and 50 reads/s"
    )
