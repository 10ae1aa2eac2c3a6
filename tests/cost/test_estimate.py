"""What boards cost, against arithmetic by hand: every unit and every price is written out here."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from generator.board.board import Board
from generator.cost.deployed import read_deployed
from generator.cost.estimate import FACTORS, BundleCost, estimate_board, sum_costs
from generator.cost.term import Term
from generator.cost.traffic import rebuild_seconds
from generator.pipeline import validate
from tests.support.paths import SAMPLE
from tests.support.projects import board_yaml, boards_of, project_yaml

SAMPLE_BOARDS = validate({"leaderboards.yaml": SAMPLE.encode()}).boards


def estimate(*lines: str, name: str = "kills", **keys: str) -> BundleCost:
    """The cost of a board of a project of its own."""
    (board,) = validate({"leaderboards.yaml": project_yaml(board_yaml(name, **keys), *lines).encode()}).boards
    return estimate_board(board)


def find(terms: tuple[Term, ...], part: str, what: str) -> Term:
    """The one term of that name."""
    (found,) = (term for term in terms if (term.part, term.what) == (part, what))
    return found


def check(term: Term, units: str, cost: str) -> None:
    """A term has these units, and costs this to a hundredth of a cent."""
    assert term.units == Decimal(units)
    assert abs(term.cost - Decimal(cost)) <= Decimal("0.0001"), term


def smallest(boards: tuple[Board, ...]) -> Board:
    (board,) = (board for board in boards if board.name == "daily-wins")
    return board


def test_a_board_with_default_traffic_by_hand() -> None:
    """A day's sum: 5 activities/s, 50 reads/s, 10,000 players, rebuilt every minute, in eu-central-1."""
    cost = estimate(window="{every: day}")
    traffic = cost.traffic[1]
    # 5/s x 2,628,000 s = 13,140,000 activities, each an item below 1 kB: a write unit of $0.7625 a million.
    check(find(traffic, "activities", "activities, written"), "13140000", "10.0193")
    # Mark and aggregate in one transaction: 2 x 2 write units. Every 20 s a processor says that something changes.
    check(find(traffic, "activities", "marks and aggregates, written"), "52691400", "40.1772")
    # The aggregate is read first, and once for a batch of 5 the version of the edges: strongly consistent units of
    # $0.1525 a million.
    check(find(traffic, "activities", "marks and aggregates, read"), "15768000", "2.4046")
    # A message below 64 kB is one request to the pipe: $0.40 a million.
    check(find(traffic, "activities", "pipe"), "13140000", "5.2560")
    # A second's 5 activities go together: 13,140,000 / 5 x (send, receive, delete), $0.40 a million.
    check(find(traffic, "activities", "queue: sent, received, deleted"), "7884000", "3.1536")
    # 2,628,000 runs x (0.05 s + 2 calls of 0.01 s) x 512/1024 GB x $0.0000133334.
    check(find(traffic, "activities", "processor, duration"), "91980", "1.2264")
    # 43,800 rebuilds x 8 of the outbox; and 62 that read all players, once a day and for the seal: 10,000 x 200 bytes /
    # 4,096 = 489 units for 1.
    check(find(traffic, "rebuilds", "tables, read"), "380656", "0.0581")
    # Each writes its lease twice, and 16 fences.
    check(find(traffic, "rebuilds", "tables, the lease and fences"), "788400", "0.6012")
    # Twice each of 4 shards, and 300 changes / 1,000: 43,800 x 8.3. $0.0245 for 100,000.
    check(find(traffic, "rebuilds", "the aggregates' stream, read"), "363540", "0.0891")
    # 300 changes are 600 lines, so that in 0.6 of all rebuilds there are over 1,000, and top, first keys and two packs
    # are written anew; else two files of a delta. With history and pointer 43,800 x (2 + 0.6 x 4 + 0.4 x 2), and 62 x 2
    # for packs of all players. An idle board moves its pointer twice in ten minutes: 8,760 less. $0.0054 a thousand.
    check(find(traffic, "rebuilds", "bucket, ranks written"), "219124", "1.1833")
    # The pointer, a delta, first keys, a pack of buckets and one of blocks, and 0.6 of the time all blocks: 43,800 x
    # (1 + 4 + 0.6). $0.00043 a thousand.
    check(find(traffic, "rebuilds", "bucket, ranks read"), "245280", "0.1055")
    # 50/s x 2,628,000 s, $0.0120 for 10,000.
    check(find(traffic, "readers", "CloudFront, requests"), "131400000", "157.6800")
    # 5/s x 31 days x 86,400 s = 13,392,000 items of 200 + 100 bytes = 3.742 GB x $0.306.
    check(find(traffic, "storage", "activities, stored"), "3.742", "1.1451")


def test_a_best_board_with_an_all_time_window_by_hand() -> None:
    """Every 5 minutes, 1/s, 1/s of readers, 4,000 players: one conditional write, no marks."""
    cost = estimate(
        scoring="{aggregate: best, rules: [{activity: kill, points: 10}]}",
        window="{every: all_time}",
        rebuild="rate(5 minutes)",
        traffic="{players: 4000, activities_per_second: {average: 1, peak: 1}, reads_per_second: 1}",
    )
    traffic = cost.traffic[1]
    check(find(cost.idle, "rebuilds", "runs of the schedule"), "8760", "0.0088")
    # 5 requests wait 20 s each at an empty queue: 5 x 3 x 43,800 minutes, $0.40 a million.
    check(find(cost.idle, "queue", "empty receives by Lambda"), "657000", "0.2628")
    check(find(cost.idle, "dashboard", "CloudWatch dashboards"), "1", "3.0000")
    check(find(cost.idle, "key", "KMS keys"), "1", "1.0000")
    # 2,628,000 activities: one write unit each, and none for a mark. Every 20 s one says that something changes.
    check(find(traffic, "activities", "marks and aggregates, written"), "2759400", "2.1040")
    assert find(traffic, "storage", "marks, stored").units == 0
    # Each activity alone: three requests to the queue.
    check(find(traffic, "activities", "queue: sent, received, deleted"), "7884000", "3.1536")
    # 300 changes in 5 minutes, as above: 8,760 x (2 + 0.6 x 4 + 0.4 x 2). An idle board moves its pointer every other
    # time: 4,380 less. $0.0054 a thousand.
    check(find(traffic, "rebuilds", "bucket, ranks written"), "41172", "0.2223")
    check(find(traffic, "readers", "CloudFront, requests"), "2628000", "3.1536")
    # 2,628,000 x 2,500 bytes / 2^30 x $0.085.
    check(find(traffic, "readers", "CloudFront, data"), "6.119", "0.5201")


def test_an_idle_board_by_hand() -> None:
    """The alarms, the watch's two metrics, the key and the queue: all but a third of a dollar."""
    idle = estimate_board(smallest(SAMPLE_BOARDS)).idle
    check(find(idle, "alarms", "metrics that alarms read"), "22", "2.2000")
    check(find(idle, "alarms", "composite alarms"), "1", "0.5000")
    check(find(idle, "metrics", "custom metrics"), "2", "0.6000")
    # Two files, every five minutes: 8,760 x 2, $0.0054 a thousand.
    check(find(idle, "rebuilds", "bucket, published anew"), "8760", "0.0473")
    # 43,800 x (the windows, and what says that nothing changed), and with each snapshot the outbox's 8 partitions.
    check(find(idle, "rebuilds", "tables, read"), "157680", "0.0240")
    # 43,800 x (0.05 s + 3 calls of 0.01 s) and 31 x 16 more calls, 0.5 GB.
    check(find(idle, "rebuilds", "function, duration"), "1754.48", "0.0234")
    # 8,760 heartbeats x (the item, when it was sent, when it arrived).
    check(find(idle, "watch", "tables, written"), "26280", "0.0200")
    # The queue's data key lasts an hour, the pipe asks twice for it and Lambda once: 730 x 3.
    check(find(idle, "key", "KMS for the queue"), "2190", "0.0066")


@pytest.mark.parametrize("board", SAMPLE_BOARDS, ids=lambda board: board.name)
def test_an_idle_board_costs_less_than_five_dollars_beside_its_dashboard(
    board: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    cost = estimate_board(board)
    assert cost.price_region == "eu-central-1"
    beside = cost.sums[0] - cost.dashboard
    with capsys.disabled():
        print(f"\n{board.name}: {beside:.2f} US dollars a month beside its dashboard, if nobody plays or reads")
    assert beside < 5


def test_a_private_board_has_no_distribution_and_answers_every_request_itself() -> None:
    api = '{access: iam, principals: ["arn:aws:iam::111111111111:role/game"]}'
    terms = estimate(api=api, traffic="{reads_per_second: 1}").traffic[1]
    assert not [term for term in terms if term.what.startswith("CloudFront")]
    assert find(terms, "readers", "API, requests").units == 2_628_000


def test_sums() -> None:
    costs = [estimate_board(board) for board in SAMPLE_BOARDS]
    for cost in costs:
        idle, once, *_ = cost.sums
        assert idle == sum(term.cost for term in cost.idle)
        assert once == idle + sum(term.cost for term in cost.traffic[1])
        assert list(cost.sums) == sorted(cost.sums)
        assert set(cost.traffic) == set(FACTORS)
    assert sum_costs(costs) == tuple(sum(column) for column in zip(*(cost.sums for cost in costs), strict=True))


def test_another_region_has_the_prices_of_eu_central_1() -> None:
    text = project_yaml(board_yaml())
    ours, theirs, far = (
        estimate_board(boards_of(text.replace("eu-central-1", region))[0])
        for region in ("eu-central-1", "us-east-1", "sa-east-1")
    )
    assert (ours.price_region, theirs.price_region, far.price_region) == ("eu-central-1", "us-east-1", "eu-central-1")
    assert far.sums == ours.sums > theirs.sums


@pytest.mark.parametrize(
    ("players", "factor", "note"),
    [
        (20_000, 100, "At 100x a rebuild takes"),
        (5_000_000, 1, "At 1x a rebuild takes"),
        (500_000, 100, "At 100x a rebuild would take"),
    ],
)
def test_what_does_not_fit_the_board_is_said(players: int, factor: int, note: str) -> None:
    # With segments, ranks are written anew wherever anything has changed.
    keys = {"segments": "[{name: country}]"} if factor == 1 else {}
    assert any(each.startswith(note) for each in estimate(traffic=f"{{players: {players}}}", **keys).notes)


@pytest.mark.parametrize("minutes", [20, 60, 1440])
def test_what_explain_says_of_a_rebuild_is_what_the_report_reckons_with(minutes: int) -> None:
    """From a number of changes on a rebuild reads all players, and takes no longer however many there are."""
    traffic = "{players: 5000000, activities_per_second: {average: 1000, peak: 1000}}"
    keys = {"window": "[{every: rolling, days: 7}, {every: all_time}]", "rebuild": f"rate({minutes} minutes)"}
    (board,) = boards_of(project_yaml(board_yaml(traffic=traffic, **keys)))
    follow, full = rebuild_seconds(board, read_deployed(board), 1)
    assert 0 <= follow - board.sizing.follow.value + 1 < 60
    assert 0 <= full - board.sizing.rebuild.value + 1 < 60
    assert not [note for note in estimate_board(board).notes if note.startswith("At 1x a rebuild would take")]


def test_reads_that_the_api_does_not_answer_are_said() -> None:
    for reads, concurrency, said in ((50, 10, False), (2000, 100, False), (2000, 10, True), (50, 1, False)):
        notes = estimate(traffic=f"{{reads_per_second: {reads}}}", api=f"{{max_concurrency: {concurrency}}}").notes
        assert any(note.startswith("At 1x 2") and "reads/s come to the API" in note for note in notes) is said


def test_a_hundred_boards_are_estimated_in_a_few_seconds() -> None:
    boards = validate({"leaderboards.yaml": project_yaml(*(board_yaml(f"b{n}") for n in range(100))).encode()}).boards
    estimate_board(boards[0])
    began = time.process_time()
    first = [estimate_board(board).sums for board in boards]
    assert time.process_time() - began < 10
    assert first == [estimate_board(board).sums for board in boards]


def test_a_rolling_window_that_moves_on_at_another_time_is_read_twice_a_day() -> None:
    traffic = "{players: 1000000, activities_per_second: {average: 1, peak: 1}}"
    found = []
    for zone in ("UTC", "Europe/Berlin"):
        cost = estimate(window=f"{{every: rolling, days: 7, timezone: {zone}}}", traffic=traffic)
        found.append(int(find(cost.traffic[1], "rebuilds", "tables, read").units))
    # 7 days x 1,000,000 players x 200 bytes / 4,096, on 31 days, but for what is rounded.
    assert found[1] - found[0] == pytest.approx(31 * 7 * 48_828, rel=0.001)
