"""`leaderboards codeowners`: every file has the reviewers that leaderboards.yaml names, and other lines stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.authoring.codeowners import replace_lines
from generator.cli.authoring import codeowners
from tests.support.cli import run
from tests.support.projects import board_yaml, head

MAIN = (
    head(teams=("nebula", "quasar")).replace(
        "quasar: {owner: quasar-oncall@example.com}",
        'quasar: {owner: q@example.com, code_owners: ["@arcade/quasar", ann@example.com]}',
    )
    + 'include: ["teams/**/*.yaml"]\ncode_owners: ["@arcade/platform"]\n'
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def write_project(folder: Path, main: str = MAIN) -> Path:
    for name, board in (("nebula", "kills"), ("quasar", "laps"), ("a team #1", "")):
        file = folder / "teams" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        if board:
            file.write_text(f"team: {name}\nboards:\n{board_yaml(board, team=None)}")
    (folder / "leaderboards.yaml").write_text(main)
    return folder


def owners_of(path: str, codeowners: str) -> list[str]:
    """Who reviews a file, as GitHub and GitLab decide: the owners of the last pattern that matches."""
    found: list[str] = []
    for line in codeowners.splitlines():
        if line and not line.startswith("#"):
            pattern, *owners = re.split(r"(?<!\\) +", line)
            plain = re.escape(re.sub(r"\\(.)", r"\1", pattern.removeprefix("/")))
            regex = plain.replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*") + (".*" if pattern.endswith("/") else "")
            found = owners if re.fullmatch(regex, path) else found
    return found


@pytest.mark.parametrize("below", ["", "games/arcade hall"])
def test_every_file_has_its_reviewers(repository: Path, below: str) -> None:
    write_project(repository / below)
    result = run("codeowners", cwd=repository / below)
    assert (result.code, result.stderr) == (0, "wrote .github/CODEOWNERS\n")
    text = (repository / ".github/CODEOWNERS").read_text()
    at = f"{below}/" if below else ""
    expected = {
        f"{at}teams/nebula.yaml": ["nebula-oncall@example.com"],
        f"{at}teams/quasar.yaml": ["@arcade/quasar", "ann@example.com"],
        f"{at}teams/new.yaml": ["@arcade/platform"],
        f"{at}teams/deep/er.yaml": ["@arcade/platform"],
        f"{at}leaderboards.yaml": ["@arcade/platform"],
        ".github/CODEOWNERS": ["@arcade/platform"],
        f"{at}README.md": [],
    }
    assert {path: owners_of(path, text) for path in expected} == expected


def test_other_lines_stay_and_the_second_run_changes_nothing(repository: Path) -> None:
    write_project(repository)
    file = repository / "CODEOWNERS"
    file.write_text("* @everybody\n")
    assert run("codeowners", cwd=repository).stderr == "wrote CODEOWNERS\n"
    file.write_text(f"{file.read_text()}/docs/ @writers\n")
    before = file.read_text()
    assert run("codeowners", cwd=repository).stderr == "CODEOWNERS is what leaderboards.yaml says\n"
    assert file.read_text() == before
    assert before.startswith("* @everybody\n# Written by")
    write_project(repository, MAIN.replace("ann@", "bob@"))
    assert run("codeowners", cwd=repository).code == 0
    assert file.read_text() == before.replace("ann@", "bob@")


def test_check_says_what_differs_and_writes_nothing(repository: Path) -> None:
    write_project(repository)
    missing = run("codeowners", "--check", cwd=repository)
    assert missing.code == 1
    assert "+/teams/nebula.yaml nebula-oncall@example.com\n" in missing.stdout
    assert not (repository / ".github").exists()
    run("codeowners", cwd=repository)
    assert run("codeowners", "--check", cwd=repository).code == 0
    write_project(repository, MAIN.replace("@arcade/platform", "@arcade/core"))
    changed = run("codeowners", "--check", cwd=repository)
    assert changed.code == 1
    assert "-/leaderboards.yaml @arcade/platform\n+/teams" not in changed.stdout
    assert "+/leaderboards.yaml @arcade/core\n" in changed.stdout


def test_a_main_file_that_nobody_reviews_is_said(repository: Path) -> None:
    write_project(repository, MAIN.replace('code_owners: ["@arcade/platform"]\n', ""))
    result = run("codeowners", "--output", "-", cwd=repository)
    assert "nobody reviews it" in result.stderr
    assert "leaderboards.yaml" not in result.stdout


def test_a_line_that_somebody_adds_meanwhile_is_not_lost(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(repository)
    file = repository / "CODEOWNERS"
    file.write_text("* @everybody\n")

    def add(before: str, lines: list[str]) -> str:
        file.write_text("* @everybody\n/docs/ @writers\n")
        return replace_lines(before, lines)

    with monkeypatch.context() as once:
        once.setattr(codeowners, "replace_lines", add)
        result = run("codeowners", cwd=repository)
    assert (result.code, result.stderr) == (
        3,
        f"{file} was changed by somebody else just now: nothing is written. Run this again.\n",
    )
    assert run("codeowners", cwd=repository).code == 0
    assert file.read_text().startswith("* @everybody\n/docs/ @writers\n# Written by")


@pytest.mark.parametrize("name", ["te[a]m.yaml", "t\u00e9am.yaml", "team!.yaml"])
def test_a_path_that_no_pattern_can_hold_is_refused(repository: Path, name: str) -> None:
    write_project(repository)
    (repository / "teams/quasar.yaml").rename(repository / "teams" / name)
    result = run("codeowners", cwd=repository)
    assert result.code == 2
    assert "CODEOWNERS cannot name a path with" in result.stderr


def test_a_file_that_is_no_text_is_left_alone(repository: Path) -> None:
    write_project(repository)
    (repository / "CODEOWNERS").write_bytes(b"\xff\xfe")
    assert run("codeowners", cwd=repository).code == 2
    assert (repository / "CODEOWNERS").read_bytes() == b"\xff\xfe"
