"""What local mode deploys for a board: the files that `generate` makes, with a few changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.board.board import SIMULATOR, Board
from generator.board.sizing import decide_visibility
from generator.errors import LocalError
from generator.local.emulator.process import ACCOUNT
from generator.local.rehearsal import shifted_clock
from generator.local.workers import REBUILDER_SECONDS
from generator.pipeline import bundles
from generator.rendering.archives import CODE, replace_member

SEALING_QUIET_SECONDS = 10
"""Seconds without an arrival after which an ended window is sealed here. In AWS it is half an hour, because a message
that keeps failing can be on its way that long. A person who tries a board out wants to see a window sealed sooner."""

PROCESSOR_SECONDS = 15
"""The processor's timeout here, in seconds. Sealing waits this long for batches that are under way."""


def generate_local_bundle(board: Board) -> dict[str, bytes]:
    """The files of a board's bundle by their path in it, with what local mode changes.

    The board has a simulator. The processor's timeout and the wait before sealing are shorter, so that a window is
    sealed within a minute after its end and grace, and so is the wait for what a processor had that was killed. The
    rebuilder's timeout is shorter too, so that old files may go earlier. All functions have one clock: the
    run's, see `rehearsal.clock`.
    """
    timeout = min(PROCESSOR_SECONDS, board.processor.timeout_seconds)
    drain = min(SEALING_QUIET_SECONDS, board.config.drain_seconds)
    sizing = replace(
        board.sizing,
        processor_timeout=replace(board.sizing.processor_timeout, value=timeout),
        rebuilder_timeout=replace(board.sizing.rebuilder_timeout, value=REBUILDER_SECONDS),
        visibility=decide_visibility(timeout, board.sizing.batching.value),
    )
    board = replace(
        board,
        simulator=SIMULATOR,
        sizing=sizing,
        config=replace(board.config, drain_seconds=drain, processor_seconds=timeout, clock_seconds=0),
    )
    folder = f"{board.folder}/"
    files = {path.removeprefix(folder): content for path, content in bundles([board]).items()}
    return {**files, CODE: replace_member(files[CODE], "runtime/clock.py", Path(shifted_clock.__file__).read_bytes())}


def find_region_and_account(boards: Sequence[Board]) -> tuple[str, str]:
    """The region and account that all boards share. Raises LocalError if they do not, or if there is no board."""
    places = {(board.region, board.account_id or ACCOUNT) for board in boards}
    if len({board.name for board in boards}) < len(boards) or len(places) > 1:
        raise LocalError("the boards are in several environments: choose one with --env")
    if not places:
        raise LocalError("there is no board to run")
    return places.pop()
