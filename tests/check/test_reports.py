"""The reports of `leaderboards check` in each format, and the progress that it shows."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.check import clean_bundles, reports
from generator.check.findings import Finding, Report
from generator.cli.console import takes_colours
from generator.pipeline import SourcePosition
from generator.progress import Progress
from tests.support.cli import run
from tests.support.fake_tools import count_resources, failed, program
from tests.support.processes import finish, start
from tests.support.projects import board_yaml, project_yaml


def test_the_json_report(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    document = json.loads(run("check", "--format", "json", cwd=arcade).stdout)
    yaml = {"file": "leaderboards.yaml", "line": 11, "column": 5}
    assert document["findings"] == [
        {
            "yaml": yaml,
            "file": "build/nebula/wins/terraform/queues.tf",
            "line": 7,
            "rule": "CKV_X",
            "message": "Is well",
            "resource": "aws_sqs_queue.q",
            "bundle": "nebula/wins",
            "board": "wins",
        }
    ]
    assert document["bundles"][1] == {
        "folder": "nebula/wins",
        "board": "wins",
        "yaml": yaml,
        "resources": count_resources(),
        "unchanged": False,
    }
    assert (document["resources"], document["left_out"], document["diagnostics"]) == (2 * count_resources(), [], [])


def test_the_sarif_report(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first location is in leaderboards.yaml, because build/ is not in the repository."""
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    result = run("check", "--format", "sarif", cwd=arcade)
    assert result.code == 1
    log = json.loads(result.stdout)
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    (found,) = one["results"]
    assert one["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"] == "CKV_X"
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "leaderboards.yaml"},
        "region": {"startLine": 11, "startColumn": 5},
    }
    related = found["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"] == {"uri": "build/nebula/wins/terraform/queues.tf"}
    assert related["region"] == {"startLine": 7}
    # With a line more above the board, it is still the same finding.
    (arcade / "leaderboards.yaml").write_text("# a comment\n" + (arcade / "leaderboards.yaml").read_text())
    later = json.loads(run("check", "--format", "sarif", cwd=arcade).stdout)["runs"][0]["results"][0]
    assert later["locations"][0]["physicalLocation"]["region"]["startLine"] == 12
    assert later["partialFingerprints"] == found["partialFingerprints"]


def test_the_junit_report(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = 'queue.<&">\x1b\x00]]>\ud83d'
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7, hostile).replace("'", ""))
    result = run("check", "--format", "junit", cwd=arcade)
    assert result.code == 1
    suites = ElementTree.fromstring(result.stdout)
    assert [suite.get("name") for suite in suites] == ["yaml", "nebula/kills", "nebula/wins"]
    for suite in suites:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    (case,) = suites.findall(".//testcase[failure]")
    assert (case.get("classname"), case.get("name")) == ("nebula/wins", "CKV_X")
    (failure,) = case
    assert (failure.text or "").startswith(
        "leaderboards.yaml:11: build/nebula/wins/terraform/queues.tf:7: Is well (queue.<&"
    )
    assert {"CKV_LB_1", "fmt", "drift"} <= {str(case.get("name")) for case in suites[1]}


@pytest.mark.parametrize("style", ["text", "json", "sarif", "junit"])
def test_mistakes_in_the_yaml_are_in_each_report(arcade: Path, style: str) -> None:
    file = arcade / "leaderboards.yaml"
    file.write_text(file.read_text().replace("{every: week}", "{every: weak}", 1))
    result = run("check", "--format", style, cwd=arcade)
    assert result.code == 2
    if style == "json":
        assert json.loads(result.stdout)["diagnostics"][0]["line"] == 10
    else:
        assert result.stderr.startswith("leaderboards.yaml:10:21: boards[kills].window.every")
    if style == "sarif":
        (found,) = json.loads(result.stdout)["runs"][0]["results"]
        assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": 10, "startColumn": 21}
        assert found["message"]["text"].startswith("boards[kills].window.every: must be ")
    if style == "junit":
        assert ElementTree.fromstring(result.stdout).find("testsuite/testcase/failure") is not None
    assert not (arcade / clean_bundles.FOLDER).exists()


def test_paths_lead_from_here_to_another_file_and_folder(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (arcade / "teams").mkdir()
    (arcade / "teams/nebula.yaml").write_text("team: nebula\nboards:\n" + board_yaml("wins", team=None))
    (arcade / "leaderboards.yaml").write_text('include: ["teams/*.yaml"]\n' + project_yaml(board_yaml("kills")))
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    result = run("check", "--file", f"{arcade.name}/leaderboards.yaml", cwd=arcade.parent)
    assert (
        "arcade/teams/nebula.yaml:3:5: boards[wins]\n  arcade/build/nebula/wins/terraform/queues.tf:7" in result.stdout
    )


def test_colours_are_for_terminals_only(arcade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILED", failed("nebula/wins/terraform/queues.tf", 7))
    assert "\033" not in run("check", cwd=arcade).stdout
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert takes_colours(Terminal())
    assert not takes_colours(io.StringIO())
    finding = Finding(SourcePosition("a.yaml", 1, 1), "build/x.tf", 2, "CKV_X", "Is well")
    assert "\033[31mCKV_X\033[0m" in reports.report_text(Report((finding,), (), {}, None), colour=True)


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Whether it is a terminal: yes."""
        return True


def test_progress_on_a_terminal_is_one_line_and_cleared_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.progress._FIRST_SECONDS", 1.0)
    stream = Terminal()
    progress = Progress(stream, clock=iter([0.0, 0.5, 1.0, 1.2, 2.4]).__next__)
    progress.step("checkov: 2 bundles")
    for _ in range(4):
        progress.tick()
    progress.clear()
    assert stream.getvalue() == "\r\033[Kcheckov: 2 bundles ... 1 s\r\033[Kcheckov: 2 bundles ... 2 s\r\033[K"


def test_progress_and_an_interrupt(arcade: Path) -> None:
    """A long run shows progress; Ctrl-C ends it and its tools, and no file is left behind."""
    checkov = f'case "$1" in --version) echo 1; exit;; esac\necho $$ > {arcade}/new; mv {arcade}/new {arcade}/pid'
    program(arcade.parent / "checkov", f"{checkov}; exec sleep 600")
    scratch = arcade.parent / "scratch"
    scratch.mkdir()
    with start("check", cwd=arcade, TMPDIR=str(scratch)) as process:
        assert process.stderr
        # On a busy machine the steps before are shown too, and more than a second has passed.
        shown = next(line for line in process.stderr if line.startswith("checkov"))
        assert re.fullmatch(r"checkov: 2 bundles, 0 unchanged \.\.\. [0-9]+ s\n", shown)
        while process.poll() is None and not (arcade / "pid").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = finish(process)
    assert (process.returncode, out, err.splitlines()[-1:]) == (130, "", ["interrupted"])
    assert list(scratch.iterdir()) == []
    assert not (arcade / clean_bundles.FOLDER).exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((arcade / "pid").read_text()), 0)
