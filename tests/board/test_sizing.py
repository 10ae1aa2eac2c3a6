"""The arithmetic that `explain` prints for a board's sizing gives the numbers that are deployed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.aws import assembling, limits, rebuilding
from generator.aws.rebuilding import RankedBoard
from generator.board.board import Board
from generator.board.decisions import Decision
from generator.cost.rebuilds import describe_ranked
from generator.pipeline import bundles, validate
from runtime.config import AssemblyConfig
from runtime.domain.lines import make_line
from runtime.domain.ranking import ScoredPlayer
from runtime.domain.texts.attached import MAX_BYTES
from runtime.dynamodb.streaming.positions import CHANGED_PER_MB
from runtime.s3.ranks.sizes import most_changes
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
    average: int = 1,
) -> Board:
    """A board with this traffic, this schedule, these windows and this API."""
    rates = f"{{average: {average}, peak: {max(peak, average)}}}"
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


@given(peak=st.integers(1, 100_000), players=st.integers(1, 34_000_000), minutes=st.integers(2, 1440))
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
        (sizing.rebuilder_room, board.rebuilder.room_mb),
        (sizing.batch, board.queue.batch_size),
        (sizing.snapshot_age, board.snapshot_age_seconds),
        (sizing.cache, board.config.max_age_seconds),
    ):
        assert ends_in(decision) == decision.value == deployed, decision
    assert ends_in(sizing.rebuild) == sizing.rebuild.value <= board.rebuilder.timeout_seconds
    # The bounds hold, and the board carries what was asked for.
    assert limits.in_flight(peak, board.queue.batch_size) <= max(limits.IN_FLIGHT, limits.in_flight(peak, 100))
    assert limits.processors(peak) == board.queue.max_concurrency
    assert board.queue.max_concurrency * limits.PROCESSED_PER_SECOND >= peak
    assert board.config.shards * limits.WRITES_PER_PARTITION >= 4 * peak
    assert board.config.shards * limits.PLAYERS_PER_SHARD >= players
    assert board.rebuilder.memory_mb >= (limits.WHOLE_PROCESSOR_MB if players >= rebuilding.MANY_PLAYERS else 512)
    assert board.rebuilder.room_mb * 1_000_000 >= 300 * players
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
        ("shards", decide(players=1_000_001), 8, "1,000,001 players / 250,000 read one after another = 4.000004, "
                                                "up to the next power of two = 8"),
        ("batch", decide(1000), 100, "1,000 activities/s / 10 batches a second = 100"),
        ("batch", decide(4001), 401, "4,001 activities/s / 10 batches a second = 400.1, rounded up to 401"),
        ("batch", decide(10_900), 1000, "10,900 activities/s / 10 batches a second = 1,090, at most 1,000"),
        ("batch", decide(20_000), 500, "(120,000 in flight - 20,000 that wait) / 200 processors = 500"),
        ("batch", decide(100_000), 100, "(120,000 in flight - 100,000 that wait) / 1,000 processors = 20, "
                                        "at least 100"),
        ("rebuilder_memory", decide(players=1), 512, "256 MB itself + 1 changes between two rebuilds / 100 per MB "
                                                    "= 257, in steps of 256 = 512"),
        ("rebuilder_memory", decide(players=100_000), 1769, "256 MB itself + 60 changes between two rebuilds / 100 per "
                             "MB = 257, in steps of 256 = 512; a whole processor from 100,000 players on = 1,769"),
        ("rebuilder_memory", decide(players=20_000_000), 3538, "256 MB itself + 60 changes between two rebuilds / 100 "
                             "per MB = 257, in steps of 256 = 512; 2 processors of 1,769 MB, which read side by side "
                             "= 3,538"),
        ("rebuilder_room", decide(players=1), 512, "1 players x 300 bytes on the disk = 1 MB, in steps of 512 = 512"),
        ("rebuilder_room", decide(players=10_000_000), 3072, "10,000,000 players x 300 bytes on the disk = 3,000 MB, "
                                                            "in steps of 512 = 3,072"),
        ("shards", decide(126, scoring=ATTACHING), 2, "126 activities/s x 8 write units / 1,000 per partition = 1.008, "
                                                      "up to the next power of two = 2"),
        ("rebuilder_room", decide(players=1_000_000, scoring=ATTACHING), 3584, "1,000,000 players x 3,300 bytes on the "
                                                            "disk = 3,300 MB, in steps of 512 = 3,584"),
        ("rebuild", decide(players=8001, window="[{every: rolling, days: 3}, {every: day}]"), 2,
         "8,001 players x 4 days / 30,000 read per second + 8,001 players x 2 windows / 100,000 written per second, "
         "rounded up to 2; 900 at most"),
        ("rebuild", decide(players=30_000_000), 360, "30,000,000 players x 1 window / 100,000 read per second by each "
         "of 5 processors + 30,000,000 players x 1 window / 100,000 written per second, rounded up to 360; "
         "900 at most"),
        ("follow", decide(players=10_000_000), 1, "60 changes between two rebuilds / 5,000 per second + 10,000,000 "
         "players x 1 window / 100,000 written per second x 120 lines / 200,000 that deltas may have, "
         "rounded up to 1"),
        ("shards", decide(players=5_000_000, window="{every: rolling, days: 90}"), 256, "5,000,000 players x 90 days / "
         "2,500,000 of a call that reads = 180, up to the next power of two = 256"),
        ("assembly_most", decide(players=60_000_000), 34_133_333, "10,240 MB on its disk / 300 bytes of a player = "
                                                                  "34,133,333"),
        ("assembly_most", decide(players=5_000_000, window="{every: rolling, days: 90}"), 1_475_409,
         "900 s / (90 / (5 processors x 30,000) s to read and 1 / 100,000 s to write a player) = 1,475,409"),
        ("assembly_reads_at_once", decide(players=60_000_000, window="[{every: week}, {every: month}]"), 2,
         "40,000 read units/s of a table x 4,096 bytes / (200 bytes of a player x 2 x 100,000 read per second) / 2 "
         "windows = 2"),
        ("assembly_seconds", decide(players=60_000_000), 235, "6 turns of 24 reads, 4 at once, x 25 s for 2,500,000 "
         "players + 1 turn of 24 parts, 24 at once, x 25 s + 60 s for the steps themselves = 235; 21,600 at most"),
        ("assembly_seconds", decide(players=5_000_000, scoring=ATTACHING), 244, "1 turn of 2 reads, 2 at once, x 84 s "
         "for 2,500,000 players + 1 turn of 2 parts, 2 at once, x 100 s + 60 s for the steps themselves = 244; 21,600 "
         "at most"),
        ("assembly_seconds", decide(players=5_000_000, window="{every: rolling, days: 90}"), 1261,
         "14 turns of 180 reads, 13 at once, x 84 s for 2,500,000 players of one of 90 days + 1 turn of 2 parts, 2 at "
         "once, x 25 s + 60 s for the steps themselves = 1,261; 21,600 at most"),
        ("follow", decide(players=60_000_000), 1, "60 changes between two rebuilds / 5,000 per second, rounded up to "
                                                  "1"),
        ("lease", decide(players=10_000_000), 400, "2 x 200 s for the longest rebuild = 400"),
        # Each rebuild follows more changes than a delta has, then it writes all. That takes longer than to read all.
        ("lease", decide(players=1_000_000, average=3000, window="[{every: week}, {every: month}]"), 184,
         "2 x 92 s for the longest rebuild = 184"),
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


def test_a_line_of_many_columns_takes_more_room() -> None:
    names = [f"column{number}" for number in range(8)]
    ranked_by = ", ".join(f"{{name: {name}, order: descending}}" for name in names)
    values = ", ".join(f"{name}: 1" for name in names)
    scoring = f"{{rank_by: [{ranked_by}], rules: [{{activity: kill, {values}}}]}}"
    for one in (decide(), decide(scoring=scoring)):
        columns = one.config.columns
        line = make_line(columns, ScoredPlayer("p" * 36, "Zoë the Fearless", (1,) * len(columns), 1))
        ranked = describe_ranked(one.config, 1)
        # A block and a bucket have each line at once, and the bucket its id and place besides.
        assert 2 * len(line) + 36 + 3 * 10 < ranked.bytes_of_a_player
        assert len(line) < ranked.line_bytes < 1.2 * len(line)
    assert [decide(players=34_000_000, scoring=each).assembler is None for each in (RULES, scoring)] == [True, False]
    rooms = [decide(players=10_000_000, scoring=each).rebuilder.room_mb for each in (RULES, scoring)]
    assert rooms == [3072, 6656]


def test_the_index_of_names_takes_room_for_all_of_each_line() -> None:
    """A run, a block, a bucket and the index have each line at once: measured 4,230 bytes for lines of 1,039."""
    columns = decide().config.columns
    attached = (("note", "v" * (MAX_BYTES - 40)),)
    line = make_line(columns, ScoredPlayer("p" * 36, "Zoë the Fearless", (1,) * len(columns), 1, attached))
    plain = RankedBoard(1, 1, 1, attaches=True, segments=0, searches_names=False, averages=False)
    named = replace(plain, searches_names=True)
    assert 4 * len(line) + len("zoe the fearless") < named.bytes_of_a_player
    assert len(line) < named.bytes_of_a_player - plain.bytes_of_a_player


def test_the_largest_board_fits() -> None:
    plain = RankedBoard(1, 1, 1, attaches=False, segments=0, searches_names=False, averages=False)
    for ranked, scoring in ((plain, RULES), (replace(plain, attaches=True), ATTACHING)):
        board = decide(players=ranked.most_players(), scoring=scoring)
        assert board.rebuilder.room_mb == rebuilding.MOST_ROOM_MB
        assert "at most" not in board.sizing.rebuilder_room.how
    assert decide(players=99_999).rebuilder.memory_mb < decide(players=100_000).rebuilder.memory_mb


def test_a_board_is_assembled_from_one_player_more_than_a_function_ranks() -> None:
    for window, most in (("{every: week}", 34_133_333), ("{every: rolling, days: 90}", 1_475_409)):
        alone, more = decide(players=most, window=window), decide(players=most + 1, window=window)
        assert (alone.config.assembly, alone.assembler, alone.sizing.assembly) == (None, None, None)
        assert more.config.assembly == AssemblyConfig(most, most + 1, 2_500_000, most_changes(most + 1) // 2 * 2)
        # What one function ranks is what the rebuilder is sized for, on both.
        assert more.rebuilder == alone.rebuilder
        files = [set(bundles([board])) for board in (alone, more)]
        assert files[1] - files[0] == {f"{more.folder}/terraform/assembly.tf"}
        assert b"aws_sfn_state_machine" not in b"".join(
            data for path, data in bundles([alone]).items() if path.endswith(".tf")
        )


@given(
    players=st.integers(3_200_000, 100_000_000),
    days=st.integers(1, 90),
    rate=st.integers(1, 2000),
    attaches=st.booleans(),
)
def test_an_assembly_is_of_parts_that_a_function_can_make(players: int, days: int, rate: int, attaches: bool) -> None:
    ranked = RankedBoard(players, 1, days, attaches, segments=0, searches_names=False, averages=False)
    assembly = assembling.find_assembly(ranked)
    if assembly is None or not assembly.fits(rate, 60):
        return
    assert max(assembly.read_seconds, assembly.part_seconds) <= limits.MAX_SECONDS // 2
    assert 1 <= assembly.reads_at_once <= assembly.reads
    assert 1 <= assembly.at_once <= assembly.parts
    assert assembly.parts * assembling.PART >= players
    # An account has functions left for the rest, and a table gives what is read at the speed that was measured.
    assert max(assembly.at_once, assembly.reads_at_once) <= limits.ACCOUNT_CONCURRENCY // 20
    units = assembly.reads_at_once * 2 * ranked.read_per_second * 200 * (1 + attaches) / 4096
    assert units <= limits.TABLE_UNITS or assembly.reads_at_once == 1
    assert assembly.count_changes(rate, 60) / CHANGED_PER_MB + rebuilding.RUNTIME_MB <= limits.MAX_MEMORY_MB
    # It is begun early enough for a second one, or as early as may be, and the API has memory for the delta until then.
    begun = assembly.begun(rate, 60)
    held = begun + min(players, rate * 2 * (assembly.seconds + 60))
    assert held <= assembling.MOST_HELD or begun == assembly.least_begun
    assert assembly.least_begun <= begun <= assembly.most_begun
    assert ranked.api_megabytes(min(held, assembling.MOST_HELD)) <= assembly.api_megabytes(rate, 60)
    assert assembly.api_megabytes(rate, 60) <= limits.MAX_MEMORY_MB


@given(players=st.integers(1, 1_475_409), days=st.integers(2, 90))
def test_days_that_were_begun_with_fewer_players_are_read_in_time_once_there_are_more(players: int, days: int) -> None:
    board = decide(players=players, window=f"{{every: rolling, days: {days}}}")
    assert board.assembler is None
    # A call that reads is done with so many of one day each, at a speed that is half of what was measured.
    read = board.config.shards * limits.MAX_SECONDS * rebuilding.READ_WHOLE_PER_SECOND
    assert read >= 10 * players * days


def test_the_memory_of_the_api_follows_what_it_keeps() -> None:
    slow, fast = (decide(players=60_000_000, average=rate) for rate in (10, 900))
    assert slow.api.memory_mb == decide().api.memory_mb == 512
    assert fast.api.memory_mb == 768
    assert fast.rebuilder.memory_mb == slow.rebuilder.memory_mb  # processors take more


def test_only_a_large_board_asks_for_room() -> None:
    files = [bundles([board])[f"{board.folder}/terraform/rebuilder.tf"] for board in (decide(), decide(players=2**23))]
    assert [b"ephemeral_storage {\n    size = 2560\n" in each for each in files] == [False, True]


def test_tables_are_made_warm_for_what_a_new_one_does_not_take() -> None:
    assert decide(2000).warm == {}
    board = decide(2001)
    assert {name: each.value for name, each in board.warm.items()} == {"aggregates": 4002, "marks": 4002}
    assert board.warm["marks"].how == (
        "2,001 activities/s x 2 write units = 4,002, over the 4,000 of a new table; only as it is made, for which "
        "AWS charges once"
    )
    assert {name: each.value for name, each in decide(30_000).warm.items()} == {
        "activities": 30_000,
        "aggregates": 40_000,
        "marks": 40_000,
    }
    text = bundles([board])[f"{board.folder}/terraform/tables.tf"].decode()
    assert text.count("write_units_per_second = 4002\n") == 2
    # AWS raises the number by itself, and the provider would replace a table whose number is to fall.
    assert text.count("ignore_changes  = [warm_throughput]\n") == text.count("warm_throughput {") == 2
