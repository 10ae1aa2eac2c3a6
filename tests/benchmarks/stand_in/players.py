"""The players of a benchmark's board, made by arithmetic: the same ones on every machine, in any process."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from runtime.domain.windows import ALL_TIME

WINDOW = ALL_TIME.id
"""The window that the players are in."""
ITEM_OVERHEAD = 9 + 9 + (7 + 3 + 1) + 2 + 4 + (8 + 36) + 7 + 7
"""Bytes of an item's attribute names, of its list, and of `named_by` (see `values.item_bytes` of the AWS in memory)."""
SHOWN = frozenset(("player_id", "columns", "at", "name"))
"""The attributes of an item of which `show_item` makes JSON; and "segments", where players have a value of one."""
SEGMENT, VALUES = "country", 30
"""The segment that players may have a value of, and how many values there are."""
VALUE_BYTES = 8 + 3 + (len(SEGMENT) + 1) + 3 + (3 + 1) + (36 + 1)
"""Bytes of it in an item, as above."""
POINTS = 7919
"""The points that a change gives a player."""
STARTED = 1_793_000_000_000
"""No player has scored before this instant."""


@dataclass(frozen=True)
class Change:
    """A change of every `every`-th player, beginning with the player of the number `first`."""

    every: int
    first: int

    def covers(self, number: int) -> bool:
        """Whether a player is changed."""
        return number % self.every == self.first

    def count(self, players: int) -> int:
        """How many of so many players are changed."""
        return len(range(self.first, players, self.every))


@dataclass(frozen=True)
class Population:
    """The players 0 .. `players` - 1, spread over `shards` partitions as a board spreads them, after some changes."""

    players: int
    shards: int
    changes: tuple[Change, ...] = ()
    is_split: bool = False
    """Whether each player has a value of the segment."""

    @property
    def shown(self) -> frozenset[str]:
        """The attributes of an item of which `show_item` makes JSON."""
        return SHOWN | {"segments"} if self.is_split else SHOWN

    def change(self, change: Change) -> Population:
        """The same players after one change more."""
        return replace(self, changes=(*self.changes, change))

    def times(self, number: int) -> int:
        """How often a player was changed."""
        return sum(change.covers(number) for change in self.changes)

    def partition(self, shard: int) -> str:
        """The partition key of a shard."""
        return f"{WINDOW}#{shard}"

    def shard_of(self, number: int) -> int:
        """The shard of a player."""
        return zlib.crc32(player_id(number).encode()) % self.shards

    def item(self, number: int) -> tuple[str, int]:
        """A player's item as DynamoDB's JSON, and its size in bytes."""
        return self.make_item(self.partition(self.shard_of(number)), number, self.times(number))

    def make_item(self, partition: str, number: int, times: int) -> tuple[str, int]:
        """The item that the processor would have stored of a player, and its size."""
        text, size = _make_item(partition, number, times)
        return (f"{text[:-1]}{_show_value(number, times)}}}", size + VALUE_BYTES) if self.is_split else (text, size)

    def show_item(self, number: int, times: int) -> str:
        """What a rebuild asks for of a player's item: the attributes that are `shown`."""
        text = _show_item(number, times)
        return f"{text[:-1]}{_show_value(number, times)}}}" if self.is_split else text

    def numbers(self, shard: int) -> Iterator[tuple[int, int]]:
        """Each player of a shard in the order of the ids: the number, and how often it was changed."""
        crc32, shards = zlib.crc32, self.shards
        for number in range(self.players):
            if crc32(b"player-%08d" % number) % shards == shard:
                yield number, self.times(number) if self.changes else 0


def player_id(number: int) -> str:
    """The id of a player. Ids sort as the numbers do."""
    return f"player-{number:08}"


def number_of(player: str) -> int:
    """The number of a player, by the id."""
    return int(player.removeprefix("player-"))


def score_of(number: int, times: int) -> int:
    """The score of a player who was changed so often. Scores have nothing to do with the order of ids."""
    return (number * 2_654_435_761 & 0xFFFFFFFF) % 1_000_003 + times * POINTS


def at_of(number: int, times: int) -> int:
    """When the player's score was reached."""
    return STARTED + (number * 40_503 & 0xFFFFF) * 1000 + times * 60_000


def value_of(number: int) -> str:
    """A player's value of the segment."""
    return f"V{number % VALUES:02}"


def _show_value(number: int, times: int) -> str:
    given = f'[{{"S":"{value_of(number)}"}},{{"S":"{_activity_of(number, times)}"}}]'
    return f',"segments":{{"M":{{"{SEGMENT}":{{"L":{given}}}}}}}'


def _activity_of(number: int, times: int) -> str:
    instant = f"{at_of(number, times):012x}"
    return f"{instant[:8]}-{instant[8:]}-7000-8000-{number:012x}"


def _show_item(number: int, times: int) -> str:
    return (
        f'{{"player_id":{{"S":"player-{number:08}"}},"columns":{{"L":[{{"N":"{score_of(number, times)}"}}]}},'
        f'"at":{{"N":"{at_of(number, times)}"}},"name":{{"S":"Nova {number:07}"}}}}'
    )


def _make_item(partition: str, number: int, times: int) -> tuple[str, int]:
    score, at, counted = str(score_of(number, times)), at_of(number, times), str(times + 3)
    name = f"Nova {number:07}"
    text = (
        f'{{"partition":{{"S":"{partition}"}},"player_id":{{"S":"player-{number:08}"}},'
        f'"columns":{{"L":[{{"N":"{score}"}}]}},"at":{{"N":"{at}"}},"name":{{"S":"{name}"}},'
        f'"named_by":{{"S":"{_activity_of(number, times)}"}},'
        f'"counted":{{"N":"{counted}"}},"version":{{"S":"{counted}"}}}}'
    )
    numbers = len(score) // 2 + 1 + 7 + len(counted) // 2 + 1
    return text, ITEM_OVERHEAD + len(partition) + 15 + len(name) + numbers + len(counted)
