"""The lives come to every place of the code that calls AWS, so that each call is compared on both."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from tests.memory_aws.life import Life
from tests.memory_aws.lives import LIVES
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.account import OPERATIONS
from tests.support.memory_aws.parameters import checked
from tests.support.paths import REPOSITORY

Place = tuple[str, str]
"""A file, and the qualified name of a function in it."""

FOLDERS = ("runtime", "generator/operations")
NOT_HERE = {
    ("generator/operations/feeds/running_feed.py", "RunningFeed.find_queue"): "finds a queue of a feed by its name",
    ("generator/operations/feeds/running_feed.py", "RunningFeed.hand_over"): "uses a bus, which has no rules here",
    ("generator/operations/feeds/strays.py", "_give_back"): "gives a feed's strays back, which no bus brings here",
    ("generator/operations/feeds/strays.py", "_put"): "deletes a feed's strays, which no bus brings here",
    ("generator/operations/local_run.py", "_raise_if_over"): "opens a socket, which EventBridge has a word for too",
    ("generator/operations/recorded_board.py", "find_recorded_in_aws"): "asks which account has the board's bucket",
    (
        "generator/operations/players/managed_board.py",
        "find_managed_in_aws",
    ): "asks which account has the board's bucket",
    ("generator/operations/players/versions.py", "VersionedFiles.delete_versions"): "deletes versions of objects",
    ("generator/operations/players/versions.py", "VersionedFiles.list_versions"): "lists versions of objects",
    ("generator/operations/ranks/activities.py", "scan"): "scans, in an order that each AWS has for itself",
    ("generator/operations/redrives/positions.py", "read_records"): "reads what a pipe has lost, and no pipe is here",
    ("generator/operations/redrives/undecided.py", "find_undecided"): "scans, in an order that each AWS has for itself",
    ("generator/operations/replays/replaying.py", "find_players"): "scans, in an order that each AWS has for itself",
    ("generator/operations/running_board.py", "_make_running_board.<locals>.find_queue"): "finds a queue by its name",
    ("generator/operations/running_board.py", "ask_who"): "asks whose credentials these are",
    ("generator/operations/running_board.py", "find_in_aws"): "finds queues of a deployed board by their names",
    ("generator/operations/running_board.py", "make_aws_session"): "asks whose credentials these are",
    ("generator/operations/status/reached.py", "reach_in_aws"): "asks which account has the board's bucket",
    ("generator/operations/status/reading.py", "count_queue"): "finds a queue by its name",
}
"""Functions that call AWS and nothing that the AWS in memory has. tests/operations and tests/end_to_end call them."""
EXPRESSION = re.compile(r"attribute_\w+\(|[#:]\w+ (=|<|>|<=|>=|<>|BETWEEN) :|^(SET|ADD|REMOVE|DELETE) #")
"""What tells a text in the code that is an expression of DynamoDB's, or a part of one."""


@cache
def operations() -> frozenset[str]:
    """The names that boto3's methods have for the operations of the services that the project uses."""
    models = (Loader().load_service_model(service, "service-2") for service in (*OPERATIONS, "sts"))
    return frozenset(("get_paginator", *(xform_name(name) for model in models for name in model["operations"])))


def functions(node: ast.AST, outer: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The functions in a tree, each by its qualified name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{outer}{child.name}"
            if isinstance(child, ast.FunctionDef):
                yield name, child
            yield from functions(child, f"{name}{'.<locals>' if isinstance(child, ast.FunctionDef) else ''}.")
        else:
            yield from functions(child, outer)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of the functions in it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield child
            yield from own_nodes(child)


@cache
def sources() -> dict[str, ast.AST]:
    """The code that calls AWS, by file."""
    files = (path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py"))
    return {path.relative_to(REPOSITORY).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def callers() -> set[Place]:
    """The functions that name an operation of AWS."""
    return {
        (file, name)
        for file, tree in sources().items()
        for name, function in functions(tree)
        if any(isinstance(node, ast.Attribute) and node.attr in operations() for node in own_nodes(function))
    }


def expressions() -> set[str]:
    """The texts in the code that are expressions of DynamoDB's, or parts of them."""
    docstrings = {
        id(node.value) for tree in sources().values() for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }
    return {
        node.value
        for tree in sources().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if EXPRESSION.search(node.value)
    }


class Witness:
    """An interceptor that notes which functions a call comes from, and which expressions it has."""

    def __init__(self) -> None:
        self.places: set[Place] = set()
        self.expressions: set[str] = set()
        self.operations: set[tuple[str, str]] = set()

    def __call__(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        self.operations.add((call.service, call.operation))
        self._note(call.request)
        frame = sys._getframe()
        while (frame := frame.f_back) is not None:  # type: ignore[assignment]
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(REPOSITORY):
                self.places.add((path.relative_to(REPOSITORY).as_posix(), frame.f_code.co_qualname))
        return carry_out()

    def _note(self, request: Any) -> None:
        if isinstance(request, dict):
            self.expressions |= {text for name, text in request.items() if name.endswith("Expression")}
            for value in request.values():
                self._note(value)
        elif isinstance(request, list):
            for value in request:
                self._note(value)


@pytest.fixture(scope="module")
def witness() -> Witness:
    """What all lives together came to; boto3 would have sent each of their requests."""
    seen = Witness()
    for live in LIVES.values():
        with pytest.MonkeyPatch.context() as monkeypatch:
            world = World()
            world.aws.intercept = checked(seen)
            live(Life(world, monkeypatch))
            assert not world.aws.unknown
    return seen


def test_the_lives_come_to_every_function_that_calls_aws(witness: Witness) -> None:
    assert len(callers()) > 15
    assert callers() - witness.places == NOT_HERE.keys()


def test_the_lives_come_to_every_expression(witness: Witness) -> None:
    assert len(expressions()) > 10
    missing = {text for text in expressions() if not any(text in seen for seen in witness.expressions)}
    assert missing == set()


def test_the_aws_in_memory_has_no_operation_that_nobody_calls(witness: Witness) -> None:
    known = {(service, operation) for service, names in OPERATIONS.items() for operation in names}
    assert known == witness.operations
