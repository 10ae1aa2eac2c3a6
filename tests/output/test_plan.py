"""What changes in build/: only files that differ, never the user's, and orphans only where asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.output.plan import compare, diff
from generator.pipeline import Selection
from tests.output.bundles import FILES, USERS, A, B, board, bundle, write
from tests.support.folders import read_folder, write_folder


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
