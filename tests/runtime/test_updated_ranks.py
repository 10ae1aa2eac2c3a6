"""Ranks that are brought up to date, again and again, compared to those that are written as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Ties
from runtime.domain.order_keys import order_key
from runtime.domain.ranking import WindowRanks
from runtime.s3.ranks import bulk, sizes
from tests.runtime.updated_ranks import (
    COLUMNS,
    TOP,
    Board,
    Changes,
    UpdatedWindow,
    apply,
    die_at_each_request,
    make_lines,
    rank_all,
)
from tests.support.effort import examples
from tests.support.executors import use_one_thread

PLAYERS = [f"p{number}" for number in range(20)]
SCORES = st.tuples(st.integers(0, 6), st.integers(0, 2), st.sampled_from([None, "N", 'a\t"\n']))
BOARDS = st.dictionaries(st.sampled_from(PLAYERS), SCORES)
CHANGES = st.dictionaries(st.sampled_from(PLAYERS), st.none() | SCORES, max_size=6)
PAGES = st.tuples(st.integers(0, 20), st.integers(1, 20))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("LEAST_COMPACTED", 12)):
        monkeypatch.setattr(sizes, name, size)
    monkeypatch.setattr(bulk, "WHOLE", 2)
    use_one_thread(monkeypatch)


def check(window: UpdatedWindow, ranks: WindowRanks, board: Board, pages: Iterable[tuple[int, int]]) -> None:
    """Whether every answer is that of the whole board."""
    files, entries = window.reader(), rank_all(window.ties, board)
    assert ranks.players == len(board)
    for offset, limit in pages:
        assert files.read_page(ranks, offset, limit) == entries[offset : offset + limit]
    own = {entry.player_id: entry for entry in entries}
    for player in PLAYERS:
        found = files.find(ranks, player)
        assert found == own.get(player)
        if found:
            assert found.end == own[player].end
            assert files.count_worse(ranks, found) == sum(entry.rank > found.rank for entry in entries)
            assert files.count_equal(ranks, found) == sum(entry.columns == found.columns for entry in entries)
            assert files.count_before(ranks, order_key(COLUMNS, found.columns, found.at, player)) == found.position
    assert files.find_all(ranks, reversed(PLAYERS)) == entries
    assert list(files.read_lines(ranks)) == sorted(line for line in make_lines(board).values() if line)


@given(st.sampled_from(["first", "shared", "dense"]), BOARDS, st.lists(CHANGES, min_size=1, max_size=5), st.data())
@examples(40)
def test_updated_ranks_are_those_of_the_board_as_it_is(
    ties: Ties, board: Board, changes: list[Changes], data: st.DataObject
) -> None:
    window = UpdatedWindow(ties)
    ranks = window.write(board)
    for each in changes:
        before, board, previous = board, apply(board, each), ranks
        window.writes()
        ranks = window.update(ranks, each)
        assert (ranks is previous) == (board == before)
        assert (window.writes() == []) == (board == before or not (board or ranks.delta))
        check(window, ranks, board, [(0, TOP), (0, 20), *data.draw(st.lists(PAGES, max_size=3))])
        # What is written as a whole has the same content, and so changes no ETag.
        whole = UpdatedWindow(ties).write(board)
        assert (ranks.content, ranks.total, ranks.players) == (whole.content, whole.total, whole.players)


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_too_large_a_delta_becomes_a_base_out_of_the_bucket_alone(ties: Ties) -> None:
    board: Board = {player: (number // 2, 0, None) for number, player in enumerate(PLAYERS)}
    window = UpdatedWindow(ties)
    base = window.write(board)
    first: Changes = dict.fromkeys(PLAYERS[:6], (9, 9, "N"))
    merged = window.update(base, first)
    assert (merged.prefix, merged.base_players, merged.changes) == (base.prefix, 20, 12)
    second: Changes = {PLAYERS[6]: None, PLAYERS[7]: (0, 1, None)}
    compacted = window.update(merged, second)
    board = apply(apply(board, first), second)
    assert (compacted.delta, compacted.changes, compacted.base_players) == ("", 0, 19)
    assert compacted.prefix != base.prefix
    check(window, compacted, board, [(0, 20)])
    assert compacted.content == UpdatedWindow(ties).write(board).content


def test_a_large_base_has_a_larger_delta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "COMPACTED_SHARE", 1)
    window = UpdatedWindow()
    base = window.write(dict.fromkeys(PLAYERS, (1, 0, None)))
    assert window.update(base, dict.fromkeys(PLAYERS)).changes == 20
    assert window.update(base, dict.fromkeys(PLAYERS, (2, 0, None))).changes == 0


def test_each_thing_is_read_where_it_lies_and_once() -> None:
    window = UpdatedWindow()
    board: Board = {player: (100 - number, 0, None) for number, player in enumerate(PLAYERS)}
    ranks = window.update(window.write(board), {"p4": (1, 0, None), "p9": None})
    files = window.reader()
    window.reads()
    assert [entry.player_id for entry in files.read_page(ranks, 0, TOP)] == ["p0", "p1", "p2"]
    assert window.reads() == ["top"]
    assert files.find(ranks, "p4")
    assert window.reads() == ["delta"]
    assert files.find(ranks, "p7")
    assert files.find(ranks, "p9") is None
    assert {key.split("/")[0] for key in window.reads()} == {"players"}
    assert [entry.player_id for entry in files.read_page(ranks, 12, 3)] == ["p14", "p15", "p16"]
    assert window.reads() == ["blocks/000002"]
    files.find(ranks, "p4")
    files.find(ranks, "p7")
    files.read_page(ranks, 12, 3)
    files.find_all(ranks, ["p4", "p7"])
    assert window.reads() == []


def test_blocks_in_which_nobody_is_left_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 20)
    window = UpdatedWindow()
    board: Board = {player: (100 - number, 0, None) for number, player in enumerate(PLAYERS)}
    ranks = window.update(window.write(board), dict.fromkeys(PLAYERS[4:17]))
    files = window.reader()
    window.reads()
    assert [entry.player_id for entry in files.read_page(ranks, 3, 2)] == ["p3", "p17"]
    assert sorted(window.reads()) == ["blocks/000000", "blocks/000002", "delta"]


def test_no_change_reads_nothing() -> None:
    window = UpdatedWindow()
    ranks = window.update(window.write({"p1": (1, 0, None)}), {"p1": None})
    window.files = window.reader()
    window.reads()
    assert window.update(ranks, {}) is ranks
    assert window.aws.calls == []


def test_an_update_reads_each_pack_once_at_the_most() -> None:
    window = UpdatedWindow()
    board: Board = {player: (100 - number, 0, None) for number, player in enumerate(PLAYERS)}
    ranks = window.write(board)
    window.files = window.reader()
    window.reads()
    # The new lines are spread over all blocks.
    window.update(ranks, {player: (100 - 4 * number, 1, None) for number, player in enumerate(PLAYERS[:5])})
    blocks = [key for key in window.reads() if key.startswith("blocks/")]
    # The last one is for the first lines of the merged ranks.
    assert blocks == ["blocks/000000", "blocks/000001", "blocks/000002", "blocks/000000"]


@pytest.mark.parametrize("changed", [1, 6, 7, 13, 20], ids=lambda changed: f"{changed}-changed")
def test_what_operators_decided_stays_and_nothing_is_written_twice(changed: int) -> None:
    window = UpdatedWindow()
    board: Board = {player: (number, 0, None) for number, player in enumerate(PLAYERS)}
    base = replace(window.write(board), decided="d", recount="r")
    changes: Changes = {player: (50, number, None) for number, player in enumerate(PLAYERS[:changed])}
    ranks = window.update(base, changes)
    assert (ranks.decided, ranks.recount, bool(ranks.delta)) == ("d", "r", changed <= 6)
    window.writes()
    assert window.update(ranks, changes, as_of=2) is ranks
    assert window.writes() == []
    assert window.files.total_without(ranks, changes) == window.files.total_without(base, changes)
    check(window, ranks, apply(board, changes), [(0, 20)])


def test_a_delta_and_a_base_of_one_millisecond_do_not_meet() -> None:
    window = UpdatedWindow()
    board: Board = {player: (number, 0, None) for number, player in enumerate(PLAYERS)}
    changes: Changes = {"p1": (50, 0, None)}
    first = window.update(window.write(board), changes, as_of=5)
    other = window.update(window.write(apply(board, {"p2": None}), 1), {**changes, "p2": board["p2"]}, as_of=5)
    whole = window.write(apply(board, changes), as_of=5)
    assert first.content == other.content == whole.content
    assert len({first.delta, other.delta, whole.prefix}) == 3
    for ranks in (first, other, whole):
        check(window, ranks, apply(board, changes), [(0, 20)])


def test_an_update_that_dies_at_any_request_is_made_again() -> None:
    window = UpdatedWindow()
    board: Board = {player: (number // 2, 0, None) for number, player in enumerate(PLAYERS)}
    base, changes = window.write(board), {"p1": (50, 0, None), "p2": None}
    requests = die_at_each_request(
        window, lambda: window.update(base, changes), lambda: check(window, base, board, [(0, 20)])
    )
    assert requests >= 6
