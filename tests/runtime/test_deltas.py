"""A delta on its base, compared to the merged ranks as one sorted list."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Ties
from runtime.domain.deltas.changing import Difference, change, compare, places_wanted
from runtime.domain.deltas.delta import Place, RankDelta, strip_place
from runtime.domain.deltas.delta_text import parse_delta, write_delta
from runtime.domain.deltas.merging import leave_out, merge_blocks
from runtime.domain.deltas.places import Wanted, find_in_base
from runtime.domain.deltas.window_delta import WindowDelta
from runtime.domain.order_keys import AT_DIGITS, COLUMN_DIGITS
from tests.runtime.naive_base import SIZE, NaiveBase, columns_of, count_places, make_line, sort_lines

PLAYERS = ("a", "a-", "aa", "b", "b2", "c", "d", "~", "x:y", "z", "zz", "Z")
"""Some are the beginnings of others, and some have characters that sort before or behind ":"."""
TIES = st.sampled_from(["first", "shared", "dense"])
LINES = st.builds(lambda *numbers: numbers, st.integers(0, 5), st.integers(0, 2), st.sampled_from(['["N"]', "[null]"]))
BOARDS = st.dictionaries(st.sampled_from(PLAYERS), LINES).map(
    lambda board: {player: make_line(player, *line) for player, line in board.items()}
)
CHANGES = st.dictionaries(st.sampled_from(PLAYERS), st.none() | LINES).map(
    lambda changes: {player: line and make_line(player, *line) for player, line in changes.items()}
)


def follow(
    delta: RankDelta, base: NaiveBase, changes: Mapping[str, bytes | None]
) -> tuple[RankDelta, Difference | None]:
    """The delta with some changes in it besides, and what they came to."""
    changed = {player.encode(): line for player, line in changes.items()}
    difference = compare(delta, base.find(changed), changed)
    if difference is None:
        return delta, None
    width = COLUMN_DIGITS if delta.ties == "dense" else None
    [places] = find_in_base(base.blocks, [Wanted(0, len(base.lines), places_wanted(delta, difference))], width)
    following = change(delta, difference, places)
    assert following.changes == difference.changes
    return parse_delta(write_delta(WindowDelta(following)), delta.ties, COLUMN_DIGITS).everybody, difference


def apply(board: Mapping[str, bytes], changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """The players' lines after some changes."""
    return {player: line for player, line in {**board, **changes}.items() if line is not None}


def merged_places(delta: RankDelta, base: NaiveBase, board: Mapping[str, bytes]) -> list[Place]:
    """The place of each line of the merged ranks, as the delta and the base give it."""
    places = []
    for line in sort_lines(board):
        number = delta.find_added(delta.player_of(line))
        added, place = (line, base.places.get(line)) if number is None else delta.read_added(number)
        assert added == line
        assert place is not None
        places.append(Place(delta.position(place, line), delta.rank(place, line), delta.end(place, line)))
    return places


@given(TIES, BOARDS, st.lists(CHANGES, min_size=1, max_size=4))
def test_merged_places_are_those_of_one_list(
    ties: Ties, first: dict[str, bytes], changes: list[dict[str, bytes | None]]
) -> None:
    base, board = NaiveBase(ties, first), first
    delta = RankDelta(ties, COLUMN_DIGITS)
    for each in changes:
        delta, difference = follow(delta, base, each)
        following = apply(board, each)
        left, came = set(board.values()) - set(following.values()), set(following.values()) - set(board.values())
        assert (difference is None) == (board == following)
        if difference:
            assert (set(difference.left), set(difference.came)) == (left, came)
        board = following
        assert merged_places(delta, base, board) == count_places(ties, sort_lines(board))
        # It says nothing twice: what is in the base and still stands is not in it.
        assert {base.lines[position] for position in delta.removed} == set(first.values()) - set(board.values())
        assert len(delta.added) == len(set(board.values()) - set(first.values()))
        for player in PLAYERS:
            assert (delta.find_added(player.encode()) is None) == (
                player not in set(board) or board[player] in base.places
            )


@given(TIES, BOARDS, CHANGES, st.data())
def test_a_page_takes_the_merged_lines_at_its_positions(
    ties: Ties, first: dict[str, bytes], changes: dict[str, bytes | None], data: st.DataObject
) -> None:
    base = NaiveBase(ties, first)
    delta, _ = follow(RankDelta(ties, COLUMN_DIGITS), base, changes)
    lines = sort_lines(apply(first, changes))
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    positions, numbers = delta.split_page(start, end)
    page = [base.lines[position] for position in positions] + [delta.read_added(number)[0] for number in numbers]
    assert sorted(page) == lines[start:end]


@given(TIES, BOARDS, CHANGES)
def test_any_key_is_counted(ties: Ties, first: dict[str, bytes], changes: dict[str, bytes | None]) -> None:
    base = NaiveBase(ties, first)
    delta, _ = follow(RankDelta(ties, COLUMN_DIGITS), base, changes)
    lines = sort_lines(apply(first, changes))
    keys = {key for line in (*lines, *base.lines) for key in (line, columns_of(line), columns_of(line) + b":")}
    [places] = find_in_base(base.blocks, [Wanted(0, len(base.lines), keys | {b"", b":"})])
    for key, found in places.items():
        assert delta.count_before(found.lines, key) == sum(line < key for line in lines)


@given(BOARDS, CHANGES, CHANGES)
def test_all_lines_are_merged_in_order(
    first: dict[str, bytes], changes: dict[str, bytes | None], more: dict[str, bytes | None]
) -> None:
    base = NaiveBase("first", first)
    blocks = [base.lines[start : start + SIZE] for start in range(0, len(base.lines), SIZE)]
    delta, _ = follow(RankDelta("first", COLUMN_DIGITS), base, changes)
    board = apply(first, changes)
    merged = list(merge_blocks(blocks, delta.removed, list(map(strip_place, delta.added))))
    assert [line for block in merged for line in block] == sort_lines(board)
    stay = leave_out(merged, {player.encode() for player in more}, COLUMN_DIGITS + AT_DIGITS)
    came = sorted(line for line in more.values() if line)
    assert [line for block in merge_blocks(stay, (), came) for line in block] == sort_lines(apply(board, more))


@given(BOARDS, CHANGES)
def test_each_block_is_read_once_and_in_order(first: dict[str, bytes], changes: dict[str, bytes | None]) -> None:
    base = NaiveBase("dense", first)
    follow(RankDelta("dense", COLUMN_DIGITS), base, changes)
    assert base.read == sorted(set(base.read))


def test_the_text_of_a_delta_has_all_lists_of_a_window() -> None:
    base = NaiveBase("dense", {player: make_line(player, 1, 0, "[null]") for player in PLAYERS})
    first, _ = follow(RankDelta("dense", COLUMN_DIGITS), base, {"a": make_line("a", 2, 0, '["N"]'), "b": None})
    other, _ = follow(RankDelta("dense", COLUMN_DIGITS), base, {"c": None})
    plain = write_delta(WindowDelta(first))
    assert plain.startswith(b'{"removed": 2, "added": 1, "appeared": 1, "vanished": 0}\n')
    values = {("country", "SE"): other, ("country", 'a"\u2028'): first, ("mode", "SE"): first}
    delta = WindowDelta(first, values, [b"n\t0", b"n o\t0"])
    text = write_delta(delta)
    assert text.partition(b"\n")[2].startswith(plain.partition(b"\n")[2])
    assert parse_delta(text, "dense", COLUMN_DIGITS) == delta
    assert delta.changes == 3 + 1 + 3 + 3 + 2
    assert delta.of_value("mode", "SE") == first
    assert delta.of_value("mode", "NO") == RankDelta("dense", COLUMN_DIGITS)


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_a_delta_that_is_undone_is_empty(ties: Ties) -> None:
    board = {player: make_line(player, 1, 0, "[null]") for player in PLAYERS}
    base, empty = NaiveBase(ties, board), RankDelta(ties, COLUMN_DIGITS, [], [], [], [], [])
    gone, _ = follow(empty, base, dict.fromkeys(PLAYERS))
    assert (len(gone.removed), len(gone.added)) == (len(PLAYERS), 0)
    assert gone.vanished == ([columns_of(board["a"])] if ties == "dense" else [])
    back, difference = follow(gone, base, board)
    assert back == empty
    assert difference is not None
    assert len(difference.came) == len(PLAYERS)
    assert follow(back, base, board) == (empty, None)
