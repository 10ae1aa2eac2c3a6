"""Work on hostile files grows with their size, not with its square: twice the file takes about twice the steps.

Steps are counted, not timed: function calls, which do not depend on what else the machine does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from generator import pipeline
from generator.diagnostics import reports
from generator.diagnostics.diagnostic import Diagnostic
from generator.source.tree import read_tree
from tests.support.projects import RULES, board_yaml, head

TOP = head()
BOARD = board_yaml("board-%d")
ONE = "boards:\n  - {name: kills, team: nebula, "


def many(text: str, number: int) -> str:
    return "".join(text.replace("%d", str(index)) for index in range(number))


HOSTILE: dict[str, Callable[[int], str]] = {
    "boards": lambda n: f"{TOP}boards:\n{many(BOARD, n)}",
    "boards, each misspelt": lambda n: f"{TOP}boards:\n{many(BOARD.replace('scoring', 'scorng'), n)}",
    "boards of one name": lambda n: f"{TOP}boards:\n{many(BOARD.replace('board-%d', 'same'), n)}",
    "boards of teams that are not there": lambda n: f"{TOP}boards:\n{many(BOARD.replace('nebula', 'team-%d'), n)}",
    "teams": lambda n: TOP + many("  team-%d: {owner: x}\n", n),
    "keys at the top": lambda n: TOP + many("key-%d: 1\n", n),
    "keys in defaults": lambda n: TOP + "defaults:\n" + many("  top-%d: 1\n", n) + "boards:\n" + many(BOARD, 3),
    "keys twice": lambda n: TOP + "region: x\n" * n,
    "windows": lambda n: f"{TOP}{ONE}scoring: {RULES}, window: [{many('{every: weekly, x: 1}, ', n)}]}}\n",
    "columns": lambda n: (
        f"{TOP}{ONE}window: {{every: day}}, scoring: {{rank_by: [{many('{name: c%d}, ', n)}], "
        f"rules: [{{activity: run, {many('c%d: 1, ', n)}}}]}}}}\n"
    ),
    "seasons": lambda n: (
        f"{TOP}{ONE}scoring: {RULES}, window: {{every: season, seasons: ["
        f"{many('{name: s%d, starts: 2026-01-01, ends: 2026-02-01}, ', n)}]}}}}\n"
    ),
    "overrides of boards that are not there": lambda n: (
        f"{TOP}boards:\n{many(BOARD, n)}environments:\n  dev:\n    boards:\n" + many("      bord-%d: {top: 5}\n", n)
    ),
    "anchors": lambda n: TOP + "include:\n" + many("  - &a%d x\n", n),
    "laughs": lambda n: "a: &a0 [x]\n" + many("b%d: &b%d [*a0, *b%d, *b%d, *b%d, *b%d]\n", n),
    "one long line": lambda n: f"{TOP}boards: [{many('{name: b%d}, ', n)}]\n",
    "one long text": lambda n: f'{TOP}title: "{"x" * n * 100}"\n',
    "lists in lists": lambda n: f"{TOP}title: {'[' * n * 100}",
    "lines": lambda n: TOP + "\n" * n * 100 + "\t- x",
}


def steps(text: str) -> tuple[int, tuple[Diagnostic, ...]]:
    """The number of function calls that a file's check and report take, and the diagnostics."""
    files = {"leaderboards.yaml": text.encode()}
    read_tree.cache_clear()
    count = 0

    def count_calls(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    # Not cProfile: from Python 3.12 on it counts the calls of all threads.
    sys.setprofile(count_calls)
    try:
        found = pipeline.validate(files).diagnostics
        reports.as_text(found, files)
    finally:
        sys.setprofile(None)
    return count, found


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_the_file_takes_twice_the_steps(kind: str) -> None:
    steps(HOSTILE[kind](10))  # builds what is built once
    (small, _), (large, _) = (steps(HOSTILE[kind](number)) for number in (150, 600))
    # Four times as much, and half as much again for what grows by its logarithm; its square would be sixteen times.
    assert large < 6 * small


def test_defaults_times_boards_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.validation.merging.MAX_NODES", 20_000)
    defaults = "defaults:\n" + many("  top-%d: 1\n", 1000)
    count, found = steps(f"{TOP}{defaults}boards:\n{many(BOARD, 19)}")
    more, refused = steps(f"{TOP}{defaults}boards:\n{many(BOARD, 200)}")
    assert {each.code for each in found} == {"unknown-key"}
    assert [each.headline for each in refused if each.code == "size"] == [
        "leaderboards.yaml:6:1: defaults: 200 boards in 1 environment, each with all defaults, have more than "
        "20,000 values. Split the project into several."
    ]
    assert more < count


def test_billion_laughs_are_refused_at_once() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 100))
    _, found = steps(TOP + laughs)
    assert [each.line for each in found if each.code == "alias"] == list(range(6, 106))
