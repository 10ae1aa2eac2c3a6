"""The life of a board by chance whose windows are mostly assembled, held against one that ranks all of them at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runtime.config import AssemblyConfig
from runtime.domain.instants import MINUTE
from runtime.domain.ranking import WindowRanks
from runtime.dynamodb.decisions import DecisionStore
from runtime.lifecycle.assembled.assemblies import UnreadyError, group_files
from runtime.lifecycle.assembling.files import AssemblyFiles
from runtime.lifecycle.assembling.steps import run_step
from runtime.lifecycle.result import RebuildResult
from runtime.s3.ranks import sizes
from tests.runtime.assembled.assembler import Assembler, run_at_once
from tests.runtime.chains import Chain, read_windows
from tests.runtime.daily import probes
from tests.runtime.stepping import Clock, Process, fork, rebuilder_of
from tests.runtime.world import World

SOON = 40
"""After how many rebuilds in a row everything is assembled and adopted, where nothing fails."""


class LargeChain(Chain):
    """A board with large windows, its state machine, and what happens to both."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        assembly = AssemblyConfig(2, 8, 3, sizes.LEAST_COMPACTED // 2)
        config = replace(self.world.config, assembly=assembly, search_names=False, segments=())
        self.world.deploy(config)
        self.assembler = Assembler(self.world, self.chance.choice([run_step, run_at_once]))
        self.unready = 0
        """How many rebuilds had nothing to publish."""
        self.adopted = 0
        """How many windows were shown as they were assembled."""

    def live(self, steps: int) -> None:
        """Let things happen, and in the end nothing more until all is as it should be."""
        super().live(steps)
        for _ in range(SOON):
            self.clock.now += 3 * MINUTE
            self.assembler.work()
            result = self._rebuild()
            if result is not None and not result.awaited and not self._late(result):
                break
        else:
            raise AssertionError(f"still waiting for {result and result.awaited}")
        found, expected = self._compare(result)
        assert found.keys() == expected.keys()
        assert not self.assembler.open

    def rebuild(self) -> None:
        """Let some of what is assembled be done, or fail, and rebuild."""
        act = self.chance.random()
        if act < 0.05:
            self.assembler.fail()
        elif act < 0.7:
            self.assembler.work(self.chance.choice([1, 3, 1000]))
        if (result := self._rebuild()) is not None:
            self._compare(result)
        self._find_swept()

    def meet(self) -> None:
        """As every board does, and also where nothing can be published."""
        try:
            super().meet()
        except UnreadyError:
            self.unready += 1

    def go_on(self) -> None:
        """As every board does, and also where nothing can be published."""
        try:
            super().go_on()
        except UnreadyError:
            self.unready += 1
            for _, process in self.slow:
                process.kill()
            self.slow = []

    def _rebuild(self) -> RebuildResult | None:
        self.world.put(*probes(self.world), written=self.clock.now)
        before = self.world.snapshots.read_newest()
        try:
            result: RebuildResult = self._begin().finish()
        except UnreadyError:
            self.unready += 1
            return None
        finally:
            self.world.aws.stream.held = 0
        known = before.prefixes if before else frozenset()
        self.adopted += sum(each.prefix not in known and is_assembled(each) for each in result.snapshot.ranks)
        return result

    def _begin(self) -> Process:
        """A rebuild, with its sweep."""
        began = self.clock.now

        def work(own: World) -> RebuildResult:
            rebuilder = rebuilder_of(own, Clock(began))
            result = rebuilder.rebuild()
            rebuilder.clear(result)
            assert result.assemblies
            own.snapshots.sweep(self.clock.now, 30, find_others=result.assemblies.sweep)
            return result

        return Process(self.world, work)

    def _compare(self, result: RebuildResult) -> tuple[dict[str, Any], dict[str, Any]]:
        """Hold what was made against a rebuild that ranks everything itself, as far as it is not behind."""
        other = fork(self.world)
        other.deploy(replace(self.world.config, assembly=None))
        other.aws.bucket.objects.clear()
        snapshot = rebuilder_of(other, Clock(self.clock.now)).rebuild().snapshot
        found, expected = read_windows(self.world, result.snapshot), read_windows(other, snapshot)
        late = self._late(result)
        for window_id in found.keys() & expected.keys() - late:
            assert found[window_id] == expected[window_id], window_id
        hidden = DecisionStore(self.world.table).read().hidden
        for ranks in result.snapshot.ranks:
            # Who is hidden is not shown meanwhile, except in ranks that are final.
            assert ranks.sealed or all(self.world.rank_files.find(ranks, each) is None for each in hidden)
        return found, expected

    def _find_swept(self) -> None:
        """Nobody sweeps the base of an assembly that has files still: a rebuild would find it gone, and begin again."""
        objects = self.world.aws.bucket.objects
        for name in group_files(objects):
            done = AssemblyFiles(self.world.bucket, name).read_done()
            if done is not None and done.players:
                assert {f"{done.prefix}blocks/000000", f"{done.prefix}players/000000"} <= objects.keys(), done.prefix

    def _late(self, result: RebuildResult) -> set[str]:
        """The windows that are shown by former decisions of operators, or as they were on the day before."""
        decided = DecisionStore(self.world.table).read().fingerprint
        late = {ranks.window.id for ranks in result.snapshot.ranks if ranks.decided != decided}
        timelines = self.world.window_store.timelines
        for kind in self.world.config.windows:
            current = timelines.of(kind).current(self.clock.now)
            if kind.every == "rolling" and current is not None:
                ranks = result.snapshot.find_ranks(current.id)
                late |= {current.id} if ranks and ranks.window != current else set()
        return late


def is_assembled(ranks: WindowRanks) -> bool:
    """Whether a base was assembled: a function that writes one alone names it by its content."""
    return bool(ranks.delta) is False and f"/{ranks.content}-" not in ranks.prefix
