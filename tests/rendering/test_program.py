"""What is made of the program alone is made once and kept, like Python's own code, until the program changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.rendering import program
from generator.rendering.program import keep


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are kept."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(program, "_KEPT", tmp_path / "kept")
    monkeypatch.setattr(program, "identify_program", lambda: "this one")
    return tmp_path / "kept"


def test_made_once(folder: Path) -> None:
    contents = iter([b"one\ntwo\n"])
    for _ in range(3):
        assert keep("page/a.js", lambda: next(contents)) == b"one\ntwo\n"
    assert len(list(folder.iterdir())) == 1
    assert keep("page/b.js", lambda: b"") == b""


def test_made_again_by_another_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("a", lambda: b"old")
    monkeypatch.setattr(program, "identify_program", lambda: "another one")
    assert keep("a", lambda: b"new") == b"new"
    assert keep("a", lambda: b"newer") == b"new"
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("damaged", [b"", b"this one", b"this on", b"\n"])
def test_made_again_where_it_cannot_be_read(folder: Path, damaged: bytes) -> None:
    keep("a", lambda: b"good")
    next(folder.iterdir()).write_bytes(damaged)
    assert keep("a", lambda: b"good") == b"good"


def test_kept_nowhere_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert keep("a", lambda: b"content") == b"content"
    assert not folder.exists()


def test_made_where_nothing_can_be_kept(folder: Path) -> None:
    folder.write_text("a file, no folder")
    assert keep("a", lambda: b"content") == b"content"


def test_a_file_that_was_changed_and_got_its_time_back_is_another(tmp_path: Path) -> None:
    """So that a program that was edited is never taken for the one that made what is kept."""
    file = tmp_path / "module.py"
    file.write_text("a = 1")
    status = file.stat()
    before = list(program._list_folder(tmp_path))
    # The clock of many file systems ticks every few milliseconds: until then, both changes were at one time.
    while file.stat().st_ctime_ns == status.st_ctime_ns:
        file.write_text("a = 2")
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_mtime_ns == status.st_mtime_ns
    assert list(program._list_folder(tmp_path)) != before
