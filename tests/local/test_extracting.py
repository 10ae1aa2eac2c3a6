"""The bytecode that functions of the embedded AWS borrow: that of the same files, and no other."""

from __future__ import annotations

import os
import py_compile
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from generator.local.emulator import extracting
from generator.local.emulator.extracting import borrow_bytecode
from tests.support.folders import write_folder
from tests.support.processes import finish, start_python


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of packages, some of them compiled. A file has another age than its copy."""
    root = tmp_path / "installed"
    write_folder(root, {f"lib/{name}.py": f"NAME = {name!r}\n".encode() for name in ("same", "other", "stale", "new")})
    for name in ("same", "other", "stale"):
        os.utime(root / f"lib/{name}.py", (1_000_000_000, 1_000_000_000))
        py_compile.compile(str(root / f"lib/{name}.py"), doraise=True)
    os.utime(root / "lib/stale.py", (1_100_000_000, 1_100_000_000))
    return root


def test_only_the_bytecode_of_the_same_file_is_borrowed(tmp_path: Path, installed: Path) -> None:
    copy = tmp_path / "copy"
    sources = {f"python/lib/{path.name}": path.read_bytes() for path in installed.glob("lib/*.py")}
    changed = {"python/lib/other.py": b"NAME = 'OTHER'\n", "python/lib/own.py": b"NAME = 'own'\n"}
    write_folder(copy, sources | changed)
    borrow_bytecode(copy, [tmp_path / "none", installed])
    assert [path.name.partition(".")[0] for path in copy.rglob("*.pyc")] == ["same"]


def test_python_takes_the_borrowed_bytecode_for_that_of_the_copy(tmp_path: Path, installed: Path) -> None:
    copy = tmp_path / "copy"
    write_folder(copy, {"lib/same.py": (installed / "lib/same.py").read_bytes()})
    borrow_bytecode(copy, [installed])
    code = "import lib.same as it; print(it.NAME, it.__file__, it.__spec__.cached)"
    process = start_python("-v", "-c", code, cwd=copy, PYTHONPYCACHEPREFIX="", PYTHONPATH=str(copy))
    printed, told = finish(process)
    module = copy / "lib/same.py"
    assert printed == f"same {module} {cache_from_source(str(module))}\n"
    assert f"matches {module}" in told


def test_bytecode_of_what_is_saved_and_compiled_meanwhile_is_not_borrowed(
    tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generator's own runtime, while somebody works on it."""
    copy, original = tmp_path / "copy", installed / "lib/same.py"
    write_folder(copy, {"lib/same.py": original.read_bytes()})

    def save_first(path: str) -> str:
        if path == str(original):
            original.write_text("NAME = 'saved'\n")
            py_compile.compile(path, doraise=True)
        return cache_from_source(path)

    monkeypatch.setattr(extracting, "cache_from_source", save_first)
    borrow_bytecode(copy, [installed])
    assert not [*copy.rglob("*.pyc")]


def test_bytecode_that_is_not_whole_is_not_borrowed(tmp_path: Path, installed: Path) -> None:
    copy = tmp_path / "copy"
    write_folder(copy, {"lib/same.py": (installed / "lib/same.py").read_bytes()})
    Path(cache_from_source(str(installed / "lib/same.py"))).write_bytes(b"")
    borrow_bytecode(copy, [installed])
    assert not [*copy.rglob("*.pyc")]
