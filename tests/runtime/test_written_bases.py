"""Bases as they are written: any lines, with few of them in memory, and nothing left on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.config import Column, Ties
from runtime.domain.lines import make_line
from runtime.domain.ranking import ScoredPlayer, WindowRanks
from runtime.domain.windows import Window
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.ranks import sizes
from tests.runtime.naive_files import player_of, read_values, read_window
from tests.support.effort import examples
from tests.support.memory_aws import HookedAws

pytestmark = pytest.mark.usefixtures("one_thread")
COLUMNS = (Column("score", "descending"), Column("time", "ascending"))
WINDOW = Window("all-time", "all_time", None, None)
PLAYERS = st.lists(
    st.builds(
        ScoredPlayer,
        st.from_regex(r"\A[a-c0-9]{1,3}\Z"),
        st.none() | st.text("ab\n", min_size=1, max_size=2),
        st.tuples(st.integers(0, 2), st.integers(0, 1)),
        st.integers(0, 3),
        st.just(()),
        st.lists(st.tuples(st.sampled_from(["country", "guild"]), st.sampled_from("xyz")), unique_by=lambda e: e[0])
        .map(sorted)
        .map(tuple),
    ),
    max_size=30,
    unique_by=lambda player: player.player_id,
)


@pytest.fixture(autouse=True)
def _small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("BLOCK", 3), ("PER_PACK", 2), ("NAMES", 4), ("HELD_LINES", 5)):
        monkeypatch.setattr(sizes, name, size)


def sort_lines(players: list[ScoredPlayer]) -> list[bytes]:
    """The sorted lines of players."""
    return sorted(make_line(COLUMNS, player) for player in players)


def make_files(names: bool = False) -> tuple[HookedAws, RankFiles]:
    """Rank files in memory."""
    aws = HookedAws(lambda: 0)
    return aws, RankFiles(Bucket(aws.client("s3"), "bucket"), COLUMNS, names)


def write(
    files: RankFiles, players: list[ScoredPlayer], ties: Ties, previous: WindowRanks | None = None
) -> WindowRanks:
    """Write the base of a window."""
    lines = sort_lines(players)
    return files.write(WINDOW, iter(lines), ties, 4, 7, previous, ("country", "guild"))


@given(PLAYERS, st.sampled_from(["first", "shared", "dense"]), st.booleans())
@examples(60)
def test_the_files_are_what_their_documentation_says(players: list[ScoredPlayer], ties: Ties, names: bool) -> None:
    aws, files = make_files(names)
    ranks = write(files, players, ties)
    lines = sort_lines(players)
    stored, objects = ranks.to_json(), aws.bucket.bodies()
    assert read_window(objects, stored, len(COLUMNS)) == lines
    for name, values in read_values(objects, stored, len(COLUMNS)).items():
        within = {player.player_id: dict(player.segments).get(name) for player in players}
        found = {value: [player_of(line, len(COLUMNS)) for line in own] for value, own in values.items()}
        assert found == {
            value: [player_of(line, len(COLUMNS)) for line in lines if within[player_of(line, len(COLUMNS))] == value]
            for value in sorted({value for value in within.values() if value is not None})
        }
    before = len(aws.calls)
    assert write(files, players, ties, ranks) == ranks
    assert len(aws.calls) == before


def test_nothing_stays_on_this_machine_however_a_write_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lambda keeps /tmp for the next run, also where this one was ended in the middle of it: no file has a name."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    aws, files = make_files(names=True)
    seen: list[list[Path]] = []
    aws.before = lambda call: seen.append(list(tmp_path.iterdir()))
    players = [ScoredPlayer(f"p{number}", "Name", (number, 0), 0) for number in range(40)]

    def lines() -> Iterator[bytes]:
        for line in sort_lines(players):
            seen.append(list(tmp_path.iterdir()))
            yield line

    files.write(WINDOW, lines(), "first", 4, 7, None, ("country",))
    assert len(seen) > 50
    assert not any(seen)
