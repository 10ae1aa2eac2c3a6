"""`leaderboards list`: boards by team, as text that fits, JSON and Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cli.bundles.list_report import as_text
from generator.explaining.listing import list_boards
from generator.local.terminal.screen import measure
from generator.pipeline import validate
from tests.support.cli import run
from tests.support.projects import board_yaml, project_yaml

HOSTILE = "x \x1b[31m | <b>*星*</b> [a](b), and a title that is longer"
BOARDS = (
    board_yaml("weekly-kills", title=json.dumps(HOSTILE), window="[{every: week, starts: friday}, {every: all_time}]"),
    board_yaml("laps", scoring="{aggregate: best, order: ascending, rules: [{activity: lap, points: 1}]}"),
    board_yaml(
        "far", api='{domain: far.example.com, certificate_arn: "arn:aws:acm:us-east-1:111111111111:certificate/'
        '1234abcd-12ab-34cd-56ef-1234567890ab"}', window="{every: rolling, days: 7}"
    ),
)  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(*BOARDS).replace(r"\u001b", r"\e").replace("\\e[31m ", ""))
    return tmp_path


def deploy(project: Path, board: str, **outputs: object) -> None:
    """Write a state as Terraform does after an apply."""
    folder = project / "build" / "nebula" / board / "terraform"
    folder.mkdir(parents=True)
    values = {name: {"value": value, "type": "string"} for name, value in outputs.items()}
    (folder / "terraform.tfstate").write_text(json.dumps({"version": 4, "outputs": values, "resources": []}))


def test_json_has_the_address_of_the_state_then_that_of_the_yaml(project: Path) -> None:
    deploy(project, "laps", page_url="https://d1.cloudfront.net/", api_url="https://d1.cloudfront.net")
    result = run("list", "--json", cwd=project)
    assert (result.code, result.stderr) == (0, "")
    boards = {each["name"]: each for each in json.loads(result.stdout)["boards"]}
    shown = {name: (each["kind"], each["windows"], each["address"], each["deployed"]) for name, each in boards.items()}
    assert shown == {
        "weekly-kills": ("sum", ["week", "all_time"], None, False),
        "laps": ("best, lowest first", ["week"], "https://d1.cloudfront.net/", True),
        "far": ("sum", ["rolling"], "https://far.example.com/", False),
    }
    assert boards["laps"]["folder"] == "build/nebula/laps"


@pytest.mark.parametrize("address", ["https://evil.example/>|\x1b[2J", "javascript:x", 5, None])
def test_a_state_that_says_something_else_gives_no_address(project: Path, address: object) -> None:
    deploy(project, "laps", page_url=address)
    boards = {each["name"]: each for each in json.loads(run("list", "--json", cwd=project).stdout)["boards"]}
    assert boards["laps"]["address"] is None


@pytest.mark.parametrize("columns", [20, 60, 80, 100, 130, 150, None])
def test_text_fits_the_terminal_and_never_cuts_an_address(project: Path, columns: int | None) -> None:
    deploy(project, "laps", page_url="https://d1.cloudfront.net/")
    generated = validate({"leaderboards.yaml": (project / "leaderboards.yaml").read_bytes()})
    text = as_text(list_boards(generated.boards, project / "build"), columns)
    lines = text.splitlines()
    assert all(line.isprintable() for line in lines)
    assert all(line.strip().startswith("https://") or columns is None or measure(line) <= columns for line in lines)
    assert len({measure(line.partition("rate(")[0]) for line in lines if "rate(" in line}) <= 1
    assert [word for word in text.split() if word.startswith("https:")] == [
        "https://far.example.com/",
        "https://d1.cloudfront.net/",
    ]


def test_text_lists_boards_by_team(project: Path) -> None:
    result = run("list", cwd=project)
    assert [line.split("  ")[0] or line.split()[0] for line in result.stdout.splitlines() if line] == [
        "board",
        "nebula (nebula-oncall@example.com)",
        "far",
        "laps",
        "weekly-kills",
    ]
    assert "week from friday, all_time" in result.stdout
    assert run("list", "--team", "quasar", cwd=project).code == 2


def test_markdown_escapes_what_a_person_wrote(project: Path) -> None:
    [row] = [line for line in run("list", "--format", "markdown", cwd=project).stdout.splitlines() if "weekly" in line]
    assert row.startswith(r"| weekly-kills | x \| \<b\>\*星\*\</b\> \[a\]\(b\), and a title that is longer | sum |")


def test_feeds_stand_below_the_boards_with_those_that_count_them(tmp_path: Path) -> None:
    feeds = "feeds:\n  - {name: matches, team: nebula, types: [kill]}\n"
    boards = board_yaml("kills", feed="matches"), board_yaml("alone"), board_yaml("weekly", feed="matches")
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(*boards) + feeds)
    table = run("list", cwd=tmp_path).stdout.split("\n\n")[-1]
    assert table == "  feed     team    counted by\n  matches  nebula  kills, weekly\n"
    assert run("list", "--format", "markdown", cwd=tmp_path).stdout.endswith(
        "\n## Feeds\n\n| feed | team | counted by |\n|---|---|---|\n| matches | nebula | kills, weekly |\n"
    )
    listed = json.loads(run("list", "--json", cwd=tmp_path).stdout)
    assert [board["feed"] for board in listed["boards"]] == ["matches", None, "matches"]
    (feed,) = listed["feeds"]
    assert (feed["name"], feed["boards"], feed["folder"]) == (
        "matches",
        ["kills", "weekly"],
        "build/nebula/feed-matches",
    )


def test_a_feed_is_generated_by_itself(tmp_path: Path) -> None:
    feeds = "feeds:\n  - {name: matches, team: nebula, types: [kill]}\n"
    (tmp_path / "leaderboards.yaml").write_text(project_yaml(board_yaml("kills", feed="matches")) + feeds)
    assert run("validate", cwd=tmp_path).stdout == "leaderboards.yaml: 1 board, 1 feed, nothing wrong\n"
    assert json.loads(run("validate", "--json", cwd=tmp_path).stdout)["feeds"] == ["nebula/feed-matches"]
    assert run("generate", "--board", "feed-matches", cwd=tmp_path).code == 0
    assert [path.name for path in (tmp_path / "build/nebula").iterdir()] == ["feed-matches"]
    (tmp_path / "build/nebula/feed-matches/README.md").write_text("edited")
    checked = run("generate", "--board", "feed-matches", "--check", cwd=tmp_path)
    assert (checked.code, "build/nebula/feed-matches: 1 changed" in checked.stdout) == (1, True)
    near = run("generate", "--board", "feed-match", cwd=tmp_path)
    assert (near.code, 'Did you mean "feed-matches"?' in near.stderr) == (2, True)
    for name in ("feed-matches", "matches"):
        counted = run("record", name, "--player", "p", "--type", "kill", cwd=tmp_path)
        assert counted.stderr == f"BOARD: {name} is a feed; name one of the boards that count it: kills.\n"
