"""Lines: they sort as the board ranks, whatever names and ids are, and their total does not depend on their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.config import BOUND, Column
from runtime.domain.lines import TOTALS, hash_line, id_start, key_of, make_line, read_line, read_total, write_total
from runtime.domain.order_keys import order_key
from runtime.domain.ranking import NO_TOTAL, ScoredPlayer
from tests.support.effort import examples

COLUMNS = (Column("score", "descending"), Column("time", "ascending"))
TEXTS = st.text("a<'\"\\\t\n\x00\x1f\u2028é\U0001f389", min_size=1, max_size=4)
PLAYERS = st.builds(
    ScoredPlayer,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,3}", fullmatch=True),
    st.none() | TEXTS,
    st.tuples(st.integers(-2, 2), st.sampled_from((-BOUND, 0, BOUND))),
    st.integers(0, 2),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=2, unique_by=lambda each: each[0]).map(tuple),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=2, unique_by=lambda each: each[0]).map(tuple),
)


@given(st.lists(PLAYERS, max_size=6, unique_by=lambda player: player.player_id))
@examples(100)
def test_lines_sort_as_the_board_ranks_and_are_read_as_they_were_made(players: list[ScoredPlayer]) -> None:
    lines = sorted(make_line(COLUMNS, player) for player in players)
    ranked = sorted(players, key=lambda each: (-each.columns[0], each.columns[1], each.at, each.player_id))
    assert [read_line(COLUMNS, line) for line in lines] == ranked
    keys = [order_key(COLUMNS, each.columns, each.at, each.player_id).encode() for each in ranked]
    assert [key_of(line) for line in lines] == keys
    assert [key[id_start(COLUMNS) :].decode() for key in keys] == [each.player_id for each in ranked]
    assert not [line for line in lines if b"\n" in line or line.count(b"\t") != 1]


@given(st.permutations([b"a", b"b", b"c", b"d"]))
def test_a_total_is_the_same_in_any_order_and_says_what_left(lines: list[bytes]) -> None:
    total = write_total(sum(map(hash_line, lines)))
    assert total == write_total(sum(map(hash_line, b"a b c d".split())))
    left = write_total(read_total(total) - hash_line(b"a"))
    assert left == write_total(sum(map(hash_line, b"b c d".split()))) != total
    assert (write_total(0), write_total(TOTALS), len(total)) == (NO_TOTAL, NO_TOTAL, 32)
