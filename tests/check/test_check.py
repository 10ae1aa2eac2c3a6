"""`leaderboards check`: finds what is wrong with a bundle, names its place and its board, and misses nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.check import clean_bundles
from tests.support.cli import Result, run
from tests.support.effort import TIMES
from tests.support.fake_tools import CHECKOV, TERRAFORM, count_resources, failed, program, write_project
from tests.support.folders import read_folder
from tests.support.programs import need
from tests.support.projects import board_yaml

DAMAGED = {
    "syntax": ["queues.tf:", "parse: Terraform cannot read it: ", "parse: checkov cannot read it", "drift"],
    "emptied": ["build/nebula/emptied/terraform: empty: there is no resource in it", "drift: and "],
    "public": ["storage.tf:19: drift", "storage.tf:16: CKV_LB_4: No principal is public; block_public_policy must"],
    "star": ["api.tf:57: drift", "CKV_LB_3: No action and no resource is *; the action * allows more"],
    "alarm": ["CKV_LB_1: Every board has its alarms; the alarm aws_cloudwatch_metric_alarm.throttles is missing"],
    "unformatted": ["main.tf:17: fmt: terraform fmt would change it", "main.tf:17: drift"],
    "json": ["more.tf.json: parse: checkov does not read JSON"],
    "commented": ["page.tf:4: seen: checkov did not look at it (aws_s3_object.x)"],
}
"""What `check` says of each board whose bundle `damage` changes."""


def damage(build: Path) -> None:
    """Change the bundle of each board of DAMAGED, in the way that its name says."""

    def change(path: str, old: str, new: str) -> None:
        text = (build / path).read_text()
        assert old in text
        (build / path).write_text(text.replace(old, new, 1))

    change("syntax/terraform/queues.tf", "}", "")
    shutil.rmtree(build / "emptied/terraform")
    (build / "emptied/terraform").mkdir()
    change("public/terraform/storage.tf", "block_public_policy     = true", "block_public_policy     = false")
    change("star/terraform/api.tf", '["s3:GetObject"]', '["*"]')
    alarms = (build / "alarm/terraform/alarms.tf").read_text()
    start = alarms.index('resource "aws_cloudwatch_metric_alarm" "throttles"')
    end = alarms.index("\n}\n", start) + 3
    kept = [line for line in (alarms[:start] + alarms[end:]).splitlines() if "alarm.throttles" not in line]
    (build / "alarm/terraform/alarms.tf").write_text("\n".join(kept) + "\n")
    change("unformatted/terraform/main.tf", "region = ", "region   =   ")
    (build / "json/terraform/more.tf.json").write_text("{}")
    resource = 'resource "aws_s3_object"'
    change("commented/terraform/page.tf", resource, f'/*\n{resource} "x" {{\n*/\n{resource}')


@pytest.mark.long
def test_whatever_somebody_changed_in_build_is_found(tmp_path: Path) -> None:
    """With the real tools. Each finding names the board's line."""
    for tool in ("terraform", "checkov"):
        need(tool)
    names = [*DAMAGED, "intact"]
    write_project(tmp_path, *names)
    lines = (tmp_path / "leaderboards.yaml").read_text().splitlines()
    run("generate", cwd=tmp_path)
    build = tmp_path / "build/nebula"
    damage(build)
    before = read_folder(build)
    result = run("check", cwd=tmp_path)
    assert result.code == 1
    groups = dict(part.split("\n", 1) for part in result.stdout.split("leaderboards.yaml:")[1:])
    found = {head.rpartition("[")[2].rstrip("]"): (head, body) for head, body in groups.items()}
    for name, expected in DAMAGED.items():
        head, body = found[name]
        assert head.startswith(f"{lines.index(f'  - name: {name}') + 1}:5: ")
        assert [text for text in expected if text not in body] == [], body
    assert "intact" not in found
    assert read_folder(build) == before
    assert "`leaderboards generate` writes it" in result.stderr
    if TIMES > 1:  # a second run finds the same; test_clean_bundles always tests that, with quicker tools
        again = run("check", cwd=tmp_path)
        assert again.stdout.replace(" (1 unchanged)", "") == result.stdout


def test_a_fresh_clone_is_checked_without_a_build(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("check", cwd=arcade)
    assert result == Result(
        0,
        f"2 bundles, {2 * count_resources()} resources: nothing found\n",
        "There is no build/: what would be generated was checked.\n",
    )
    assert not (arcade / "build").exists()
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    result = run("check", "--all", cwd=arcade)
    assert result.code == 1
    assert result.stdout == (
        "leaderboards.yaml:11:5: boards[wins]\n"
        "  build/nebula/wins/terraform/queues.tf:7: CKV_X: Is well (aws_sqs_queue.q)\n"
        f"2 bundles, {2 * count_resources()} resources: 1 finding\n"
    )


def test_an_edited_yaml_is_drift_until_it_is_generated(arcade: Path) -> None:
    run("generate", cwd=arcade)
    assert run("check", cwd=arcade).code == 0
    before = read_folder(arcade / "build")
    yaml = arcade / "leaderboards.yaml"
    yaml.write_text(yaml.read_text() + "    top: 7\n" + board_yaml("draws"))
    result = run("check", cwd=arcade)
    assert result.code == 1
    (line,) = re.findall(
        r"leaderboards\.yaml:11:5: boards\[wins\]\n  build/nebula/wins/lambda/board\.json:(\d+): drift: is not what",
        result.stdout,
    )
    assert '"top": 100' in (arcade / "build/nebula/wins/lambda/board.json").read_text().splitlines()[int(line) - 1]
    assert "  build/nebula/wins/lambda/board.zip: drift: is not what" in result.stdout
    assert "  build/nebula/draws: drift: is missing, the whole bundle\n" in result.stdout
    assert "boards[kills]" not in result.stdout
    assert "leaderboards generate --diff" in result.stderr
    assert read_folder(arcade / "build") == before
    run("generate", cwd=arcade)
    assert run("check", cwd=arcade).code == 0


def test_a_refused_edit_is_a_finding(arcade: Path) -> None:
    run("generate", cwd=arcade)
    yaml = arcade / "leaderboards.yaml"
    yaml.write_text(re.sub(r"scoring: \{", "scoring: {aggregate: last, ", yaml.read_text(), count=1))
    result = run("check", cwd=arcade)
    assert result.code == 1
    assert "edit: aggregate sum -> last: refused, because every stored score is one by sum" in result.stdout


def test_a_few_of_many_drifted_files_are_listed(arcade: Path) -> None:
    run("generate", cwd=arcade)
    files = list((arcade / "build/nebula/kills/terraform").iterdir())
    for path in files:
        path.write_text(path.read_text() + "# more\n")
    result = run("check", cwd=arcade)
    assert result.stdout.count(": drift: ") == 5
    assert f"  drift: and {len(files) - 5} files more\n" in result.stdout
    document = json.loads(run("check", "--format", "json", cwd=arcade).stdout)
    assert len(document["findings"]) == len(files)


def test_a_file_that_a_person_added_is_scanned(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a person added is no drift, because `generate` leaves it alone; but Terraform would apply it."""
    run("generate", cwd=arcade)
    (arcade / "build/nebula/kills/terraform/mine.tf").write_text('resource "aws_sqs_queue" "mine" {\n}\n')
    assert f"{2 * count_resources() + 1} resources" in run("check", cwd=arcade).stdout
    monkeypatch.setenv("UNSEEN", "mine")
    result = run("check", "--all", cwd=arcade)
    assert "kills/terraform/mine.tf:1: seen: checkov did not look at it (aws_sqs_queue.mine)" in result.stdout
    (arcade / "build/nebula/kills/terraform/mine.tf").write_text(
        'module "far" {\n  source = "git::https://a.example"\n}\n'
    )
    result = run("check", cwd=arcade)
    assert "kills/terraform/mine.tf:1: seen: checkov does not look into modules" in result.stdout
    (arcade / "build/nebula/kills/terraform/mine.tf").write_text(
        '/* a\n*/ module /* b */ "far" /**/ {\n  source = "../../far"\n}\n/**/ resource /**/ "a_b" /**/ "c" {\n}\n'
    )
    result = run("check", cwd=arcade)
    assert "kills/terraform/mine.tf:2: seen: checkov does not look into modules" in result.stdout
    assert "kills/terraform/mine.tf:5: seen: checkov did not look at it (a_b.c)" in result.stdout


def test_nothing_in_a_bundle_can_evade_checkov(arcade: Path) -> None:
    """Comments for checkov, and files that Terraform treats in a way that checkov does not know."""
    run("generate", cwd=arcade)
    terraform = arcade / "build/nebula/kills/terraform"
    for name in ("override.tf", "my_override.tf", "not-override.tf"):
        (terraform / name).write_text('resource "aws_sqs_queue" "mine" {\n}\n')
    (terraform / "mine.tf").write_text('resource "aws_sqs_queue" "own" {\n  #checkov:skip=CKV_LB_4:we know\n}\n')
    result = run("check", cwd=arcade)
    assert result.code == 1
    found = [line.split("terraform/")[1] for line in result.stdout.splitlines() if "terraform/" in line]
    assert found == [
        "mine.tf:2: seen: CKV_LB_4 cannot be skipped: delete this comment",
        "my_override.tf: seen: Terraform merges it into the other files, unseen by checkov: give it another name",
        "override.tf: seen: Terraform merges it into the other files, unseen by checkov: give it another name",
    ]


def test_an_orphan_is_named_and_not_checked(arcade: Path) -> None:
    run("generate", cwd=arcade)
    write_project(arcade, "kills")
    run("generate", cwd=arcade)
    result = run("check", cwd=arcade)
    assert (result.code, result.stdout) == (0, f"1 bundle, {count_resources()} resources: nothing found\n")
    assert "build/nebula/wins: its board is gone." in result.stderr


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1", "checkov failed"),
        ("echo '{}'", "checkov failed"),
        ("echo 'no json'; exit 2", "checkov failed"),
        ("echo '[]'", "checkov failed"),
        ('echo \'{"results": {"failed_checks": []}, "summary": {"parsing_errors": 0}}\'', "did not use the policies"),
        ("echo '{\"resource_count\": 0}'", "did not use the policies"),
        (CHECKOV + 'echo "Cannot load external check x" >&2', "did not use the policies"),
    ],
)
def test_a_checkov_that_does_not_do_its_work_is_an_error(arcade: Path, script: str, message: str) -> None:
    program(arcade.parent / "checkov", f'case "$1" in --version) echo 1; exit;; esac\n{script}')
    result = run("check", cwd=arcade)
    assert (result.code, result.stdout) == (3, "")
    assert message in result.stderr
    assert not (arcade / clean_bundles.FOLDER).exists()


def test_resources_that_checkov_did_not_look_at_are_found(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSEEN", "aws_sqs_queue:activities$")
    result = run("check", cwd=arcade)
    assert result.code == 1
    finding = r"kills/terraform/queues.tf:\d+: seen: checkov did not look at it \(aws_sqs_queue.activities\)\n"
    assert re.search(finding, result.stdout)
    monkeypatch.setenv("UNSEEN", "CKV_LB_1.*kills")
    result = run("check", cwd=arcade)
    assert "build/nebula/kills/terraform: CKV_LB_1: Every board has its alarms: the bundle has nothing" in result.stdout
    assert "boards[wins]" not in result.stdout


@pytest.mark.parametrize("script", ["echo broken >&2; exit 1", "exit 2"])
def test_a_terraform_that_fails_is_an_error(arcade: Path, script: str) -> None:
    program(arcade.parent / "terraform", TERRAFORM % script)
    result = run("check", cwd=arcade)
    assert result.code == 3
    assert "terraform fmt failed" in result.stderr


def test_missing_tools_are_named_and_are_errors_on_ci(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERRAFORM", "CHECKOV"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(arcade))
    monkeypatch.setattr("sys.prefix", str(arcade / "nowhere" / "venv"))
    result = run("check", cwd=arcade)
    assert (result.code, result.stdout) == (0, "2 bundles, 0 resources: nothing found\n")
    assert [line.split()[0] for line in result.stderr.splitlines()] == ["terraform", "checkov", "There"]
    suites = ElementTree.fromstring(run("check", "--format", "junit", cwd=arcade).stdout)
    assert [case.get("name") for case in suites.findall(".//testcase[skipped]")].count("CKV_LB_3") == 2
    monkeypatch.setenv("CI", "true")
    result = run("check", cwd=arcade)
    assert (result.code, result.stdout) == (3, "")
    assert result.stderr.startswith("terraform is not installed")


def test_a_persons_settings_of_the_tools_do_not_change_the_check(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_fmt", "-write=false")
    monkeypatch.setenv("CKV_SKIP_CHECK", "CKV_LB_1")
    monkeypatch.setenv("BC_API_KEY", "x")
    monkeypatch.setenv("HOME", "/somewhere")
    program(arcade.parent / "terraform", TERRAFORM % '[ -z "$TF_CLI_ARGS_fmt" ]')
    program(
        arcade.parent / "checkov",
        CHECKOV.replace("date", '[ -z "$CKV_SKIP_CHECK$BC_API_KEY" ] && [ "$HOME" != /somewhere ] || exit 9\ndate'),
    )
    assert run("check", cwd=arcade).code == 0
