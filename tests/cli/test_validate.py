"""`leaderboards validate`: which files are read, and how mistakes are reported."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from tests.support.cli import Result, run
from tests.support.effort import seeds
from tests.support.paths import REPOSITORY, SAMPLE
from tests.support.projects import board_yaml, boards_of, project_yaml
from tests.support.scrambling import scramble

SMALL = project_yaml(board_yaml("weekly-kills"))
SECOND = board_yaml("daily-kills")


def test_sample_is_valid() -> None:
    result = run("validate", cwd=REPOSITORY)
    assert result == Result(0, "leaderboards.yaml: 8 boards, nothing wrong\n", "")


def test_defaults_merge_key_by_key_and_lists_replace(folder: Path) -> None:
    text = SMALL.replace(
        "boards:",
        "defaults:\n  dashboard: {theme: {accent: '#000000'}, refresh_seconds: 3}\n  window: [{every: day}]\nboards:",
    )
    text += "    dashboard: {refresh_seconds: 4}\n"
    (decided,) = boards_of(text)
    assert (decided.dashboard.theme.accent, decided.dashboard.refresh_seconds) == ("#000000", 4)
    assert [window.every for window in decided.config.windows] == ["week"]


def test_included_files(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(
        'include: ["teams/**/*.yaml"]\n' + SMALL.replace("teams:\n", "teams:\n  quasar: {owner: q@example.com}\n")
    )
    for name in ("teams/a.yaml", "teams/deep/er/b.yaml", "teams/.hidden.yaml", "teams/c.txt"):
        team = "quasar" if name.endswith("/b.yaml") else "nebula"
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"team: {team}\nboards:\n"
            + SECOND.replace("daily-kills", f"board-{file.stem.strip('.')}").replace("nebula", team)
        )
    result = run("validate", "--json", cwd=folder)
    assert json.loads(result.stdout)["boards"] == ["nebula/weekly-kills", "nebula/board-a", "quasar/board-b"]
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


@seeds(5)
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
