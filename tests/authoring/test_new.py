"""`leaderboards new` as a command: what it prints, what it writes where, and that no file is ever half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authoring.files import HEAD, MAIN
from tests.support.cli import Result, run
from tests.support.folders import read_folder
from tests.support.processes import finish, start


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a main file without boards, and a file of the team quasar with one."""
    (tmp_path / "teams").mkdir()
    (tmp_path / MAIN).write_text(f'include: ["teams/*.yaml"]\n{HEAD}boards: []\n')
    (tmp_path / "teams/quasar.yaml").write_text(
        "team: quasar\nboards:\n- name: laps\n"
        "  scoring: {rules: [{activity: lap, points: 1}]}\n  window: {every: day}\n"
    )
    return tmp_path


def test_a_board_goes_into_the_file_of_its_team(folder: Path) -> None:
    main = (folder / MAIN).read_text()
    result = run("new", "best-laps", "--team", "quasar", cwd=folder)
    assert result == Result(
        0,
        "teams/quasar.yaml:8: the board best-laps of team quasar\n",
        "Next: change it to what you need. `leaderboards local` takes it up when you save the file;\n"
        "`leaderboards generate --board best-laps` writes its bundle.\n",
    )
    assert (folder / MAIN).read_text() == main
    assert "team:" not in (folder / "teams/quasar.yaml").read_text().partition("best-laps")[2]
    assert run("validate", cwd=folder).code == 0
    assert run("new", "worst-laps", "--like", "laps", "--team", "nebula", cwd=folder).code == 0
    assert "name: worst-laps\n    team: nebula\n" in (folder / MAIN).read_text()


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = read_folder(folder)
    result = run("new", "best-laps", "--team", "quasar", "--dry-run", cwd=folder)
    assert result.code == 0
    assert result.stdout.startswith("--- a/teams/quasar.yaml\n+++ b/teams/quasar.yaml\n@@ -3,3 +3,11 @@\n")
    assert "\n+- name: best-laps\n" in result.stdout
    assert "\n-" not in result.stdout.partition("@@")[2]
    assert result.stderr == (
        "teams/quasar.yaml:8: the board best-laps of team quasar would be here. Nothing is written.\n"
    )
    assert read_folder(folder) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["laps"], 'BOARD: a board is already called "laps", at teams/quasar.yaml:3. Give it a name of its own.\n'),
        (["a-b"], "--team: say whose board it is: nebula or quasar.\n"),
        (
            ["a-b", "--team", "nebla"],
            '--team: there is no team "nebla" in leaderboards.yaml. Did you mean "nebula"?\n',
        ),
        (
            ["a-b", "--like", "lap"],
            '--like: there is no board "lap" in leaderboards.yaml. Did you mean "laps"?\n',
        ),
        (
            ["A_b", "--team", "nebula"],
            "BOARD: must be 2 to 32 lower-case letters, digits and dashes, the first a letter, "
            'not "A_b". Write "a-b".\n',
        ),
        (
            ["\033]0;\n\udcff\"'", "--team", "nebula"],
            "BOARD: must be 2 to 32 lower-case letters, digits and dashes, the first a letter, "
            'not "\\x1b]0;\\n?\\"\'". Write one such as `name: weekly-kills`.\n',
        ),
        (["", "--team", "nebula"], "BOARD: must be 2 to 32 lower-case letters"),
    ],
)
def test_wrong_arguments_are_errors_that_name_them(folder: Path, arguments: list[str], message: str) -> None:
    before = read_folder(folder)
    result = run("new", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.stderr
    assert result.stderr.endswith("\nNothing is written.\n")
    assert not result.stdout
    assert read_folder(folder) == before


def test_a_name_too_long_once_prefixed_is_an_error(folder: Path) -> None:
    text = (folder / MAIN).read_text().replace("arcade", "a-long-project-x")
    (folder / MAIN).write_text(f"{text}environments: {{an-environment-x: {{}}}}\n")
    result = run("new", "a-board-with-a-name", "--team", "nebula", cwd=folder)
    assert result.code == 2
    assert result.stderr.startswith("BOARD: a-long-project-x-an-environment-x-a-board-with-a-name has 53 characters")


def test_a_mistake_that_the_new_board_makes_elsewhere_is_an_error(folder: Path) -> None:
    """Two boards that would share their names in AWS. The error may be at either of them."""
    (folder / MAIN).write_text((folder / MAIN).read_text() + "environments: {dev: {}, dev-laps: {}}\n")
    laps = folder / "teams/quasar.yaml"
    laps.write_text(laps.read_text().replace("name: laps", "name: laps-laps"))
    result = run("new", "laps", "--team", "nebula", cwd=folder)
    assert result.code == 2
    assert "would have the same names in AWS" in result.stderr
    assert result.stderr.startswith(("BOARD: ", "teams/quasar.yaml:3:"))


def test_a_file_with_mistakes_is_not_touched(folder: Path) -> None:
    (folder / MAIN).write_text("version: 2\n" + HEAD.removeprefix("version: 1\n"))
    before = (folder / MAIN).read_bytes()
    result = run("new", "a-b", "--team", "nebula", cwd=folder)
    assert result.code == 2
    assert "leaderboards.yaml:1:10: version: must be 1" in result.stderr
    assert (folder / MAIN).read_bytes() == before


def test_four_runs_at_once_add_four_boards(folder: Path) -> None:
    """Runs at the same time wait for each other, so that none overwrites another's board."""
    names = [f"board-{number}" for number in range(4)]
    runs = [start("new", name, "--team", "quasar", cwd=folder) for name in names]
    assert [(finish(process), process.returncode)[1] for process in runs] == [0] * len(names)
    result = run("validate", cwd=folder)
    assert result.stdout == "leaderboards.yaml: 5 boards, nothing wrong\n"
    assert [path.name for path in (folder / "teams").iterdir()] == ["quasar.yaml"]


def test_a_link_stays_a_link_and_the_mode_is_kept(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / MAIN).rename(folder / "elsewhere/real.yaml")
    (folder / "elsewhere/real.yaml").chmod(0o640)
    (folder / MAIN).symlink_to("elsewhere/real.yaml")
    assert run("new", "a-b", "--team", "nebula", cwd=folder).code == 0
    assert (folder / MAIN).is_symlink()
    assert "a-b" in (folder / "elsewhere/real.yaml").read_text()
    assert (folder / "elsewhere/real.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "boards",
    [
        "boards: [{name: a-b, team: nebula, scoring: {rules: [{activity: kill, points: 1}]}, window: {every: day}}]\n",
        "boards: [  # none\n]\n",
    ],
)
def test_boards_in_brackets_are_refused(tmp_path: Path, boards: str) -> None:
    (tmp_path / MAIN).write_text(HEAD + boards)
    result = run("new", "first", "--team", "nebula", cwd=tmp_path)
    assert result.code == 2
    assert result.stderr.startswith(f"{MAIN}:7:9: a board can only be added to a list with dashes")
    assert "Write" in result.stderr
    assert (tmp_path / MAIN).read_text() == HEAD + boards
