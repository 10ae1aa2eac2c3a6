"""build/ on disk: only what changed is written, nothing of the user's is touched, a bundle is old or new."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.errors import OutputError
from generator.output import build_folder
from generator.output.build_folder import GUARD
from generator.output.plan import compare, diff
from generator.pipeline import Selection
from tests.output.bundles import FILES, USERS, A, B, Tree, board, bundle, write
from tests.output.writers import STEPS
from tests.support.folders import read_folder, write_folder
from tests.support.processes import finish, start_python


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    write(folder, FILES, A, B)
    return folder


def test_first_run_writes_everything_and_a_manifest(build: Path) -> None:
    found = read_folder(build)
    manifest = json.loads(found.pop("manifest.json"))
    assert found == FILES
    assert list(manifest["bundles"]) == ["nebula/kills", "quasar/wins"]
    assert set(manifest["inputs"]) == {"leaderboards.yaml"}
    assert set(manifest["bundles"]["nebula/kills"]["files"]) == {
        path.removeprefix("nebula/kills/") for path in FILES if path.startswith("nebula")
    }


def test_second_run_touches_nothing(build: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [build, *build.rglob("*")]}
    assert write(build, FILES, A, B).files == ()
    assert {path: path.stat().st_mtime_ns for path in [build, *build.rglob("*")]} == before


def test_only_what_changed_is_written(build: Path) -> None:
    write_folder(build / "nebula/kills", USERS)
    kept = (build / "nebula/kills/terraform/tables.tf").stat().st_ino
    files = FILES | {"nebula/kills/terraform/main.tf": b"new"}
    plan = write(build, files, A, B)
    assert [(change.path, change.kind) for change in plan.files] == [
        ("nebula/kills/terraform/main.tf", "changed"),
        ("manifest.json", "changed"),
    ]
    assert (build / "nebula/kills/terraform/tables.tf").stat().st_ino == kept
    assert (
        read_folder(build / "nebula/kills")
        == {path.removeprefix("nebula/kills/"): data for path, data in files.items() if path.startswith("nebula")}
        | USERS
    )


def test_files_that_are_no_longer_generated_go_and_the_users_stay(build: Path) -> None:
    write_folder(build / "nebula/kills", USERS)
    files = {path: data for path, data in FILES.items() if path != "nebula/kills/lambda/board.zip"}
    plan = write(build, files, A, B)
    assert [change.path for change in plan.files if change.kind == "removed"] == ["nebula/kills/lambda/board.zip"]
    assert not (build / "nebula/kills/lambda").exists()
    assert set(read_folder(build / "nebula/kills")) >= set(USERS)


def test_a_manifest_cannot_name_files_outside_or_of_the_user(build: Path, tmp_path: Path) -> None:
    write_folder(build / "nebula/kills", USERS)
    (tmp_path / "victim").write_text("precious")
    manifest = json.loads((build / "manifest.json").read_text())
    for path in ("../../../victim", "terraform/terraform.tfstate", "/etc/passwd", "a\0b"):
        manifest["bundles"]["nebula/kills"]["files"][path] = ""
    manifest["orphans"] = {"../..": manifest["bundles"]["quasar/wins"], "..": {"files": {"victim": ""}}}
    (build / "manifest.json").write_text(json.dumps(manifest))
    write(build, FILES, A, B, prune=True)
    assert (tmp_path / "victim").exists()
    assert set(read_folder(build / "nebula/kills")) >= set(USERS)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"bundles": []}', b'{"bundles": {"a": 1}}', b"\xff", b"null"])
def test_a_manifest_that_cannot_be_read_is_written_anew(build: Path, text: bytes) -> None:
    right = (build / "manifest.json").read_bytes()
    (build / "manifest.json").write_bytes(text)
    write(build, FILES, A, B)
    assert (build / "manifest.json").read_bytes() == right


def test_a_removed_board_is_named_and_kept(build: Path) -> None:
    for _ in range(2):
        plan = write(build, bundle("nebula/kills"), A)
        assert [orphan.folder for orphan in plan.orphans] == ["quasar/wins"]
        assert set(read_folder(build / "quasar/wins")) == {
            "terraform/main.tf",
            "terraform/tables.tf",
            "lambda/board.zip",
        } | {"README.md"}
    assert plan.files == ()


def test_prune_deletes_it_with_what_terraform_init_made(build: Path) -> None:
    write_folder(build / "quasar/wins", {"terraform/.terraform/providers/x": b"", "terraform/.terraform.lock.hcl": b""})
    plan = write(build, bundle("nebula/kills"), A, prune=True)
    assert plan.pruned == ("quasar/wins",)
    assert not (build / "quasar").exists()
    assert (build / "nebula").exists()
    assert write(build, bundle("nebula/kills"), A).orphans == ()


@pytest.mark.parametrize(
    "state",
    [
        "terraform/terraform.tfstate",
        "terraform/terraform.tfstate.backup",
        "terraform/terraform.tfstate.d/prod/terraform.tfstate",
        "terraform/.terraform/terraform.tfstate",
        "terraform/.terraform.tfstate.lock.info",
        "elsewhere/my.tfstate",
    ],
)
def test_prune_keeps_what_has_state(build: Path, state: str) -> None:
    write_folder(build / "quasar/wins", {state: b"{}"})
    before = read_folder(build / "quasar")
    plan = write(build, bundle("nebula/kills"), A, prune=True)
    assert plan.pruned == ()
    assert plan.orphans[0].state == (state,)
    assert read_folder(build / "quasar") == before


def test_prune_keeps_files_that_are_the_users(build: Path) -> None:
    write_folder(build / "quasar/wins", {"terraform/prod.tfvars": b"x", "notes.txt": b"y"})
    write(build, bundle("nebula/kills"), A, prune=True)
    assert read_folder(build / "quasar/wins") == {"terraform/prod.tfvars": b"x", "notes.txt": b"y"}


def test_prune_of_a_folder_that_holds_a_living_bundle(tmp_path: Path) -> None:
    build = tmp_path / "build"
    write(build, bundle("dev/kills"), board("kills", "dev"))
    living = board("wins", "kills", "dev")
    files = bundle("dev/kills/wins")
    write_folder(build / "dev/kills/wins", {"terraform/terraform.tfstate": b"{}"})
    assert write(build, files, living, prune=True).pruned == ("dev/kills",)
    assert set(read_folder(build)) == {*files, "dev/kills/wins/terraform/terraform.tfstate", "manifest.json"}


def test_some_boards_only(build: Path) -> None:
    only = Selection(team="nebula")
    plan = write(build, bundle("nebula/kills", "2"), A, B, only=only, prune=True)
    assert {path.split("/")[0] for path in (change.path for change in plan.files)} == {"nebula", "manifest.json"}
    assert read_folder(build / "quasar/wins")
    assert set(json.loads((build / "manifest.json").read_text())["bundles"]) == {"nebula/kills", "quasar/wins"}
    # An orphan of another team is not this run's to prune, nor forgotten.
    assert write(build, bundle("nebula/kills", "2"), A, only=only, prune=True).pruned == ()
    assert write(build, bundle("nebula/kills", "2"), A, prune=True).pruned == ("quasar/wins",)


def test_compare_never_writes(build: Path) -> None:
    before = read_folder(build)
    plan = compare(bundle("nebula/kills", "2"), [A], {}, build, prune=True)
    assert plan.files
    assert plan.pruned
    text = list(diff(plan.files))
    assert "--- a/nebula/kills/terraform/main.tf" in text
    assert "+terraform/main.tf 2" in text
    assert read_folder(build) == before
    missing = build.parent / "none"
    compare(FILES, [A, B], {}, missing)
    assert not missing.exists()


def test_diff_of_files_that_are_no_text(tmp_path: Path) -> None:
    plan = compare({"nebula/kills/lambda/board.zip": b"PK\0"}, [A], {}, tmp_path / "build")
    assert next(diff(plan.files)) == "Binary file nebula/kills/lambda/board.zip differs"


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


def test_a_large_file_on_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write(tmp_path / "build", FILES | LARGE, A, B)
    assert {
        path: data for path, data in read_folder(tmp_path / "build").items() if path != "manifest.json"
    } == FILES | LARGE


def steps(build: Path, files: Tree) -> int:
    """How many single steps writing those files takes: each file staged, each put in its place."""
    done = 0

    def count(method: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any) -> Any:
            nonlocal done
            done += 1
            return method(*arguments)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for method in STEPS:
            patch.setattr(build_folder.BuildFolder, method.__name__, count(method))
        write(build, files, A, B)
    return done


def failing_at(when: int, error: BaseException) -> Iterator[Callable[..., Any]]:
    left = when

    for method in STEPS:

        def step(*arguments: Any, method: Callable[..., Any] = method) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise error
            return method(*arguments)

        yield step


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
            for method, step in zip(STEPS, failing_at(when, error), strict=True):
                patch.setattr(build_folder.BuildFolder, method.__name__, step)
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
