"""The size of the code and its docstrings: short files, short functions, a docstring on everything public.

Tests are to be found too: their files are as short.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40
MODULES_OF_A_FOLDER = 12
"""Beside its __init__."""

FILES = sorted(
    path for folder in ("generator", "runtime", "blueprints/policies") for path in (REPOSITORY / folder).rglob("*.py")
)
TESTS = sorted(
    path for path in (REPOSITORY / "tests").rglob("*.py") if "cases" not in path.relative_to(REPOSITORY).parts
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def name(file: Path) -> str:
    """The file's path in the repository, with forward slashes."""
    return file.relative_to(REPOSITORY).as_posix()


def public(nodes: list[ast.stmt]) -> Iterator[Definition]:
    """The public functions and classes among some statements, and the public members of those classes."""
    for node in nodes:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def undocumented(source: str) -> list[str]:
    """The names in a module that lack a docstring, the module itself first."""
    tree = ast.parse(source)
    return ["(module)"] * (ast.get_docstring(tree) is None) + [
        node.name for node in public(tree.body) if ast.get_docstring(node) is None
    ]


def long_functions(source: str) -> list[str]:
    """The functions in a module that have too many lines."""
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LINES_OF_A_FUNCTION
    ]


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_file_is_a_room_that_a_newcomer_can_read(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert undocumented(source) == []
    assert long_functions(source) == []
    assert count_lines(file) <= LINES_OF_A_FILE


def count_lines(file: Path) -> int:
    """How many lines a file has."""
    return file.read_text(encoding="utf-8").count("\n")


def test_a_file_of_tests_is_of_one_idea() -> None:
    assert len(TESTS) > 300
    assert {name(file): lines for file in TESTS if (lines := count_lines(file)) > LINES_OF_A_FILE} == {}


def test_a_folder_holds_few_modules() -> None:
    folders = Counter(file.parent for file in FILES if file.name != "__init__.py")
    assert {name(folder): number for folder, number in folders.items() if number > MODULES_OF_A_FOLDER} == {}


def test_the_test_sees_what_it_forbids() -> None:
    source = '"""Doc."""\ndef f():\n    pass\nclass C:\n    """Doc."""\n    def g(self):\n' + "        pass\n" * 40
    assert undocumented(source) == ["f", "g"]
    assert long_functions(source) == ["g: 41 lines"]
