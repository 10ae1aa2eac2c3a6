"""Which code the functions of a board should run: what their digests are compared with."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from generator.board.board import Board
from generator.operations.status.facts import Expected
from generator.operations.status.fleet import Expect
from generator.output.build_folder import BuildFolder
from generator.rendering.archives import CODE, build_archives


def expect_build(folder: Path) -> Expect:
    """What functions in AWS should run: the code in build/, or where none is there what would be generated."""

    def expect(board: Board) -> Expected:
        # Made anew each time: it remembers what it has read, and somebody may generate while another watches.
        code = BuildFolder(folder).read(f"{board.folder}/{CODE}")
        if code is None:
            return Expected(_digest(build_archives(board)[CODE]), "yaml")
        return Expected(_digest(code))

    return expect


def expect_here() -> Expect:
    """What functions of a local run should run: what such a run deploys for the board as the YAML has it."""
    from generator.local.local_bundle import generate_local_bundle

    @cache
    def digest(folder: str) -> str:
        return _digest(generate_local_bundle(boards[folder])[CODE])

    boards: dict[str, Board] = {}

    def expect(board: Board) -> Expected:
        boards[board.folder] = board
        return Expected(digest(board.folder), "run")

    return expect


def _digest(code: bytes) -> str:
    """The SHA-256 of a zip as Lambda says it."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
