"""What boards on a feed cost, and the feed itself: against the same boards with tables of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from generator.board.feed import Feed
from generator.cost.estimate import BundleCost, estimate, sum_costs
from generator.cost.functions import MONTH_SECONDS
from generator.pipeline import Generated, validate
from tests.support.cli import run
from tests.support.paths import REPOSITORY
from tests.support.projects import board_yaml, head

BOARDS = "".join(board_yaml(f"kills-{number}") for number in (1, 2, 3))
FEEDS = "feeds: [{name: matches, team: nebula, types: [kill, lap]}]\n"
QUEUES = "queue: sent, received, deleted"
ROWS = {
    "activities, written": ("activities, written", "write units"),
    "pipes": ("pipe", "requests"),
    "events on the bus": ("bus", "events"),
    "queues: sent, received, deleted": (QUEUES, "requests"),
}
"""The rows of the page that are counted in units: the term and its unit."""


def load(feed: bool, region: str = "us-east-1") -> Generated:
    text = head() + (FEEDS + "defaults: {feed: matches}\n" if feed else "") + "boards:\n" + BOARDS
    generated = validate({"leaderboards.yaml": text.replace("eu-central-1", region).encode()})
    assert generated.diagnostics == ()
    return generated


@pytest.fixture(scope="module")
def apart() -> list[BundleCost]:
    """Three boards with tables of their own, of 5 activities a second each."""
    return [estimate(bundle) for bundle in load(feed=False).bundles]


@pytest.fixture(scope="module")
def shared() -> list[BundleCost]:
    """The same boards, on one feed of 5 activities a second."""
    return [estimate(bundle) for bundle in load(feed=True).bundles]


def count(costs: list[BundleCost], what: str) -> Decimal:
    """How many units of that name a month's activities take in all of these bundles, for each million activities."""
    terms = (term for cost in costs for term in cost.traffic[1] if (term.part, term.what) == ("activities", what))
    return sum((term.units for term in terms), Decimal(0)) / (5 * MONTH_SECONDS) * 1_000_000


def price(costs: list[BundleCost]) -> Decimal:
    """What carrying and storing a million activities costs: all but what processors, rebuilds and readers do."""
    terms = (term for cost in costs for term in cost.traffic[1])
    names = ("activities, written", "pipe", "bus", QUEUES, "activities, stored")
    carried = sum((term.cost for term in terms if term.what in names), Decimal(0))
    return carried / (5 * MONTH_SECONDS) * 1_000_000


def test_a_feed_is_paid_for_once(apart: list[BundleCost], shared: list[BundleCost]) -> None:
    for what, without in (("activities, written", 3), ("pipe", 3), ("bus", 0)):
        assert (count(apart, what), count(shared, what)) == (Decimal(without * 1_000_000), Decimal(1_000_000))
    # Without a feed, the activities of a second go together: 5 to a request of send, receive, delete. A bus sends each
    # alone: 3 x 3 / 5 million, and 3 x (1 + 2 / 5).
    assert (count(apart, QUEUES), count(shared, QUEUES)) == (Decimal(1_800_000), Decimal(4_200_000))
    (feed,) = (cost for cost in shared if isinstance(cost.bundle, Feed))
    # 5/s x 31 days of 300 bytes, once.
    stored = [term.units for cost in shared for term in cost.traffic[1] if term.what == "activities, stored"]
    assert stored == [Decimal("3.742")]
    # Nothing else costs while nobody plays.
    assert {term.part for term in feed.idle} == {"alarms", "dashboard", "key"}
    # What AWS may charge for the stream's reads is the feed's alone.
    assert [bool(cost.uncertain) for cost in shared] == [True, False, False, False]


def test_a_heartbeat_goes_over_the_bus_at_its_board_s_cost(shared: list[BundleCost]) -> None:
    for cost in shared[1:]:
        events = [term.units for term in cost.idle if term.price_name == "event"]
        assert events == [term.units for term in cost.idle if (term.part, term.what) == ("watch", "pipe")] == [8760]


def _millions(units: Decimal, unit: str = "") -> str:
    return f"{units / 1_000_000:.1f} million {unit}".removesuffix(" ").replace(".0 ", " ") if units else "none"


def test_the_page_s_table_is_what_was_counted(
    apart: list[BundleCost], shared: list[BundleCost], expect: Callable[[Path, str], None]
) -> None:
    rows = [
        f"| {row} | {_millions(count(apart, what), unit)} | {_millions(count(shared, what))} |"
        for row, (what, unit) in ROWS.items()
    ]
    rows.append(f"| all of that, and storage, in US dollars | {price(apart):.2f} | {price(shared):.2f} |")
    idle = (sum_costs(apart)[0], sum_costs(shared)[0])
    rows.append(f"| a month in which nobody plays or reads, in US dollars | {idle[0]:.2f} | {idle[1]:.2f} |")
    page = REPOSITORY / "docs" / "feeds.md"
    text, found = re.subn(
        r"(?<=\| \| three tables \| one feed \|\n\|---\|---\|---\|\n)(\|.*\n)+",
        lambda _: "\n".join([*rows, ""]),
        page.read_text("utf-8"),
    )
    assert found == 1
    expect(page, text)


def test_the_command_tells_feeds_and_boards_apart(tmp_path: Path) -> None:
    text = head() + FEEDS + "defaults: {feed: matches}\nboards:\n" + BOARDS
    (tmp_path / "leaderboards.yaml").write_text(text)
    listed = run("cost", cwd=tmp_path).stdout
    assert re.search(r"^  nebula/feed-matches +nebula ", listed, re.M)
    assert "all boards and feeds" in listed
    one = run("cost", "feed-matches", cwd=tmp_path)
    assert one.stdout.startswith("feed-matches of team nebula, without its boards: ")
    assert re.search(r"dashboard +CloudWatch dashboards +1 ", one.stdout)
    board = run("cost", "kills-1", "--format", "markdown", cwd=tmp_path).stdout
    assert board.startswith("## kills-1 of team nebula, without its feed (feed-matches)")
    report = json.loads(run("cost", "--json", cwd=tmp_path).stdout)
    assert [each["feed"] for each in report["feeds"]] == ["feed-matches"]
    assert len(report["boards"]) == 3
    unknown = run("cost", "feed-matchs", cwd=tmp_path)
    assert (unknown.code, 'Did you mean "feed-matches"?' in unknown.stderr) == (2, True)
