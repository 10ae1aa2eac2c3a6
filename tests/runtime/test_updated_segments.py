"""Ranks within segments that are brought up to date, again and again, compared to those that are written as a whole."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Ties
from runtime.domain.ranking import SegmentPlace, WindowRanks
from runtime.s3.bucket import Bucket
from runtime.s3.ranks import bulk, segments, sizes
from runtime.s3.ranks.base_reader import BaseReader
from runtime.s3.ranks.merged_reader import MergedReader
from tests.runtime.naive_files import read_values, read_window
from tests.runtime.segmented_window import (
    MOST_VALUES,
    SEGMENTS,
    Board,
    Changes,
    Entry,
    SegmentedWindow,
    apply,
    make_lines,
    rank,
    rank_values,
)
from tests.runtime.updated_ranks import COLUMNS, TOP, die_at_each_request
from tests.support.effort import examples
from tests.support.executors import use_one_thread

PLAYERS = [f"p{number}" for number in range(16)]
COUNTRIES = ("br", "de", "fr", "x\ty\n", "é")
ENTRIES = st.builds(
    Entry,
    st.integers(0, 4),
    st.integers(0, 1),
    st.none() | st.sampled_from(COUNTRIES),
    st.sampled_from([None, "duel", "br"]),
)
BOARDS = st.dictionaries(st.sampled_from(PLAYERS), ENTRIES)
CHANGES = st.dictionaries(st.sampled_from(PLAYERS), st.none() | ENTRIES, max_size=6)
TIES = st.sampled_from(["first", "shared", "dense"])


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("LEAST_COMPACTED", 1000)):
        monkeypatch.setattr(sizes, name, size)
    monkeypatch.setattr(bulk, "WHOLE", 2)
    monkeypatch.setattr(segments, "MAX_VALUES", MOST_VALUES)
    use_one_thread(monkeypatch)


def check(window: SegmentedWindow, ranks: WindowRanks, board: Board, limit: int = 20) -> None:
    """Whether every answer is that of the whole board, and the files are what their documentation says."""
    files, entries = window.reader(), rank(window.ties, board)
    objects, stored = window.aws.bucket.bodies(), ranks.to_json()
    assert read_window(objects, stored, 1) == sorted(line for line in make_lines(board).values() if line)
    assert files.read_page(ranks, 0, TOP) == entries[:TOP]
    found = {player: files.find(ranks, player) for player in PLAYERS}
    assert {player: each for player, each in found.items() if each} == {entry.player_id: entry for entry in entries}
    assert files.find_all(ranks, PLAYERS) == entries
    lines, places = make_lines(board), {}
    for name in SEGMENTS:
        segment, (lists, others) = files.find_segment(ranks, name), rank_values(window.ties, board, name)
        assert segment is not None
        assert [(value, each.players) for value, each in segment.values.items()] == [
            (value, len(own)) for value, own in lists.items()
        ]
        assert segment.others == others
        written = {value: [lines[entry.player_id] for entry in own] for value, own in lists.items()}
        assert read_values(objects, stored, 1).get(name, {}) == written
        gone = {*COUNTRIES, "duel"} - lists.keys()
        assert [files.find_value(ranks, name, value) for value in gone] == [None] * len(gone)
        for value, own in lists.items():
            assert files.find_value(ranks, name, value) == segment.values[value]
            pages = [files.read_page(segment.values[value], offset, limit) for offset in range(0, len(own), limit)]
            assert [entry for page in pages for entry in page] == own
            for entry in own:
                places[entry.player_id, name] = SegmentPlace(entry.position, entry.rank, entry.end, len(own))
    assert {(player, name): place for player, each in found.items() if each for name, place in each.places.items()} == (
        places
    )


@given(TIES, BOARDS, st.lists(CHANGES, min_size=1, max_size=4), st.integers(1, 4))
@examples(120)
def test_updated_segments_are_those_of_the_board_as_it_is(
    ties: Ties, board: Board, changes: list[Changes], limit: int
) -> None:
    window = SegmentedWindow(ties)
    ranks, base = window.write_all(board), board
    for each in changes:
        before, board, previous = board, apply(board, each), ranks
        ranks = window.follow(ranks, each)
        assert (ranks is previous) == (board == before)
        # There is a delta as long as all values have ranks, in the base too.
        overflows = [any(rank_values(ties, some, name)[1] for name in SEGMENTS) for some in (base, board)]
        if board != before:
            assert bool(ranks.delta) == (not any(overflows))
            base = base if ranks.delta else board
        check(window, ranks, board, limit)
        # What is written as a whole has the same content, and so changes no ETag.
        whole = SegmentedWindow(ties).write_all(board)
        assert (ranks.content, ranks.total, ranks.players) == (whole.content, whole.total, whole.players)


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_too_large_a_delta_becomes_a_base_out_of_the_bucket_alone(ties: Ties, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 8)
    window = SegmentedWindow(ties)
    board: Board = {player: Entry(number // 2, 0, "br", "duel") for number, player in enumerate(PLAYERS)}
    ranks = window.write_all(board)
    first: Changes = dict.fromkeys(PLAYERS[:4], Entry(9, 9, "de", "duel"))
    merged = window.follow(ranks, first)
    # Each of four players is one line less and one more in three lists: as many as a base of that many lists may have.
    assert (merged.prefix, merged.changes) == (ranks.prefix, 24)
    board = apply(board, first)
    check(window, merged, board)
    compacted = window.follow(merged, {PLAYERS[5]: None})
    assert (compacted.delta, compacted.changes, compacted.base_players) == ("", 0, 15)
    check(window, compacted, apply(board, {PLAYERS[5]: None}))


def test_where_too_many_players_have_changed_none_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them would be a line in three lists at least, so the window is compacted whatever the buckets say."""
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 8)
    window = SegmentedWindow()
    board: Board = {player: Entry(number, 0, "br", "duel") for number, player in enumerate(PLAYERS)}
    ranks = window.write_all(board)
    for changed, is_looked_up in ((8, True), (9, False)):
        window.reads()
        assert window.follow(ranks, {player: board[player] for player in PLAYERS[:changed]}) is ranks
        assert any(key.startswith("players/") for key in window.reads()) == is_looked_up


def test_a_window_that_nobody_was_in_and_one_that_all_leave() -> None:
    window = SegmentedWindow("dense")
    board: Board = {}
    ranks = window.write_all(board)
    for changes in (
        {player: Entry(number, 0, "br") for number, player in enumerate(PLAYERS)},
        dict.fromkeys(PLAYERS),
        {"p3": Entry(1, 0, "de", "duel")},
    ):
        ranks, board = window.follow(ranks, changes), apply(board, changes)
        assert ranks.delta
        check(window, ranks, board)


def test_an_update_reads_each_pack_of_a_segment_once_at_the_most() -> None:
    window = SegmentedWindow()
    board: Board = {player: Entry(number, 0, COUNTRIES[number % 4]) for number, player in enumerate(PLAYERS)}
    ranks = window.write_all(board)
    window.files = window.reader()
    window.reads()
    # Players of all values go to others.
    moved = {player: Entry(5, 0, COUNTRIES[(number + 1) % 4]) for number, player in enumerate(PLAYERS[:8])}
    window.follow(ranks, moved)
    reads = [key for key in window.reads() if key.startswith("segments/")]
    blocks = [f"segments/country/blocks/{pack:06}" for pack in range(3)]
    assert reads == ["segments/index", "segments/country/firsts", *blocks]


def test_a_value_is_read_where_it_lies_and_once() -> None:
    window = SegmentedWindow()
    board: Board = {player: Entry(number, 0, COUNTRIES[number % 2]) for number, player in enumerate(PLAYERS)}
    ranks = window.follow(window.write_all(board), {"p4": Entry(1, 0, "de"), "p6": None})
    files = window.reader()
    window.reads()
    # Whose line is in the delta is in no bucket.
    found = files.find(ranks, "p4")
    assert found is not None
    assert found.places == {"country": SegmentPlace(8, 8, 9, 9)}
    assert window.reads() == ["delta", "segments/index"]
    segment = files.find_segment(ranks, "country")
    assert segment is not None
    assert [entry.player_id for entry in files.read_page(segment.values["de"], 5, 3)] == ["p5", "p3", "p1"]
    blocks = window.reads()
    assert blocks
    assert {key.rpartition("/")[0] for key in blocks} == {"segments/country/blocks"}
    files.read_page(segment.values["de"], 5, 3)
    files.find_all(ranks, ["p4"])
    assert window.reads() == []


def test_what_several_threads_need_is_read_before_they_begin() -> None:
    window = SegmentedWindow()
    ranks = window.follow(window.write_all({"p1": Entry(1, 0, "br")}), {"p1": Entry(2, 0, "de")})
    window.reads()
    assert window.reader().find_all(ranks, []) == []
    assert window.reads() == ["delta", "segments/index"]


def test_a_value_that_is_as_in_the_base_again_is_in_no_delta() -> None:
    window = SegmentedWindow()
    base = window.write_all({"p1": Entry(1, 0, "br", "duel"), "p2": Entry(2, 0, "br")})
    ranks = window.follow(base, {"p1": Entry(1, 0, "de", "duel")})
    reader = MergedReader(BaseReader(Bucket(window.aws.client("s3"), "bucket"), COLUMNS))
    assert list(reader.read_delta(ranks).values) == [("country", "br"), ("country", "de"), ("mode", "duel")]
    back = window.follow(ranks, {"p1": Entry(1, 0, "br", "duel")})
    assert (back.content, back.changes, reader.read_delta(back).values) == (base.content, 0, {})


def test_an_update_that_dies_at_any_request_is_made_again() -> None:
    window = SegmentedWindow()
    board: Board = {player: Entry(number // 2, 0, COUNTRIES[number % 3]) for number, player in enumerate(PLAYERS)}
    changes: Changes = {"p1": Entry(50, 0, "br"), "p2": None, "p3": Entry(1, 0, "é", "duel")}
    base = window.write_all(board)
    requests = die_at_each_request(window, lambda: window.follow(base, changes), lambda: check(window, base, board))
    assert requests >= 8


@pytest.mark.parametrize("values", [2, 400])
def test_a_delta_takes_no_more_memory_than_the_cache_counts(values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few values with many lines each, and many with few."""
    monkeypatch.setattr(segments, "MAX_VALUES", values)
    window = SegmentedWindow()
    board: Board = {f"player-{number:04}": Entry(number, 0, f"v{number % values}") for number in range(400)}
    ranks = window.follow(window.write_all(board), {player: Entry(9, 9, own.country) for player, own in board.items()})
    assert ranks.delta
    bucket = Bucket(window.aws.client("s3"), "bucket")
    tracemalloc.start()
    try:
        delta = MergedReader(BaseReader(bucket, COLUMNS)).read_delta(ranks)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(delta.values) == values
    assert 0.9 < bucket.cache.bytes / held < 1.3
