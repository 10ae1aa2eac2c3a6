"""A bundle that was found clean is not scanned again, as long as nothing that it depends on has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.check import clean_bundles
from tests.support.cli import run
from tests.support.fake_tools import CHECKOV, TERRAFORM, failed, program, scans
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start


def test_only_what_changed_is_scanned_again(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("generate", cwd=arcade)
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    result = run("check", cwd=arcade)
    assert result.stdout == "2 bundles (2 unchanged), 158 resources: nothing found\n"
    assert not (arcade.parent / "runs").exists()
    (arcade / "build/nebula/wins/terraform/prod.auto.tfvars").write_text("x = 1\n")
    run("check", cwd=arcade)
    assert scans(arcade) == ["wins"]
    monkeypatch.setenv("VERSION", "1.1")
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    monkeypatch.setenv(
        "TERRAFORM", program(arcade.parent / "terraform", TERRAFORM.replace("1.11.4", "1.12.0") % "true")
    )
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    run("check", "--all", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]


def test_a_changed_policy_scans_all_again(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = arcade.parent / "policies"
    shutil.copytree(REPOSITORY / "blueprints/policies", policies)
    monkeypatch.setattr("generator.check.run.POLICIES_FOLDER", policies)
    for _ in range(2):
        run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    (policies / "owner_tag.py").write_text((policies / "owner_tag.py").read_text() + "# stricter\n")
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]


@pytest.mark.parametrize("damage", ["", "{", '{"clean": {}}', '{"clean": [], "digest": ""}', "null", "flip"])
def test_a_damaged_cache_scans_again(arcade: Path, damage: str) -> None:
    run("check", cwd=arcade)
    scans(arcade)
    file = arcade / clean_bundles.FOLDER / "clean.json"
    file.write_text(file.read_text().replace(": 79", ": 78") if damage == "flip" else damage)
    assert "158 resources" in run("check", cwd=arcade).stdout
    assert scans(arcade) == ["kills", "wins"]


def test_a_cache_that_cannot_be_written_does_no_harm(arcade: Path) -> None:
    (arcade / clean_bundles.FOLDER).write_text("a file where the arcade would be")
    for _ in range(2):
        assert run("check", cwd=arcade).code == 0
        assert scans(arcade) == ["kills", "wins"]


def test_a_finding_is_found_each_time(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    for expected in (["kills", "wins"], ["wins"]):
        assert "CKV_X" in run("check", cwd=arcade).stdout
        assert scans(arcade) == expected
    monkeypatch.setenv("FAILED", "")
    assert run("check", cwd=arcade).code == 0


def test_git_leaves_the_cache_out(arcade: Path) -> None:
    run("check", cwd=arcade)
    assert (arcade / clean_bundles.FOLDER / ".gitignore").read_text() == "*\n"


def test_two_at_once(arcade: Path) -> None:
    meet = "touch $RUNS.$$; until [ $(ls $RUNS.* | wc -l) = 2 ]; do sleep 0.05; done"
    program(arcade.parent / "checkov", CHECKOV.replace("date >>", f"{meet}\ndate >>"))
    runs = [start("check", cwd=arcade) for _ in range(2)]
    assert [finish(process)[0] for process in runs] == ["2 bundles, 158 resources: nothing found\n"] * 2
    assert len(clean_bundles.read(arcade)) == 2
