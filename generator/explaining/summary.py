"""Says in five lines what a board is: how it ranks, when it resets, what counts, how fresh it is and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.aws.schedules import parse_schedule
from generator.board.board import Board
from generator.board.function_config import WEEKDAYS
from generator.cost.estimate import BundleCost
from generator.cost.reports import tell_what_is_apart
from generator.diagnostics.wording import join_words, plural, quote
from generator.source.scalars import stands_unquoted
from runtime.config import BoardConfig, WindowKind
from runtime.domain.activity import MAX_BEHIND
from runtime.domain.instants import DAY

MOST_NAMES = 5
"""Names of types of activities that a line has at most."""

_COMBINED = {
    "sum": "added up",
    "count": "the number of activities",
    "average": "the mean",
    "best": "the best single one",
    "last": "the newest",
}
_AGGREGATES = {
    "sum": "all of their points added up",
    "count": "the number of their activities",
    "average": "the mean of their activities",
    "best": "their best single activity",
    "last": "their newest activity",
}
_FIRST = {"descending": "highest first", "ascending": "lowest first"}
_TIES = {
    "first": "who got there first is ahead",
    "shared": "they share a rank, and the next rank is left out (1, 2, 2, 4)",
    "dense": "they share a rank, and none is left out (1, 2, 2, 3)",
}
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class Summary:
    """A board in five lines, each safe to print."""

    ranks: str
    """What ranks whom, and how ties are broken."""
    resets: str
    """When each of its windows begins anew."""
    counts: str
    """Which activities count, and which are rejected."""
    fresh: str
    """How old ranks may be, and who reads them where."""
    costs: str
    """What the board costs a month, idle and at its traffic."""


def summarize(board: Board, cost: BundleCost) -> Summary:
    """Make the five lines about a board."""
    return Summary(
        ranks=_tell_ranks(board.config),
        resets="; ".join(map(_tell_window, board.config.windows)),
        counts=_tell_counts(board),
        fresh=_tell_freshness(board),
        costs=_tell_costs(board, cost),
    )


def _tell_ranks(config: BoardConfig) -> str:
    """What ranks whom, and how ties are broken."""
    columns = config.columns
    kinds = {column.aggregate for column in columns}
    within = f"; also within {_list_names([each.name for each in config.segments])}" if config.segments else ""
    if kinds != {config.aggregate}:
        each = (f"{column.name} ({_COMBINED[column.aggregate]}), {_FIRST[column.order]}" for column in columns)
        equal = "where all of it is equal" if len(columns) > 1 else "where it is equal"
        return f"players by {', then '.join(each)}; {equal}, {_TIES[config.ties]}{within}"
    if len(columns) == 1 and columns[0].name == "score":
        order, equal = f", {_FIRST[columns[0].order]}", "where scores are equal"
    else:
        order = ": " + ", then ".join(f"{column.name}, {_FIRST[column.order]}" for column in columns)
        equal = "where all of it is equal" if len(columns) > 1 else "where it is equal"
    return f"players by {_AGGREGATES[config.aggregate]}{order}; {equal}, {_TIES[config.ties]}{within}"


def _tell_window(kind: WindowKind) -> str:
    """When windows of a kind begin anew, and until when they take activities."""
    at = f"{kind.at_minutes // 60:02}:{kind.at_minutes % 60:02} {kind.timezone}"
    match kind.every:
        case "all_time":
            return "all time never"
        case "rolling":
            return f"the last {plural(kind.days, 'day')} never, but at {at} the oldest one drops out"
        case "hour":
            when = "each hour"
        case "day":
            when = f"each day at {at}"
        case "week":
            when = f"each {WEEKDAYS[kind.starts].capitalize()} at {at}"
        case "month":
            when = f"on the 1st of each month at {at}"
        case "season":
            when = f"with each season ({_list_names([season.name for season in kind.seasons])}) at {at}"
    lasts = f", for {_tell_seconds(kind.lasts_seconds)}" if kind.lasts_seconds else ""
    return f"{when}{lasts} (late writes still count for {_tell_seconds(kind.grace_seconds)})"


def _tell_counts(board: Board) -> str:
    """What counts, and what is refused. From a feed a board gets no other types."""
    config = board.config
    conditions: dict[str, list[list[str]]] = {}
    for rule in config.rules:
        conditions.setdefault(rule.activity, []).append([field for field, _ in rule.when])
    types = [_tell_type(kind, fields) for kind, fields in conditions.items()]
    ignored = f"; ignored: {_list_names(config.ignore)}" if config.ignore else ""
    source = f" from the feed {board.feed.feed}" if board.feed else ""
    others = [] if board.feed else ["other types"]
    return f"{_cut(types)}{source}{ignored}; rejected: {join_words([*others, *_list_limits(config)], 'and')}"


def _tell_type(kind: str, conditions: Sequence[Sequence[str]]) -> str:
    """A type of activity. `conditions`: the fields that each of its rules asks for."""
    fields = dict.fromkeys(field for each in conditions for field in each)
    return f"{_name(kind)} (depending on {_list_names([*fields])})" if all(conditions) else _name(kind)


def _list_limits(config: BoardConfig) -> Iterator[str]:
    limits = config.limits
    if limits.activities_per_minute is not None:
        yield f"more than {limits.activities_per_minute:,} a minute by one player"
    if limits.min_points is not None:
        yield f"points below {_unscale(limits.min_points, config.columns[0].decimals)}"
    if limits.max_points is not None:
        yield f"points above {_unscale(limits.max_points, config.columns[0].decimals)}"
    yield f"activities over {MAX_BEHIND // DAY} days old"


def _tell_freshness(board: Board) -> str:
    """How old an answer may be, and who reads it where."""
    gap = parse_schedule(board.schedule).longest_gap_seconds
    cached = _tell_seconds(board.config.max_age_seconds)
    if board.public:
        readers = "anyone, on a page and an API"
    else:
        readers = f"{plural(len(board.readers), 'principal')} of AWS, who sign their requests; there is no page"
    fresh = f"new ranks after {_tell_seconds(gap)} at the latest ({board.schedule})"
    return f"{fresh}; answers are cached for up to {cached}; read by {readers}"


def _tell_costs(board: Board, cost: BundleCost) -> str:
    traffic = board.traffic
    rates = f"{traffic.activities_per_second.average:,} activities/s and {traffic.reads_per_second:,} reads/s"
    idle, used, *_ = cost.sums
    apart = tell_what_is_apart(board)
    return f"{idle:,.2f} US dollars a month where nobody plays or reads, {used:,.2f} at its `traffic`: {rates}{apart}"


def _tell_seconds(seconds: int) -> str:
    """A duration in its largest units: `1 day 2 hours`."""
    parts = []
    for size, unit in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(plural(number, unit))
    return " ".join(parts) or "0 seconds"


def _unscale(points: int, decimals: int) -> str:
    text = f"{Decimal(points).scaleb(-decimals):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _list_names(names: Sequence[str]) -> str:
    return _cut([_name(name) for name in names])


def _cut(words: Sequence[str]) -> str:
    """Words with commas, the first MOST_NAMES of them."""
    more = [f"{len(words) - MOST_NAMES:,} more"] if len(words) > MOST_NAMES else []
    return join_words([*words[:MOST_NAMES], *more], "and")


def _name(text: str) -> str:
    return text if stands_unquoted(text) else quote(text)
