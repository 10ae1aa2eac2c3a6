"""The guard of `generate`: an edit that would harm a board that runs writes nothing, and says what to write instead."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from generator.output.build_folder import BuildFolder
from tests.changes.repository import TEAMS, board, write_files
from tests.support.cli import Result, run
from tests.support.folders import read_folder

KILLS = board("kills", team="nebula", more="    window: {every: week, keep: 4}\n")
BEST = KILLS.replace("{rules", "{aggregate: best, rules")


def write(folder: Path, *boards: str) -> None:
    """Write leaderboards.yaml with these boards."""
    write_files(folder, {"leaderboards.yaml": f"{TEAMS}boards:\n{''.join(boards)}"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two boards that is generated."""
    write(tmp_path, KILLS, board("laps", team="quasar"))
    assert run("generate", cwd=tmp_path).code == 0
    return tmp_path


def test_a_refused_edit_writes_nothing_at_all(project: Path) -> None:
    write(project, BEST, board("laps", "{order: ascending, rules: [{activity: kill, points: 10}]}", team="quasar"))
    before = read_folder(project / "build")
    result = run("generate", "--prune", cwd=project)
    assert (result.code, result.stdout) == (1, "")
    places = [line for line in result.stderr.splitlines() if line.startswith("leaderboards.yaml:")]
    assert [place.split(": ")[:3] for place in places] == [
        ["leaderboards.yaml:8:5", "boards[kills]", "aggregate sum -> best"],
        ["leaderboards.yaml:12:5", "boards[laps]", "order descending -> ascending"],
    ]
    assert "  8 |   - name: kills\n    |     ^\n" in result.stderr
    assert result.stderr.endswith("2 edits refused: nothing is written\n")
    assert read_folder(project / "build") == before
    assert json.loads(run("generate", "--json", cwd=project).stdout)["diagnostics"][0]["code"] == "refused-edit"


def test_accepted_boards_are_written_and_others_are_not(project: Path) -> None:
    laps = board("laps", "{order: ascending, rules: [{activity: kill, points: 10}]}", team="quasar")
    write(project, BEST, laps)
    assert run("generate", "--accept", "kills", cwd=project).code == 1
    assert run("generate", "--board", "kills", "--accept", "kills", cwd=project).code == 0
    assert run("generate", cwd=project).stderr.endswith("1 edit refused: nothing is written\n")
    both = run("generate", "--accept", "kills", "--accept", "laps", cwd=project)
    assert both.code == 0
    assert "order descending -> ascending; " in both.stderr
    assert run("generate", cwd=project) == Result(0, "0 files changed\n", "")
    unknown = run("generate", "--accept", "kill", cwd=project)
    assert unknown.code == 2
    assert 'Did you mean "kills"?' in unknown.stderr


def test_what_needs_attention_is_said_and_written(project: Path) -> None:
    write(
        project, KILLS.replace("keep: 4", "keep: 2").replace("points: 10", "points: 15"), board("laps", team="quasar")
    )
    result = run("generate", cwd=project)
    assert result.code == 0
    assert result.stderr == (
        "build/nebula/kills: changed\n"
        "  kills: keep of window week 4 -> 2; of the windows that have ended only the newest 2 stay: the others are "
        "deleted for good; needs attention\n"
    )


def test_the_diff_in_words(project: Path) -> None:
    write(project, KILLS.replace("points: 10", "points: 15"))
    before = read_folder(project / "build")
    text = run("generate", "--diff", "--format", "text", cwd=project)
    assert text.code == 1
    assert (
        "  kills: points of kill 10 -> 15; scores so far stay, and the new points count from now on; in place\n"
        in text.stdout
    )
    assert "build/quasar/laps: removed\n  laps: board removed; in AWS it goes on running" in text.stdout
    document = json.loads(run("generate", "--diff", "--format", "json", cwd=project).stdout)
    assert [(each["board"], each["change"]) for each in document["bundles"]] == [
        ("kills", "changed"),
        ("laps", "removed"),
    ]
    markdown = run("generate", "--diff", "--format", "markdown", cwd=project).stdout
    assert "- points of kill 10 -\\> 15; scores so far stay" in markdown
    unified = run("generate", "--diff", cwd=project).stdout
    assert '-          "constant": "10",\n+          "constant": "15",\n' in unified
    assert read_folder(project / "build") == before
    assert run("generate", "--format", "text", cwd=project).code == 2


def test_validate_warns_of_it(project: Path) -> None:
    write(project, BEST, board("laps", team="quasar"))
    result = run("validate", cwd=project)
    assert (result.code, result.stdout) == (0, "leaderboards.yaml: 2 boards, 1 warning\n")
    assert result.stderr.startswith("leaderboards.yaml:8:5: warning: boards[kills]: aggregate sum -> best: refused, ")
    shutil.rmtree(project / "build")
    assert run("validate", cwd=project).stderr == ""


@pytest.mark.parametrize("damage", ["{", "[]", '{"format": 2}', "\ud800"])
def test_a_bundle_that_another_version_made_is_not_judged(project: Path, damage: str) -> None:
    (project / "build/nebula/kills/lambda/board.json").write_bytes(damage.encode(errors="surrogatepass"))
    write(project, BEST, board("laps", team="quasar"))
    result = run("generate", cwd=project)
    assert result.code == 0
    assert "made by another version of this program; what changes can't be told" in result.stderr


def test_a_bundle_from_before_the_text_is_read_from_its_zip(project: Path) -> None:
    for name in ("lambda/board.json", "deployment.json"):
        (project / "build/nebula/kills" / name).unlink()
    write(project, BEST, board("laps", team="quasar"))
    result = run("generate", cwd=project)
    assert result.code == 1
    assert "aggregate sum -> best" in result.stderr


def test_only_boards_whose_files_differ_are_compared(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = BuildFolder.read
    write(project, KILLS.replace("points: 10", "points: 15"), board("laps", team="quasar"))

    def note(self: BuildFolder, path: str) -> bytes | None:
        read.append(path)
        return real(self, path)

    monkeypatch.setattr(BuildFolder, "read", note)
    assert run("generate", cwd=project).code == 0
    assert read.count("nebula/kills/deployment.json") == 2  # once to compare files, once to compare what they say
    assert read.count("quasar/laps/deployment.json") == 1
