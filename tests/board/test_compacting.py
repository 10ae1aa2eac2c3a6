"""How often a rebuild is taken to write a window anew, and what a delta takes of memory: against deltas themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.aws import rebuilding
from generator.aws.rebuilding import RankedBoard
from generator.board.board import Board
from generator.cost.rebuilds import describe_ranked
from generator.pipeline import validate
from runtime.domain.texts.segments import MAX_VALUES
from runtime.s3.cache import CACHED_PART, LINE_BYTES
from runtime.s3.ranks.sizes import BLOCK, most_changes
from tests.runtime.updated_ranks import UpdatedWindow
from tests.support.projects import board_yaml, project_yaml

PLAIN = RankedBoard(1_000_000, 1, 1, attaches=False, segments=0, searches_names=False, averages=False)
ANY, LISTED = "{name: country}", "{name: guild, values: [red, blue]}"


def decide(segments: str, players: int = 1_000_000) -> Board:
    """A board with some segments."""
    keys = {"segments": f"[{segments}]", "traffic": f"{{players: {players}, activities_per_second: {{average: 1}}}}"}
    (board,) = validate({"leaderboards.yaml": project_yaml(board_yaml(**keys)).encode()}).boards
    return board


@pytest.mark.parametrize("players", [1, 40_000, 1_000_000, 24_000_000, 34_000_000])
@pytest.mark.parametrize(("segments", "names"), [(0, False), (0, True), (1, False), (3, True)])
@pytest.mark.parametrize("changes", [1, 700, 9_000, 2_000_000])
def test_a_window_is_written_anew_as_often_as_its_delta_is_full(
    players: int, segments: int, names: bool, changes: int
) -> None:
    ranked = replace(PLAIN, players=players, segments=segments, searches_names=names)
    runs = 20_000
    lines = compacted = 0
    for _ in range(runs):
        lines += changes * (2 * (1 + segments) + names)
        if lines > most_changes(players, 1 + segments + names):
            lines, compacted = 0, compacted + 1
    said = float(ranked.compaction_share(changes))
    # A delta is a little larger than it may be before it is compacted: with few changes to each by less.
    assert compacted / runs <= said + 1 / runs
    assert said <= 2.01 * compacted / runs + 1 / runs
    assert ranked.compaction_share(changes * 3) == replace(ranked, windows=3, days=3).compaction_share(changes * 9)


def test_only_a_segment_without_a_list_of_values_has_windows_written_anew_each_time() -> None:
    each_time = f"second each time, as a segment without `values` may have more than the {MAX_VALUES} that have ranks"
    for segments, told in (
        ("", "second x 120 lines / 20,000 that deltas may have"),
        (LISTED, "second x 240 lines / 40,000 that deltas may have"),
        (ANY, each_time),
        (f"{LISTED}, {ANY}", each_time),
    ):
        board = decide(segments)
        assert told in board.sizing.follow.how
        assert (describe_ranked(board.config, 1).compaction_share(0) == 1) is (told == each_time)


def test_a_delta_has_no_more_lines_and_takes_no_more_memory_than_its_terms_say() -> None:
    board = {f"player-{number:028}": (number, 0, f"Nova Prime {number}") for number in range(200)}
    for names in (False, True):
        window = UpdatedWindow(names=names)
        changes = {player: (number + 500, 1, name) for player, (number, _, name) in list(board.items())[::2]}
        ranks = window.update(window.write(board), changes)
        ranked = replace(PLAIN, searches_names=names)
        assert ranks.changes == len(changes) * ranked.lines_of_a_change
        body = window.aws.bucket.bodies()[f"{ranks.delta}delta"]
        held = len(body) + LINE_BYTES * body.count(b"\n")
        more = ranked.api_megabytes(100 * 10_000) - ranked.api_megabytes(0)
        assert 0.4 * more < CACHED_PART * held * 10_000 / 2**20 < more


def test_the_api_has_memory_for_the_largest_delta_of_each_window() -> None:
    for players in (1, 10_000_000, 34_000_000):
        for ranked in (replace(PLAIN, players=players), replace(PLAIN, players=players, windows=4)):
            assert ranked.most_held == most_changes(players) // rebuilding.LINES_OF_A_CHANGE
            least = ranked.windows * (ranked.most_held * rebuilding.LINE_BYTES + players // BLOCK * 100)
            assert ranked.api_megabytes(ranked.most_held) * 2**20 > CACHED_PART * least
    small, large = decide(LISTED, 10_000), decide(LISTED, 10_000_000)
    assert (small.api.memory_mb, large.api.memory_mb) == (512, 512)
