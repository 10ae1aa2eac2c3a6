"""The search by name in ranks that are brought up to date: compared to a scan, and to ranks that are written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Ties
from runtime.domain.lines import make_line
from runtime.domain.ranking import RankedEntry, ScoredPlayer, WindowRanks
from runtime.domain.texts import folding
from runtime.domain.texts.folding import fold
from runtime.domain.windows import ALL_TIME
from runtime.s3.ranks import bulk, names, sizes
from tests.runtime.updated_ranks import COLUMNS, TOP, Board, Changes, Entry, UpdatedWindow, apply, rank_all
from tests.support.effort import examples
from tests.support.executors import use_one_thread

PLAYERS = [f"p{number:02}" for number in range(20)]
NAMES = st.sampled_from([None, "Ann", "ÁNN", "ann b", "Anna\t", "\u200b", 'a"', "a!", "Bo", "null"])
SCORES = st.tuples(st.integers(0, 6), st.integers(0, 2), NAMES)
BOARDS = st.dictionaries(st.sampled_from(PLAYERS), SCORES)
CHANGES = st.dictionaries(st.sampled_from(PLAYERS), st.none() | SCORES, max_size=6)
TEXTS = ("a", "ann", "ann b", 'a"', "b", "n", "zz")


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("LEAST_COMPACTED", 10), ("NAMES", 2)):
        monkeypatch.setattr(sizes, name, size)
    monkeypatch.setattr(bulk, "WHOLE", 2)
    use_one_thread(monkeypatch)


def scan(ties: Ties, board: Board, text: str) -> list[RankedEntry]:
    """The entries whose name begins with a text: by looking at all of them."""
    named = [(encode(fold(each.name)), each) for each in rank_all(ties, board) if each.name is not None]
    found = sorted(named, key=lambda each: (each[0], each[1].position))
    return [each for name, each in found if name.startswith(encode(text))]


def encode(text: str) -> bytes:
    """A text as rows have it."""
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def find(window: UpdatedWindow, ranks: WindowRanks, text: str) -> list[str]:
    """The players that a search finds, with nothing in memory."""
    found, _ = window.reader().search_names(ranks, text, 20)
    return [entry.player_id for entry in found]


@given(st.sampled_from(["first", "shared", "dense"]), BOARDS, st.lists(CHANGES, min_size=1, max_size=5))
@examples(40)
def test_a_search_finds_what_a_scan_finds_whatever_has_changed(
    ties: Ties, board: Board, changes: list[Changes]
) -> None:
    window = UpdatedWindow(ties, names=True)
    ranks = window.write(board)
    for each in changes:
        board = apply(board, each)
        ranks = window.update(ranks, each)
        whole = UpdatedWindow(ties, names=True).write(board)
        assert (ranks.content, ranks.names) == (whole.content, True)
        files = window.reader()
        for text in TEXTS:
            expected = scan(ties, board, text)
            for limit in (1, 3, 20):
                found, more = files.search_names(ranks, text, limit)
                assert (found, more) == (expected[:limit], len(expected) > limit)
                assert [one.end for one in found] == [one.end for one in expected[:limit]]


VALUES = st.sampled_from([None, "br", "de"])
PLACED = st.dictionaries(st.sampled_from(PLAYERS), st.none() | st.tuples(SCORES, VALUES), max_size=12)


@given(st.sampled_from(["first", "shared", "dense"]), st.lists(PLACED, min_size=2, max_size=5), st.integers(1, 4))
@examples(40)
def test_a_search_within_a_value_finds_what_one_of_ranks_that_are_written_anew_finds(
    ties: Ties, changes: list[dict[str, tuple[Entry, str | None] | None]], limit: int
) -> None:
    """Also where it ends as it has read too many names."""
    window, placed, ranks = UpdatedWindow(ties, names=True), dict[str, bytes | None](), None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "MOST_NAMES", 5)
        for number, each in enumerate(changes):
            made = {player: given and place_line(player, *given) for player, given in each.items()}
            placed |= made
            ranks = window.files.update(ranks, made, TOP, number) if ranks else write(window, placed)
            whole = UpdatedWindow(ties, names=True)
            written = write(whole, placed)
            assert (ranks.content, ranks.names, ranks.segments) == (written.content, True, ("country",))
            for text, value in product(("a", "ann", "b"), ("br", "de")):
                found, expected = (
                    files.search_names(some, text, limit, ("country", value))
                    for files, some in ((window.reader(), ranks), (whole.files, written))
                )
                assert found == expected
                assert [(one.end, one.places) for one in found[0]] == [(one.end, one.places) for one in expected[0]]


def place_line(player: str, entry: Entry, value: str | None) -> bytes:
    """The line of a player who may be in a value."""
    score, at, name = entry
    values = (("country", value),) if value else ()
    return make_line(COLUMNS, ScoredPlayer(player, name, (score,), at, (), values))


def write(window: UpdatedWindow, placed: Mapping[str, bytes | None]) -> WindowRanks:
    """Write ranks as a whole."""
    lines = sorted(line for line in placed.values() if line is not None)
    return window.files.write(ALL_TIME, lines, window.ties, TOP, 0, None, ("country",))


def test_a_delta_counts_its_names() -> None:
    window = UpdatedWindow(names=True)
    board: Board = {player: (number, 0, "Ann") for number, player in enumerate(PLAYERS)}
    base = window.write(board)
    # Each takes a line and adds two: its own, and its name.
    ranks = window.update(base, dict.fromkeys(PLAYERS[:5], (9, 9, "Bo")))
    assert (bool(ranks.delta), ranks.changes) == (True, 15)
    assert window.update(ranks, {PLAYERS[5]: (9, 9, None)}).changes == 17
    assert window.update(ranks, dict.fromkeys(PLAYERS[5:7], (9, 9, "Bo"))).delta == ""


def test_what_is_not_searched_alike_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    board: Board = {player: (number, 0, "Ann") for number, player in enumerate(PLAYERS)}
    for before, after in ((False, True), (True, False)):
        window = UpdatedWindow(names=before)
        base = window.write(board)
        window.names = after
        window.files = window.reader()
        ranks = window.update(base, {"p01": (50, 0, "Zoe")})
        assert (ranks.delta, ranks.names) == ("", after)
    window = UpdatedWindow(names=True)
    base = window.write(board)
    assert window.update(base, {"p01": (50, 0, "Zoe")}).delta
    monkeypatch.setattr(folding, "VERSION", 99)
    ranks = window.update(base, {"p01": (50, 0, "Zoe")})
    assert ranks.delta == ""
    assert window.update(ranks, {"p02": (50, 0, "Zoe")}).delta


def test_what_a_search_reads_of_a_delta() -> None:
    window = UpdatedWindow(names=True)
    board: Board = {player: (number, 0, f"Ann {number:02}") for number, player in enumerate(PLAYERS)}
    base = window.write(board)
    ranks = window.update(base, {"p00": (50, 0, "Bo")})
    window.reads()
    assert find(window, ranks, "bo") == ["p00"]
    assert window.reads() == ["delta", "names/index", "names/000004"]
    emptied = window.update(window.write({}), {"p00": (50, 0, "Bo")})
    window.reads()
    assert find(window, emptied, "bo") == ["p00"]
    assert window.reads() == ["delta"]


def test_many_names_that_are_gone_are_read_in_few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "PER_PACK", 100)
    monkeypatch.setattr(sizes, "LEAST_COMPACTED", 1000)
    window = UpdatedWindow(names=True)
    board: Board = {f"p{number:03}": (number, 0, f"Ann {number:03}") for number in range(120)}
    ranks = window.update(window.write(board), dict.fromkeys(list(board)[:100]))
    window.reads()
    assert find(window, ranks, "ann") == list(board)[100:]
    # Two pieces, four, eight, and so on: 60 have two names each.
    assert window.reads() == ["delta", "names/index", *["names/000000"] * 5]
