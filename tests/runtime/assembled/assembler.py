"""The executions of a board's assemblies, in memory: a test says how far they come, and which fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

from runtime.config import BoardConfig
from runtime.dynamodb.table import Table
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.steps import STEPS, OutdatedError, run_step
from runtime.lifecycle.sorted_reading import read_sorted
from runtime.s3.bucket import Bucket
from runtime.s3.rank_files import RankFiles
from runtime.s3.ranks import base_writer
from tests.runtime.world import World

Run = Callable[[BoardConfig, Table, Bucket, str, str, int], None]
"""Carries out one part of a step, as `run_step` does."""


class Assembler:
    """The functions that assemble, and the state machine that calls them."""

    def __init__(self, world: World, run: Run = run_step) -> None:
        self.world = world
        self._run = run
        self._ahead: dict[str, Iterator[tuple[str, int]]] = {}
        """Of the executions that were begun, the parts of steps that are to be carried out."""

    @property
    def open(self) -> list[str]:
        """The names of the executions that run."""
        found = self.world.aws.step_functions.executions
        return [name for name, execution in found.items() if execution.is_open]

    def work(self, calls: int = 1_000_000) -> None:
        """Let each execution that runs call functions, so many at the most."""
        for name in self.open:
            execution = self.world.aws.step_functions.executions[name]
            ahead = self._ahead.setdefault(name, list_calls(execution.input))
            for _ in range(calls):
                call = next(ahead, None)
                if call is None:
                    self.world.aws.step_functions.end(name)
                    break
                try:
                    world = self.world
                    self._run(world.config, world.table, world.bucket, name, *call)
                except (LookupError, OutdatedError):
                    self.world.aws.step_functions.end(name)
                    break

    def fail(self) -> None:
        """Let each execution that runs fail."""
        for name in self.open:
            self.world.aws.step_functions.end(name)


def run_at_once(board: BoardConfig, table: Table, bucket: Bucket, assembly_id: str, step: str, number: int) -> None:
    """What the steps of an assembly do, all in the last one and as one function does it."""
    files = AssemblyFiles(bucket, assembly_id)
    plan = files.read_plan()
    if plan is not None and plan.key != bucket.key:
        raise OutdatedError
    if plan is None or files.read_ended() is not None or step != "finish":
        return
    rank_files = RankFiles(bucket, board.columns)
    token, described = plan.prefix.rpartition("/")[0].rpartition("/")[2].partition("-")[0], base_writer.describe_content
    with patch.object(base_writer, "describe_content", lambda *_: token), ExitStack() as stack:
        if plan.source:
            lines = rank_files.read_lines(plan.source)
        else:
            lines = stack.enter_context(read_sorted(board, table, plan.parts, plan.decisions))
        ranks = rank_files.write(plan.window, lines, plan.ties, plan.top, plan.as_of, None)
    assert ranks.prefix == plan.prefix
    files.write_done(plan.mark(replace(ranks, content=described(plan.ties, ranks.total, False, None))))


def list_calls(told: str) -> Iterator[tuple[str, int]]:
    """The steps and numbers with which an execution calls functions, in their order. `told`: its input."""
    numbers = json.loads(told)
    for step in STEPS:
        parts = {"read": "reads", "gather": "groups"}.get(step, "ranges")
        yield from ((step, number) for number in ([0] if step == "finish" else numbers[parts]))
