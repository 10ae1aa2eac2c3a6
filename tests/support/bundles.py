"""Bundles for the tests: of the golden cases, and of the sample that comes with the repo."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.board.board import Board
from generator.board.feed import Feed
from generator.pipeline import Generated, bundles, generate
from generator.source import inputs
from tests.support.paths import GOLDEN, GOLDEN_CASES, REPOSITORY


@cache
def generated(folder: Path) -> Generated:
    """The bundles that the leaderboards.yaml in a folder generates."""
    read = inputs.read_files(folder / "leaderboards.yaml")
    result = generate(read.files, read.main)
    assert not [each for each in result.diagnostics if each.severity == "error"], result.diagnostics
    return result


@cache
def everything() -> Generated:
    """The bundles of the sample and of every golden case. Those of a case are below a folder with its name."""
    parts = {"sample": generated(REPOSITORY), **{case: generated(GOLDEN / case) for case in GOLDEN_CASES}}
    files = {f"{name}/{path}": data for name, part in parts.items() for path, data in part.files.items()}
    boards = tuple(board for part in parts.values() for board in part.boards)
    feeds = tuple(feed for part in parts.values() for feed in part.feeds)
    return Generated(files, boards, (), feeds=feeds)


def bundle_of(one: Board | Feed) -> dict[str, bytes]:
    """The files of the bundle of a board or a feed by their path in it."""
    return {path.removeprefix(f"{one.folder}/"): data for path, data in bundles([one]).items()}
