"""A board in memory as an operator works on its players: the functions are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generator.operations.players.erasing import Erased, erase
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.versions import VersionedFiles
from generator.operations.running_board import RunningBoard
from runtime.dynamodb.lease import Lease, LeaseHeldError
from tests.runtime.boards import NOW
from tests.runtime.world import World


class MemoryFiles(VersionedFiles):
    """The objects of a bucket in memory, which keeps no versions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list_versions(self, prefix: str) -> Iterator[dict[str, str]]:
        """Each object once."""
        yield from [{"Key": key, "VersionId": "null"} for key in self._world.bucket.list_keys(prefix)]

    def delete_versions(self, versions: Iterator[dict[str, str]]) -> int:
        """Delete the objects themselves."""
        keys = [each["Key"] for each in versions]
        self._world.bucket.delete(keys)
        return len(keys)


class Managed:
    """A board and its operator. Time stands still unless the operator waits."""

    def __init__(self, world: World, now: int = NOW) -> None:
        self.world, self.now = world, now
        self.meanwhile: Callable[[], object] = lambda: None
        """Called whenever the operator waits."""
        world.aws.clock = lambda: self.now
        queues = world.aws.queues
        running = RunningBoard(
            world.activities,
            world._table("marks"),
            world.aws.client("sqs"),
            queues["activities"].url,
            queues["activities-dead-letters"].url,
            "eu-central-1",
            now=lambda: self.now,
            who=lambda: "arn:aws:iam::1:user/op",
        )
        self.board = ManagedBoard(
            "kills", world.config, running, world.table, world.bucket, MemoryFiles(world), self.rebuild
        )

    def rebuild(self) -> dict[str, Any]:
        """Rebuild as the handler does, under a lease."""
        self.now += 1000
        lease = Lease(self.world.table, self.world.config.lease_seconds)
        rebuilder = self.world.rebuilder(self.now)
        object.__setattr__(rebuilder, "lease", lease)
        try:
            result = rebuilder.rebuild()
            rebuilder.clear(result)
        except LeaseHeldError:
            return {"skipped": "another rebuild is under way"}
        finally:
            lease.give_back()
        return {"as_of": result.newest.as_of}

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 1000)
        self.meanwhile()

    def erase(self, player_id: str, *names: str) -> Erased:
        """Erase a player. Returns what was removed."""
        *_, (_, erased) = erase([self.board], self.world.activities, player_id, names, self.wait)
        return erased

    def find_traces(self, *words: str) -> list[str]:
        """Where in the tables, the bucket and the queues one of some words stands."""
        places = [
            (f"{name} {key}", str(item)) for name, table in self.world.aws.tables.items() for key, item in table.items()
        ]
        places += [(key, body.decode()) for key, body in self.world.aws.bucket.bodies().items()]
        places += [(name, body) for name, queue in self.world.aws.queues.items() for body in queue.bodies]
        return [place for place, text in places if any(word in text or word in place for word in words)]
