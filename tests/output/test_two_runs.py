"""Two runs at once: one writes at a time, and whatever one finds is as the other made it, whenever it looks."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from generator.errors import OutputError
from generator.output.lock_file import take_lock
from generator.output.plan import compare
from tests.output.bundles import FILES, A, B, bundle, write
from tests.support.folders import read_folder
from tests.support.processes import finish, start_python


def test_two_runs_at_once(tmp_path: Path) -> None:
    build = tmp_path / "build"
    code = (
        "import sys; from pathlib import Path; from tests.output.bundles import A, bundle, write\n"
        "print('ready', flush=True); input()\n"
        "for _ in range(30): write(Path(sys.argv[1]), bundle('nebula/kills', sys.argv[2]), A)\n"
    )
    runs = [start_python("-c", code, str(build), str(number), cwd=tmp_path) for number in range(2)]
    for process in runs:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in runs:
        print(file=process.stdin, flush=True)
    assert [(finish(process), process.returncode) for process in runs] == [(("", ""), 0)] * 2
    found = read_folder(build / "nebula/kills")
    assert {data.split()[-1] for data in found.values()} in ({b"0"}, {b"1"})
    assert set(read_folder(build)) == {*bundle("nebula/kills"), "manifest.json"}


@contextmanager
def at_look(number: int, act: Callable[[], object]) -> Iterator[list[int]]:
    """Have `act` called just after the look of that number at the disk, from 1 on. Yields how many there were."""
    looks = [0]
    stat = os.stat

    def look(*arguments: Any, **options: Any) -> os.stat_result:
        try:
            return stat(*arguments, **options)
        finally:
            looks[0] += 1
            if looks[0] == number:
                act()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", look)
        patch.setattr(os, "lstat", lambda *arguments, **options: look(*arguments, follow_symlinks=False, **options))
        yield looks


def test_another_run_makes_the_folder_between_two_looks(tmp_path: Path) -> None:
    """A folder that was not there at the first look and is at the second is no file."""
    for number in count(1):
        build = tmp_path / str(number)
        with at_look(number, partial(build.mkdir, exist_ok=True)) as looks:
            write(build, bundle("nebula/kills"), A)
        assert set(read_folder(build)) == {*bundle("nebula/kills"), "manifest.json"}
        if looks[0] < number:
            return


def test_another_run_writes_between_any_two_looks_of_one_that_only_reads(tmp_path: Path) -> None:
    """`generate --dry-run` holds no lock: it may find an old and a new file, and never fails."""
    for number in count(1):
        build = tmp_path / str(number)
        with at_look(number, partial(write, build, bundle("nebula/kills", "2"), A)) as looks:
            compare(bundle("nebula/kills"), [A], {}, build)
        if looks[0] < number:
            return


def test_somebody_deletes_the_folder_between_any_two_looks_of_one_that_prunes(tmp_path: Path) -> None:
    """What cannot be written then is said as such."""
    for number in count(1):
        build = tmp_path / str(number)
        write(build, FILES, A, B)
        with at_look(number, partial(shutil.rmtree, build)) as looks, suppress(OutputError):
            write(build, bundle("nebula/kills", "2"), A, prune=True)
        if looks[0] < number:
            return


def test_a_lock_is_given_free_between_two_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three runs, the first removed the file that this one opened, and the second now removes its own."""
    lock_it = fcntl.flock
    places: list[Path] = []

    def lock_too_late(opened: int, operation: int) -> None:
        lock_it(opened, operation)
        while places:
            places[0].unlink()
            places.pop().touch()

    monkeypatch.setattr(fcntl, "flock", lock_too_late)
    for number in count(1):
        lock = tmp_path / str(number)
        places.append(lock)
        with at_look(number, partial(lock.unlink, missing_ok=True)) as looks:
            opened = take_lock(lock)
        assert opened is not None
        os.close(opened)
        if looks[0] < number:
            return
