"""What no assembly can do is refused, with a number that is accepted; what is above that number is not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generator.pipeline import validate
from tests.support.projects import RULES, board_yaml, project_yaml

ATTACHING = "{rules: [{activity: kill, points: 10}], attach: [photo]}"
SEGMENTS = "[{name: country, field: country}]"
ALL_KINDS = (
    "[{every: hour}, {every: day}, {every: week}, {every: month}, {every: rolling, days: 2}, {every: all_time}, "
    "{every: season, seasons: [{name: one, starts: 2026-10-01, ends: 2026-12-01}]}]"
)


def refuse(players: int, average: int = 10, window: str = "{every: week}", scoring: str = RULES, **more: Any) -> str:
    """The one mistake of a board, with its hint; nothing where there is none."""
    traffic = f"{{players: {players}, activities_per_second: {{average: {average}, peak: {max(50, average)}}}}}"
    text = project_yaml(board_yaml(scoring=scoring, window=window, traffic=traffic, **more))
    found = [each for each in validate({"leaderboards.yaml": text.encode()}).diagnostics if each.severity == "error"]
    assert len(found) <= 1, found
    return "".join(f"{each.message} {each.hint}" for each in found)


def number(text: str, pattern: str) -> int:
    """A number of a hint."""
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


@pytest.mark.parametrize(
    ("players", "keys"),
    [
        (2_000_000, {"window": "{every: rolling, days: 90}", "segments": SEGMENTS}),
        (60_000_000, {"segments": SEGMENTS}),
        (30_000_000, {"api": "{search_names: true}"}),
    ],
)
def test_ranks_with_several_lists_are_not_assembled(players: int, keys: dict[str, Any]) -> None:
    said = refuse(players, **keys)
    most = number(said, r"Write at most (\d+), or ")
    assert refuse(most, **keys) == ""
    assert refuse(most + 100, **keys) != ""
    keys.pop("segments", None)
    keys.pop("api", None)
    assert refuse(players, **keys) == ""


def test_an_assembly_ends_while_the_stream_has_what_changed_meanwhile() -> None:
    window = "{every: rolling, days: 90}"
    said = refuse(100_000_000, window=window)
    assert "a stream keeps for 24 hours" in said
    most = number(said, r"Write at most (\d+), or split")
    assert refuse(most, window=window) == ""
    assert refuse(most + 1, window=window) != ""


@pytest.mark.parametrize(
    ("said", "players", "average", "window", "scoring"),
    [
        ("a window's delta", 60_000_000, 5000, "{every: week}", RULES),
        ("a window's delta", 4_000_000, 3000, "{every: week}", ATTACHING),
        ("the rebuilder", 50_000_000, 90, ALL_KINDS, ATTACHING),
        ("the API", 80_000_000, 15, ALL_KINDS, ATTACHING),
    ],
)
def test_what_changes_meanwhile_has_room(said: str, players: int, average: int, window: str, scoring: str) -> None:
    found = refuse(players, average, window, scoring)
    assert f"too many for {said}" in found
    slower = number(found, r"Write at most (\d+), or at most")
    fewer = number(found, r"or at most (\d+) players")
    assert refuse(players, slower, window, scoring) == ""
    assert refuse(players, slower + 1, window, scoring) != ""
    assert refuse(fewer, average, window, scoring) == ""


def test_an_assembler_has_room_for_the_largest_lines() -> None:
    names = [f"column{number}" for number in range(8)]
    ranked_by = ", ".join(f"{{name: {name}, order: descending}}" for name in names)
    values = ", ".join(f"{name}: 1" for name in names)
    columns = f"{{rank_by: [{ranked_by}], attach: [photo], rules: [{{activity: kill, {values}}}]}}"
    for scoring, size in ((ATTACHING, 8704), (columns, 9728)):
        text = project_yaml(board_yaml(scoring=scoring, traffic="{players: 10000000}"))
        [board] = validate({"leaderboards.yaml": text.encode()}).boards
        assert board.assembler
        assert board.sizing.assembly
        assert board.sizing.assembly.room.how.endswith(f"in steps of 512 = {size:,}")
        assert board.assembler.room_mb == size
