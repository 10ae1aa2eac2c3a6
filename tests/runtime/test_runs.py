"""Runs and their merge, compared with sorting all at once."""

from __future__ import annotations

import io
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sorting import runs
from runtime.sorting.runs import LineFile, Run, merge_runs, write_runs
from tests.support.effort import examples

KEYS = st.text("0129aB.-:~", min_size=1, max_size=6)
MORE = st.sampled_from(["[null]", '["Ann"]', '["Ünï",{"note":"a"}]'])


def pages_of(wanted: list[bytes], sizes: list[int]) -> list[list[bytes]]:
    """Cut lines into pages of these sizes, the last of what is left."""
    left = iter(wanted)
    return [*(list(islice(left, size)) for size in sizes), list(left)]


class CountingFile(io.BytesIO):
    """A file that counts the bytes that were read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


@examples(200)
@given(
    st.dictionaries(KEYS, MORE, max_size=60),
    st.lists(st.integers(0, 9), max_size=8),
    st.integers(1, 200),
    st.integers(1, 100),
    st.integers(1, 400),
    st.integers(1, 3),
)
def test_a_merge_of_runs_is_what_sorting_gives(
    players: dict[str, str], sizes: list[int], run_bytes: int, block_bytes: int, range_bytes: int, processes: int
) -> None:
    lines = [f"{key}\t{more}".encode() for key, more in players.items()]
    pages = pages_of(lines, sizes)
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(runs, "BLOCK_BYTES", block_bytes)
        made: list[Run] = []
        for number in range(processes):
            file = io.BytesIO()
            written = write_runs(file, pages[number::processes], run_bytes)
            # As another process gets them.
            made += [Run.from_json(LineFile(file), each.to_json()) for each in written]
        assert list(merge_runs(made, range_bytes)) == sorted(lines)


@examples(100)
@given(st.sets(KEYS, min_size=1, max_size=30), KEYS, st.integers(1, 100))
def test_a_run_counts_what_sorts_before_a_key(keys: set[str], wanted: str, block_bytes: int) -> None:
    lines = [f"{key}\t[null]".encode() for key in keys]
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(runs, "BLOCK_BYTES", block_bytes)
        [run] = write_runs(io.BytesIO(), [lines])
    for key in (wanted, *keys):
        assert run.count_before(key.encode()) == sum(each < key for each in keys)


def test_what_lies_beside_a_range_is_not_read() -> None:
    """Runs may follow one another: those before a range have nothing of it, nor have those behind it."""
    file = CountingFile()
    lines = [f"{number:08}\t[null]".encode() for number in range(100)]
    made = write_runs(file, pages_of(lines, [10] * 9), 1)
    assert len(made) == 10
    assert list(merge_runs(made, 10**6, b"00000032", b"00000047")) == lines[32:47]
    assert [run.count_before(b"00000047:") for run in made] == [10, 10, 10, 10, 8, 0, 0, 0, 0, 0]
    assert file.count == 3 * 10 * len(lines[0] + b"\n")


def test_keys_that_begin_alike_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab sorts before every character of an id, in a bound between two ranges too."""
    monkeypatch.setattr(runs, "BLOCK_BYTES", 1)
    ids = ["a", "a-", "a.", "a0", "a:", "aA", "aa", "a~", "a~a", "b"]
    lines = [f"{each}\t[null]".encode() for each in ids]
    made = write_runs(io.BytesIO(), [[line] for line in reversed(lines)], 1)
    assert len(made) == len(lines)
    assert list(merge_runs(made, 1)) == lines


@pytest.mark.parametrize("players", [2_000, 20_000])
def test_a_merge_holds_a_range_and_a_block_of_each_run(players: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read before it is wanted does not grow with the number of lines."""
    monkeypatch.setattr(runs, "BLOCK_BYTES", 500)
    lines = [f"{number * 7919 % players:08}\t[null]".encode() for number in range(players)]
    file = CountingFile()
    made = write_runs(file, pages_of(lines, [100] * (players // 100)), players * 3)
    assert len(made) == 5
    taken = ahead = 0
    for line, wanted in zip(merge_runs(made, 4_000), sorted(lines), strict=True):
        ahead = max(ahead, file.count - taken)
        taken += len(line) + 1
        assert line == wanted
    assert taken == file.count
    assert ahead <= 4_000 + 2 * len(made) * 500


def test_no_lines_make_no_run() -> None:
    assert write_runs(io.BytesIO(), [[], []]) == []
    assert list(merge_runs([])) == []
