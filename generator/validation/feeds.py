"""Feeds as files have them, and the rules between them and the boards that count their activities."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.aws import limits
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.nearest import KnownNames, nearest
from generator.diagnostics.wording import plural, quote
from generator.source.nodes import Node
from generator.spec.board import Rates
from generator.spec.feeds import FeedSpec

if TYPE_CHECKING:
    from generator.validation.loading import Loaded
    from generator.validation.merging import MergedBoard

_SOURCE = "x" * limits.PREFIX_LENGTH
"""The longest source that a feed's events may have, for the length of patterns."""


@dataclass(frozen=True, eq=False)
class WrittenFeed:
    """A feed as a file has it, with its team: its own `team:`, or that of the team file."""

    node: Node
    team: Node | None

    @property
    def name(self) -> str | None:
        """The feed's name, if it is text."""
        node = self.node.get("name")
        return node.text() if node else None

    @property
    def label(self) -> str:
        """Its name, safe to print in a sentence, whatever somebody has written."""
        return quote(self.name or "")[1:-1]

    @property
    def types(self) -> list[str]:
        """Its types, as far as they are texts."""
        node = self.node.get("types")
        return [text for each in (node.sequence() if node else ()) if (text := each.text())]

    @property
    def spec(self) -> FeedSpec:
        """Its values. Only for a feed in which nothing is wrong."""
        return FeedSpec.model_validate(self.node.plain())

    def rate(self, key: str) -> int | None:
        """One of its rates, or what that is if it is left out; None for what is no number."""
        rates = self.node.get("activities_per_second")
        if rates is None or (written := rates.get(key)) is None:
            return int(Rates.model_fields[key].default)
        value = written.plain()
        return value if isinstance(value, int) and value > 0 else None

    def at(self, key: str) -> Node:
        """What stands at a key, or the feed itself."""
        return self.node.get(key) or self.node


def check_feeds(loaded: Loaded) -> Iterator[Diagnostic]:
    """Check what must hold of the feeds themselves."""
    used = Counter(text for board in loaded.written if (node := board.node.get("feed")) and (text := node.text()))
    used.update(text for board in loaded.boards if (text := board["feed"].text))
    first: dict[str, Node] = {}
    for feed in loaded.feeds:
        yield from _check_team(feed, loaded)
        name = feed.name
        if name is None:
            continue
        place = feed.at("name")
        if other := first.get(name):
            message = f"a second feed is called {quote(name)}, the first is at {other.file}:{other.line}"
            yield place.diagnostic("duplicate-feed", message, "Give it a name of its own.")
        elif not used[name]:
            message = f"no board has `feed: {feed.label}`: its activities are counted nowhere"
            yield replace(place.diagnostic("unused-feed", message, "Name it in a board."), severity="warning")
        first.setdefault(name, place)
        yield from _check_types(feed)
        yield from _check_rates(feed)
    yield from _check_buses(loaded)


def _check_team(feed: WrittenFeed, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that a feed names a team, and one that exists."""
    if feed.team is None:
        yield feed.node.diagnostic("missing", "the key `team` is missing", "Name the team that answers for the feed.")
        return
    name = feed.team.text()
    if name is not None and loaded.root and loaded.root.get("teams") and name not in loaded.teams:
        near = loaded.teams.nearest(name)
        hint = f'Did you mean "{near}"?' if near else "Add it under `teams:`, with its owner."
        yield feed.team.diagnostic("unknown-team", f"there is no team {quote(name)}", hint)


def _check_types(feed: WrittenFeed) -> Iterator[Diagnostic]:
    """Check that a feed names no type twice, and no more than the pattern of the rule for strays holds."""
    node = feed.node.get("types")
    if node is None:
        return
    seen: set[str] = set()
    for item in node.sequence():
        if (text := item.text()) and text in seen:
            yield item.diagnostic("twice", f"{quote(text, 100)} is here twice", "Keep one.")
        seen.add(item.text() or "")
    length = _measure(limits.stray_pattern(_SOURCE, sorted(seen)))
    if length > limits.BUS_PATTERN_LENGTH:
        message = (
            f"with {plural(len(seen), 'type')} the pattern of the rule for strays has up to {length:,} characters, and "
            f"AWS takes {limits.BUS_PATTERN_LENGTH:,}"
        )
        yield node.diagnostic("filter-length", message, "Shorten the types, or make two feeds.")


def _check_rates(feed: WrittenFeed) -> Iterator[Diagnostic]:
    """Check that the average is not above the peak, and warn of one that a table takes only with a higher quota."""
    average, peak = feed.rate("average"), feed.rate("peak")
    place = feed.at("activities_per_second")
    if average is not None and peak is not None and average > peak:
        hint = f"Write an average of at most {peak}, or a higher peak."
        yield place.diagnostic("average", f"the average of {average:,} is over the peak of {peak:,}", hint)
    elif peak is not None and peak > limits.TABLE_UNITS:
        message = (
            f"{peak:,} activities a second are {peak:,} write units a second for the activities table, and the default "
            f"quota of a table is {limits.TABLE_UNITS:,}"
        )
        hint = "Ask AWS for more before you deploy, or make a second feed."
        yield replace(place.diagnostic("quota", message, hint), severity="warning")


def _check_buses(loaded: Loaded) -> Iterator[Diagnostic]:
    """Warn of a bus with more rules than AWS takes by default, one for each board and one for strays, and of more
    activities at a peak than it delivers to the boards."""
    counting: dict[tuple[str | None, str | None, str], list[MergedBoard]] = defaultdict(list)
    for board in loaded.boards:
        if name := board["feed"].text:
            counting[board.environment, loaded.region(board), name].append(board)
    for (_, region, name), boards in counting.items():
        feed = next((each for each in loaded.feeds if each.name == name), None)
        if feed is None:
            continue
        takes = limits.bus_rules(region) - 1
        if len(boards) > takes:
            message = f"{plural(len(boards), 'board')} count it, and a bus in {region} takes {takes} by default"
            hint = "Make a second feed for some of them, or ask AWS for more rules on a bus."
            yield replace(feed.at("name").diagnostic("quota", message, hint), severity="warning")
        peaks = [board["traffic"]["activities_per_second"]["peak"].effective for board in boards]
        total, most = sum(peak for peak in peaks if isinstance(peak, int)), limits.delivered_per_second(region)
        if total > most:
            message = (
                f"boards count {total:,} activities of it a second at the peak, and buses in {region} deliver {most:,} "
                "by default: the others come later"
            )
            hint = "Ask AWS for more before you deploy."
            yield replace(feed.at("name").diagnostic("quota", message, hint), severity="warning")


def check_feed_of(board: MergedBoard, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check the rules of a board that counts a feed's activities."""
    place, name = board["feed"], board["feed"].text
    if name is None:
        return
    feed = next((each for each in loaded.feeds if each.name == name), None)
    if feed is None:
        names = KnownNames(each for one in loaded.feeds if (each := one.name))
        near = names.nearest(name)
        hint = f'Did you mean "{near}"?' if near else "Add it under `feeds:`, with its team and types."
        yield place.diagnostic("unknown-feed", f"there is no feed {quote(name)}", hint)
        return
    yield from _check_kinds(board, feed)
    yield from _compare_rates(board, feed)
    ignore = board["scoring"]["ignore"]
    if ignore.given and ignore.node.sequence():
        message = f"from the feed {feed.label} a board gets only the types that its rules name: it ignores all others"
        yield ignore.diagnostic("ignored", message, "Delete this key.", at_key=True)


def _compare_rates(board: MergedBoard, feed: WrittenFeed) -> Iterator[Diagnostic]:
    """Warn of a board that expects more activities than its feed, which is sized for fewer than are to come."""
    for key in ("average", "peak"):
        place, most = board["traffic"]["activities_per_second"][key], feed.rate(key)
        rate = place.whole if place.exists else None
        if rate is not None and most is not None and rate > most:
            message = (
                f"the board is to count {rate:,} activities a second, and the feed {feed.label} is sized for {most:,}"
            )
            yield place.warning(key, message, f"Write at most {most}, or a higher {key} at the feed.")


def _check_kinds(board: MergedBoard, feed: WrittenFeed) -> Iterator[Diagnostic]:
    """Check that the feed has each type that the board's rules name, and that the board's rule is not too long."""
    known, kinds = feed.types, [rule["activity"] for rule in board["scoring"]["rules"].items()]
    for kind in kinds:
        if kind.text and known and kind.text not in known:
            near = nearest(kind.text, tuple(known))
            hint = f'Did you mean "{near}"?' if near else f"Add it to `types` of the feed {feed.label}."
            yield kind.diagnostic("unknown-type", f"the feed {feed.label} has no type {quote(kind.text)}", hint)
    texts = list(dict.fromkeys(kind.text for kind in kinds if kind.text))
    own = [f"#heartbeat@{board['name'].text}"] * 2
    length = _measure(limits.board_pattern(_SOURCE, texts, own))
    if length > limits.BUS_PATTERN_LENGTH:
        message = (
            f"with {plural(len(texts), 'type')} the pattern of the board's rule on the feed has up to {length:,} "
            f"characters, and AWS takes {limits.BUS_PATTERN_LENGTH:,}"
        )
        yield board["scoring"]["rules"].diagnostic("filter-length", message, "Name fewer types, or shorter ones.")


def _measure(pattern: dict[str, object]) -> int:
    return len(json.dumps(pattern, separators=(",", ":")))
