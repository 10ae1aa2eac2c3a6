"""A feed in one environment: the activities table, pipe and event bus that several boards share.

A feed's bundle knows nothing of its boards, so that it stays as it is when one is added. Each board has a rule of its
own on the bus, in its own bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.aws import limits
from generator.board.bundle import Bundle, PipeSettings, Place
from generator.board.decisions import Decision
from generator.board.sizing import decide_pipe
from generator.board.warming import decide_warm_feed
from generator.spec.board import Rates
from generator.spec.feeds import FeedAlarms, FeedSpec
from generator.spec.project import Project
from generator.validation.feeds import WrittenFeed

PREFIX = "feed-"
"""What the name of a feed's bundle begins with: its folder, and its names in AWS."""


@dataclass(frozen=True)
class Feed(Bundle):
    """One feed in one environment."""

    feed: str
    """Its name in the YAML."""
    types: tuple[str, ...]
    """The types of activities that its boards may count."""
    rates: Rates
    """What it is sized for, and what its cost is computed from."""
    pipe: PipeSettings
    alarms: FeedAlarms

    @property
    def warm(self) -> dict[str, Decision]:
        """Its table, where that is made to take more at once than a new one does, with the write units a second."""
        return decide_warm_feed(self.rates.peak)

    @property
    def filter(self) -> dict[str, object]:
        """The event pattern of its pipe: every new item, also those that boards write themselves."""
        return limits.pipe_pattern(())

    @property
    def strays(self) -> dict[str, object]:
        """The event pattern of the activities that no board counts."""
        return limits.stray_pattern(self.names.prefix, self.types)


def decide_feed(project: Project, environment: str | None, spec: FeedSpec, team: str) -> Feed:
    """Decide everything about a feed in one environment, from a spec that the rules found nothing wrong with.
    Lists are sorted, as on a board."""
    return Feed(
        **Place(project, environment, team).fields(PREFIX + spec.name),
        kms_key_arn=_inherit(project, environment, spec, "kms_key_arn"),
        kms_previous_keys=tuple(sorted(_inherit(project, environment, spec, "kms_previous_keys") or ())),
        protect=_decide_protection(project, environment, spec),
        feed=spec.name,
        types=tuple(sorted(set(spec.types))),
        rates=spec.activities_per_second,
        pipe=PipeSettings.of(decide_pipe(spec.activities_per_second.peak, "events that EventBridge")),
        alarms=spec.alarms,
    )


def decide_feeds(project: Project, written: Sequence[WrittenFeed]) -> list[tuple[Feed, WrittenFeed]]:
    """Decide every feed in every environment, and say where each is written."""
    decided = []
    for environment in project.environments or (None,):
        for each in written:
            team = each.team.text() if each.team else None
            assert team is not None, each.node.path
            decided.append((decide_feed(project, environment, each.spec, team), each))
    return decided


def _decide_protection(project: Project, environment: str | None, spec: FeedSpec) -> bool:
    """Whether a feed is protected: as is enforced, else as it says or inherits. Yes if nobody says anything."""
    own = project.environments[environment].enforce.protect if environment else None
    enforced = project.enforce.protect if own is None else own
    return _inherit(project, environment, spec, "protect") is not False if enforced is None else enforced


def _inherit(project: Project, environment: str | None, spec: FeedSpec, key: str) -> Any:
    """A value that `defaults` give where the feed does not: the environment's, else the project's."""
    if (own := getattr(spec, key)) is not None:
        return own
    layers = [project.environments[environment].defaults] if environment else []
    return next((layer[key] for layer in (*layers, project.defaults) if key in layer), None)
