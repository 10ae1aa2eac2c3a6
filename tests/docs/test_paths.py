"""The pages for contributors name only what exists: paths, modules, types, functions, links.

After a move or a new name, these tests say which page still has the old one.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from generator.cli.commands import COMMANDS
from tests.support.markdown import anchors, fenced, links, name, pages, prose, spans
from tests.support.paths import REPOSITORY

HELD = [
    REPOSITORY / "CONTRIBUTING.md",
    REPOSITORY / "docs" / "architecture.md",
    REPOSITORY / "docs" / "glossary.md",
    REPOSITORY / "docs" / "guarantees.md",
    *sorted((REPOSITORY / "docs" / "decisions").glob("*.md")),
]
"""Pages that are about the code."""

FOLDERS = ("generator", "runtime", "blueprints", "tests", "docs", "examples")
SOURCES = (".py", ".j2", ".js", ".css", ".yaml", ".toml", ".txt")
PLACEHOLDER = re.compile(r"\b_?(?:NAME|ENV|TEAM|BOARD)\b|\.\.\.")
"""A placeholder in the pages, for any name."""


@cache
def source() -> str:
    """The text of everything that runs, and of the YAML schema: each word in backticks occurs in it."""
    files = [REPOSITORY / "Makefile", REPOSITORY / "pyproject.toml", REPOSITORY / "docs" / "leaderboards.schema.json"]
    for folder in ("generator", "runtime", "blueprints"):
        files += [file for file in (REPOSITORY / folder).rglob("*") if file.suffix in SOURCES]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def defined(file: Path) -> dict[str, set[str]]:
    """The names at the top of a module; for each class, also the names at the top of its body."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = {name for inner in node.body for name in _names(inner)}
        for each in _names(node):
            found.setdefault(each, set())
    return found


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@cache
def modules() -> list[Path]:
    return [file for folder in ("generator", "runtime") for file in (REPOSITORY / folder).rglob("*.py")]


def exists(dotted: str) -> bool:
    """Whether `package.module.name`, `module.name` or `Class.name` is there."""
    first, *rest = dotted.split(".")
    if first in FOLDERS:
        place = REPOSITORY / first
        while rest and ((place / rest[0]).is_dir() or (place / f"{rest[0]}.py").is_file()):
            place /= rest.pop(0)
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        return not rest or (rest[0] in defined(file) and set(rest[1:]) <= defined(file)[rest[0]])
    of_module = any(first == file.stem and rest[0] in defined(file) for file in modules())
    return of_module or any(rest[0] in defined(file).get(first, ()) for file in modules())


def wrong(span: str) -> bool:
    """Whether a code span names something that is not there. A command or a piece of YAML is not looked at."""
    if PLACEHOLDER.search(span) or span.startswith(("build/", "snapshots/")):
        return False
    if span.split("/")[0] in (*FOLDERS, ".github", ".requirements") and "/" in span:
        path, _, test = span.partition("::")
        return not (REPOSITORY / path).exists() or (test != "" and test not in defined(REPOSITORY / path))
    if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", span) and exists(span):
        return False
    if re.fullmatch(r"[\w.:-]*\w", span):
        return re.search(rf"(?<!\w){re.escape(span)}(?!\w)", source()) is None and not _is_file(span)
    return False


@cache
def _is_file(called: str) -> bool:
    return (REPOSITORY / called).is_file() or any(any((REPOSITORY / part).rglob(called)) for part in FOLDERS)


@pytest.mark.parametrize("page", HELD, ids=name)
def test_what_it_names_is_there(page: Path) -> None:
    assert [span for span in spans(page) if wrong(span)] == []


@pytest.mark.parametrize(
    ("span", "is_wrong"),
    [
        ("generator/pipeline.py", False),
        ("generator/no_such_file.py", True),
        ("tests/docs/test_paths.py::test_what_it_names_is_there", False),
        ("tests/docs/test_paths.py::test_that_is_gone", True),
        ("tests/docs/test_no_such_file.py::test_that_is_gone", True),
        ("blueprints/standard/dashboard/", False),
        ("build/TEAM/BOARD", False),
        ("generator.__version__", False),
        ("runtime.config.no_such_name", True),
        ("BoardConfig.keeps_one_run", False),
        ("BoardConfig.keeps_two_runs", True),
        ("sealing.advance", False),
        ("NoSuchClassAnywhere", True),
        ("every", False),
        ("make test ARGS=--accept", False),
    ],
)
def test_the_test_sees_what_is_not_there(span: str, is_wrong: bool) -> None:
    assert wrong(span) == is_wrong


@pytest.mark.parametrize("page", pages(), ids=name)
def test_its_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", HELD, ids=name)
def test_commands_that_it_names_are_there(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z]+)", prose(page)):
        assert re.search(rf"^{target}:", makefile, re.M), target
    assert set(re.findall(r"`leaderboards ([a-z]+)", prose(page))) <= {command.name for command in COMMANDS}


def test_a_name_is_where_a_page_says() -> None:
    """Wherever a page says "`name` in `file.py`" or "`name` of `file.py`", that file defines the name."""
    said = [
        (page, *match)
        for page in HELD
        for match in re.findall(r"`(\w+)`\s+(?:in|of)\s+`((?:generator|runtime)/[\w/]+\.py)`", prose(page))
    ]
    assert len(said) > 20
    assert [each for each in said if each[1] not in defined(REPOSITORY / each[2])] == []


def _tree() -> dict[str, list[str]]:
    """The entries of each folder in the tree at the top of the architecture page, in order."""
    tree = next(text for text in fenced(REPOSITORY / "docs" / "architecture.md", "") if "generator/" in text)
    named: dict[str, list[str]] = {}
    for line in tree.splitlines():
        entries = [entry.rstrip("/") for entry in re.split(r"  +", line.strip())[0].split(", ")]
        if line.startswith(" "):
            named[next(reversed(named))] += entries
        else:
            named |= {entry: [] for entry in entries}
    return named


def _rooms(list_name: str) -> list[str]:
    """The names in a list of tests/test_layers.py, from the top to the bottom."""
    tree = ast.parse((REPOSITORY / "tests" / "test_layers.py").read_text(encoding="utf-8"))
    value = next(node.value for node in tree.body if isinstance(node, ast.Assign) and _names(node) == [list_name])
    return [room for room, _ in ast.literal_eval(value)]


def test_the_street_is_that_of_the_layers() -> None:
    tree = _tree()
    assert list(tree) == ["generator", "runtime", "blueprints"]
    for folder in ("generator", "runtime"):
        assert [entry.removesuffix(".py") for entry in tree[folder]] == _rooms(folder.upper())
    assert sorted(tree["blueprints"]) == ["console", "feed", "index", "policies", "standard"]
    assert [f"{folder}/{entry}" for folder in tree for entry in tree[folder] if wrong(f"{folder}/{entry}")] == []


def test_every_guarantee_has_a_proof() -> None:
    """Each row of a table of promises names a mechanism, and tests at its end."""
    rows = [line for line in prose(REPOSITORY / "docs" / "guarantees.md").splitlines() if line.startswith("|")]
    promises = [row.strip("|").split("|") for row in rows if not re.match(r"\|(---| promised | tried )", row)]
    assert len(promises) > 20
    assert [row for row in promises if len(row) != 3 or not re.fullmatch(r" (`tests/[\w/]+\.py::\w+` )+", row[2])] == []
