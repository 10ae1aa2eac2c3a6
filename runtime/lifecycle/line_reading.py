"""Reading lines: what a window's ranks are made of, out of the aggregates table, page by page and in any order.

A window is read in units, which can be read in several processes. No player is in two of them: a player's aggregates of
all parts (the window itself, or the days of a rolling one) are in one unit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from json.encoder import encode_basestring
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from runtime.aws import THREADS
from runtime.config import BOUND, BoardConfig
from runtime.domain import scoring
from runtime.domain.lines import make_line
from runtime.domain.order_keys import AT_DIGITS, COLUMN_DIGITS
from runtime.domain.ranking import ScoredPlayer, score_player
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.recounting import recounts
from runtime.dynamodb.recounting.recounts import read_shown
from runtime.dynamodb.table import BusyError, Item, Table, pause_before_retry
from runtime.dynamodb.window_items import WindowState

UNITS_AT_ONCE = 4
"""How many units of a window that is no rolling one a process reads at once: while it works on a page of one, the next
pages of the others are on their way."""
ITEMS_AT_ONCE = 60_000
"""How many items of a rolling window's days a process asks for at once, in all: some 100 MB once they are parsed."""
LEAST_PAGE = 100
"""Items of a page at the least."""

THROTTLED = ("ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException")
"""The errors by which DynamoDB asks to read more slowly (Amazon DynamoDB API reference, "Query")."""
PATIENCE, LONGEST_PAUSE = 20, 9
"""How often a page is asked for again that is throttled, beside what the SDK repeats; and after how many pauses, each
twice as long as the one before, they grow no more. All pauses are a minute, on average."""

Lines = list[bytes]
Page = tuple[list[Item], Item | None]
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def count_units(parts: Sequence[WindowState]) -> int:
    """How many units a window can be read in. `parts`: itself, or the days of a rolling one.

    Days may have different numbers of shards. A player's shard is a hash modulo that number, so where it divides all of
    them, the hash modulo it is the same.
    """
    return math.gcd(*(part.shards for part in parts))


def read_lines(
    board: BoardConfig, table: Table, parts: Sequence[WindowState], decisions: Decisions, units: Iterable[int]
) -> Iterator[Lines]:
    """Read the lines of some units of a window, each player's once; a list for each page.

    It sees all writes before the call, and holds some pages at once, whatever the number of players.
    """
    count = count_units(parts)
    make_lines = choose_maker(board, parts, decisions)
    attributes = choose_attributes(board, parts)
    waiting, active = deque(units), deque[Iterator[Lines]]()
    with ThreadPoolExecutor(THREADS) as pool:

        def begin(unit: int) -> Iterator[Lines]:
            shards = [(part, shard) for part in parts for shard in range(unit, part.shards, count)]
            limit = max(LEAST_PAGE, ITEMS_AT_ONCE // (2 * len(shards))) if len(shards) > 1 else None
            readers = [ShardReader(table, part, shard, attributes, limit, pool) for part, shard in shards]
            return map(make_lines, read_complete(readers))

        at_once = UNITS_AT_ONCE if len(parts) == 1 else 1
        while waiting or active:
            while waiting and len(active) < at_once:
                active.append(begin(waiting.popleft()))
            reading = active.popleft()
            lines = next(reading, None)
            if lines is not None:
                yield lines
                active.append(reading)


class ShardReader:
    """One shard of a window, read page by page: the next page is on its way while one is worked on."""

    def __init__(
        self,
        table: Table,
        part: WindowState,
        shard: int,
        attributes: Sequence[str],
        limit: int | None,
        pool: ThreadPoolExecutor,
    ) -> None:
        self.part = part
        self.items: list[Item] = []
        """The items of the page that was read last which are not taken yet."""
        self._read: Callable[[Item | None], Page] = lambda after: table.read_page(
            f"{part.window.id}#{shard}", attributes, after, limit
        )
        self._pool = pool
        self._next: Future[Page] | None = pool.submit(read_patiently, self._read, None)

    @property
    def has_more(self) -> bool:
        """Whether there may be items behind those of this page."""
        return self._next is not None

    def turn_page(self) -> None:
        """Read pages until one has items, or the last one is read."""
        while not self.items and self._next is not None:
            self.items, after = self._next.result()
            self._next = self._pool.submit(read_patiently, self._read, after) if after is not None else None

    def take(self, last: str | None) -> list[Item]:
        """Take the items up to a player's, that one included (None: all of the page)."""
        end = len(self.items) if last is None else bisect_right(self.items, last, key=_id_of)
        taken, self.items = self.items[:end], self.items[end:]
        return taken


def read_patiently(read: Callable[[Asked], Answer], asked: Asked) -> Answer:
    """Read something of a table, however slowly. A rebuild asks for more than a table gives at first.

    A table without provisioned capacity then grows (Amazon DynamoDB developer guide, "DynamoDB on-demand capacity
    mode"). The SDK gives up sooner, as for a request that a player waits for.
    """
    for attempt in range(PATIENCE):
        try:
            return read(asked)
        except BusyError:
            pass
        except ClientError as error:
            if error.response["Error"]["Code"] not in THROTTLED:
                raise
        pause_before_retry(min(attempt, LONGEST_PAUSE))
    return read(asked)


def read_complete(readers: Sequence[ShardReader]) -> Iterator[list[tuple[WindowState, list[Item]]]]:
    """Read shards side by side: the items of each part, cut so that a player's items are all in one answer.

    Shards are in the order of the players' ids. So all that comes before the end of the page that ends first is there.
    """
    while True:
        for reader in readers:
            reader.turn_page()
        live = [reader for reader in readers if reader.items]
        if not live:
            return
        last = min((_id_of(reader.items[-1]) for reader in live if reader.has_more), default=None)
        yield [(reader.part, reader.take(last)) for reader in live]


def choose_attributes(board: BoardConfig, parts: Sequence[WindowState]) -> list[str]:
    """The attributes of aggregates that lines are made of: what the network carries and this process parses."""
    names = ["player_id", "columns", "at", "name"]
    if len(parts) > 1:
        names += ["named_by", "run", "still", "newest", "times", "attached_by"]
    if len(parts) > 1 or any(column.aggregate == "average" for column in board.columns):
        names.append("counted")
    if board.attach:
        names.append("attached")
    if board.segments:
        names.append("segments")
    if any(part.shows_recount for part in parts):
        names += recounts.ATTRIBUTES
    return names


def choose_maker(
    board: BoardConfig, parts: Sequence[WindowState], decisions: Decisions
) -> Callable[[list[tuple[WindowState, list[Item]]]], Lines]:
    """What makes lines of items: the short way where that gives the same."""
    is_plain = not (board.attach or board.segments or any(column.aggregate == "average" for column in board.columns))
    if is_plain and len(parts) == 1 and not parts[0].shows_recount:
        return _plain_maker(board, decisions)
    return lambda found: _make_lines(board, decisions, found)


def _make_lines(board: BoardConfig, decisions: Decisions, found: list[tuple[WindowState, list[Item]]]) -> Lines:
    """Make the lines of complete players."""
    days: dict[str, list[scoring.Aggregate]] = {}
    for part, items in found:
        for item in items:
            aggregate = read_shown(item, part)
            if aggregate is not None:
                days.setdefault(item["player_id"]["S"], []).append(aggregate)
    return [make_line(board.columns, player) for player in decisions.show(_score(board, days))]


def _score(board: BoardConfig, days: dict[str, list[scoring.Aggregate]]) -> Iterator[ScoredPlayer]:
    for player_id, aggregates in days.items():
        aggregate = aggregates[0] if len(aggregates) == 1 else scoring.merge_days(board, aggregates)
        yield score_player(board, player_id, aggregate)


def _plain_maker(board: BoardConfig, decisions: Decisions) -> Callable[[list[tuple[WindowState, list[Item]]]], Lines]:
    """The short way, which makes no object of a player: for boards that show columns as they are stored, and a name.

    It takes a tenth of the time, and a full rebuild does nothing as often.
    """
    signs = [-1 if column.order == "descending" else 1 for column in board.columns]
    names, hides = decisions.names, decisions.hides if decisions.hidden or decisions.erasing else None

    def make(found: list[tuple[WindowState, list[Item]]]) -> Lines:
        lines = []
        for _, items in found:
            for item in items:
                player_id = item["player_id"]["S"]
                if "columns" not in item or (hides is not None and hides(player_id)):
                    continue
                digits = ""
                for sign, value in zip(signs, item["columns"]["L"], strict=True):
                    digits += f"{BOUND + sign * int(value['N']):0{COLUMN_DIGITS}}"
                name = item["name"]["S"] if "name" in item else None
                if names:
                    name = names.get(player_id, name)
                told = "null" if name is None else encode_basestring(name)
                lines.append(f"{digits}{int(item['at']['N']):0{AT_DIGITS}}{player_id}\t[{told}]".encode())
        return lines

    return make


def _id_of(item: Item) -> Any:
    return item["player_id"]["S"]
