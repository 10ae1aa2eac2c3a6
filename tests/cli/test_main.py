"""The command line: what it prints where, its exit codes, and that no input makes it fail in words not its own."""

from __future__ import annotations

import json
import random
import re
import tomllib
from pathlib import Path

import pytest

import generator
from generator import pipeline
from generator.cli import main
from tests.support.cli import Result, run
from tests.support.paths import REPOSITORY, SAMPLE
from tests.support.processes import finish, start, start_python
from tests.support.projects import board_yaml, boards_of, project_yaml
from tests.support.scrambling import scramble

ROOT = REPOSITORY
SMALL = project_yaml(board_yaml("weekly-kills"))
SECOND = board_yaml("daily-kills")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leaderboards.yaml").write_text(SMALL)
    return tmp_path


def test_sample_is_valid() -> None:
    result = run("validate", cwd=ROOT)
    assert result == Result(0, "leaderboards.yaml: 8 boards, nothing wrong\n", "")


def test_generate_twice(folder: Path) -> None:
    first = run("generate", cwd=folder)
    assert first.code == 0
    assert first.stderr == ""
    assert re.fullmatch(r"build/nebula/weekly-kills: \d+ new\n\d+ files changed\n", first.stdout)
    before = {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")}
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert {path: path.stat().st_mtime_ns for path in (folder / "build").rglob("*")} == before
    assert run("generate", "--check", cwd=folder) == Result(0, "0 files would change\n", "")
    assert run("generate", "--diff", cwd=folder) == Result(0, "", "")


def test_check_and_diff_find_and_never_write(folder: Path) -> None:
    result = run("generate", "--check", cwd=folder)
    assert result.code == 1
    assert "would change" in result.stdout
    assert not (folder / "build").exists()
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL.replace("points: 10", "points: 11") + "    title: Kills\n")
    result = run("generate", "--diff", cwd=folder)
    assert result.code == 1
    assert "+++ b/nebula/weekly-kills/README.md\n" in result.stdout
    assert "Binary file nebula/weekly-kills/lambda/board.zip differs\n" in result.stdout
    assert run("generate", "--check", cwd=folder).stdout.startswith("build/nebula/weekly-kills: ")


def test_a_comment_changes_no_bundle(folder: Path) -> None:
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL + "# a comment\n")
    assert run("generate", cwd=folder).stdout == "1 file changed\n"  # the manifest, which has the input's hash


def test_a_removed_board(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(SMALL + SECOND)
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(SMALL)
    result = run("generate", cwd=folder)
    assert result.stderr == (
        "build/nebula/daily-kills: its board is gone. Kept. Destroy what it deployed, "
        "then `leaderboards generate --prune`.\n"
    )
    state = folder / "build/nebula/daily-kills/terraform/terraform.tfstate"
    state.write_text("{}")
    result = run("generate", "--prune", cwd=folder)
    assert "Kept, for Terraform's state is in it: terraform/terraform.tfstate." in result.stderr
    assert state.exists()
    state.unlink()
    result = run("generate", "--prune", cwd=folder)
    assert result.stdout == "build/nebula/daily-kills: deleted, its board is gone\n1 file changed\n"
    assert not state.parent.parent.exists()


def test_a_board_that_moved_to_another_team(folder: Path) -> None:
    teams = SMALL.replace("teams:\n", "teams:\n  quasar: {owner: quasar@example.com}\n")
    (folder / "leaderboards.yaml").write_text(teams)
    run("generate", cwd=folder)
    (folder / "leaderboards.yaml").write_text(teams.replace("team: nebula", "team: quasar"))
    result = run("generate", cwd=folder)
    assert "build/nebula/weekly-kills: its board moved to build/quasar/weekly-kills. Kept. Move its" in result.stderr
    assert "Destroy" not in result.stderr


def test_a_bundle_that_no_board_can_have_had(folder: Path) -> None:
    run("generate", cwd=folder)
    manifest = json.loads((folder / "build/manifest.json").read_text())
    manifest["orphans"] = {"weekly-kills": {"files": {}}}
    (folder / "build/manifest.json").write_text(json.dumps(manifest))
    (folder / "build/weekly-kills").mkdir()
    assert "fault" not in run("generate", "--check", cwd=folder).stderr


def test_what_is_generated_is_not_included(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text('include: ["**/*s.yaml"]\n' + SMALL)
    (folder / "teams").mkdir()
    (folder / "teams" / "others.yaml").write_text("team: nebula\nboards:\n" + SECOND)
    (folder / "leaderboards.yaml").rename(folder / "main.yaml")
    for _ in range(2):
        result = run("generate", "--file", "main.yaml", cwd=folder)
        assert result.code == 0, result.stderr
        (folder / "build" / "leftovers.yaml").write_text("no: board")


def test_environments_are_the_first_level(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(
        SMALL + SECOND + "environments:\n  dev: {defaults: {top: 5}}\n  prod: {boards: {daily-kills: {top: 7}}}\n"
    )
    result = run("generate", "--env", "dev", "--json", cwd=folder)
    folders = {change["path"].rpartition("/terraform/")[0] for change in json.loads(result.stdout)["files"]}
    assert folders - {""} == {"dev/nebula/weekly-kills", "dev/nebula/daily-kills"}
    boards = boards_of((folder / "leaderboards.yaml").read_text())
    assert [(board.folder, board.names.prefix, board.config.top) for board in boards] == [
        ("dev/nebula/weekly-kills", "arcade-dev-weekly-kills", 5),
        ("dev/nebula/daily-kills", "arcade-dev-daily-kills", 5),
        ("prod/nebula/weekly-kills", "arcade-prod-weekly-kills", 100),
        ("prod/nebula/daily-kills", "arcade-prod-daily-kills", 7),
    ]


def test_defaults_merge_key_by_key_and_lists_replace(folder: Path) -> None:
    text = SMALL.replace(
        "boards:",
        "defaults:\n  dashboard: {theme: {accent: '#000000'}, refresh_seconds: 3}\n  window: [{every: day}]\nboards:",
    )
    text += "    dashboard: {refresh_seconds: 4}\n"
    (decided,) = boards_of(text)
    assert (decided.accent, decided.refresh_seconds) == ("#000000", 4)
    assert [window.every for window in decided.config.windows] == ["week"]


def test_included_files(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text('include: ["teams/**/*.yaml"]\n' + SMALL)
    for name in ("teams/a.yaml", "teams/deep/er/b.yaml", "teams/.hidden.yaml", "teams/c.txt"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("team: nebula\nboards:\n" + SECOND.replace("daily-kills", f"board-{file.stem.strip('.')}"))
    result = run("validate", "--json", cwd=folder)
    assert json.loads(result.stdout)["boards"] == ["nebula/weekly-kills", "nebula/board-a", "nebula/board-b"]
    run("generate", cwd=folder)
    manifest = json.loads((folder / "build/manifest.json").read_text())
    assert list(manifest["inputs"]) == ["leaderboards.yaml", "teams/a.yaml", "teams/deep/er/b.yaml"]


def test_file_elsewhere_is_named_as_given(folder: Path) -> None:
    (folder / "games").mkdir()
    (folder / "leaderboards.yaml").rename(folder / "games" / "arcade.yaml")
    assert run("generate", "--file", "games/arcade.yaml", cwd=folder).code == 0
    assert (folder / "games/build/manifest.json").exists()
    (folder / "games/arcade.yaml").write_text(SMALL.replace("week}", "weak}"))
    result = run("validate", "--file", "games/arcade.yaml", cwd=folder)
    assert result.stderr.startswith("games/arcade.yaml:10:21: boards[weekly-kills].window.every: must be ")
    assert "\n  10 |     window: {every: weak}\n     |                     ^\n" in result.stderr


def test_errors_as_json(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(SMALL.replace("week}", "weak}"))
    for command in ("validate", "generate"):
        result = run(command, "--json", cwd=folder)
        assert result.code == 2
        assert result.stderr == ""
        assert json.loads(result.stdout)["diagnostics"] == [
            {
                "file": "leaderboards.yaml",
                "line": 10,
                "column": 21,
                "path": "boards[weekly-kills].window.every",
                "message": 'must be all_time, hour, day, week, month, season or rolling, not "weak"',
                "hint": 'Did you mean "week"?',
                "code": "choice",
                "severity": "error",
            }
        ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--board", "weekly-kils"], '--board: there is no "weekly-kils" in leaderboards.yaml. Did you mean '),
        (["--team", "zzz"], '--team: there is no "zzz" in leaderboards.yaml. Write nebula.'),
        (["--env", "dev"], '--env: there is no "dev" in leaderboards.yaml. No boards match.'),
        (["--board", "\033[31m"], '--board: there is no "\\x1b[31m" in leaderboards.yaml.'),
        (["--file", "none.yaml"], "none.yaml: there is no such file."),
        (["--file", "."], ".: cannot be read: Is a directory."),
        (["--nonsense"], "No such option '--nonsense'"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], message: str) -> None:
    result = run("generate", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.stderr
    assert not (folder / "build").exists()


def test_what_stands_in_the_way(folder: Path) -> None:
    (folder / "build").symlink_to("/tmp")
    result = run("generate", cwd=folder)
    assert result.code == 3
    assert result.stderr == "build is a symbolic link: nothing is written through links. Delete it.\n"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (RuntimeError("bad\033[31m\nluck"), 3, r'RuntimeError at .*: "bad\x1b[31m\nluck". Please report it.'),
        (RecursionError("deep"), 3, "RecursionError"),
        (MemoryError(), 3, "MemoryError"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "validate", fail)
    result = run("validate", cwd=folder)
    assert result.code == code
    assert "Traceback" not in result.stderr
    assert re.search(message.replace("\\", "\\\\").replace("[", "\\["), result.stderr)
    assert result.stderr.strip().count("\n") == 0


def test_help_has_examples() -> None:
    for command in (["--help"], *([name, "-h"] for name in main.leaderboards.commands)):
        result = run(*command, cwd=ROOT)
        assert result.code == 0
        assert "Examples:\n" in result.stdout
        assert f"leaderboards {command[0].strip('-')}" in result.stdout.replace(
            "leaderboards validate  ", "leaderboards help"
        )


def test_the_version_stands_in_one_place() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in pyproject["project"]
    assert pyproject["project"]["dynamic"] == ["version"]
    assert pyproject["tool"]["hatch"]["version"] == {"path": "generator/__init__.py"}
    assert run("--version", cwd=ROOT).stdout == f"leaderboards {generator.__version__}\n"
    assert finish(start_python("-m", "hatchling", "version", cwd=ROOT)) == (f"{generator.__version__}\n", "")


def _modules(folder: Path, *arguments: str) -> set[str]:
    code = "import sys\nfrom generator.cli.main import main\n"
    code += "try:\n main()\nfinally:\n print(*sys.modules, file=sys.stderr)"
    # The first run compiles, for which Python needs modules of its own.
    for _ in range(2):
        process = start_python(
            *("-c", code, *arguments),
            cwd=folder,
            PYTHONPYCACHEPREFIX=str(folder / "compiled"),
            PYTHONDONTWRITEBYTECODE="",
        )
        _, err = finish(process)
    return set(err.splitlines()[-1].split())


def test_nothing_is_imported_before_it_is_needed(folder: Path) -> None:
    light = _modules(folder, "--help")
    assert light.isdisjoint({"yaml", "pydantic", "jinja2", "boto3", "difflib", "importlib.metadata", "asyncio", "json"})
    middle = _modules(folder, "validate")
    assert {"yaml", "pydantic"} <= middle
    assert middle.isdisjoint({"jinja2", "boto3", "botocore", "difflib", "asyncio", "hypothesis", "unicodedata"})
    assert _modules(folder, "generate").isdisjoint({"boto3", "botocore", "difflib", "asyncio", "hypothesis"})


def test_output_that_nobody_reads(folder: Path) -> None:
    with start("generate", "--diff", cwd=folder) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.parametrize("seed", range(10))
def test_mutations_of_the_sample(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        text = scramble(SAMPLE, chance)
        (tmp_path / "leaderboards.yaml").write_text(text, encoding="utf-8", newline="")
        result = run("validate", cwd=tmp_path)
        assert result.code in (0, 2), text
        assert (result.code == 2) == bool(result.stderr), text
        assert "\033" not in result.stderr
        if result.code == 2:
            assert re.search(r"^leaderboards\.yaml(:\d+:\d+)?: \S", result.stderr), result.stderr
            assert re.search(r"\n[\d,]+ errors?\n$", result.stderr), result.stderr


@pytest.mark.parametrize("command", [("rejected",), ("redrive", "--from", "rejected")], ids=lambda command: command[0])
def test_a_reason_that_is_none_is_not_taken_for_one_without_activities(folder: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "weekly-kills", "--reason", "unknown-type", cwd=folder)
    message = '--reason: nothing is rejected for "unknown-type". Did you mean "unknown_type"?\n'
    assert result == Result(2, "", message)
    assert "too_old, late, sealed" in run(*command, "weekly-kills", "--reason", "x", cwd=folder).stderr
