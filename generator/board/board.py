"""A board in one environment, with every name, number, schedule and limit that its bundle needs.

Templates only place what a `Board` holds; they compute nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.aws import limits, schedules
from generator.aws.rebuilding import LEAST_ROOM_MB
from generator.board.bundle import Bundle, PipeSettings, Place, ResourceNames
from generator.board.decisions import Decision
from generator.board.feed import Feed
from generator.board.function_config import make_function_config
from generator.board.sizing import Sizing, decide_sizing
from generator.board.warming import decide_warm
from generator.source.pictures import Picture
from generator.spec.attaching import AttachedField, read_fields
from generator.spec.board import Alarms, BoardSpec, Dashboard, Traffic
from generator.spec.project import IndexPage, Project
from runtime.config import BoardConfig
from runtime.domain.judging import HEARTBEAT, PROBE, own_type


@dataclass(frozen=True)
class FunctionSize:
    """The size of one Lambda function."""

    memory_mb: int
    timeout_seconds: int
    room_mb: int = LEAST_ROOM_MB
    """The room on its disk."""


SIMULATOR = FunctionSize(256, 120)
"""The size of the simulator, for boards that have a simulator."""


@dataclass(frozen=True)
class QueueSettings:
    """How the queue hands activities to the processor."""

    batch_size: int
    batching_window_seconds: int
    visibility_seconds: int
    max_receive_count: int
    max_concurrency: int


@dataclass(frozen=True)
class Board(Bundle):
    """One board in one environment."""

    config: BoardConfig
    """What the board's functions read."""

    traffic: Traffic
    """What the board is sized for, and what its cost is computed from."""
    sizing: Sizing
    """The numbers of the board's parts, each with its arithmetic."""
    schedule: str
    """When the rebuilder runs: rate(...) or cron(...)."""
    simulator: FunctionSize | None
    """None if the simulator is not deployed."""
    alarms: Alarms

    public: bool
    """Whether the board has a page and a distribution, and everybody may read it."""
    principals: tuple[str, ...]
    """ARNs that may read a board that is not public."""
    domain: str | None
    certificate_arn: str | None
    cors_origins: tuple[str, ...]
    web_acl_arn: str | None
    feed: Feed | None
    """The feed that its activities come from; None if it has a table of its own."""

    attached: tuple[AttachedField, ...]
    """The fields that are kept beside a score, with what the page calls them."""
    dashboard: Dashboard
    """What the page shows, and how often it asks for new ranks."""
    logo: Picture | None

    @property
    def source(self) -> ResourceNames:
        """The names of what its activities come from: its own, or its feed's."""
        return (self.feed or self).names

    @property
    def activities_table(self) -> str:
        """The name of the table that game servers write into."""
        return self.source.part("activities")

    @property
    def pipe(self) -> PipeSettings | None:
        """The settings of the pipe; None on a feed, whose pipe it is."""
        return PipeSettings.of(self.sizing.pipe) if self.sizing.pipe else None

    @property
    def queue(self) -> QueueSettings:
        """The settings of the queue."""
        return QueueSettings(
            batch_size=self.sizing.batch.value,
            batching_window_seconds=self.sizing.batching.value,
            visibility_seconds=self.sizing.visibility.value,
            max_receive_count=self.sizing.receives.value,
            max_concurrency=self.sizing.processors.value,
        )

    @property
    def processor(self) -> FunctionSize:
        """The size of the processor."""
        return FunctionSize(self.sizing.processor_memory.value, self.sizing.processor_timeout.value)

    @property
    def rebuilder(self) -> FunctionSize:
        """The size of the rebuilder."""
        memory, timeout = self.sizing.rebuilder_memory.value, self.sizing.rebuilder_timeout.value
        return FunctionSize(memory, timeout, self.sizing.rebuilder_room.value)

    @property
    def assembler(self) -> FunctionSize | None:
        """The size of the assembler; None where one function ranks every window."""
        sizing = self.sizing.assembly
        return FunctionSize(sizing.memory.value, sizing.timeout.value, sizing.room.value) if sizing else None

    @property
    def warm(self) -> dict[str, Decision]:
        """The tables that are made to take more at once than a new one does, each with its write units a second."""
        return decide_warm(self.traffic.activities_per_second.peak, self.config)

    @property
    def api(self) -> FunctionSize:
        """The size of the API function."""
        return FunctionSize(self.sizing.api_memory.value, self.sizing.api_timeout.value)

    @property
    def api_max_concurrency(self) -> int | None:
        """The most requests that the API function works on at once; None for as many as the account has left."""
        return self.sizing.api_concurrency.value if self.sizing.api_concurrency else None

    @property
    def snapshot_age_seconds(self) -> int:
        """How old the newest snapshot may become before its alarm goes off."""
        return self.sizing.snapshot_age.value

    @property
    def watch(self) -> schedules.Schedule:
        """When the board is watched. The alarms on what a watch measures have its gap as their period."""
        return schedules.parse_schedule(limits.WATCH)

    @property
    def overrun_milliseconds(self) -> int:
        """How many milliseconds a rebuild may take before its alarm goes off."""
        return self.sizing.overrun.value * 1000

    @property
    def overrun_period_seconds(self) -> int:
        """The period of that alarm, long enough that each one has a slow rebuild: a multiple of five minutes."""
        return limits.ceil_div(self.sizing.overrun.value, 300) * 300

    @property
    def readers(self) -> tuple[str, ...]:
        """The principals that may read the board, each once; none for a public board."""
        return () if self.public else tuple(dict.fromkeys(self.principals))

    @property
    def filter(self) -> dict[str, object]:
        """The event pattern of what it gets: of its pipe, or of its rule on the feed's bus."""
        if self.feed is None:
            return limits.pipe_pattern(self.config.ignore)
        kinds = dict.fromkeys(rule.activity for rule in self.config.rules)
        own = [own_type(self.config, kind) for kind in (PROBE, HEARTBEAT)]
        return limits.board_pattern(self.feed.names.prefix, tuple(kinds), own)


def decide_board(
    project: Project,
    environment: str | None,
    spec: BoardSpec,
    logo: Picture | None = None,
    feed: Feed | None = None,
) -> Board:
    """Decide everything about a board in one environment, from a spec that the rules found nothing wrong with. `feed`:
    the one that it names. Lists whose order means nothing are sorted, so that another order changes no file; but not
    those by whose places an earlier version numbered resources."""
    sizing = decide_sizing(spec, schedules.parse_schedule(spec.rebuild))
    return Board(
        **Place(project, environment, spec.team).fields(spec.name),
        config=make_function_config(spec, sizing),
        traffic=spec.traffic,
        sizing=sizing,
        schedule=spec.rebuild,
        simulator=SIMULATOR if spec.simulator else None,
        alarms=spec.alarms,
        public=spec.api.access == "public",
        principals=tuple(spec.api.principals),
        domain=spec.api.domain,
        certificate_arn=spec.api.certificate_arn,
        cors_origins=_list_cors_origins(spec, project.find_index(environment)),
        web_acl_arn=spec.api.web_acl_arn,
        kms_key_arn=spec.kms_key_arn,
        kms_previous_keys=tuple(sorted(spec.kms_previous_keys)),
        protect=spec.protect,
        feed=feed,
        attached=read_fields(spec.scoring.attach),
        dashboard=spec.dashboard,
        logo=logo,
    )


def _list_cors_origins(spec: BoardSpec, index: IndexPage | None) -> tuple[str, ...]:
    """Sites whose scripts may read the board: those that it names, and the one that lists all boards."""
    listing = [index.origin] if index and spec.api.access == "public" else []
    return tuple(sorted({*spec.api.cors_origins, *listing}))
