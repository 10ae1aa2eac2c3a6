"""`leaderboards init`: what it writes is valid, makes bundles, names commands that exist, and overwrites nothing."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from generator import __version__
from generator.authoring.new_project import make_project_name
from generator.check.programs import CHECKOV_VERSION, TERRAFORM_VERSION
from generator.cli.main import leaderboards
from generator.spec.documents import json_schema
from tests.support.cli import Result, run
from tests.support.folders import read_folder
from tests.support.paths import REPOSITORY

FILES = {
    "leaderboards.yaml",
    "leaderboards.schema.json",
    ".gitignore",
    "Makefile",
    ".github/workflows/leaderboards.yml",
}


def command_lines(text: str) -> set[str]:
    """The lines of a file that run our command, without what runs it."""
    return set(re.findall(r"(?:\$\(LEADERBOARDS\)|run: leaderboards) (.+?)(?:   #.*)?\n", text))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project in a folder `My Game`."""
    result = run("init", "My Game", cwd=tmp_path)
    assert result.code == 0
    assert result.stdout == "".join(f"My Game/{path}\n" for path in sorted(FILES, key=result.stdout.index))
    assert result.stderr.startswith("Next: cd 'My Game'\nThen: leaderboards local,")
    return tmp_path / "My Game"


def test_what_it_writes_is_valid_and_makes_a_bundle(project: Path) -> None:
    assert set(read_folder(project)) == FILES
    assert run("validate", cwd=project) == Result(0, "leaderboards.yaml: 1 board, nothing wrong\n", "")
    assert run("generate", cwd=project).code == 0
    assert (project / "build/game/weekly-wins/terraform/main.tf").is_file()
    assert (project / "leaderboards.schema.json").read_text(encoding="utf-8") == json_schema.schema_text()
    first = (project / "leaderboards.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=leaderboards.schema.json"
    assert "project: my-game\n" in (project / "leaderboards.yaml").read_text()


def test_a_second_board_can_be_added(project: Path) -> None:
    assert run("new", "daily-kills", cwd=project).code == 0
    assert run("validate", cwd=project).stdout == "leaderboards.yaml: 2 boards, nothing wrong\n"


@pytest.mark.usefixtures("arcade")
def test_the_steps_of_its_workflow_pass(project: Path) -> None:
    workflow = yaml.safe_load((project / ".github/workflows/leaderboards.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
    ours = [step.split("   #")[0].split()[1:] for step in steps if step.startswith("leaderboards ")]
    assert [step[0] for step in ours] == ["validate", "generate", "check"]
    for step in ours:
        assert run(*step, cwd=project).code == 0, step


def test_its_makefile_and_workflow_name_commands_that_exist(project: Path) -> None:
    texts = [(project / path).read_text() for path in ("Makefile", ".github/workflows/leaderboards.yml")]
    lines = {line for text in texts for line in command_lines(text)}
    assert len(lines) == 7
    for line in lines:
        name, *options = line.split()
        command = leaderboards.commands[name]
        assert hasattr(command, "load")
        known = {option for each in command.load().params for option in each.opts}
        assert {option for option in options if option.startswith("--")} <= known
        if "$(ONLY)" in options:
            assert "--board" in known
    targets = subprocess.run(["make"], cwd=project, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^  ([a-z]+) ", targets, re.M):
        subprocess.run(["make", "-n", target], cwd=project, capture_output=True, check=True)
    no_bundle = subprocess.run(["make", "plan"], cwd=project, capture_output=True, text=True, check=False)
    assert (no_bundle.returncode, "run make generate" in no_bundle.stdout) == (2, True)


def test_versions_are_pinned_to_those_that_this_repository_uses(project: Path) -> None:
    for path in ("Makefile", ".github/workflows/leaderboards.yml"):
        assert f"leaderboards-from-yaml[local]=={__version__}'" in (project / path).read_text()
    assert f"checkov=={CHECKOV_VERSION}\n" in (REPOSITORY / ".requirements/checkov.in").read_text()
    assert f"terraform_version: {TERRAFORM_VERSION}\n" in (REPOSITORY / ".github/workflows/ci.yml").read_text()
    ours = (REPOSITORY / ".github/workflows/ci.yml").read_text()
    for action in re.findall("uses: (.+)", (project / ".github/workflows/leaderboards.yml").read_text()):
        assert f"uses: {action}\n" in ours


def test_the_options_are_taken(tmp_path: Path) -> None:
    options = ["--project", "arcade", "--region", "us-east-1", "--team", "nebula", "--owner", "a@example.com"]
    assert run("init", *options, cwd=tmp_path).code == 0
    text = (tmp_path / "leaderboards.yaml").read_text()
    for line in ("project: arcade", "region: us-east-1", "  nebula: {owner: a@example.com}", "    team: nebula"):
        assert f"\n{line}\n" in text
    assert run("validate", cwd=tmp_path).code == 0


@pytest.mark.parametrize("there", sorted(FILES))
def test_where_a_file_is_there_nothing_is_written(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine\n")
    result = run("init", cwd=tmp_path)
    assert result.code == 2
    assert result.stderr.startswith(f".: {there} is there already.")
    assert result.stderr.endswith("Nothing is written.\n")
    assert read_folder(tmp_path) == {there: b"mine\n"}


def test_where_the_disk_refuses_a_file_none_is_left(tmp_path: Path) -> None:
    (tmp_path / ".github").write_text("a file where the folder would be")
    result = run("init", cwd=tmp_path)
    assert (result.code, "cannot be written" in result.stderr) == (3, True)
    assert set(read_folder(tmp_path)) == {".github"}


def test_below_the_top_of_a_repository_the_workflow_is_one_for_the_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    result = run("init", "games/my boards: #1", cwd=tmp_path)
    workflow = tmp_path / ".github/workflows/leaderboards.yml"
    assert f"move .github/workflows/leaderboards.yml to {workflow}.\n" in result.stderr
    below = tmp_path / "games/my boards: #1"
    job = yaml.safe_load((below / ".github/workflows/leaderboards.yml").read_text())["jobs"]["check"]
    assert job["env"] == {"FILE": "games/my boards: #1/leaderboards.yaml"}
    ours = [step["run"] for step in job["steps"] if step.get("run", "").startswith("leaderboards ")]
    assert len(ours) == 3
    for step in ours:
        words = shlex.split(step.replace("$FILE", job["env"]["FILE"]))[1:]
        if words[0] != "check":  # which needs terraform and checkov
            assert run(*words, cwd=tmp_path).code == 0, step
    # An annotation names the file from the top, where GitHub looks for it.
    (below / "leaderboards.yaml").write_text("version: 2\n")
    shown = run("validate", "--format", "github", "--file", job["env"]["FILE"], cwd=tmp_path)
    assert "file=games/my boards%3A #1/leaderboards.yaml" in shown.stdout


@pytest.mark.parametrize("git", ["folder", "file"])
def test_at_the_top_of_a_repository_the_workflow_needs_no_move(tmp_path: Path, git: str) -> None:
    (tmp_path / ".git").mkdir() if git == "folder" else (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert "GitHub" not in run("init", cwd=tmp_path).stderr
    assert "FILE" not in (tmp_path / ".github/workflows/leaderboards.yml").read_text()


def test_a_folder_of_any_name_is_shown_safely_and_can_be_gone_to(tmp_path: Path) -> None:
    odd = run("init", "a\x1b[31m\nb", cwd=tmp_path)
    assert odd.code == 0
    assert "\x1b" not in odd.stdout + odd.stderr
    assert len(odd.stdout.splitlines()) == len(FILES)
    assert run("init", "--", "--dash", cwd=tmp_path).stderr.startswith("Next: cd ./--dash\n")


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_where_the_folder_is_a_file_the_input_is_wrong(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "game"
    place.write_text("mine") if kind == "file" else place.symlink_to("nowhere")
    result = run("init", "game", cwd=tmp_path)
    assert result == Result(2, "", "game: is there already, and is no folder. Name another.\nNothing is written.\n")


def test_every_wrong_option_is_said_at_once(tmp_path: Path) -> None:
    wrong = ["--project", "Foo", "--region", "mars", "--team", "A\x1b", "--owner", "nobody"]
    result = run("init", "new", *wrong, cwd=tmp_path)
    assert result.code == 2
    assert [line.split(":")[0] for line in result.stderr.splitlines()[:-1]] == [
        "--project",
        "--region",
        "--team",
        "--owner",
    ]
    assert "\x1b" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [("My Game!", "my-game"), ("9lives", "lives"), ("", "arcade"), ("日本", "arcade"), ("a" * 40, "a" * 16)],
)
def test_a_project_is_called_after_its_folder(folder: str, name: str) -> None:
    assert make_project_name(folder) == name
