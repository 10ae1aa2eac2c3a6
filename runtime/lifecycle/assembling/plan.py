"""The plan of an assembly: what a window's base is made of, and in how many parts.

It is written before anything else, and no step changes it. A step knows nothing but the plan, its board, and what
former steps have written: so it does the same however often it runs.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any

from runtime.config import BoardConfig, Ties
from runtime.domain.ranking import FORMAT, WindowRanks, describe_shown
from runtime.domain.windows import Window
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.window_items import WindowState, read_state, window_item
from runtime.lifecycle.line_reading import count_units
from runtime.s3.ranks import sizes
from runtime.s3.ranks.base_writer import ROOT


@dataclass(frozen=True)
class AssemblyPlan:
    """How a base of one window is assembled."""

    id: str
    """The id of the assembly: when it was begun, and a hash of the window's id."""
    window: Window
    parts: tuple[WindowState, ...]
    """The window itself, or the days of a rolling one, as aggregates are read of them."""
    ties: Ties
    as_of: int
    """When it was begun, in milliseconds."""
    prefix: str
    """What the keys of the base's files begin with. Nobody outside can foresee it: see `s3.ranks.buckets`."""
    top: int
    """How many entries the top list has."""
    source: WindowRanks | None
    """The ranks that are compacted, a base with its delta; None where aggregates are read."""
    positions: Mapping[str, Any] | None
    """Positions in the stream, as the pointer has them. The base has all that the stream says up to there."""
    decisions: Decisions
    """What operators have decided about players, as far as ranks are made with it."""
    recount: str
    """Which recount of the window it is made of; empty where there is none."""
    shown: str
    """What it shows of an aggregate: see `describe_shown`."""
    players: int
    """About how many players the window has."""
    part: int
    """How many players one part has, about."""
    format: int = FORMAT
    """The version of the format of the files."""
    corrected: int = 0
    """How many of an operator's corrections are in a sealed window's aggregates, as far as it was known by then."""
    key: str | None = None
    """The ARN of the KMS key under which all its files lie."""

    @property
    def reads(self) -> int:
        """In how many parts lines are read."""
        if self.source:
            return _count_parts(self.source.players, self.part, len(self.source.blocks.sizes))
        units = count_units(self.parts) if self.parts else 1
        return _count_parts(self.players * len(self.parts), self.part, units)

    @property
    def ranges(self) -> int:
        """In how many parts lines are counted and written: each has a range of keys."""
        return _count_parts(self.players, self.part)

    @property
    def groups(self) -> int:
        """In how many parts buckets are gathered: each has some packs of them."""
        return _count_parts(self.players, self.part, -(-self.players // (sizes.BLOCK * sizes.PER_PACK)))

    @property
    def execution_input(self) -> str:
        """What the state machine gets, as JSON: the numbers of the parts of each step."""
        numbers = {name: list(range(getattr(self, name))) for name in ("reads", "ranges", "groups")}
        return json.dumps({"assembly": self.id, **numbers}, separators=(",", ":"))

    def mark(self, ranks: WindowRanks) -> WindowRanks:
        """Ranks that were made by it, with what they are made with: a compaction by what its source was made with."""
        if self.source:
            return replace(ranks, decided=self.source.decided, recount=self.source.recount)
        return replace(ranks, decided=self.decisions.fingerprint, recount=self.recount)

    def to_json(self) -> dict[str, Any]:
        """The form in which it is stored."""
        told = self.decisions
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            **plain,
            "window": asdict(self.window),
            "parts": [window_item(part) for part in self.parts],
            "source": self.source.to_json() if self.source else None,
            "decisions": [sorted(told.hidden), dict(told.names), sorted(told.erasing)],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> AssemblyPlan:
        """Read what `to_json` made."""
        hidden, names, erasing = stored["decisions"]
        return cls(
            **{
                **stored,
                "window": Window(**stored["window"]),
                "parts": tuple(read_state(part) for part in stored["parts"]),
                "source": WindowRanks.from_json(stored["source"]) if stored["source"] else None,
                "decisions": Decisions(frozenset(hidden), names, frozenset(erasing)),
            }
        )


def make_plan(
    board: BoardConfig,
    window: Window,
    parts: Sequence[WindowState],
    ties: Ties,
    as_of: int,
    positions: Mapping[str, Any] | None,
    decisions: Decisions,
    recount: str,
    source: WindowRanks | None,
    players: int,
    key: str | None = None,
) -> AssemblyPlan:
    """Plan an assembly of a window on a board that has assemblies. Each call gives a prefix of its own."""
    assert board.assembly is not None
    return AssemblyPlan(
        id=name_assembly(window.id, as_of),
        window=window,
        parts=tuple(read_state(window_item(part)) for part in parts),
        ties=ties,
        as_of=as_of,
        prefix=f"{ROOT}{window.id}/{secrets.token_hex(16)}-{as_of}/",
        top=board.top,
        source=source,
        positions=positions,
        decisions=Decisions(decisions.hidden, dict(decisions.names), decisions.erasing),
        recount=recount,
        shown=describe_shown(board),
        players=players,
        part=board.assembly.part,
        corrected=parts[0].corrected if parts else 0,
        key=key,
    )


def name_assembly(window_id: str, as_of: int) -> str:
    """The id of a window's assembly, which names objects and an execution: so the window's id is only a hash in it."""
    return f"{as_of}-{sha256(window_id.encode()).hexdigest()[:12]}"


def find_share(count: int, number: int, parts: int) -> range:
    """Which of some things a part has, of parts that have about as many each."""
    return range(count * number // parts, count * (number + 1) // parts)


def _count_parts(players: int, part: int, most: float = math.inf) -> int:
    """How many parts there are for some players: one at the least."""
    return int(max(1, min(-(-players // part), most)))
