"""Reports for people and programs: their form, their bounds, and that hostile text stays text in each."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from generator import pipeline
from generator.diagnostics import reports, sarif
from generator.diagnostics.diagnostic import Diagnostic
from generator.source import inputs
from tests.support.cli import run
from tests.support.paths import ERROR_CASES, ERRORS, REPOSITORY

HOSTILE = "a,b:c%\n::error::\x1b[31m\u202e](http://evil) {0}"
WRONG = "version: 1\nproject: Arcade\n"


def found(case: str) -> tuple[Diagnostic, ...]:
    read = inputs.read_files(ERRORS / case / "leaderboards.yaml")
    return pipeline.validate(read.files, read.main).diagnostics


def diagnostic(**fields: Any) -> Diagnostic:
    given: dict[str, Any] = {
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "path": "boards[x].top",
        "message": "is wrong",
        "hint": "Write 5.",
    }
    return Diagnostic(**given | {"code": "range"} | fields)


def test_github_annotation() -> None:
    assert reports.as_github([diagnostic(), diagnostic(line=0, column=0, path="", severity="warning")]) == (
        "::error file=a.yaml,line=3,col=5,title=range::boards[x].top: is wrong. Write 5.\n"
        "::warning file=a.yaml,title=range::is wrong. Write 5.\n"
    )


def test_hostile_text_is_no_workflow_command() -> None:
    written = reports.as_github([diagnostic(file=HOSTILE, path=HOSTILE, message=HOSTILE)])
    (line,) = written.splitlines()
    command, properties, message = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()  # type: ignore[union-attr]
    assert command == "error"
    assert properties == (
        r"file=a%2Cb%3Ac%25\n%3A%3Aerror%3A%3A\x1b[31m\u202e](http%3A//evil) {0},line=3,col=5,title=range"
    )
    assert message.isprintable()
    assert "%" not in message.replace("%25", "")


def test_hostile_text_reaches_no_terminal() -> None:
    written = reports.as_text(
        [diagnostic(file=HOSTILE, path=HOSTILE, message=HOSTILE)], {HOSTILE: b"\n\n\x1b[31m\xff\n"}
    )
    assert written.replace("\n", "").isprintable()
    assert len(written.splitlines()) == 3


def test_a_file_with_a_hostile_name(tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "\x1b[31m\n::error::\udcff.yaml").write_text("teem: x\n")
    (tmp_path / "leaderboards.yaml").write_text('include: ["teams/*.yaml"]\n' + WRONG)
    for style in reports.STYLES:
        result = run("validate", "--format", style, cwd=tmp_path)
        assert result.code == 2
        assert (result.stdout + result.stderr).replace("\n", "").isprintable()
        assert not re.search("^::error::", result.stdout + result.stderr, re.M)


@pytest.mark.parametrize("case", ERROR_CASES)
def test_sarif(case: str) -> None:
    diagnostics = found(case)
    log = json.loads(json.dumps(sarif.as_sarif(diagnostics)))
    results = valid_sarif(log)
    assert [(each["ruleId"], each["level"]) for each in results] == [(each.code, each.severity) for each in diagnostics]


def valid_sarif(log: dict[str, Any]) -> list[dict[str, Any]]:
    """Check a log by the rules of SARIF 2.1.0 and of GitHub, and return its results."""
    assert log.keys() == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    assert one.keys() - {"properties"} == {"tool", "columnKind", "results"}
    assert one["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = one["tool"]["driver"]
    assert driver.keys() == {"name", "semanticVersion", "rules"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    for rule in driver["rules"]:
        assert rule.keys() == {"id", "shortDescription"}
        assert rule["shortDescription"]["text"].endswith(".")
    for result in one["results"]:
        assert result.keys() == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"].keys() == {"text"}
        assert result["message"]["text"]
        assert "](" not in result["message"]["text"]
        assert not re.search(r"(?<!\{)\{\d+\}", result["message"]["text"])
        (location,) = result["locations"]
        assert location.keys() - {"logicalLocations"} == {"physicalLocation"}
        physical = location["physicalLocation"]
        assert physical.keys() == {"artifactLocation", "region"}
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", physical["artifactLocation"]["uri"])
        assert not physical["artifactLocation"]["uri"].startswith("/")
        assert physical["region"].keys() == {"startLine", "startColumn"}
        assert all(type(number) is int and number >= 1 for number in physical["region"].values())
        for logical in location.get("logicalLocations", []):
            assert logical.keys() == {"fullyQualifiedName"}
            assert logical["fullyQualifiedName"]
    return list(one["results"])


def test_sarif_of_hostile_text() -> None:
    (result,) = valid_sarif(sarif.as_sarif([diagnostic(file=HOSTILE, path=HOSTILE, message=HOSTILE)]))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith(
        "a%2Cb%3Ac%25%0A%3A%3Aerror"
    )
    assert result["message"]["text"].isprintable()


def test_sarif_without_mistakes(tmp_path: Path) -> None:
    sample = REPOSITORY
    result = run("validate", "--format", "sarif", cwd=sample)
    assert result.code == 0
    assert valid_sarif(json.loads(result.stdout)) == []
    assert result.stderr == "leaderboards.yaml: 8 boards, nothing wrong\n"


@pytest.mark.parametrize("style", ["github", "sarif"])
def test_an_absolute_path_becomes_relative_to_the_current_folder(tmp_path: Path, style: str) -> None:
    (tmp_path / "leaderboards.yaml").write_text(WRONG)
    result = run("validate", "--format", style, "--file", str(tmp_path / "leaderboards.yaml"), cwd=tmp_path)
    assert "leaderboards.yaml" in result.stdout
    assert str(tmp_path) not in result.stdout
    result = run("validate", "--format", style, "--file", str(tmp_path / "leaderboards.yaml"), cwd=Path("/"))
    assert f"{str(tmp_path)[1:]}/leaderboards.yaml" in result.stdout


def test_what_takes_long_is_announced(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text("# comment\n" * 50_000)
    result = run("validate", "--json", cwd=tmp_path)
    assert result.stderr == "reading 0.5 MB of YAML ...\n"
    assert json.loads(result.stdout)["diagnostics"][0]["message"] == "is empty"


def test_each_rule_has_a_mistake_that_breaks_it() -> None:
    codes = {each.code for case in ERROR_CASES for each in found(case)} | {"file"}  # of a file that is not there
    assert codes == sarif.RULES.keys()


@pytest.mark.parametrize("style", reports.STYLES)
def test_a_file_that_is_not_there(tmp_path: Path, style: str) -> None:
    result = run("validate", "--format", style, cwd=tmp_path)
    assert result.code == 2
    assert "there is no such file" in result.stdout + result.stderr
    assert (result.stdout == "") == (style == "text")


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False)],
)
def test_colour_only_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "leaderboards.yaml").write_text(WRONG)

    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    with mock.patch("io.StringIO", Stream):
        assert ("\033[31m^\033[0m" in run("validate", cwd=tmp_path).stderr) == coloured
        assert "\033" not in run("validate", "--json", cwd=tmp_path).stdout


def test_reports_are_bounded_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(WRONG + "".join(f"key{index}: 1\n" for index in range(6000)))
    sizes = {}
    for style in reports.STYLES:
        result = run("validate", "--format", style, cwd=tmp_path)
        assert result.stderr.splitlines()[-1] == f"6,003 errors; the first {reports.MOST[style]:,} are reported"
        sizes[style] = result
    assert len(sizes["text"].stderr.splitlines()) == 3 * 100 + 1
    assert len(sizes["github"].stdout.splitlines()) == 100
    assert json.loads(sizes["json"].stdout)["more"] is True
    assert len(json.loads(sizes["json"].stdout)["diagnostics"]) == 5000
    (one,) = json.loads(sizes["sarif"].stdout)["runs"]
    assert (len(one["results"]), one["properties"]) == (5000, {"leftOut": 1003})


def test_warnings_give_way_to_errors() -> None:
    warnings = [diagnostic(line=line, severity="warning") for line in range(1, 200)]
    written = reports.as_github([*warnings, diagnostic(line=500)])
    assert len(written.splitlines()) == 100
    assert "::error file=a.yaml,line=500," in written
