"""Tests that play on the boards that all tests share have players of their own."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

BOARDS = {"wins", "kills"}
"""The fixtures that give a shared board."""


def find_players(test: ast.FunctionDef) -> Iterator[str]:
    """The players whose activities a test makes, as far as they stand in it as texts."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "activity":
            named = node.args[:1]
        elif isinstance(node, ast.comprehension) and ast.unparse(node.target) == "player":
            named = [node.iter]
        else:
            continue
        texts = (each for argument in named for each in ast.walk(argument) if isinstance(each, ast.Constant))
        yield from (text.value for text in texts if isinstance(text.value, str))


def test_no_two_files_play_as_one_player() -> None:
    """A test that expects a score would fail or pass by which file ran before it, and workers divide files anew."""
    tests_of: dict[str, set[str]] = defaultdict(set)
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and BOARDS & {each.arg for each in node.args.args}:
                for player in find_players(node):
                    tests_of[player].add(path.name)
    assert len(tests_of) > 10
    assert {player: sorted(tests) for player, tests in tests_of.items() if len(tests) > 1} == {}
