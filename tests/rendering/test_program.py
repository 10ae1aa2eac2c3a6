"""What is made of the program alone is made once and kept, like Python's own code, until the program changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

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


@pytest.mark.parametrize("damaged", [b"", b"this one", b"this on", b"\n", b"this one 4\n", b"this one 4\ngoo"])
def test_made_again_where_it_cannot_be_read(folder: Path, damaged: bytes) -> None:
    keep("a", lambda: b"good")
    file = next(folder.iterdir())
    assert file.read_bytes() == b"this one 4\ngood"
    file.write_bytes(damaged)
    assert keep("a", lambda: b"good") == b"good"


def test_kept_nowhere_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert keep("a", lambda: b"content") == b"content"
    assert not folder.exists()


def test_made_where_nothing_can_be_kept(folder: Path) -> None:
    folder.write_text("a file, no folder")
    assert keep("a", lambda: b"content") == b"content"


def test_two_runs_at_once_write_files_of_their_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of two containers that have one folder, where both have the same number."""
    places: list[Path] = []
    replace = Path.replace

    def replace_after_another(self: Path, target: Path) -> Path:
        if self.parent == folder:
            places.append(self)
            if len(places) == 1:
                assert keep("a", lambda: b"content") == b"content"
        return replace(self, target)

    monkeypatch.setattr(program, "os", SimpleNamespace(**vars(os) | {"getpid": lambda: 7}))
    monkeypatch.setattr(Path, "replace", replace_after_another)
    assert keep("a", lambda: b"content") == b"content"
    assert len(set(places)) == 2
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("gone", ["module.py", "room"])
def test_what_goes_while_the_program_is_identified_is_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """An editor makes files for a moment."""
    (tmp_path / "room").mkdir()
    for name in ("module.py", "room/other.py"):
        (tmp_path / name).write_text("a = 1")
    before = [part for part in program._list_folder(tmp_path) if f"/{gone}" not in part]
    scan = os.scandir

    @contextmanager
    def scan_and_lose(folder: Path | str) -> Iterator[list[os.DirEntry[str]]]:
        with scan(folder) as found:
            entries = list(found)
        if folder == tmp_path:
            (tmp_path / gone).rename(tmp_path.parent / gone)
        yield entries

    monkeypatch.setattr(program, "os", SimpleNamespace(**vars(os) | {"scandir": scan_and_lose}))
    assert list(program._list_folder(tmp_path)) == before
    assert len(before) == 1


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
