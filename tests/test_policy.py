"""The policy check finds what is wrong, and never passes because a tool saw nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator import policy
from generator.board import Board
from tests.bundles import GOLDEN, everything, generated, write
from tests.tools import need

SMALLEST = generated(GOLDEN / "smallest")
FOLDER = "solo/wins"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build/ with one board in it."""
    folder = tmp_path / "build"
    write({path: data for path, data in SMALLEST.files.items() if path.endswith(".tf")}, folder)
    return folder


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def checkov(
    path: Path, resources: int, failed: tuple[Mapping[str, object], ...] = (), unread: tuple[str, ...] = ()
) -> str:
    """A checkov that answers this."""
    report = {"results": {"failed_checks": failed, "parsing_errors": unread}, "summary": {"resource_count": resources}}
    return program(path, f"cat <<'EOF'\n{json.dumps(report)}\nEOF\nexit 1")


def count(build: Path) -> int:
    return sum(
        path.read_text().count('\nresource "') + path.read_text().startswith("resource") for path in build.rglob("*.tf")
    )


def test_nothing_is_found_in_what_is_generated_and_faults_are(tmp_path: Path) -> None:
    """One run over every bundle, with two faults put in."""
    for tool in ("terraform", "checkov"):
        need(tool)
    build = tmp_path / "build"
    files = {path: data for path, data in everything().files.items() if path.endswith(".tf")}
    write(files, build)
    boards = [Board(**{**vars(board), "folder": folder}) for folder, board in _folders()]
    tables = build / "smallest/solo/wins/terraform/tables.tf"
    tables.write_text(tables.read_text().replace("\n    enabled = true", "\n    enabled = false", 1))
    main = build / "sample/nebula/daily-wins/terraform/main.tf"
    main.write_text(main.read_text().replace("region = ", "region   = "))
    report = policy.check(build, boards)
    assert {(each.file, each.rule, each.bundle, each.board) for each in report.findings} == {
        ("smallest/solo/wins/terraform/tables.tf", "CKV_AWS_28", "smallest/solo/wins", "wins"),
        ("sample/nebula/daily-wins/terraform/main.tf", "fmt", "sample/nebula/daily-wins", "daily-wins"),
    }
    assert report.resources > 300
    assert report.left_out == ()


def _folders() -> list[tuple[str, Board]]:
    folders = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})
    boards = {board.folder: board for board in everything().boards}
    return [(folder, boards[folder.partition("/")[2]]) for folder in folders]


def test_finding_names_its_board_and_place(build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {
        "check_id": "CKV_X",
        "check_name": "Is well",
        "resource": "aws_sqs_queue.q",
        "file_path": f"/{FOLDER}/terraform/queues.tf",
        "file_line_range": [7, 9],
    }
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", "exit 0"))
    monkeypatch.setenv("CHECKOV", checkov(tmp_path / "checkov", count(build), (failed,)))
    report = policy.check(build, SMALLEST.boards)
    place = f"{FOLDER}/terraform/queues.tf"
    assert report.findings == (policy.Finding(place, 7, "CKV_X", "Is well", "aws_sqs_queue.q", FOLDER, "wins"),)
    assert policy.text(report).splitlines() == [
        f"build/{place}:7: CKV_X: Is well (aws_sqs_queue.q)",
        f"{report.resources} resources checked, 1 finding",
    ]
    assert policy.as_json(report)["findings"][0]["board"] == "wins"


def test_what_cannot_be_read_is_a_finding(build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (build / FOLDER / "terraform" / "mine.tf").write_text("resource {\n")
    monkeypatch.setenv("TERRAFORM", need("terraform"))
    unread = str(build / FOLDER / "terraform" / "mine.tf")
    monkeypatch.setenv("CHECKOV", checkov(tmp_path / "checkov", count(build), unread=(unread,)))
    report = policy.check(build, SMALLEST.boards)
    assert [(each.file, each.rule) for each in report.findings] == [
        (f"{FOLDER}/terraform/mine.tf", "parse"),
        (f"{FOLDER}/terraform/mine.tf", "fmt"),
    ]


def test_resources_that_checkov_did_not_see_are_an_error(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", "exit 0"))
    monkeypatch.setenv("CHECKOV", checkov(tmp_path / "checkov", count(build) - 1))
    with pytest.raises(policy.PolicyError, match="looked at"):
        policy.check(build, SMALLEST.boards)


@pytest.mark.parametrize("script", ["exit 1", "echo '{}'", "echo 'no json'; exit 2", "echo '[]'"])
def test_a_checkov_that_fails_is_an_error(
    script: str, build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", "exit 0"))
    monkeypatch.setenv("CHECKOV", program(tmp_path / "checkov", script))
    with pytest.raises(policy.PolicyError, match="checkov failed"):
        policy.check(build, SMALLEST.boards)


def test_a_terraform_that_fails_is_an_error(build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", "echo broken >&2; exit 1"))
    with pytest.raises(policy.PolicyError, match="broken"):
        policy.check(build, SMALLEST.boards)


def test_missing_tools_are_named_and_on_ci_an_error(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERRAFORM", "CHECKOV", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "nowhere" / "venv"))
    report = policy.check(build, SMALLEST.boards)
    assert report.findings == ()
    assert [sentence.split()[0] for sentence in report.left_out] == ["terraform", "checkov"]
    monkeypatch.setenv("CI", "true")
    with pytest.raises(policy.PolicyError, match="terraform is not installed"):
        policy.check(build, SMALLEST.boards)


def test_own_terraform_arguments_do_not_change_the_check(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_fmt", "-write=true")
    monkeypatch.setenv("TERRAFORM", program(tmp_path / "terraform", '[ -z "$TF_CLI_ARGS_fmt" ]'))
    monkeypatch.setenv("CHECKOV", checkov(tmp_path / "checkov", count(build)))
    assert policy.check(build, SMALLEST.boards).findings == ()
