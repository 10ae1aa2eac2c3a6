"""build/ on disk: no link is followed, a bundle is old or new, and one run writes at a time."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.errors import OutputError
from generator.output import build_folder
from generator.output.build_folder import GUARD
from generator.output.plan import compare
from tests.output.bundles import FILES, USERS, A, B, Tree, bundle, write
from tests.output.writers import announce_steps
from tests.support.folders import read_folder, write_folder


@pytest.mark.parametrize("link", ["", "nebula", "nebula/kills", "nebula/kills/terraform", "nebula/kills/README.md"])
def test_no_link_is_followed(build: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    (build / link).rename(outside)
    (build / link).symlink_to(outside)
    before = read_folder(outside) if outside.is_dir() else outside.read_bytes()
    with pytest.raises(OutputError, match="symbolic link"):
        write(build, bundle("nebula/kills", "2") | bundle("quasar/wins", "2"), A, B)
    assert (read_folder(outside) if outside.is_dir() else outside.read_bytes()) == before


def test_a_link_in_an_orphan_leads_nowhere(build: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "precious").write_text("x")
    (build / "quasar/wins/terraform/.terraform").symlink_to(tmp_path / "outside")
    with pytest.raises(OutputError, match="symbolic link"):
        write(build, bundle("nebula/kills"), A, prune=True)
    assert (tmp_path / "outside" / "precious").exists()


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    (build / "nebula").write_text("x")
    with pytest.raises(OutputError, match="is a file where a folder is needed"):
        write(build, FILES, A, B)
    (build / "nebula").unlink()
    (build / "nebula/kills/README.md").mkdir(parents=True)
    with pytest.raises(OutputError):
        write(build, FILES, A, B)


@contextmanager
def work_as_nobody_in(folder: Path) -> Iterator[None]:
    """Root may write anywhere: where the tests run as root, work as a user who owns the folder and nothing else."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody, nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (build / "nebula/kills").chmod(0o500)
    # Nobody may not look into the folders above, but may be in one.
    monkeypatch.chdir(build.parent)
    with work_as_nobody_in(build.parent), pytest.raises(OutputError, match="cannot be written"):
        write(Path(build.name), bundle("nebula/kills", "2") | bundle("quasar/wins"), A, B)


LARGE = {f"{folder}/lambda/layer.zip": b"PK" * 2**20 for folder in ("nebula/kills", "quasar/wins")}


def test_a_large_file_of_two_bundles_is_stored_once_and_changes_in_one(tmp_path: Path) -> None:
    build = tmp_path / "build"
    write(build, FILES | LARGE, A, B)
    one, two = (build / path for path in LARGE)
    assert one.samefile(two)
    assert not (build / "nebula/kills/README.md").samefile(build / "quasar/wins/README.md")
    assert write(build, FILES | LARGE, A, B).files == ()
    other = {"quasar/wins/lambda/layer.zip": b"KP" * 2**20}
    write(build, FILES | LARGE | other, A, B)
    assert (one.read_bytes(), two.read_bytes()) == tuple((LARGE | other).values())
    both = dict.fromkeys((*LARGE, "nebula/kills/lambda/other.zip"), b"!!" * 2**20)
    write(build, FILES | both, A, B)
    assert {data for path, data in read_folder(build).items() if path in both} == set(both.values())
    assert not (build / ".staging").exists()


def test_a_large_file_is_put_back_in_one_bundle_and_stays_in_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new content of both is one file with several names. To put the old one back must not write into it."""
    build = tmp_path / "build"
    write(build, FILES | LARGE, A, B)
    new = dict.fromkeys(LARGE, b"KP" * 2**20)
    apply = build_folder.BuildFolder._apply

    def fail_once(self: build_folder.BuildFolder, change: build_folder.Change) -> None:
        if change.path == "quasar/wins/lambda/layer.zip" and change.new == new[change.path]:
            raise OSError(5, "Input/output error")
        apply(self, change)

    monkeypatch.setattr(build_folder.BuildFolder, "_apply", fail_once)
    with pytest.raises(OutputError):
        write(build, FILES | new, A, B)
    assert [(build / path).read_bytes()[:4] for path in LARGE] == [b"KPKP", b"PKPK"]


def test_a_large_file_on_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write(tmp_path / "build", FILES | LARGE, A, B)
    assert {
        path: data for path, data in read_folder(tmp_path / "build").items() if path != "manifest.json"
    } == FILES | LARGE


def steps(build: Path, files: Tree) -> int:
    """Count the steps that writing those files takes: staging a file is one, putting it in its place is another."""
    numbers = [0]
    with pytest.MonkeyPatch.context() as patch:
        announce_steps(numbers.append, patch.setattr)
        write(build, files, A, B)
    assert len(numbers) > 5
    return numbers[-1]


def fail_at(when: int, error: BaseException) -> Callable[[int], None]:
    """What raises an error at the step of that number."""

    def fail(number: int) -> None:
        if number == when:
            raise error

    return fail


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["disk", "key"])
def test_interrupted_at_any_step_each_bundle_is_old_or_new(tmp_path: Path, error: BaseException) -> None:
    new = {path: data for path, data in FILES.items() if not path.endswith(".zip")}
    new |= {path: data + b"!" for path, data in new.items()} | {"nebula/kills/dashboard/index.html": b"page"}
    write(tmp_path / "count", FILES, A, B)
    for when in range(1, steps(tmp_path / "count", new) + 1):
        build = tmp_path / str(when)
        write(build, FILES, A, B)
        write_folder(build / "nebula/kills", USERS)
        with pytest.MonkeyPatch.context() as patch:
            announce_steps(fail_at(when, error), patch.setattr)
            with pytest.raises((OutputError, KeyboardInterrupt)):
                write(build, new, A, B)
        for folder in ("nebula/kills/", "quasar/wins/"):
            found = {folder + path: data for path, data in read_folder(build / folder).items() if path not in USERS}
            old, now = ({p: d for p, d in files.items() if p.startswith(folder)} for files in (FILES, new))
            assert found in (old, now), f"step {when}"
        assert set(read_folder(build / "nebula/kills")) >= set(USERS)
        assert not (build / ".staging").exists()
        write(build, new, A, B)
        assert set(read_folder(build)) == {*new, "manifest.json", *(f"nebula/kills/{path}" for path in USERS)}


def test_a_bundle_left_half_written_says_so_to_terraform_and_is_completed(build: Path) -> None:
    write_folder(build / "nebula/kills", {GUARD: b"x", "terraform/main.tf": b"half"})
    plan = compare(FILES, [A, B], {"leaderboards.yaml": b"x"}, build)
    assert {change.path for change in plan.files} == {f"nebula/kills/{GUARD}", "nebula/kills/terraform/main.tf"}
    write(build, FILES, A, B)
    assert not (build / "nebula/kills" / GUARD).exists()
    assert (build / "nebula/kills/terraform/main.tf").read_bytes() == FILES["nebula/kills/terraform/main.tf"]


def test_the_guard_stands_while_files_change(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    apply = build_folder.BuildFolder._apply

    def watch(self: build_folder.BuildFolder, change: build_folder.Change) -> None:
        if GUARD not in change.path and change.path != "manifest.json":
            seen.append((build / "nebula/kills" / GUARD).exists())
        apply(self, change)

    monkeypatch.setattr(build_folder.BuildFolder, "_apply", watch)
    write(build, bundle("nebula/kills", "2") | bundle("quasar/wins"), A, B)
    assert seen == [True] * 4


def test_signals_wait_for_a_bundle(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = build_folder.BuildFolder._apply

    def interrupt(self: build_folder.BuildFolder, change: build_folder.Change) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        apply(self, change)

    monkeypatch.setattr(build_folder.BuildFolder, "_apply", interrupt)
    # A shell may have started the tests with the signal ignored; and another thread must not take it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    idle = threading.Event()
    other = threading.Thread(target=idle.wait)
    other.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            write(build, bundle("nebula/kills", "2") | bundle("quasar/wins", "2"), A, B)
    finally:
        idle.set()
        other.join()
        signal.signal(signal.SIGINT, before)
    assert read_folder(build / "nebula/kills") == {
        path.removeprefix("nebula/kills/"): data for path, data in bundle("nebula/kills", "2").items()
    }
    assert read_folder(build / "quasar/wins")["README.md"] == b"README.md 1"
