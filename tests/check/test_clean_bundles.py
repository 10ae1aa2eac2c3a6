"""A bundle that was found clean is scanned again only when something that the result depends on has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.check import clean_bundles
from tests.support.cli import run
from tests.support.fake_tools import CHECKOV, TERRAFORM, count_resources, failed, program, scans
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start


def test_only_changed_bundles_are_scanned_again(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("generate", cwd=arcade)
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    result = run("check", cwd=arcade)
    assert result.stdout == f"2 bundles (2 unchanged), {2 * count_resources()} resources: nothing found\n"
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


def test_a_check_of_one_board_leaves_the_others_remembered(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("generate", cwd=arcade)
    result = run("check", "--board", "kills", cwd=arcade)
    assert result.stdout == f"1 bundle, {count_resources()} resources: nothing found\n"
    assert scans(arcade) == ["kills"]
    run("check", "--board", "wins", cwd=arcade)
    assert scans(arcade) == ["wins"]
    assert "2 unchanged" in run("check", cwd=arcade).stdout
    run("check", "--board", "wins", "--all", cwd=arcade)
    assert scans(arcade) == ["wins"]
    monkeypatch.setattr(clean_bundles, "REMEMBERED", 1)
    run("check", "--team", "nebula", "--board", "wins", cwd=arcade)
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills"]


def test_a_check_of_one_board_finds_nothing_of_the_others(arcade: Path) -> None:
    run("generate", cwd=arcade)
    (arcade / "build/nebula/kills/terraform/main.tf").write_text("# mine\n")
    assert run("check", "--board", "wins", cwd=arcade).code == 0
    found = run("check", "--board", "kills", cwd=arcade)
    assert (found.code, "build/nebula/kills/terraform/main.tf:1: drift" in found.stdout) == (1, True)
    assert run("check", "--board", "kill", cwd=arcade).code == 2


def test_after_a_change_of_a_policy_all_are_scanned_again(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policies = arcade.parent / "policies"
    shutil.copytree(REPOSITORY / "blueprints/policies", policies)
    monkeypatch.setattr("generator.check.run.POLICIES_FOLDER", policies)
    for _ in range(2):
        run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]
    (policies / "owner_tag.py").write_text((policies / "owner_tag.py").read_text() + "# stricter\n")
    run("check", cwd=arcade)
    assert scans(arcade) == ["kills", "wins"]


@pytest.mark.parametrize(
    "damage", ["", "{", '{"clean": {}}', '{"clean": [], "digest": ""}', "null", "one resource less"]
)
def test_with_a_damaged_cache_all_are_scanned_again(arcade: Path, damage: str) -> None:
    run("check", cwd=arcade)
    scans(arcade)
    file = arcade / clean_bundles.FOLDER / "clean.json"
    resources = count_resources()
    text = file.read_text().replace(f": {resources}", f": {resources - 1}") if damage == "one resource less" else damage
    file.write_text(text)
    assert f"{2 * resources} resources" in run("check", cwd=arcade).stdout
    assert scans(arcade) == ["kills", "wins"]


def test_a_cache_that_cannot_be_written_does_no_harm(arcade: Path) -> None:
    (arcade / clean_bundles.FOLDER).write_text("a file where the folder would be")
    for _ in range(2):
        assert run("check", cwd=arcade).code == 0
        assert scans(arcade) == ["kills", "wins"]


def test_a_bundle_with_a_finding_is_scanned_each_time(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    for expected in (["kills", "wins"], ["wins"]):
        assert "CKV_X" in run("check", cwd=arcade).stdout
        assert scans(arcade) == expected
    monkeypatch.setenv("FAILED", "")
    assert run("check", cwd=arcade).code == 0


def test_git_ignores_the_cache(arcade: Path) -> None:
    run("check", cwd=arcade)
    assert (arcade / clean_bundles.FOLDER / ".gitignore").read_text() == "*\n"


def test_two_checks_at_once_do_no_harm(arcade: Path) -> None:
    meet = "touch $RUNS.$$; until [ $(ls $RUNS.* | wc -l) = 2 ]; do sleep 0.05; done"
    program(arcade.parent / "checkov", CHECKOV.replace("date >>", f"{meet}\ndate >>"))
    runs = [start("check", cwd=arcade) for _ in range(2)]
    found = f"2 bundles, {2 * count_resources()} resources: nothing found\n"
    assert [finish(process)[0] for process in runs] == [found, found]
    assert len(clean_bundles.recall_clean(arcade)) == 2
