"""`leaderboards cost`: its text, JSON and Markdown, its errors, and the amounts in the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cost.reports import HEADINGS
from tests.support.cli import Result, run
from tests.support.paths import EXPLAINED, REPOSITORY
from tests.support.projects import board_yaml, project_yaml

COSTS = REPOSITORY / "tests" / "cases" / "costs"
STYLES = ("text", "markdown")
TEAMS = ("team", "nebula", "quasar")
"""Text has a column for a board's team; in Markdown the sums have it."""
SMALLEST = project_yaml(board_yaml())


@pytest.mark.parametrize(
    ("file", "arguments", "folder"),
    [
        ("daily-wins.txt", ["daily-wins"], REPOSITORY),
        ("sample.txt", [], REPOSITORY),
        ("sample.md", ["--format", "markdown"], REPOSITORY),
        ("environments.txt", ["--team", "quasar"], EXPLAINED),
        ("daily-wins.md", ["daily-wins", "--format", "markdown"], REPOSITORY),
        ("environments.md", ["--team", "quasar", "--format", "markdown"], EXPLAINED),
    ],
)
def test_reports(file: str, arguments: list[str], folder: Path, expect: Callable[[Path, str], None]) -> None:
    result = run("cost", *arguments, cwd=folder)
    assert result.code == 0, result.stderr
    expect(COSTS / file, result.stdout)


def test_the_page_has_the_table_of_the_sample(expect: Callable[[Path, str], None]) -> None:
    page = REPOSITORY / "docs" / "cost.md"
    table, told = run("cost", "--format", "markdown", cwd=REPOSITORY).stdout.split("\n\n", 1)
    text, found = re.subn(r"^\| board \| idle .*?(?=\n\n)", lambda _: table, page.read_text("utf-8"), flags=re.M | re.S)
    assert found == 1
    expect(page, text)
    assert told.startswith("US dollars a month")


def test_the_readme_says_what_one_board_costs(expect: Callable[[Path, str], None]) -> None:
    readme = REPOSITORY / "README.md"
    table = run("cost", "--format", "markdown", cwd=REPOSITORY).stdout
    (amounts,) = re.findall(r"^\| daily-wins \| ([\d.,]+) \| ([\d.,]+) ", table, re.M)
    text, found = re.subn(
        r"`daily-wins`, costs [\d.,]+ US dollars a month while nobody plays, and [\d.,]+ with",
        "`daily-wins`, costs {} US dollars a month while nobody plays, and {} with".format(*amounts),
        readme.read_text("utf-8"),
    )
    assert found == 1
    expect(readme, text)


@pytest.mark.parametrize("arguments", [["daily-wins"], []])
def test_markdown_says_what_text_says(arguments: list[str]) -> None:
    text, markdown = (words(run("cost", *arguments, "--format", style, cwd=REPOSITORY).stdout) for style in STYLES)
    assert text - markdown <= {"x", "=", *TEAMS}


def words(report: str) -> set[str]:
    """What stands in a report, whatever its form: prices, units, names, notes, word by word."""
    return {word.strip(".:") for word in re.split(r"[\s|/]+", report)}


def test_json() -> None:
    result = run("cost", "--format", "json", cwd=REPOSITORY)
    document = json.loads(result.stdout)
    assert result == run("cost", "--json", cwd=REPOSITORY)
    for board in document["boards"]:
        assert board["idle"] == pytest.approx(sum(term["cost"] for term in board["idle_terms"]), abs=0.01)
        for factor, terms in board["traffic_terms"].items():
            added = sum(term["cost"] for term in terms)
            assert board[factor] == pytest.approx(board["idle"] + added, abs=0.01)
            for term in terms:
                assert term["cost"] == pytest.approx(term["units"] * term["price"] / term["per"], abs=0.0001)
    sums = {each["of"]: each for each in document["sums"]}
    assert set(sums) == {"team nebula", "team quasar", "all boards"}
    for heading in HEADINGS:
        whole = sum(board[heading] for board in document["boards"])
        assert sums["all boards"][heading] == pytest.approx(whole, abs=0.01)


def test_another_regions_prices_are_named(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST.replace("eu-central-1", "eu-west-1"))
    lines = run("cost", "kills", cwd=tmp_path).stdout.splitlines()
    assert lines[1].startswith("Prices of eu-central-1, ")
    assert lines[1].endswith("in place of those of eu-west-1, which are not known here")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kils"], 'BOARD: there is no "kils" in leaderboards.yaml. Did you mean "kills"?\n'),
        (["--env", "dev"], '--env: there is no "dev" in leaderboards.yaml. No boards match.\n'),
        (["--team", "nebulla"], '--team: there is no "nebulla" in leaderboards.yaml. Did you mean "nebula"?\n'),
    ],
)
def test_wrong_arguments_are_errors_that_name_them(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST)
    assert run("cost", *arguments, cwd=tmp_path) == Result(2, "", message)
