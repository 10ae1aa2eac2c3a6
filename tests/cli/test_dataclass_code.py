"""The code of dataclasses is compiled once and kept, like Python's own code; keeping it never changes what they do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli import dataclass_code
from generator.cli.dataclass_code import CodeCache


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the code is kept."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(dataclass_code, "_FILE", tmp_path / "kept")
    return tmp_path / "kept"


def make_point(monkeypatch: pytest.MonkeyPatch) -> CodeCache:
    """Make a dataclass as a new process would, and look whether it is one."""
    cache = CodeCache()
    with monkeypatch.context() as replaced:
        replaced.setattr(dataclasses, "exec", cache.run, raising=False)
        point = dataclasses.make_dataclass("Point", ["x", ("y", int, 2)], frozen=True)
    assert (point(1), point(1) == point(1, 2), hash(point(1)) == hash(point(1))) == (point(1), True, True)
    assert repr(point(1)) == "Point(x=1, y=2)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        point(1).x = 3
    cache.store()
    return cache


def test_compiled_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_point(monkeypatch)
    written = file.stat().st_mtime_ns, file.read_bytes()
    with monkeypatch.context() as never:
        never.setattr(dataclass_code, "compile", None, raising=False)
        make_point(monkeypatch)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == written


@pytest.mark.parametrize("damage", [lambda kept: kept[:-1], lambda kept: b"", lambda kept: b"x" + kept[1:]])
def test_compiled_again_where_it_cannot_be_read(
    file: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]
) -> None:
    make_point(monkeypatch)
    good = file.read_bytes()
    file.write_bytes(damage(good))
    make_point(monkeypatch)
    assert file.read_bytes() == good


def test_what_no_run_needs_any_more_is_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataclass_code, "_MOST", 3)
    make_point(monkeypatch)
    other = CodeCache()
    other.run("a = 1", {})
    other.store()
    assert [*dataclass_code._read()] == ["a = 1"]


def test_kept_nowhere_where_python_keeps_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    make_point(monkeypatch)
    assert not file.exists()
