"""Seven boards of every aggregate, and a crowd that plays on them: what it writes, and what must come of it.

What a board makes of the crowd's activities does not depend on the order in which they are processed: where a limit
rejects some of a player's activities in a minute, all of them are alike.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from runtime.domain.activity import make_id
from runtime.domain.instants import DAY, HOUR, MINUTE
from tests.runtime.naive_model import Model
from tests.runtime.naive_rules import Rules, Run
from tests.support.projects import board_yaml, head

GRACE = DAY
"""The grace of every window that closes, in milliseconds: none is sealed while the crowd plays."""
OLD = 20 * DAY
"""How long ago the oldest activities that a board takes happened, in milliseconds."""

_PLAY = "activity: play, when: {mode: [ranked, duel]}"
_SCORE = f"{{{_PLAY}, per: {{field: points, points: 1}}}}"
_RUN = f"{{{_PLAY}, score: {{field: points}}, time_ms: {{field: ms}}}}"
_COLUMNS = "[{name: score, order: descending}, {name: time_ms, order: ascending}]"
_OWN = (
    "[{name: plays, aggregate: count}, {name: score, decimals: 2}, "
    "{name: fastest, aggregate: best, order: ascending, decimals: 0}, "
    "{name: accuracy, aggregate: average, decimals: 1}, {name: form, aggregate: last, decimals: 0}]"
)
_PLAYED = (
    f"{{{_PLAY}, score: {{field: points}}, fastest: {{field: ms}}, accuracy: {{field: points}}, form: {{field: ms}}}}"
)
_DAY, _WEEK = "{every: day, grace: 24h}", "{every: week, grace: 24h}"
_DOWN, _UP = "descending", "ascending"

YAML = (
    head(project="storm")
    + "boards:\n"
    + board_yaml(
        "total",
        scoring=f"{{decimals: 2, ignore: [chat], rules: [{_SCORE}], limits: {{activities_per_minute: 12}}}}",
        window=f"[{_WEEK}, {{every: all_time}}, {{every: rolling, days: 7}}]",
        milestones="[20, 100, 300]",
    )
    + board_yaml(
        "plays",
        scoring="{aggregate: count, ties: shared, ignore: [chat], "
        f"rules: [{{{_PLAY}}}], limits: {{activities_per_minute: 8}}}}",
        window=f"[{_DAY}, {{every: all_time}}]",
        milestones="[5, 10]",
    )
    + board_yaml(
        "accuracy",
        scoring=f"{{aggregate: average, decimals: 1, ties: dense, ignore: [chat], rules: [{_SCORE}]}}",
        window=f"[{_WEEK}, {{every: rolling, days: 3}}]",
    )
    + board_yaml(
        "runs",
        scoring=f"{{aggregate: best, rank_by: {_COLUMNS}, ties: shared, ignore: [chat], rules: [{_RUN}], "
        "limits: {points: {max: 18}}}",
        window=f"[{_DAY}, {{every: all_time}}]",
    )
    + board_yaml(
        "form",
        scoring=f"{{aggregate: last, decimals: 3, rank_by: {_COLUMNS}, ignore: [chat], rules: [{_RUN}]}}",
        window="[{every: rolling, days: 7}, {every: all_time}]",
    )
    + board_yaml(
        "fastest",
        scoring=f"{{aggregate: best, order: ascending, decimals: 1, ignore: [chat], rules: [{_SCORE}], "
        "limits: {activities_per_minute: 12}}",
        window=f"[{_WEEK}]",
        milestones="[5, 1]",
    )
    + board_yaml(
        "columns",
        scoring=f"{{rank_by: {_OWN}, ties: shared, ignore: [chat], rules: [{_PLAYED}], "
        "limits: {activities_per_minute: 8}}",
        window=f"[{_DAY}, {{every: all_time}}, {{every: rolling, days: 7}}]",
        milestones="[5, 10]",
    )
)

RULES = {
    "total": Rules(
        "sum", (_DOWN,), 2, "first", (("week", 0), ("all_time", 0), ("rolling", 7)), 12, milestones=(20, 100, 300)
    ),
    "plays": Rules("count", (_DOWN,), 0, "shared", (("day", 0), ("all_time", 0)), 8, milestones=(5, 10)),
    "accuracy": Rules("average", (_DOWN,), 1, "dense", (("week", 0), ("rolling", 3))),
    "runs": Rules("best", (_DOWN, _UP), 0, "shared", (("day", 0), ("all_time", 0)), most=18),
    "form": Rules("last", (_DOWN, _UP), 3, "first", (("rolling", 7), ("all_time", 0))),
    "fastest": Rules("best", (_UP,), 1, "first", (("week", 0),), 12, milestones=(5, 1)),
    "columns": Rules(
        "sum",
        (_DOWN, _DOWN, _UP, _DOWN, _DOWN),
        0,
        "shared",
        (("day", 0), ("all_time", 0), ("rolling", 7)),
        8,
        milestones=(5, 10),
        own=(("count", 0), ("sum", 2), ("best", 0), ("average", 1), ("last", 0)),
    ),
}
"""The rules of each board of YAML as the naive model takes them."""


FIELDS = {"columns": ("points", "points", "ms", "points", "ms")}
"""The fields that the columns of a board are read from, of the others `points` and `ms`; what counts reads none."""


@dataclass(frozen=True)
class Write:
    """One activity to write."""

    item: dict[str, Any]
    again: tuple[dict[str, Any], ...] = ()
    """The items that are written under the same key afterwards."""
    expires: bool = False
    """Whether the item is deleted before it is written again, as when its time to live has ended."""


@dataclass
class Crowd:
    """The players of one board. `model` is the board that must come of all that they wrote so far."""

    name: str
    players: int
    chance: random.Random
    keys: set[tuple[str, str]] = field(default_factory=set)
    """The ids of the players and of the activities that they wrote."""
    ignored: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """How many of them must be rejected, by reason, besides those that the model rejects."""
    expired: int = 0
    """How many were written again after their item was deleted, so that they are in the stream twice."""

    def __post_init__(self) -> None:
        self.rules = RULES[self.name]
        self.model = Model(self.rules, GRACE)
        self._minutes: Counter[tuple[str, int]] = Counter()
        self._player = ""
        self._now = 0
        self._made = self._make_for_ever()

    @property
    def written(self) -> int:
        """How many activities they wrote."""
        return len(self.keys)

    def write(self, count: int, now: int) -> list[Write]:
        """Make the next activities. They are to be written at `now`, in milliseconds."""
        self._now = now
        writes = list(islice(self._made, count))
        self.keys |= {(write.item["player_id"]["S"], write.item["activity_id"]["S"]) for write in writes}
        return writes

    def _make_for_ever(self) -> Iterator[Write]:
        while True:
            if not self._player or self.chance.random() < 0.5:
                # Some play far more than others, and some a few times in a row.
                self._player = f"p{int(self.players * self.chance.random() ** 2)}"
            draw = self.chance.random()
            if draw < 0.06:
                yield self._make_ignored(draw < 0.03)
            elif draw < 0.10:
                yield self._make_wrong()
            elif draw < 0.105 and self.rules.per_minute:
                yield from self._make_burst(self.rules.per_minute)
            else:
                yield self._make_ordinary(self._now - OLD if draw > 0.97 else self._now)

    def _make_ignored(self, filtered: bool) -> Write:
        """An activity that is not for the board; `filtered` if the pipe leaves it out."""
        self.ignored += 1
        item = self._item(self._now)
        return Write(item | ({"type": {"S": "chat"}} if filtered else {"mode": {"S": "casual"}}))

    def _make_wrong(self) -> Write:
        """An activity that the board rejects whatever else was written."""
        item, now = self._item(self._now), self._now
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("unknown_type", {"type": {"S": "unheard-of"}}),
            ("bad_player_id", {"player_id": {"S": f"b/d {item['player_id']['S']}"}}),
            ("bad_activity_id", {"activity_id": {"S": f"no-uuid-{self.chance.getrandbits(64)}"}}),
            ("in_future", {"activity_id": self._id(now + HOUR)}),
            ("too_old", {"activity_id": self._id(now - 31 * DAY)}),
            ("expires_too_soon", {"expires_at": {"N": str((now + DAY) // 1000)}}),
        ]
        if self.rules.aggregate != "count":  # which reads no field
            wrong.append(("bad_field", {"points": {"S": "7"}}))
        reason, change = self.chance.choice(wrong)
        self.rejected[reason] += 1
        return Write(item | change)

    def _make_burst(self, limit: int) -> Iterator[Write]:
        """More activities of one player in a minute than the board counts: all alike, at the same instant."""
        player = f"burst-{self.chance.randrange(self.players // 10)}"
        at = self._free_instant(player, self._now, 1)
        first = self._item(at, player)
        self._minutes[player, at // MINUTE] += limit
        for _ in range(limit + 3):
            yield self._counted({**first, "activity_id": self._id(at)}, at)

    def _make_ordinary(self, latest: int) -> Write:
        at = self._free_instant(self._player, latest, self.rules.per_minute or 0)
        self._minutes[self._player, at // MINUTE] += 1
        write = self._counted(self._item(at), at)
        match self.chance.randrange(60):
            case 0:
                return replace(write, again=(write.item, write.item))
            case 1:
                return replace(write, again=({**write.item, "points": {"N": "17"}, "type": {"S": "other"}},))
            case 2:
                self.expired += 1
                return replace(write, again=(write.item,), expires=True)
        return write

    def _free_instant(self, player: str, latest: int, limit: int) -> int:
        """An instant in the hour before `latest`, in a minute in which the player has fewer activities than `limit`."""
        at = latest
        while limit and self._minutes[player, at // MINUTE] >= limit:
            at -= MINUTE
        return at - self.chance.randrange(at % MINUTE + 1)

    def _counted(self, item: dict[str, Any], at: int) -> Write:
        """The write of an activity that is for the board; the model gets it too."""
        names = FIELDS.get(self.name, ("points", "ms"))[: len(self.rules.orders)]
        name = item["name"]["S"] if "name" in item else None
        values = tuple(Fraction(item[field]["N"]) for field in names)
        self.model.write(Run(item["player_id"]["S"], item["activity_id"]["S"], at, self._now, name, values))
        return Write(item)

    def _item(self, at: int, player: str = "") -> dict[str, Any]:
        player = player or self._player
        item = {
            "player_id": {"S": player},
            "activity_id": self._id(at),
            "type": {"S": "play"},
            "mode": {"S": self.chance.choice(["ranked", "duel"])},
            "points": {"N": str(Decimal(self.chance.randrange(20_000)).scaleb(-3))},
            "ms": {"N": str(self.chance.randrange(5))},
            "expires_at": {"N": str((self._now + 40 * DAY) // 1000)},
        }
        return item | ({"name": {"S": f"{player} {self.chance.randrange(3)}"}} if self.chance.random() < 0.3 else {})

    def _id(self, at: int) -> dict[str, str]:
        return {"S": make_id(at, self.chance.getrandbits(74))}
