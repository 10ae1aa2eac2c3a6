"""A project of twenty teams: what one of them does changes nothing of the others'."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks import inputs
from tests.support.cli import run
from tests.support.folders import read_folder

TEAMS = 20
FEEDS = 2


def test_a_board_more_changes_its_bundle_and_the_manifest_and_nothing_else(tmp_path: Path) -> None:
    build = tmp_path / "build"
    inputs.leaderboards(tmp_path, TEAMS, TEAMS, FEEDS)
    assert run("generate", cwd=tmp_path).code == 0
    before, written = read_folder(build), {path: path.stat().st_ino for path in build.rglob("*")}

    # The new board counts a feed: its bundle does not change, for the board brings what it needs of it.
    inputs.leaderboards(tmp_path, TEAMS + 1, TEAMS, FEEDS)
    done = run("generate", "--json", cwd=tmp_path)
    assert done.code == 0
    new = "team-00/board-0020"
    after = read_folder(build)
    added = {path for path in after if path.startswith(f"{new}/")}
    assert len(added) > 20
    assert f"{new}/terraform/feed.tf" in added
    assert "team-00/feed-of-team-00/terraform/bus.tf" in before
    assert after.keys() - before.keys() == added
    assert {path for path in before if after[path] != before[path]} == {"manifest.json"}
    # Nor were the others written anew: each file and folder is still the same one.
    moved = {str(path.relative_to(build)) for path, inode in written.items() if path.stat().st_ino != inode}
    assert moved == {"manifest.json"}

    old, now = (json.loads(each["manifest.json"]) for each in (before, after))
    assert now["bundles"].keys() - old["bundles"].keys() == {new}
    assert {folder: record for folder, record in now["bundles"].items() if folder != new} == old["bundles"]
    assert {path for path in now["inputs"] if now["inputs"][path] != old["inputs"][path]} == {"teams/team-00.yaml"}
    assert run("generate", "--check", cwd=tmp_path).code == 0
