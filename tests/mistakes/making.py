"""Makes a mistake in the code while a test runs, to see that the test finds it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType
from typing import Any


@dataclass(frozen=True)
class Edit:
    """One edit of one function's source."""

    function: str
    """Where the function is: "module:name" or "module:Class.name"."""
    right: str
    """A text that stands once in its source."""
    wrong: str
    """What stands there while the mistake is made. Its further lines are indented as the line that it begins in."""


@dataclass(frozen=True)
class Mistake:
    """A mistake that somebody could make, as edits of the code."""

    name: str
    edits: tuple[Edit, ...]


@contextmanager
def make(mistake: Mistake) -> Iterator[None]:
    """Make a mistake for the length of a `with` block. Whoever has imported the functions already gets it too.

    Raises ValueError where the code no longer has the text that an edit replaces: then it must be written anew.
    """
    with ExitStack() as stack:
        for edit in mistake.edits:
            stack.enter_context(_edit(edit))
        yield


@contextmanager
def _edit(edit: Edit) -> Iterator[None]:
    function = _find(edit.function)
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    if source.count(edit.right) != 1:
        raise ValueError(f"{edit.function} has {source.count(edit.right)} times: {edit.right}")
    plain = inspect.unwrap(function)
    assert isinstance(plain, FunctionType)
    right = plain.__code__
    plain.__code__ = _compile(_replace(source, edit), plain)
    _forget(function)
    try:
        yield
    finally:
        plain.__code__ = right
        _forget(function)


def _replace(source: str, edit: Edit) -> str:
    line = source[: source.index(edit.right)].rpartition("\n")[2]
    indent = line[: len(line) - len(line.lstrip())]
    return source.replace(edit.right, textwrap.dedent(edit.wrong).strip().replace("\n", f"\n{indent}"))


def _compile(source: str, function: FunctionType) -> Any:
    """Compile the source of a function, in the module that it is from."""
    # Without its decorators, which the function that is edited has already.
    source = source[source.index("def ") :]
    made: dict[str, Any] = {}
    # With the names of its module, which the defaults of its parameters may have.
    names = {**function.__globals__}
    exec(compile(f"from __future__ import annotations\n{source}", function.__code__.co_filename, "exec"), names, made)
    return made[function.__name__].__code__


def _find(place: str) -> Any:
    module, _, path = place.partition(":")
    found: Any = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _forget(function: Any) -> None:
    """Forget what a cached function has answered with other code."""
    if hasattr(function, "cache_clear"):
        function.cache_clear()
