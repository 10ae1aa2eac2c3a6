"""`leaderboards check` looks at the bundle of a feed as at those of its boards, and names its place in the YAML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.fake_tools import failed, scans
from tests.support.paths import REPOSITORY

FOLDER = "nebula/feed-matches"
BUNDLES = ["boss-kills", "feed-matches", "kills"]


@pytest.fixture
def shared(arcade: Path) -> Path:
    """A project with a feed that two boards count, and tools that are quick to find nothing."""
    (arcade / "leaderboards.yaml").write_text((REPOSITORY / "examples/shared-feed.yaml").read_text())
    return arcade


def count(folder: Path) -> int:
    """The resources that are written below a folder."""
    return sum(len(re.findall(r'^resource "', path.read_text(), re.M)) for path in folder.rglob("*.tf"))


def test_a_feed_is_scanned_beside_its_boards(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("generate", cwd=shared)
    resources = count(shared / "build")
    assert count(shared / "build" / FOLDER) > 20
    result = run("check", cwd=shared)
    assert (result.code, result.stdout) == (0, f"3 bundles, {resources} resources: nothing found\n")
    assert scans(shared) == BUNDLES
    assert run("check", cwd=shared).stdout.startswith("3 bundles (3 unchanged)")
    queues = shared / "build" / FOLDER / "terraform/queues.tf"
    queues.write_text(queues.read_text() + "# more\n")
    monkeypatch.setenv("FAILED", failed(f"{FOLDER}/terraform/queues.tf", 7))
    lines = (shared / "leaderboards.yaml").read_text().splitlines()
    result = run("check", cwd=shared)
    assert result.code == 1
    [heading, *found, _] = result.stdout.splitlines()
    assert heading == f"leaderboards.yaml:{lines.index('  - name: matches') + 1}:5: feeds[matches]"
    assert [line.partition(": ")[2] for line in found] == [
        "CKV_X: Is well (aws_sqs_queue.q)",
        "drift: is not what the YAML says",
    ]
    assert scans(shared) == ["feed-matches"]


def test_a_feed_that_is_not_generated_is_missing(shared: Path) -> None:
    run("generate", "--board", "kills", cwd=shared)
    result = run("check", cwd=shared)
    assert result.code == 1
    assert "feeds[matches]\n  build/nebula/feed-matches: drift: is missing, the whole bundle\n" in result.stdout


def test_a_fresh_clone_is_checked_with_its_feeds(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSEEN", f"{FOLDER}.*aws_cloudwatch_event_bus:activities")
    result = run("check", cwd=shared)
    assert result.code == 1
    assert f"{FOLDER}/terraform/bus.tf:3: seen: checkov did not look at it" in result.stdout
    assert not (shared / "build").exists()
