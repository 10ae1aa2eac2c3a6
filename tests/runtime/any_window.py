"""Aggregates of random players in random windows, stored in memory, and the lines that a naive model makes of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from runtime.config import BoardConfig
from runtime.domain import scoring
from runtime.domain.activity import Activity, make_id
from runtime.domain.lines import make_line
from runtime.domain.ranking import score_player
from runtime.domain.rejection import Rejection
from runtime.domain.scoring import Aggregate
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.items import aggregate_item, aggregate_key
from runtime.dynamodb.recounting.recounts import recounted_attributes
from runtime.dynamodb.table import Item, Table
from runtime.dynamodb.window_items import FIRST, RECOUNT, WindowState, open_window
from tests.runtime.boards import NOW
from tests.runtime.random_boards import any_rules, config_of
from tests.support.memory_aws import HookedAws

NAMES = (None, "Ann", "tab\tand\nbreak", '"quoted"', "Ünï \u2028", "x" * 64)
RECOUNTED = "r1"


class AnyWindow:
    """A window of a random board, with its players stored in the aggregates table."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = Random(seed)
        self.board: BoardConfig = config_of(any_rules(chance))
        self.aws = HookedAws()
        self.table = Table(self.aws.client("dynamodb"), "aggregates", ("partition", "player_id"))
        self.parts = [self._part(day) for day in range(chance.choice([1, 1, 1, 2, 5]))]
        self.players = [f"{chance.choice('aAzZ09')}{chance.choice(['', '-', '.', ':'])}{n}" for n in range(25)]
        self.decisions = Decisions(
            frozenset(chance.sample(self.players, chance.choice([0, 0, 3]))),
            dict.fromkeys(chance.sample(self.players, chance.choice([0, 0, 3])), "Decided"),
            frozenset(chance.sample(self.players, chance.choice([0, 0, 1]))),
        )
        self.counted: dict[str, list[Aggregate]] = {}
        for part in self.parts:
            for player_id in chance.sample(self.players, chance.randint(0, len(self.players))):
                self._store(part, player_id)

    def lines(self) -> list[bytes]:
        """The lines by a naive model: each player alone, then all sorted."""
        found = []
        for player_id, aggregates in self.counted.items():
            player = score_player(self.board, player_id, scoring.merge_days(self.board, aggregates))
            found += [make_line(self.board.columns, each) for each in self.decisions.show([player])]
        return sorted(found)

    def _part(self, day: int) -> WindowState:
        shards = self.chance.choice([1, 2, 4, 8])
        state = open_window(Window(f"day-{day}", "rolling", None, None), shards, None)
        if self.chance.random() < 0.3:
            return replace(state, recount=RECOUNTED, shown=self.chance.choice([FIRST, RECOUNT]))
        return state

    def _store(self, part: WindowState, player_id: str) -> None:
        """Store a player's aggregate in a part, also of what readers do not see."""
        first, again = self._aggregate(player_id), self._aggregate(player_id)
        item: Item = aggregate_item(aggregate_key(part.window.id, part.shards, player_id), first, 1)
        kind, shown = self.chance.choice(["none", "none", "counted", "nothing", "old"]), first
        if kind != "none":
            recount = f"{'r0' if kind == 'old' else RECOUNTED}/0"
            item |= recounted_attributes(None if kind == "nothing" else again, recount)
        self.table.put(item)
        if part.shows_recount and kind in ("counted", "nothing"):
            shown = again
            if kind == "nothing":
                return
        self.counted.setdefault(player_id, []).append(shown)

    def _aggregate(self, player_id: str) -> Aggregate:
        """What some activities of a player come to."""
        aggregate: Aggregate | None = None
        for _ in range(self.chance.randint(1, 3)):
            at = NOW - self.chance.randrange(5)
            fields = {"note": self.chance.choice("ab"), "country": self.chance.choice(["BR", "DE"])}
            name = self.chance.choice(NAMES)
            activity = Activity(player_id, make_id(at, self.chance.randrange(1000)), "run", at, NOW, name, fields)
            points = tuple(self.chance.randint(-3, 3) for _ in self.board.columns)
            added = scoring.add_activity(self.board, aggregate, activity, points)
            assert not isinstance(added, Rejection)
            aggregate = added
        assert aggregate is not None
        return aggregate
